"""The door to one document: what it says, its files, a duplicate.

Who opens a document has read it; a browser that only fetches ahead has not.
"""

import asyncio
from typing import Annotated
from uuid import UUID

import structlog
from fastapi import APIRouter, Depends, Request, Response

from portal import figures, leafing, looked_for, timeline, viewing
from portal.document import ListedDocument
from portal.entering_service import SignedInPerson
from portal.errors import NothingHere, Refused, ServiceAway
from portal.gateways import Gateways
from portal.looked_for import PATH, Looked
from portal.signed_in import SignedInReader, SignedInTaker
from portal.viewing import LINES_SHOWN
from portal.web import (
    LOOKING,
    Held,
    HelpfulRoute,
    asked_language,
    fetched_ahead,
    handed,
    show,
    shown_as,
    spoken,
)

_ONE = PATH + "/{document_id}"

log = structlog.get_logger()
router = APIRouter(route_class=HelpfulRoute, include_in_schema=False)


def _looked(request: Request) -> Looked:
    return looked_for.looked(request.url.query)


LookedFor = Annotated[Looked, Depends(_looked)]


@router.api_route(_ONE, methods=LOOKING)
async def document(
    document_id: UUID, request: Request, held: Held, signed: SignedInReader, looked: LookedFor
) -> Response:
    """Show a document beside the list it was found in, and mark it read."""
    token = signed.tokens["documents"]
    found = await held.documents.document(token, document_id)
    viewed, (events, doubt), beside = await asyncio.gather(
        viewing.opened(held.documents, token, found),
        viewing.told_of(held.documents, token, document_id),
        leafing.beside(held.documents, token, looked.filters, looked.place, document_id),
    )
    opened = request.method == "GET" and not fetched_ahead(request)
    if opened and found.unread is not False:
        signed = await _has_read(held, signed, found)
    return show(
        request,
        "reading.html",
        signed,
        viewed=viewed,
        lines_shown=LINES_SHOWN,
        steps=timeline.steps(found, events, figures.today()),
        doubt=doubt,
        beside=beside,
        looked=looked,
    )


@router.api_route(_ONE + "/files/{sha256}", methods=LOOKING)
async def file(
    document_id: UUID, sha256: str, request: Request, held: Held, signed: SignedInTaker
) -> Response:
    """Hand out a file of a document, as it was received."""
    token = signed.tokens["documents"]
    found = await held.documents.document(token, document_id)
    taken = await viewing.file_of(held.documents, token, found, sha256)
    return await handed(request, taken, shown_as(taken))


@router.api_route(_ONE + "/rendition", methods=LOOKING)
async def rendition(
    document_id: UUID, request: Request, held: Held, signed: SignedInTaker
) -> Response:
    """Hand out a document as a PDF, in the reader's language."""
    token = signed.tokens["documents"]
    found = await held.documents.document(token, document_id)
    language = asked_language(request) or signed.spoken
    taken = await viewing.rendition_of(held.documents, token, found, language)
    return await handed(request, taken, "application/pdf")


@router.api_route(_ONE + "/pages/{page}", methods=LOOKING)
async def picture(
    document_id: UUID, page: int, request: Request, held: Held, signed: SignedInTaker
) -> Response:
    """Show a page of a document's PDF."""
    token = signed.tokens["documents"]
    found = await held.documents.document(token, document_id)
    taken = await viewing.picture_of(held.documents, token, found, page)
    return await handed(request, taken, "image/png", shown=True)


@router.post(_ONE + "/duplicate")
async def duplicate(
    document_id: UUID, request: Request, held: Held, signed: SignedInReader
) -> Response:
    """Have a duplicate made, in the reader's language, and hand it out."""
    token = signed.tokens["documents"]
    found = await held.documents.document(token, document_id)
    language = spoken(request, signed.spoken)
    taken = await viewing.duplicate_of(held.documents, token, found, language)
    return await handed(request, taken, "application/pdf")


async def _has_read(
    held: Gateways, signed: SignedInPerson, document: ListedDocument
) -> SignedInPerson:
    """Mark a document read; who reads it is not kept from it because that cannot be done."""
    try:
        await held.readership.has_read(signed.tokens["documents"], document.document_id)
    except (NothingHere, Refused, ServiceAway):
        log.warning("read_not_marked", document_id=str(document.document_id))
        return signed
    if signed.unread is None or not document.unread:
        return signed
    return signed.model_copy(update={"unread": signed.unread.less_one()})
