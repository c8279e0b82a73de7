"""The door to the archive: the list of documents, a document, and its files.

All of it is looking: every route answers GET and HEAD, and changes nothing.
"""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from portal import browsing, offers, turning, viewing
from portal.signed_in import SignedInReader
from portal.turning import Place
from portal.viewing import LINES_SHOWN
from portal.web import LOOKING, Held, HelpfulRoute, asked_language, handed, show, shown_as

PATH = "/documents"
_LONGEST_NUMBER = 40
_OFFERED_AS_LIST = 15

router = APIRouter(route_class=HelpfulRoute, include_in_schema=False)

Cursors = Annotated[list[str], Query(alias="cursor", default_factory=list)]


@router.api_route(PATH, methods=LOOKING)
async def documents(
    request: Request,
    held: Held,
    signed: SignedInReader,
    cursors: Cursors,
    customer_number: str = "",
) -> Response:
    """List the documents that somebody may read, newest first."""
    wanted = customer_number.strip().upper()[:_LONGEST_NUMBER]
    place = Place.read(cursors)
    shelf = await browsing.browse(
        held.sharing, held.documents, signed.tokens, wanted or None, place.cursor, datetime.now(UTC)
    )
    return show(
        request,
        "documents.html",
        signed,
        shelf=shelf,
        wanted=wanted,
        offered=offers.listed,
        as_list=len(shelf.numbers) <= _OFFERED_AS_LIST,
        leaf=turning.leaf(PATH, {"customer_number": wanted}, place, shelf.next_cursor),
    )


@router.api_route(PATH + "/{document_id}", methods=LOOKING)
async def document(
    document_id: UUID, request: Request, held: Held, signed: SignedInReader
) -> Response:
    """Show a document, as a guest sees the newest."""
    token = signed.tokens["documents"]
    found = await held.documents.document(token, document_id)
    viewed = await viewing.opened(held.documents, token, found)
    return show(request, "reading.html", signed, viewed=viewed, lines_shown=LINES_SHOWN)


@router.api_route(PATH + "/{document_id}/files/{sha256}", methods=LOOKING)
async def file(
    document_id: UUID, sha256: str, request: Request, held: Held, signed: SignedInReader
) -> Response:
    """Hand out a file of a document, as it was received."""
    token = signed.tokens["documents"]
    found = await held.documents.document(token, document_id)
    taken = await viewing.file_of(held.documents, token, found, sha256)
    return await handed(request, taken, shown_as(taken))


@router.api_route(PATH + "/{document_id}/rendition", methods=LOOKING)
async def rendition(
    document_id: UUID, request: Request, held: Held, signed: SignedInReader
) -> Response:
    """Hand out a document as a PDF, in the reader's language."""
    token = signed.tokens["documents"]
    found = await held.documents.document(token, document_id)
    language = asked_language(request) or signed.spoken
    taken = await viewing.rendition_of(held.documents, token, found, language)
    return await handed(request, taken, "application/pdf")


@router.api_route(PATH + "/{document_id}/pages/{page}", methods=LOOKING)
async def picture(
    document_id: UUID, page: int, request: Request, held: Held, signed: SignedInReader
) -> Response:
    """Show a page of a document's PDF."""
    token = signed.tokens["documents"]
    found = await held.documents.document(token, document_id)
    taken = await viewing.picture_of(held.documents, token, found, page)
    return await handed(request, taken, "image/png", shown=True)
