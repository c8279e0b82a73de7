"""The door through which staff look as a customer does: the list and a document, and nothing else.

Nothing is marked read, and nothing can be done but to look no more.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from portal import turning, viewing
from portal.desk import View
from portal.entering_service import SignedInPerson
from portal.errors import NothingHere, NotSignedIn, Refused
from portal.signed_in import AtWork
from portal.turning import Place
from portal.viewing import LINES_SHOWN
from portal.web import (
    LOOKING,
    VIEW,
    Held,
    HelpfulRoute,
    asked_language,
    done,
    drop,
    handed,
    show,
    shown_as,
)

PATH = "/desk/view"
_ONE = PATH + "/{document_id}"
_A_PAGE = 50

router = APIRouter(route_class=HelpfulRoute, include_in_schema=False)

Cursors = Annotated[list[str], Query(alias="cursor", default_factory=list)]


@dataclass(frozen=True)
class Looking:
    """Somebody at work, who looks as a customer does until a time."""

    signed: SignedInPerson
    view_id: UUID
    token: str
    until: datetime


async def _looking(request: Request, held: Held, signed: AtWork) -> Looking:
    """Return who looks; a view that is over shows nothing. Raises ``NothingHere``."""
    try:
        view_id = UUID(request.cookies.get(VIEW, ""))
        view: View = await held.desk.look_on(signed.desk_tokens["identity"], view_id)
    except (ValueError, Refused) as over:
        raise NothingHere from over
    return Looking(signed, view_id, view.token, view.until)


AsCustomer = Annotated[Looking, Depends(_looking)]


@router.api_route(PATH, methods=LOOKING)
async def documents(
    request: Request, held: Held, looking: AsCustomer, cursors: Cursors
) -> Response:
    """List the documents as the customer sees them, newest first."""
    place = Place.read(cursors)
    page = await held.documents.page(looking.token, {}, place.cursor, _A_PAGE)
    return show(
        request,
        "desk_view.html",
        looking.signed,
        until=looking.until,
        documents=page.items,
        leaf=turning.leaf(PATH, {}, place, page.next_cursor),
    )


@router.post(PATH + "/end")
async def end(request: Request, held: Held, signed: AtWork) -> Response:
    """Look no more."""
    answer = done("/desk", "desk_view_ended")
    try:
        view_id = UUID(request.cookies.get(VIEW, ""))
        await held.desk.end_view(signed.desk_tokens["identity"], view_id)
    except (ValueError, NothingHere, NotSignedIn, Refused):
        pass  # it is over
    drop(answer, VIEW)
    return answer


@router.api_route(_ONE, methods=LOOKING)
async def document(
    document_id: UUID, request: Request, held: Held, looking: AsCustomer
) -> Response:
    """Show a document as the customer sees it."""
    found = await held.documents.document(looking.token, document_id)
    viewed = await viewing.opened(held.documents, looking.token, found)
    return show(
        request,
        "desk_reading.html",
        looking.signed,
        until=looking.until,
        viewed=viewed,
        lines_shown=LINES_SHOWN,
    )


@router.api_route(_ONE + "/files/{sha256}", methods=LOOKING)
async def file(
    document_id: UUID, sha256: str, request: Request, held: Held, looking: AsCustomer
) -> Response:
    """Hand out a file of a document."""
    found = await held.documents.document(looking.token, document_id)
    taken = await viewing.file_of(held.documents, looking.token, found, sha256)
    return await handed(request, taken, shown_as(taken))


@router.api_route(_ONE + "/rendition", methods=LOOKING)
async def rendition(
    document_id: UUID, request: Request, held: Held, looking: AsCustomer
) -> Response:
    """Hand out a document as a PDF."""
    found = await held.documents.document(looking.token, document_id)
    language = asked_language(request) or looking.signed.spoken
    taken = await viewing.rendition_of(held.documents, looking.token, found, language)
    return await handed(request, taken, "application/pdf")


@router.api_route(_ONE + "/pages/{page}", methods=LOOKING)
async def picture(
    document_id: UUID, page: int, request: Request, held: Held, looking: AsCustomer
) -> Response:
    """Show a page of a document's PDF."""
    found = await held.documents.document(looking.token, document_id)
    taken = await viewing.picture_of(held.documents, looking.token, found, page)
    return await handed(request, taken, "image/png", shown=True)
