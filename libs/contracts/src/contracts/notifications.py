"""What may be asked of notifications, and what it tells about the mails it owes."""

from datetime import datetime
from uuid import UUID

from contracts.customer_number import CustomerNumber
from contracts.message import Outcome, Task


class RecipientUnknown(Outcome, owner="notifications"):
    """A day after its publication nobody knows yet whom to tell of a document.

    ``missing`` is ``customer_number`` or ``person``. The mail goes out as soon as that is known.
    """

    command_id: UUID | None = None
    document_id: UUID
    customer_number: CustomerNumber
    number: str
    published_at: datetime
    missing: str


class ReportUnknownRecipients(Task, owner="notifications"):
    """Look for documents that nobody could be told of for a day, and say so to their issuers."""
