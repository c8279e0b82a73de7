"""The door to taking many documents at once: as files in a ZIP, or as a list of them."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from portal import looked_for, taking
from portal.errors import Refused
from portal.exports import FILES, WAYS
from portal.looked_for import PATH
from portal.posted import Sent
from portal.readership import Count
from portal.signed_in import SignedInReader, SignedInTaker
from portal.viewing import Taken
from portal.web import LOOKING, PLAIN, Held, HelpfulRoute, done, go, handed, show, spoken

_TAKE = PATH + "/take"
_ONE = PATH + "/exports/{export_id}"
_MEDIA_TYPES = {
    "zip": "application/zip",
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

router = APIRouter(route_class=HelpfulRoute, include_in_schema=False)


@router.api_route(_TAKE, methods=LOOKING)
async def choose(request: Request, held: Held, signed: SignedInReader) -> Response:
    """Ask as what to take all that is looked for."""
    looked = looked_for.looked(request.url.query)
    if looked.form.refused:
        return go(PATH)
    count = await held.documents.count(signed.tokens["documents"], looked.filters.asked)
    return show(
        request,
        "take.html",
        signed,
        count=count,
        back=looked.beginning().address,
        ways=WAYS,
        files=FILES,
    )


@router.post(_TAKE)
async def take(request: Request, held: Held, signed: SignedInReader, sent: Sent) -> Response:
    """Begin to take what was picked."""
    looked = looked_for.came_from(sent)
    wanted = looked_for.picked(sent, looked)
    if sent["do"] not in WAYS or wanted == []:
        return done(looked.address, "picked_nothing")
    token, language = signed.tokens["documents"], spoken(request, signed.spoken)
    try:
        export_id = await taking.begin(held.exports, token, sent["do"], language, wanted)
    except Refused:
        return done(looked.address, "nothing_taken")
    return go(f"{PATH}/exports/{export_id}")


@router.api_route(_ONE, methods=LOOKING)
async def export(export_id: UUID, request: Request, held: Held, signed: SignedInReader) -> Response:
    """Show how far it is, and offer it."""
    found = await held.exports.look(signed.tokens["documents"], export_id)
    return show(
        request,
        "export.html",
        signed,
        export=found,
        address=f"{PATH}/exports/{export_id}",
        count=Count(count=found.documents),
    )


@router.api_route(_ONE + "/content", methods=LOOKING)
async def content(export_id: UUID, request: Request, held: Held, signed: SignedInTaker) -> Response:
    """Hand it out while it is made."""
    token = signed.tokens["documents"]
    found = await held.exports.look(token, export_id)
    media_type = _MEDIA_TYPES.get(found.format, "application/octet-stream")
    if request.method == "HEAD":
        # To ask for the bytes would begin to make them.
        return Response(headers=PLAIN | {"Content-Type": media_type})
    made = await held.exports.content(token, export_id)
    return await handed(request, Taken(made.name or f"documents.{found.format}", made), media_type)
