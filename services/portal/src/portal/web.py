"""The door for browsers: the page behind "View invoice"."""

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Header, Response
from fastapi.responses import FileResponse, HTMLResponse

from chassis.web import Gateways as HeldGateways
from portal import viewing
from portal.errors import NothingHere, ServiceAway
from portal.gateways import Gateways
from portal.words import LANGUAGES, preferred

router = APIRouter(include_in_schema=False)

Held = Annotated[Gateways, HeldGateways]

_STYLESHEET = Path(__file__).parent / "static" / "portal.css"
_GUARDED = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
    "Cache-Control": "no-store",
}


@router.api_route("/view/{link}", methods=["GET", "HEAD"])
async def view(
    link: str,
    held: Held,
    language: str | None = None,
    accept_language: Annotated[str, Header()] = "",
) -> Response:
    """Show the newest document behind a mail's link."""
    asked = language if language in LANGUAGES else None
    try:
        viewed = await viewing.view(held.identity, held.documents, link)
    except NothingHere:
        return _page(held, "nothing.html", asked or preferred(accept_language), status=404)
    except ServiceAway:
        return _page(held, "away.html", asked or preferred(accept_language), status=503)
    own = viewed.guest.language if viewed.guest.language in LANGUAGES else "en"
    html = held.pages.page(
        "document.html",
        asked or own,
        issuer=viewed.guest.issuer,
        document=viewed.document,
        link=link,
    )
    return HTMLResponse(html, headers=_GUARDED)


@router.api_route("/view/{link}/files/{sha256}", methods=["GET", "HEAD"])
async def download(
    link: str,
    sha256: str,
    held: Held,
    accept_language: Annotated[str, Header()] = "",
) -> Response:
    """Hand out a file of that document, as it was received."""
    try:
        file = await viewing.download(held.identity, held.documents, link, sha256)
    except NothingHere:
        return _page(held, "nothing.html", preferred(accept_language), status=404)
    except ServiceAway:
        return _page(held, "away.html", preferred(accept_language), status=503)
    return Response(file.content, headers=_GUARDED | file.headers)


@router.get("/static/portal.css")
async def stylesheet() -> Response:
    """Hand out the stylesheet."""
    return FileResponse(
        _STYLESHEET, media_type="text/css", headers={"Cache-Control": "public, max-age=300"}
    )


def _page(held: Gateways, name: str, language: str, *, status: int) -> Response:
    return HTMLResponse(held.pages.page(name, language), status_code=status, headers=_GUARDED)
