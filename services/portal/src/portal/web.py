"""The door for browsers: the page behind "View invoice" and what belongs to it.

All of it is looking: every route answers GET and HEAD, and changes nothing.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, StreamingResponse
from fastapi.routing import APIRoute

from chassis.web import Gateways as HeldGateways
from portal import look, measures, viewing
from portal.errors import NothingHere, ServiceAway
from portal.gateways import Gateways
from portal.identity_service import Guest
from portal.viewing import LINES_SHOWN, Taken
from portal.words import LANGUAGES, preferred

LOOKING = ["GET", "HEAD"]

_PLAIN = {
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
    "X-Content-Type-Options": "nosniff",
    "Strict-Transport-Security": "max-age=31536000",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_PAGE = _PLAIN | {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; font-src 'self'; "
    "img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
}
_FILE = _PLAIN | {
    "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
}
_FOR_GOOD = {"Cache-Control": "public, max-age=31536000, immutable"}
_FOR_MINUTES = {"Cache-Control": "public, max-age=300"}
_WHAT = {
    "/view/{link}": "document",
    "/view/{link}/register": "register",
    "/view/{link}/files/{sha256}": "file",
    "/view/{link}/rendition": "rendition",
    "/view/{link}/pages/{page}": "picture",
}
_SHOWN_AS_THEY_ARE = {"application/pdf", "application/xml", "text/xml"}


class HelpfulRoute(APIRoute):
    """A route that answers whatever stands in the way with a page for people.

    A stranger never learns why a link opens nothing: the page is the same to the byte.
    """

    def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:  # type: ignore[override]
        """Answer 404 and 503 with their pages."""
        handle = super().get_route_handler()

        async def helpfully(request: Request) -> Response:
            try:
                answer = await handle(request)
            except (NothingHere, RequestValidationError):
                _count(request, "nothing")
                return _helping(request, "nothing.html", 404)
            except ServiceAway as away:
                measures.away.labels(away.service).inc()
                _count(request, "away")
                return _helping(request, "away.html", 503, {"Retry-After": "120"})
            _count(request, "it")
            return answer

        return helpfully


def _count(request: Request, got: str) -> None:
    """Count what a reader got; the files that pages are made of do not count."""
    what = _WHAT.get(request.scope["route"].path)
    if what:
        measures.looks.labels(what, got).inc()


def _helping(
    request: Request, page: str, status: int, more: Mapping[str, str] | None = None
) -> Response:
    language = _asked(request) or preferred(request.headers.get("accept-language", ""))
    html = request.app.state.gateways.pages.page(page, language, issuer=None)
    return HTMLResponse(html, status, headers=_PAGE | dict(more or {}))


def _asked(request: Request) -> str | None:
    """Return the language that the address asks for, when it is one of ours."""
    language = request.query_params.get("language")
    return language if language in LANGUAGES else None


router = APIRouter(route_class=HelpfulRoute, include_in_schema=False)

Held = Annotated[Gateways, HeldGateways]
Asked = Annotated[str | None, Depends(_asked)]


@router.api_route("/view/{link}", methods=LOOKING)
async def view(link: str, held: Held, asked: Asked) -> Response:
    """Show the newest document behind a mail's link."""
    viewed = await viewing.view(held.identity, held.documents, link)
    return _page(
        held,
        "document.html",
        asked,
        viewed.guest,
        link=link,
        viewed=viewed,
        lines_shown=LINES_SHOWN,
    )


@router.api_route("/view/{link}/register", methods=LOOKING)
async def register(link: str, held: Held, asked: Asked) -> Response:
    """Tell what registering will give, and that nothing is needed now."""
    guest, document = await viewing.newest(held.identity, held.documents, link)
    return _page(held, "register.html", asked, guest, link=link, document=document)


@router.api_route("/view/{link}/files/{sha256}", methods=LOOKING)
async def file(link: str, sha256: str, held: Held, request: Request) -> Response:
    """Hand out a file of that document, as it was received."""
    taken = await viewing.file(held.identity, held.documents, link, sha256)
    # Not as media_type: to text/xml that would add a charset, which the bytes know better.
    as_it_is = taken.file.media_type in _SHOWN_AS_THEY_ARE
    return await _handed(
        request, taken, taken.file.media_type if as_it_is else "application/octet-stream"
    )


@router.api_route("/view/{link}/rendition", methods=LOOKING)
async def rendition(link: str, held: Held, asked: Asked, request: Request) -> Response:
    """Hand out that document as a PDF, in the reader's language."""
    taken = await viewing.rendition(held.identity, held.documents, link, asked)
    return await _handed(request, taken, "application/pdf")


@router.api_route("/view/{link}/pages/{page}", methods=LOOKING)
async def picture(link: str, page: int, held: Held, request: Request) -> Response:
    """Show a page of that document's PDF."""
    taken = await viewing.picture(held.identity, held.documents, link, page)
    return await _handed(request, taken, "image/png", shown=True)


@router.api_route("/view", methods=LOOKING)
@router.api_route("/view/{anything:path}", methods=LOOKING)
async def nothing() -> Response:
    """Help whoever followed half a link."""
    raise NothingHere


@router.api_route("/static/{name:path}", methods=LOOKING)
async def static(name: str, held: Held, v: str = "") -> Response:
    """Hand out a file that pages are made of."""
    asset = held.assets[name]
    if asset is None:
        raise NothingHere
    kept = _FOR_GOOD if v == asset.version else _FOR_MINUTES
    return Response(asset.content, media_type=asset.media_type, headers=_PLAIN | kept)


@router.api_route("/theme/{colours}.css", methods=LOOKING)
async def theme(colours: str) -> Response:
    """Hand out an issuer's colours, which are in the address."""
    css = look.theme(colours)
    if css is None:
        raise NothingHere
    return Response(css, media_type="text/css", headers=_PLAIN | _FOR_GOOD)


def _page(held: Gateways, name: str, asked: str | None, guest: Guest, **facts: Any) -> Response:
    html = held.pages.page(name, asked or guest.spoken, asked=asked, issuer=guest.issuer, **facts)
    return HTMLResponse(html, headers=_PAGE)


async def _handed(
    request: Request, taken: Taken, media_type: str, *, shown: bool = False
) -> Response:
    name = taken.name.replace("/", "-").replace("\\", "-")
    headers = _FILE | {
        "Content-Type": media_type,
        "Content-Disposition": f"{'inline' if shown else 'attachment'}; "
        f"filename*=UTF-8''{quote(name, safe='')}",
    }
    if taken.file.size is not None:
        headers["Content-Length"] = taken.file.size
    if request.method == "HEAD":
        await taken.file.close()
        return Response(headers=headers)
    return StreamingResponse(_all_of(taken), headers=headers)


async def _all_of(taken: Taken) -> AsyncIterator[bytes]:
    try:
        async for part in taken.file.content:
            yield part
    finally:
        await taken.file.close()
