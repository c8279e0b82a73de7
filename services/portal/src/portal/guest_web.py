"""The door for guests: the page behind "View invoice" and what belongs to it.

All of it is looking: every route answers GET and HEAD, and changes nothing; only having a new mail
sent, where a link is too old, is a POST.
"""

from typing import Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request, Response

from portal import destinations, look, viewing
from portal.errors import NothingHere
from portal.gateways import Gateways
from portal.identity_service import Guest
from portal.signed_in import whoever
from portal.viewing import LINES_SHOWN
from portal.web import (
    LOOKING,
    PLAIN,
    Asked,
    Held,
    HelpfulRoute,
    Visiting,
    go,
    handed,
    show,
    show_guest,
    shown_as,
)

_FOR_GOOD = {"Cache-Control": "public, max-age=31536000, immutable"}
_FOR_MINUTES = {"Cache-Control": "public, max-age=300"}

router = APIRouter(route_class=HelpfulRoute, include_in_schema=False)


@router.api_route("/view/{link}", methods=LOOKING)
async def view(link: str, held: Held, request: Request) -> Response:
    """Show the newest document behind a mail's link; who has an account reads it signed in."""
    guest = await held.identity.open_link(link)
    if guest.registered:
        signed = await whoever(request)
        return await _lead_inside(held, guest, signed.email if signed else None)
    viewed = await viewing.view(held.documents, guest)
    facts: dict[str, Any] = {"viewed": viewed, "lines_shown": LINES_SHOWN}
    return show_guest(request, "document.html", guest, link, **facts)


async def _lead_inside(held: Gateways, guest: Guest, inside: str | None) -> Response:
    """Lead a registered reader to the same document, by way of signing in where need be."""
    try:
        document = await held.documents.newest(guest.token)
        place = f"/documents/{document.document_id}"
    except NothingHere:
        place = destinations.START
    if inside is not None and inside == guest.email:
        return go(place)
    return go(f"/sign-in/{quote(guest.issuer.issuer, safe='')}?{urlencode({'next': place})}")


@router.post("/view/{link}")
async def renew_here(link: str, held: Held, visiting: Visiting) -> Response:
    """Have a new mail sent; the page that offers it is the same for every link."""
    return await renew(link, held, visiting)


@router.post("/renew/{link}")
async def renew(link: str, held: Held, visiting: Visiting) -> Response:
    """Have a new mail sent to the address we know, where a link of ours is too old."""
    await held.entering.renew(link, visiting)
    return go("/renewed")


@router.api_route("/renewed", methods=LOOKING)
async def renewed(request: Request) -> Response:
    """Say where a new mail goes; not whether there is one."""
    return show(request, "renewed.html")


@router.api_route("/view/{link}/files/{sha256}", methods=LOOKING)
async def file(link: str, sha256: str, held: Held, request: Request) -> Response:
    """Hand out a file of that document, as it was received."""
    taken = await viewing.file(held.identity, held.documents, link, sha256)
    return await handed(request, taken, shown_as(taken))


@router.api_route("/view/{link}/rendition", methods=LOOKING)
async def rendition(link: str, held: Held, asked: Asked, request: Request) -> Response:
    """Hand out that document as a PDF, in the reader's language."""
    taken = await viewing.rendition(held.identity, held.documents, link, asked)
    return await handed(request, taken, "application/pdf")


@router.api_route("/view/{link}/pages/{page}", methods=LOOKING)
async def picture(link: str, page: int, held: Held, request: Request) -> Response:
    """Show a page of that document's PDF."""
    taken = await viewing.picture(held.identity, held.documents, link, page)
    return await handed(request, taken, "image/png", shown=True)


@router.api_route("/static/{name:path}", methods=LOOKING)
async def static(name: str, held: Held, v: str = "") -> Response:
    """Hand out a file that pages are made of."""
    asset = held.assets[name]
    if asset is None:
        raise NothingHere
    kept = _FOR_GOOD if v == asset.version else _FOR_MINUTES
    return Response(asset.content, media_type=asset.media_type, headers=PLAIN | kept)


@router.api_route("/theme/{colours}.css", methods=LOOKING)
async def theme(colours: str) -> Response:
    """Hand out an issuer's colours, which are in the address."""
    css = look.theme(colours)
    if css is None:
        raise NothingHere
    return Response(css, media_type="text/css", headers=PLAIN | _FOR_GOOD)
