"""What may be asked of notifications, and what it tells about the mails it owes."""

from datetime import datetime
from uuid import UUID

from pydantic import AwareDatetime, Field

from contracts.customer_number import CustomerNumber, Issuer
from contracts.message import Outcome, Shape, Task
from contracts.people import EmailAddress
from contracts.text import Line


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


class Proof(Shape):
    """A link and a code of 8 digits that prove a mailbox; both are made when the mail is written.

    No message holds them: only who has the key of links can make them from ``credential_id``.
    """

    credential_id: UUID
    kind: str
    link_until: AwareDatetime
    code_until: AwareDatetime | None = None


class WriteToPerson(Task, owner="notifications"):
    """Write to a person about their account or their rights; the message's id names the mail.

    ``kind`` names the template. ``recipient`` is the address meant, which may be one the person
    does not have yet, or has no more. ``ticket`` leads its one button to a customer number's
    newest document; ``proof`` leads it to the page that a proof of the mailbox opens.
    ``facts`` are what the template says beside: ``by``, ``customer_numbers`` (with commas between)
    and ``registered``, ``portal``, ``mail`` (yes or no) of what is shared; ``customer_number``,
    ``from``, ``to`` and ``you`` (from or to) of what is handed over; ``from`` and ``to`` of an
    address; ``change``, ``factor``, ``name`` and ``left`` of a second step.
    """

    issuer: Issuer
    person_id: UUID
    kind: str
    recipient: EmailAddress
    language: str | None = None
    first_name: Line | None = None
    last_name: Line | None = None
    ticket: UUID | None = None
    proof: Proof | None = None
    facts: dict[str, str] = Field(default_factory=dict)
    asked_at: AwareDatetime
