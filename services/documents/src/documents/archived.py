"""A document as the doors for HTTP show it."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel

from contracts.money import Money
from documents.models import Document


class FileLink(BaseModel):
    """A file of a document, and where its bytes are."""

    role: str
    name: str
    media_type: str
    sha256: str
    size: int
    pages: int | None
    href: str


class ArchivedDocument(BaseModel):
    """A document in the archive.

    ``signed_total`` is negative for a credit note. ``unread`` is null for who is not a person.
    """

    document_id: UUID
    issuer: str
    customer_number: str
    number: str
    type: str
    issue_date: date
    due_date: date | None
    total_incl_vat: Money
    signed_total: Money
    amount_due: Money
    payment_reference: str | None
    media_types: list[str]
    published_at: datetime
    imported: bool
    flags: list[str]
    files: list[FileLink]
    retain_until: date
    unread: bool | None


def shown(document: Document, *, unread: bool | None) -> ArchivedDocument:
    """Return a document as it is shown."""
    files = [
        FileLink(
            role=file.role,
            name=file.name,
            media_type=file.media_type,
            sha256=file.sha256,
            size=file.size,
            pages=file.pages,
            href=f"/v1/documents/{document.id}/files/{file.sha256}",
        )
        for file in document.files
    ]
    return ArchivedDocument(
        document_id=document.id,
        issuer=document.issuer,
        customer_number=document.customer_number,
        number=document.number,
        type=document.type,
        issue_date=document.issue_date,
        due_date=document.due_date,
        total_incl_vat=_money(document, "total_incl_vat"),
        signed_total=_money(document, "signed_total"),
        amount_due=_money(document, "amount_due"),
        payment_reference=document.payment_reference,
        media_types=list(dict.fromkeys(file.media_type for file in files)),
        published_at=document.published_at,
        imported=document.imported,
        flags=document.flags,
        files=files,
        retain_until=document.retain_until,
        unread=unread,
    )


def _money(document: Document, field: str) -> Money:
    return Money(currency=document.currency, amount=getattr(document, field))
