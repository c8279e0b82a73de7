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


class LetterUndeliverable(Outcome, owner="notifications"):
    """A reader was not reached by mail, and no further try will be made.

    ``reason`` is bad_address, inactive, mailbox_full, too_large, policy, deferred or our_bug, and
    more may come; ``detail`` has the words of the server that would not have the mail.
    """

    command_id: UUID | None = None
    document_id: UUID
    customer_number: CustomerNumber
    number: str
    person_id: UUID
    letter_id: UUID
    reason: str
    detail: str
    at: datetime


class ReportUnknownRecipients(Task, owner="notifications"):
    """Look for documents that nobody could be told of for a day, and say so to their issuers."""


class SweepBounces(Task, owner="notifications"):
    """Forget what mails that came back have left behind, once nobody needs it any more."""


class ForgetLetters(Task, owner="notifications"):
    """Forget letters of so long ago that nobody asks after them any more, a few at a time."""
