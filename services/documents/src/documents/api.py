"""The door for HTTP: give documents, and take their bytes or see what they say."""

from typing import Annotated, Literal
from urllib.parse import quote
from uuid import UUID

from fastapi import Path, Request, Response, Security
from pydantic import BaseModel, StringConstraints

from chassis import bodies, web
from chassis.repeated_requests import who_calls_once
from chassis.tokens import Caller, ScopeMissing
from contracts.documents import PublishDocument
from documents import publishing, reading, receiving, showing, uploading
from documents.archived import ArchivedDocument, shown
from documents.callers import NEWEST, WRITE, AnyReader, Found, Guest, reader
from documents.gateways import Gateways
from documents.invoice import Invoice
from documents.publishing import Shelf

router = web.router()

_LARGEST_MESSAGE = 16 * 1024 * 1024
# Its own $id, so that the references inside it lead to its own definitions.
_MESSAGE = {"$id": "publish-document", **PublishDocument.model_json_schema()}
_SHOWN_AS_THEY_ARE = {"application/pdf", "application/xml", "text/xml"}

Giver = Annotated[Caller, Security(who_calls_once, scopes=[WRITE])]
Held = Annotated[Gateways, web.Gateways]
Language = Literal["nl", "fr", "de", "en"]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


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
    shelf = await Shelf.of(session, [(issuer, command.customer_number, received)])
    document, already = await publishing.publish(
        session, shelf, issuer, command.customer_number, received
    )
    if already:
        response.status_code = 200
    return Accepted(document_id=document.id, already_published=already, flags=document.flags)


@router.get("/v1/newest")
async def newest(guest: Guest, session: web.Session) -> ArchivedDocument:
    """Return the newest document of the customer number that the token names."""
    of = reader(guest)
    if of.newest_of is None:
        raise ScopeMissing(NEWEST)
    return shown(await reading.newest(session, of.issuer, of.newest_of), unread=None)


@router.get("/v1/documents/{document_id}")
async def document(document_id: UUID, of: AnyReader, session: web.Session) -> ArchivedDocument:
    """Return a document."""
    found = await reading.document(session, of, document_id)
    return shown(found, unread=await reading.is_unread(session, of, found))


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
    number: Annotated[int, Path(ge=1, le=100_000)],
    found: Found,
    held: Held,
    language: Language = "en",
) -> Response:
    """Return a page of the document's PDF as a picture, for those who cannot open a PDF here.

    Of a PDF that cannot be opened, the first page is what is known of the document.
    """
    png = await showing.page(held.files, held.workshop, found, number, language)
    return Response(png, media_type="image/png")
