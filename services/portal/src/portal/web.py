"""What all doors for browsers share: headers, cookies, who may post, and pages that help.

Looking (GET, HEAD) changes nothing. Doing is a POST from a page of ours, and answers either the
same form with what is wrong, or 303 to a page that says what was done.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Annotated, Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import structlog
from fastapi import Depends, Request, Response
from fastapi import Form as Field
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.routing import Match

from chassis.web import Gateways as HeldGateways
from chassis.web import Streamed
from portal import browsers, destinations, measures, notices
from portal.entering_service import SignedInPerson, Started, Visitor
from portal.errors import (
    FromElsewhere,
    HasAccount,
    NotAllowed,
    NothingHere,
    NotSignedIn,
    ProofNeeded,
    SecondFactorMissing,
    ServiceAway,
    TooLarge,
    TooOften,
)
from portal.forms import Form
from portal.gateways import Gateways
from portal.identity_service import Guest
from portal.look import IssuerLook
from portal.notices import Notice
from portal.viewing import Taken
from portal.words import LANGUAGES, WORDS, preferred

log = structlog.get_logger()

LOOKING = ["GET", "HEAD"]

SESSION, DEVICE = "__Host-sid", "__Host-device"
VIEW = "__Host-view"
PENDING, STEP, PROOF = "__Host-pending", "__Host-second-step", "__Host-proof"
ISSUER, LANGUAGE, NOTICE = "__Host-issuer", "__Host-language", "__Host-notice"

_A_MINUTE, _A_MONTH, _A_YEAR = 60, 30 * 86_400, 365 * 86_400
_LARGEST_FORM = 1_000_000
_SHOWN_AS_THEY_ARE = {"application/pdf", "application/xml", "text/xml"}

PLAIN = {
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
    "X-Content-Type-Options": "nosniff",
    "Strict-Transport-Security": "max-age=31536000",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
LINKED_PAGE = PLAIN | {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; "
    "connect-src 'self'; font-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'",
}
"""A page whose address holds a link: where one goes from there never learns of it."""

# With no referrer at all a browser would not say either that a form is sent from our own page.
PAGE = LINKED_PAGE | {"Referrer-Policy": "same-origin"}
FILE = PLAIN | {
    "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
}

# What these do is allowed by their address alone, not by a cookie that another site could borrow.
_ALLOWED_BY_ADDRESS = ("/view/", "/renew/")
_WHAT = {
    "/view/{link}": "document",
    "/view/{link}/register": "register",
    "/view/{link}/files/{sha256}": "file",
    "/view/{link}/rendition": "rendition",
    "/view/{link}/pages/{page}": "picture",
}

Held = Annotated[Gateways, HeldGateways]

Text = Annotated[str, Field()]
"""A field of a form."""


class HelpfulRoute(APIRoute):
    """A route that answers whatever stands in the way with a page for people.

    A stranger never learns why a link opens nothing: the page is the same to the byte.
    """

    def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:  # type: ignore[override]
        """Answer with the page that helps."""
        handle = super().get_route_handler()

        async def helpfully(request: Request) -> Response:
            try:
                _check_sender(request)
                answer = await handle(request)
            except tuple(_HELP) as trouble:
                return _HELP[type(trouble)](request, trouble)
            except HTTPException:
                raise
            except Exception:
                log.exception("request_failed", method=request.method, path=self.path)
                return _help(request, "broken.html", 500)
            _count(request, "it")
            return answer

        return helpfully


def go(address: str) -> Response:
    """Send a browser on to a page of ours."""
    return RedirectResponse(address, 303, headers=PLAIN)


def done(address: str, word: str, /, **facts: str) -> Response:
    """Send a browser on to a page that says once what was done: ``done_<word>``, gaps filled."""
    answer = go(address)
    notice = Notice(notices.PREFIX + word, facts)
    keep(answer, NOTICE, notices.written(notice), _A_MINUTE)
    return answer


def show(
    request: Request,
    page: str,
    signed: SignedInPerson | None = None,
    /,
    *,
    issuer: IssuerLook | None = None,
    language: str | None = None,
    form: Form | None = None,
    status: int | None = None,
    headers: Mapping[str, str] | None = None,
    **facts: Any,
) -> Response:
    """Answer with a page: of who is signed in, or with an issuer's look.

    A form with troubles is answered 422. ``language`` is the reader's own, where that is known.
    """
    speaks = spoken(request, signed.spoken if signed else language)
    notice = notices.read(request.cookies.get(NOTICE), WORDS[speaks])
    html = request.app.state.gateways.pages.page(
        page,
        speaks,
        asked=asked_language(request),
        signed=signed,
        issuer=signed.issuer if signed else issuer,
        form=form or Form(),
        said=notice,
        language_addresses={each: _in_language(request, each) for each in LANGUAGES},
        **facts,
    )
    code = status or (422 if form and form.refused else 200)
    answer = HTMLResponse(html, code, headers=PAGE | dict(headers or {}))
    if notice and request.method == "GET" and not fetched_ahead(request):
        drop(answer, NOTICE)
    chosen = asked_language(request)
    if chosen and request.cookies.get(LANGUAGE) != chosen:
        keep(answer, LANGUAGE, chosen, _A_YEAR)
    return answer


def show_guest(
    request: Request, page: str, guest: Guest, link: str, form: Form | None = None, **facts: Any
) -> Response:
    """Answer with a page behind a mail's link, whose address must not be told to others."""
    return show(
        request,
        page,
        issuer=guest.issuer,
        language=guest.spoken,
        form=form,
        headers=LINKED_PAGE,
        guest=guest,
        link=link,
        **facts,
    )


async def handed(
    request: Request, taken: Taken, media_type: str, *, shown: bool = False
) -> Response:
    """Hand out a file under its own name, byte by byte as it comes."""
    name = taken.name.replace("/", "-").replace("\\", "-")
    headers = FILE | {
        "Content-Type": media_type,
        "Content-Disposition": f"{'inline' if shown else 'attachment'}; "
        f"filename*=UTF-8''{quote(name, safe='')}",
    }
    if taken.file.size is not None:
        headers["Content-Length"] = taken.file.size
    if request.method == "HEAD":
        await taken.file.close()
        return Response(headers=headers)
    return Streamed(_all_of(taken), headers=headers)


def shown_as(taken: Taken) -> str:
    """Return the media type a file may be handed out as.

    It is given as a header: as ``media_type``, text/xml would get a charset, which the bytes know
    better.
    """
    known = taken.file.media_type in _SHOWN_AS_THEY_ARE
    return taken.file.media_type if known else "application/octet-stream"


async def _all_of(taken: Taken) -> AsyncIterator[bytes]:
    try:
        async for part in taken.file.content:
            yield part
    finally:
        await taken.file.close()


def spoken(request: Request, own: str | None = None) -> str:
    """Return the language to answer in: asked for, now or before; own; or the browser's."""
    kept = request.cookies.get(LANGUAGE)
    return (
        asked_language(request)
        or (kept if kept in LANGUAGES else None)
        or own
        or preferred(request.headers.get("accept-language", ""))
    )


def asked_language(request: Request) -> str | None:
    """Return the language that the address asks for, when it is one of ours."""
    language = request.query_params.get("language")
    return language if language in LANGUAGES else None


Asked = Annotated[str | None, Depends(asked_language)]


def keep(answer: Response, name: str, value: str, seconds: int) -> None:
    """Give a browser a cookie: for this host and encrypted lines, out of reach of scripts."""
    answer.set_cookie(
        name, value, max_age=seconds, path="/", secure=True, httponly=True, samesite="lax"
    )


def drop(answer: Response, *names: str) -> None:
    """Take cookies back."""
    for name in names:
        keep(answer, name, "", 0)


def keep_session(answer: Response, session: str) -> Response:
    """Give a browser the cookie of its session."""
    keep(answer, SESSION, session, _A_MONTH)
    return answer


def enter(answer: Response, started: Started) -> Response:
    """Let a browser in: what it keeps of having signed in."""
    keep_session(answer, started.session)
    keep(answer, DEVICE, started.device, _A_YEAR)
    keep(answer, ISSUER, started.issuer, _A_YEAR)
    if started.language in LANGUAGES:
        keep(answer, LANGUAGE, started.language, _A_YEAR)
    return answer


def start_of(started: Started, place: str | None = None) -> str:
    """Return where one begins who has just signed in: where one wanted to be, if one may."""
    if started.must:
        return "/account/second-step"
    return place or destinations.start(staff=started.staff)


def visitor(request: Request) -> Visitor:
    """Return who knocks, as far as the line and the browser tell."""
    return Visitor(
        address=_address(request),
        browser=browsers.name(request.headers.get("user-agent", "")),
        device=request.cookies.get(DEVICE) or None,
    )


Visiting = Annotated[Visitor, Depends(visitor)]


def _address(request: Request) -> str:
    """Return where a request comes from; a header says so only where proxies of ours write it."""
    proxies: int = request.app.state.gateways.proxies
    line = request.client.host if request.client else ""
    told = [
        each.strip()
        for header in request.headers.getlist("x-forwarded-for")
        for each in header.split(",")
    ]
    # Each proxy adds who spoke to it at the end; all before that is the visitor's own invention.
    return told[-proxies][:64] if 0 < proxies <= len(told) else line


def _check_sender(request: Request) -> None:
    """Refuse what another site's page sends. Raises ``FromElsewhere``, ``TooLarge``."""
    if request.method in LOOKING:
        return
    length = request.headers.get("content-length", "")
    if not length.isdecimal() or int(length) > _LARGEST_FORM:
        raise TooLarge
    fetched_from = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if fetched_from not in {None, "same-origin", "none"}:
        raise FromElsewhere
    if origin is None:
        return
    if origin == "null":
        # A page without referrers says so of its own forms too; newer browsers say more.
        by_address = request.url.path.startswith(_ALLOWED_BY_ADDRESS)
        if fetched_from is None and not by_address:
            raise FromElsewhere
    elif urlsplit(origin).netloc != request.headers.get("host"):
        raise FromElsewhere


def _place(request: Request) -> str:
    """Return the page to come back to: this one, or where a form was sent from; "" for none."""
    seen = urlsplit(request.headers.get("referer", ""))
    if request.method in LOOKING:
        seen = urlsplit(f"{request.url.path}?{request.url.query}")
    query = f"?{seen.query}" if seen.query else ""
    return destinations.checked(seen.path + query) or ""


def fetched_ahead(request: Request) -> bool:
    """Tell whether a browser fetches a page that nobody has asked to see yet."""
    purpose = request.headers.get("sec-purpose", "") + request.headers.get("purpose", "")
    return "prefetch" in purpose or "prerender" in purpose


def _in_language(request: Request, language: str) -> str:
    """Return the address of this page in another language."""
    others = [(name, value) for name, value in parse_qsl(request.url.query) if name != "language"]
    return "?" + urlencode([*others, ("language", language)])


def _count(request: Request, got: str) -> None:
    """Count what a reader got; the files that pages are made of do not count."""
    what = _WHAT.get(request.scope["route"].path) if request.method in LOOKING else None
    if what:
        measures.looks.labels(what, got).inc()


def _help(
    request: Request,
    page: str,
    status: int,
    headers: Mapping[str, str] | None = None,
    **facts: Any,
) -> Response:
    policy = {"Referrer-Policy": PLAIN["Referrer-Policy"]} | dict(headers or {})
    return show(request, page, status=status, headers=policy, **facts)


def _missing(request: Request, _: Any) -> Response:
    _count(request, "nothing")
    by_mail = request.url.path.startswith("/view")
    return _help(request, "nothing.html" if by_mail else "missing.html", 404)


def _away(request: Request, away: ServiceAway) -> Response:
    measures.away.labels(away.service).inc()
    _count(request, "away")
    return _help(request, "away.html", 503, {"Retry-After": "120"})


def _too_often(request: Request, often: TooOften) -> Response:
    """Say how long to wait; and who forgot a password, that there is a way by mail."""
    door = request.url.path.split("/")
    forgotten = f"/forgot/{quote(door[2], safe='')}" if door[1] == "sign-in" and door[2:] else None
    wait = {"Retry-After": str(often.seconds)}
    told = {"seconds": often.seconds, "forgotten": forgotten}
    return _help(request, "too_often.html", 429, wait, **told)


def _to_sign_in(request: Request, _: Any) -> Response:
    issuer = request.cookies.get(ISSUER, "")
    door = f"/sign-in/{issuer}" if issuer.isalnum() else "/sign-in"
    place = _place(request)
    back = f"?{urlencode({'next': place})}" if place else ""
    answer = go(f"{door}{back}")
    if SESSION in request.cookies:
        drop(answer, SESSION)
    return answer


def _to_issuer(_: Request, known: HasAccount) -> Response:
    return go(f"/sign-in/{quote(known.issuer, safe='')}")


def _to_proof(request: Request, _: Any) -> Response:
    return go(f"/account/prove?{urlencode({'next': _place(request)})}")


_HELP: dict[type[Exception], Callable[[Request, Any], Response]] = {
    NothingHere: _missing,
    RequestValidationError: _missing,
    ServiceAway: _away,
    TooOften: _too_often,
    FromElsewhere: lambda request, _: _help(request, "strange.html", 403),
    TooLarge: lambda request, _: _help(request, "strange.html", 413),
    NotAllowed: lambda request, _: _help(request, "not_allowed.html", 403),
    NotSignedIn: _to_sign_in,
    SecondFactorMissing: lambda *_: go("/account/second-step"),
    ProofNeeded: _to_proof,
    HasAccount: _to_issuer,
}
"""What helps when something stands in the way of a page."""


class ElsewhereRoute(HelpfulRoute):
    """A route for every address that no other has, save what the chassis answers itself."""

    _NOT_OURS = ("/health/", "/metrics", "/docs", "/openapi.json", "/asyncapi")

    def matches(self, scope: Any) -> Any:
        """Leave to others what is theirs."""
        if scope["type"] == "http" and scope["path"].startswith(self._NOT_OURS):
            return Match.NONE, {}
        return super().matches(scope)
