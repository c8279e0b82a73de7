"""The page for people: who got what, a mail from all its sides, and the fault switches.

Mails are hostile: every text is escaped by the templates, and a mail's own HTML is only ever
served into a sandbox that can run nothing, load nothing and open nothing but new tabs.
"""

import asyncio
import re
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import parse_qsl, quote, urlencode

from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from pydantic import BaseModel, ConfigDict, ValidationError

from postbox import problems, reading
from postbox.api import found
from postbox.faults import Faults
from postbox.parts import TheSink, TheStore
from postbox.sink import Sink
from postbox.store import Store

TABS = ("html", "text", "source", "headers", "attachments")
_RULES = ("rcpt", "bounce")
_ON_A_PAGE = 50
_SOURCE_SHOWN = 200_000

_PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_MAIL_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; "
    "style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
)
_QUIET = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",  # without any, browsers call our own forms origin null
    "X-Content-Type-Options": "nosniff",
}
_DOCTYPE = re.compile(r"\s*<!doctype[^>]*>", re.IGNORECASE)
_MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII)

router = APIRouter()
_templates = Environment(
    loader=PackageLoader("postbox"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


class Place(BaseModel):
    """Which stretch of the list is shown: part of a recipient, and the id it begins below."""

    model_config = ConfigDict(frozen=True)

    to: str = ""
    before: str = ""

    def link(self, path: str, **more: str) -> str:
        """Return an address that keeps this place in the list."""
        query = urlencode({k: v for k, v in {**self.model_dump(), **more}.items() if v})
        return f"{path}?{query}" if query else path


ThePlace = Annotated[Place, Query()]


@router.get("/")
async def start(store: TheStore, sink: TheSink, place: ThePlace) -> Response:
    """Show the list, and beside it where mails are taken in."""
    return _page("start.html", store, sink, place)


@router.get("/messages/{id_}")
async def message(
    store: TheStore, sink: TheSink, place: ThePlace, id_: str, tab: str = ""
) -> Response:
    """Show one mail from one of its sides; the HTML, or else the text, first."""
    letter, source = await found(store, id_)
    content = await asyncio.to_thread(reading.content, source)
    return _page(
        "message.html",
        store,
        sink,
        place,
        letter=letter,
        content=content,
        headers=reading.headers(source),
        source=source[:_SOURCE_SHOWN].decode("utf-8", "replace"),
        cut_at=_SOURCE_SHOWN if len(source) > _SOURCE_SHOWN else None,
        tabs=TABS,
        tab=tab if tab in TABS else "text" if content.html is None else "html",
    )


@router.get("/messages/{id_}/body")
async def body(store: TheStore, id_: str) -> Response:
    """Serve a mail's own HTML for the frame; its links open in a new tab."""
    _, source = await found(store, id_)
    html = (await asyncio.to_thread(reading.content, source)).html or ""
    # After the doctype, or the mail would be laid out in quirks mode.
    doctype = _DOCTYPE.match(html)
    start = 0 if doctype is None else doctype.end()
    html = f'{html[:start]}<base target="_blank">{html[start:]}'
    return HTMLResponse(html, headers={**_QUIET, "Content-Security-Policy": _MAIL_POLICY})


@router.get("/messages/{id_}/attachments/{number}")
async def attachment(store: TheStore, id_: str, number: int) -> Response:
    """Download an attachment, counted from 0; it is never shown in place."""
    _, source = await found(store, id_)
    attachments = (await asyncio.to_thread(reading.content, source)).attachments
    if not 0 <= number < len(attachments):
        raise HTTPException(404, "This mail has no such attachment.")
    part = attachments[number]
    known = _MEDIA_TYPE.fullmatch(part.media_type)
    return Response(
        part.content,
        headers={
            **_QUIET,
            "Content-Type": part.media_type if known else "application/octet-stream",
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(part.name, safe='')}",
            "Content-Security-Policy": "sandbox; default-src 'none'",
        },
    )


@router.post("/empty")
async def empty(store: TheStore) -> Response:
    """Throw every mail away."""
    await store.empty()
    return RedirectResponse("/", 303)


@router.get("/faults")
async def faults(store: TheStore, sink: TheSink, place: ThePlace) -> Response:
    """Show the switches as they stand."""
    return _page("faults.html", store, sink, place, form=_form(sink.intake.faults), problems=[])


@router.post("/faults")
async def set_faults(request: Request, store: TheStore, sink: TheSink, place: ThePlace) -> Response:
    """Put the switches of the form in force, or show it again with what is wrong."""
    form = dict(parse_qsl((await request.body()).decode("utf-8", "replace")))
    given: dict[str, object] = {name: value for name, value in form.items() if value}
    given |= {name: _rules(form.get(name, "")) for name in _RULES}
    try:
        wanted = Faults.model_validate(given)
    except ValidationError as error:
        wrong = [(problems.pointer(e["loc"]), e["msg"]) for e in error.errors()]
        shown = {**_form(Faults()), **form}
        return _page("faults.html", store, sink, place, 422, form=shown, problems=wrong)
    await sink.apply(wanted)
    return RedirectResponse("/faults", 303)


def _rules(text: str) -> dict[str, str]:
    lines = (line.split(maxsplit=1) for line in text.splitlines() if line.strip())
    return {rule: " ".join(reply) for rule, *reply in lines}


def _form(faults: Faults) -> dict[str, Any]:
    form = faults.model_dump()
    for name in _RULES:
        form[name] = "\n".join(f"{rule} {reply}" for rule, reply in form[name].items())
    return form


def _page(
    template: str, store: Store, sink: Sink, place: Place, status: int = 200, /, **more: object
) -> Response:
    page = store.newest_first(to=place.to, before=place.before, limit=_ON_A_PAGE)
    html = _templates.get_template(template).render(
        {
            "letter": None,
            "page": page,
            "place": place,
            "stored": len(store),
            "smtp": f"{sink.host}:{sink.port}",
            "faults": sink.intake.faults,
            "clock": _clock,
            **more,
        }
    )
    return HTMLResponse(html, status, headers={**_QUIET, "Content-Security-Policy": _PAGE_POLICY})


def _clock(moment: datetime) -> str:
    here = moment.astimezone()
    today = here.date() == datetime.now(here.tzinfo).date()
    return f"{here:%H:%M:%S}" if today else f"{here:%-d %b %Y %H:%M}"
