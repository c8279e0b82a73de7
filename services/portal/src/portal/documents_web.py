"""The door to the archive: the list of documents, its marks, and the filters that are kept.

Looking changes nothing; what is done is done by a POST, and leads back to the list it came from.
"""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from portal import browsing, filters, looked_for, offers, plain_text, taking, turning
from portal.browsing import Shelf
from portal.entering_service import SignedInPerson
from portal.errors import NothingHere, Refused
from portal.filters import Filters
from portal.forms import Form, Trouble
from portal.gateways import Gateways
from portal.looked_for import PATH, Looked
from portal.posted import Sent
from portal.signed_in import SignedInReader
from portal.turning import Place
from portal.web import LOOKING, Held, HelpfulRoute, done, go, show

_OFFERED_AS_LIST = 15
_LONGEST_NAME = 60

router = APIRouter(route_class=HelpfulRoute, include_in_schema=False)


def _looked(request: Request) -> Looked:
    return looked_for.looked(request.url.query)


LookedFor = Annotated[Looked, Depends(_looked)]


@router.api_route(PATH, methods=LOOKING)
async def documents(
    request: Request, held: Held, signed: SignedInReader, looked: LookedFor
) -> Response:
    """List the documents that somebody may read and looks for."""
    return await _listed(request, held, signed, looked, looked.form)


@router.post(PATH + "/marks")
async def mark(held: Held, signed: SignedInReader, sent: Sent) -> Response:
    """Mark documents read, or unread again."""
    looked = looked_for.came_from(sent)
    read = sent["do"] == "read"
    count = await taking.mark(
        held.documents,
        held.readership,
        signed.tokens["documents"],
        looked_for.picked(sent, looked),
        read=read,
    )
    if not count:
        return done(looked.address, "picked_nothing")
    word = ("marked_read" if read else "marked_unread") + ("_one" if count == 1 else "")
    return done(looked.address, word, count=str(count))


@router.post(PATH + "/filters")
async def save_filter(request: Request, held: Held, signed: SignedInReader, sent: Sent) -> Response:
    """Keep what is looked for under a name."""
    looked = looked_for.came_from(sent).beginning()
    name = plain_text.plain(sent["name"])[:_LONGEST_NAME]
    trouble = "filter_needs_a_name"
    if name:
        try:
            await held.readership.save(signed.tokens["documents"], name, looked.filters.asked)
        except Refused:
            trouble = "too_many_filters"
        else:
            return done(looked.address, "filter_saved", name=name)
    form = Form(looked.given | {"name": name}, [Trouble("name", trouble)])
    return await _listed(request, held, signed, looked, form)


@router.post(PATH + "/filters/{filter_id}/remove")
async def remove_filter(
    filter_id: UUID, held: Held, signed: SignedInReader, sent: Sent
) -> Response:
    """Keep a filter no longer."""
    await held.readership.forget(signed.tokens["documents"], filter_id)
    return done(looked_for.came_from(sent).address, "filter_removed")


async def _listed(
    request: Request, held: Gateways, signed: SignedInPerson, looked: Looked, form: Form
) -> Response:
    try:
        shelf = await _shelf(held, signed, looked)
    except Refused as refused:
        # A cursor leads on in one order and one search only.
        if looked.place.is_first:
            raise NothingHere from refused
        return go(turning.address(PATH, looked.filters.said))
    wanted, place = shelf.filters, looked.place
    here = turning.address(PATH, wanted.said, place)
    return show(
        request,
        "documents.html",
        signed,
        form=form,
        shelf=shelf,
        filters=wanted,
        offered=offers.listed,
        as_list=len(shelf.numbers) <= _OFFERED_AS_LIST,
        leaf=turning.leaf(PATH, wanted.said, place, shelf.next_cursor),
        back=here,
        asking=here.removeprefix(PATH),
        sorts=filters.SORTS,
        sorted_address=lambda column: turning.address(PATH, wanted.sorted_by(column).said),
        saved=_saved(shelf),
        pick=looked.picked,
        picking=lambda which: _picking(wanted, place, which),
        on_one_page=place.is_first and shelf.next_cursor is None,
    )


async def _shelf(held: Gateways, signed: SignedInPerson, looked: Looked) -> Shelf:
    if looked.form.refused:
        numbers = await browsing.numbers(held.sharing, signed.tokens["identity"])
        return Shelf(looked.filters, [], numbers, why="not_understood")
    return await browsing.browse(
        held.sharing,
        held.documents,
        held.readership,
        signed.tokens,
        looked.filters,
        looked.place.cursor,
        datetime.now(UTC),
    )


def _picking(wanted: Filters, place: Place, which: str) -> str:
    """Return the address of the same page with all of it picked, or all of the search."""
    return turning.address(PATH, wanted.said | {"pick": which}, place)


def _saved(shelf: Shelf) -> list[tuple[UUID, str, str, bool]]:
    """Return the saved filters: its name, where it leads, and whether it is the one shown."""
    read = [(each, filters.read_saved(each.query)) for each in shelf.saved]
    return [
        (each.filter_id, each.name, turning.address(PATH, of.said), of == shelf.filters)
        for each, of in read
    ]
