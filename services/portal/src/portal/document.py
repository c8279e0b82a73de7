"""A document as documents tells of it: facts and files. Whatever it adds later is ignored."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from pydantic import BaseModel

from portal.plain_text import Text


class Amount(BaseModel):
    """An amount of money."""

    amount: Decimal
    currency: str


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
    flags: list[str] = []
    files: list[DocumentFile]


class DocumentPage(BaseModel):
    """A page of documents, newest first."""

    items: list[GuestDocument]
    next_cursor: str | None = None
