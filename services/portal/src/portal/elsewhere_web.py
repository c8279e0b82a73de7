"""The door for every address that no other door has: half a link, or a page that is not there."""

from fastapi import APIRouter, Response

from portal.errors import NothingHere
from portal.web import LOOKING, ElsewhereRoute, Held, HelpfulRoute, Visiting, go

router = APIRouter(route_class=HelpfulRoute, include_in_schema=False)


@router.api_route("/view", methods=LOOKING)
@router.api_route("/view/{anything:path}", methods=LOOKING)
async def nothing() -> Response:
    """Help whoever followed half a link."""
    raise NothingHere


@router.post("/view/{anything:path}")
async def renew(anything: str, held: Held, visiting: Visiting) -> Response:
    """Have a new mail sent; the page that offers it is the same for every link."""
    await held.entering.renew(anything.partition("/")[0], visiting)
    return go("/renewed")


missing = APIRouter(route_class=ElsewhereRoute, include_in_schema=False)


@missing.api_route("/{anything:path}", methods=LOOKING)
async def elsewhere() -> Response:
    """Help whoever came to a page that is not there."""
    raise NothingHere


router.include_router(missing)
