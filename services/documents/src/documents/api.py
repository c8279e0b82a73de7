"""The door for HTTP: find documents, and take their bytes."""

from datetime import date, datetime
from typing import Annotated, Literal
from urllib.parse import quote
from uuid import UUID

from fastapi import Depends, Query, Response, Security
from pydantic import BaseModel, StringConstraints

from chassis import web
from chassis.tokens import Caller, ScopeMissing, who_calls
from contracts.customer_number import CustomerNumber
from contracts.money import Money
from contracts.text import Line
from documents import reading
from documents.gateways import Gateways
from documents.models import Document
from documents.queries import Wanted
from documents.reading import Reader

router = web.router()

READ = "documents:read"
NEWEST = "documents:newest"
_SHOWN_AS_THEY_ARE = {"application/pdf", "application/xml", "text/xml"}

Machine = Annotated[Caller, Security(who_calls, scopes=[READ])]
Guest = Annotated[Caller, Security(who_calls, scopes=[NEWEST])]
Held = Annotated[Gateways, web.Gateways]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class FileLink(BaseModel):
    """A file of a document, and where its bytes are."""

    role: str
    name: str
    media_type: str
    sha256: str
    size: int
    href: str


class ArchivedDocument(BaseModel):
    """A document in the archive."""

    document_id: UUID
    issuer: str
    customer_number: str
    number: str
    type: str
    issue_date: date
    due_date: date | None
    total_incl_vat: Money
    amount_due: Money
    payment_reference: str | None
    media_types: list[str]
    published_at: datetime
    flags: list[str]
    files: list[FileLink]


class DocumentPage(BaseModel):
    """A page of documents, newest first."""

    items: list[ArchivedDocument]
    next_cursor: str | None


def reader(caller: Annotated[Caller, Security(who_calls)]) -> Reader:
    """Return who reads: a machine reads its issuer's documents, a guest one number's newest."""
    issuer = caller.working_for()
    if READ in caller.scopes:
        return Reader(issuer)
    if NEWEST in caller.scopes and caller.claims.get("customer_number"):
        return Reader(issuer, newest_of=str(caller.claims["customer_number"]))
    raise ScopeMissing(READ)


AnyReader = Annotated[Reader, Depends(reader)]


@router.get("/v1/documents")
async def documents(
    caller: Machine,
    session: web.Session,
    customer_number: CustomerNumber | None = None,
    number: Line | None = None,
    type: Literal["invoice", "credit_note"] | None = None,  # noqa: A002 (the word of the interface)
    cursor: Annotated[str | None, Query(max_length=300)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> DocumentPage:
    """List documents of your own, newest first."""
    of = reader(caller)
    wanted = Wanted(of.issuer, customer_number, number, type)
    page = await reading.page(session, wanted, cursor, limit)
    return DocumentPage(
        items=[_shown(each) for each in page.documents], next_cursor=page.next_cursor
    )


@router.get("/v1/newest")
async def newest(guest: Guest, session: web.Session) -> ArchivedDocument:
    """Return the newest document of the customer number that the token names."""
    of = reader(guest)
    if of.newest_of is None:
        raise ScopeMissing(NEWEST)
    return _shown(await reading.newest(session, of.issuer, of.newest_of))


@router.get("/v1/documents/{document_id}")
async def document(document_id: UUID, of: AnyReader, session: web.Session) -> ArchivedDocument:
    """Return a document."""
    return _shown(await reading.document(session, of, document_id))


@router.get(
    "/v1/documents/{document_id}/files/{sha256}",
    responses={200: {"content": {"application/octet-stream": {}}}},
    response_class=Response,
)
async def file(
    document_id: UUID, sha256: Sha256, of: AnyReader, session: web.Session, held: Held
) -> Response:
    """Return the bytes of a file, as they were received."""
    found, content = await reading.file(session, held.files, of, document_id, sha256)
    as_it_is = found.media_type in _SHOWN_AS_THEY_ARE
    return Response(
        content,
        headers={
            # Not as media_type: to text/xml that would add a charset, which the bytes know better.
            "Content-Type": found.media_type if as_it_is else "application/octet-stream",
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(found.name, safe='')}",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "ETag": f'"{sha256}"',
        },
    )


def _shown(document: Document) -> ArchivedDocument:
    files = [
        FileLink(
            role=file.role,
            name=file.name,
            media_type=file.media_type,
            sha256=file.sha256,
            size=file.size,
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
        amount_due=_money(document, "amount_due"),
        payment_reference=document.payment_reference,
        media_types=list(dict.fromkeys(file.media_type for file in files)),
        published_at=document.published_at,
        flags=document.flags,
        files=files,
    )


def _money(document: Document, field: str) -> Money:
    return Money(currency=document.currency, amount=getattr(document, field))
