"""A document as documents tells of it: facts and files. Whatever it adds later is ignored."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from pydantic import BaseModel

from portal.plain_text import Text


class Amount(BaseModel):
    """An amount of money."""

    amount: Decimal
    currency: Text


class DocumentFile(BaseModel):
    """A file of a document; ``pages`` where it is a PDF and they have been counted."""

    role: str
    name: Text
    media_type: str
    sha256: str
    size: int
    pages: int | None = None


class GuestDocument(BaseModel):
    """The facts of a document that a page shows."""

    document_id: UUID
    customer_number: Text
    number: Text
    type: str
    issue_date: date
    due_date: date | None
    total_incl_vat: Amount
    amount_due: Amount
    payment_reference: Text | None
    published_at: datetime | None = None
    flags: list[str] = []
    files: list[DocumentFile]


class ListedDocument(GuestDocument):
    """A document to who is signed in; ``unread`` is theirs alone.

    ``signed_total`` includes VAT, and is negative for a credit note.
    """

    signed_total: Amount | None = None
    unread: bool | None = None

    @property
    def counted(self) -> Amount:
        """Return the amount that the list is filtered and sorted by."""
        if self.signed_total is not None:
            return self.signed_total
        amount = self.total_incl_vat.amount
        turned = -amount if self.type == "credit_note" and amount > 0 else amount
        return Amount(amount=turned, currency=self.total_incl_vat.currency)


class DocumentPage(BaseModel):
    """A page of documents, in the order that was asked for."""

    items: list[ListedDocument]
    next_cursor: str | None = None
