"""The door for HTTP: give documents, find them, and take their bytes or see what they say."""

from datetime import date, datetime
from typing import Annotated, Literal
from urllib.parse import quote
from uuid import UUID

from fastapi import Depends, Path, Query, Request, Response, Security
from pydantic import BaseModel, StringConstraints

from chassis import bodies, web
from chassis.repeated_requests import who_calls_once
from chassis.tokens import Caller, ScopeMissing, who_calls
from contracts.customer_number import CustomerNumber
from contracts.documents import PublishDocument
from contracts.money import Money
from contracts.text import Line
from documents import publishing, reading, receiving, showing, uploading
from documents.gateways import Gateways
from documents.invoice import Invoice
from documents.models import Document
from documents.publishing import Shelf
from documents.queries import Wanted
from documents.reading import Reader

router = web.router()

READ = "documents:read"
WRITE = "documents:write"
NEWEST = "documents:newest"
_LARGEST_MESSAGE = 16 * 1024 * 1024
# Its own $id, so that the references inside it lead to its own definitions.
_MESSAGE = {"$id": "publish-document", **PublishDocument.model_json_schema()}
_SHOWN_AS_THEY_ARE = {"application/pdf", "application/xml", "text/xml"}

Giver = Annotated[Caller, Security(who_calls_once, scopes=[WRITE])]
Guest = Annotated[Caller, Security(who_calls, scopes=[NEWEST])]
Held = Annotated[Gateways, web.Gateways]
Language = Literal["nl", "fr", "de", "en"]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


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
    imported: bool
    flags: list[str]
    files: list[FileLink]


class DocumentPage(BaseModel):
    """A page of documents, newest first."""

    items: list[ArchivedDocument]
    next_cursor: str | None


class Uploaded(BaseModel):
    """What was uploaded; a document may name it for a day."""

    upload_id: UUID
    sha256: str
    size: int


class Accepted(BaseModel):
    """A document is in the archive; ``already_published`` when it was there before."""

    document_id: UUID
    already_published: bool
    flags: list[str]


def reader(caller: Annotated[Caller, Security(who_calls)]) -> Reader:
    """Return who reads: an issuer's machine, someone who is signed in, or a guest."""
    if caller.person is not None:
        return Reader(person_id=caller.person.person_id)
    issuer = caller.working_for()
    if READ in caller.scopes:
        return Reader(issuer)
    if NEWEST in caller.scopes and caller.claims.get("customer_number"):
        return Reader(issuer, newest_of=str(caller.claims["customer_number"]))
    raise ScopeMissing(READ)


AnyReader = Annotated[Reader, Depends(reader)]


def browser(of: AnyReader) -> Reader:
    """Return who may read more than one document: anybody but a guest."""
    if of.newest_of is not None:
        raise ScopeMissing(READ)
    return of


Browser = Annotated[Reader, Depends(browser)]


async def _found(document_id: UUID, of: AnyReader, transactions: web.Transactions) -> Document:
    async with transactions() as session:
        return await reading.document(session, of, document_id)


Found = Annotated[Document, Depends(_found)]
"""The document that is asked for; no transaction is open any more."""


@router.post(
    "/v1/uploads",
    status_code=201,
    responses={413: web.PROBLEMS[400]},
    openapi_extra={"requestBody": {"content": {"application/octet-stream": {}}}},
)
async def upload(request: Request, giver: Giver, held: Held) -> Uploaded:
    """Take a file that is too large for a message; give it a name that a document may use."""
    issuer = giver.working_for()
    content = await bodies.take(request, at_most=held.most_uploaded)
    taken = await uploading.take(held.files, issuer, content)
    return Uploaded(upload_id=taken.upload_id, sha256=taken.sha256, size=taken.size)


@router.post(
    "/v1/documents",
    status_code=201,
    responses={200: {"model": Accepted}, 413: web.PROBLEMS[400]},
    openapi_extra={
        "requestBody": {"required": True, "content": {"application/json": {"schema": _MESSAGE}}}
    },
)
async def publish(
    request: Request, response: Response, giver: Giver, session: web.Session, held: Held
) -> Accepted:
    """Archive an invoice or credit note, and tell everyone who should know."""
    issuer = giver.working_for()
    body = await bodies.take(request, at_most=_LARGEST_MESSAGE)
    command = bodies.read(PublishDocument, body)
    received = await receiving.receive(held.files, held.workshop, issuer, command)
    shelf = await Shelf.of(session, [(issuer, received)])
    document, already = await publishing.publish(
        session, shelf, issuer, command.customer_number, received
    )
    if already:
        response.status_code = 200
    return Accepted(document_id=document.id, already_published=already, flags=document.flags)


@router.get("/v1/documents")
async def documents(
    of: Browser,
    session: web.Session,
    customer_number: CustomerNumber | None = None,
    number: Line | None = None,
    type: Literal["invoice", "credit_note"] | None = None,  # noqa: A002 (the word of the interface)
    cursor: Annotated[str | None, Query(max_length=300)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> DocumentPage:
    """List documents of your own, newest first."""
    wanted = Wanted(customer_number, number, type)
    page = await reading.page(session, of, wanted, cursor, limit)
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


@router.get("/v1/documents/{document_id}/invoice", responses={200: {"model": Invoice}})
async def invoice(found: Found, held: Held) -> Response:
    """Return all that the XML of a document says, whichever XML it is."""
    said = await showing.invoice(held.files, held.workshop, found)
    return Response(said, media_type="application/json")


@router.get(
    "/v1/documents/{document_id}/rendition",
    responses={200: {"content": {"application/pdf": {}}}},
    response_class=Response,
)
async def rendition(found: Found, held: Held, language: Language = "en") -> Response:
    """Return a PDF for people, made from the XML. The XML is the invoice; this is a rendition."""
    made = await showing.rendition(held.files, held.workshop, held.once, found, language)
    return Response(
        made.pdf,
        media_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="{made.name}"',
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Content-Language": language,
            "ETag": f'"{made.tag}"',
        },
    )


@router.get(
    "/v1/documents/{document_id}/pages/{number}",
    responses={200: {"content": {"image/png": {}}}},
    response_class=Response,
)
async def page(
    number: Annotated[int, Path(ge=1, le=100_000)], found: Found, held: Held
) -> Response:
    """Return a page of the document's PDF as a picture, for those who cannot open a PDF here."""
    png = await showing.page(held.files, held.workshop, found, number)
    return Response(png, media_type="image/png")


def _shown(document: Document) -> ArchivedDocument:
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
        amount_due=_money(document, "amount_due"),
        payment_reference=document.payment_reference,
        media_types=list(dict.fromkeys(file.media_type for file in files)),
        published_at=document.published_at,
        imported=document.imported,
        flags=document.flags,
        files=files,
    )


def _money(document: Document, field: str) -> Money:
    return Money(currency=document.currency, amount=getattr(document, field))
