"""The door for HTTP to the proof: what happened to documents, heads of days, what was checked."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Security
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field, TypeAdapter

from chassis import cursors, web
from chassis.tokens import Caller, who_calls
from documents import check_queries, custody_queries, head_queries, packing, reading
from documents.callers import READ, Browser
from documents.custody import RECEIVED, TAKEN_IN, DocumentEvent
from documents.gateways import Gateways
from documents.packing import Wanted

router = web.router()

ARCHIVE = "documents:archive"

Held = Annotated[Gateways, web.Gateways]
IssuersReader = Annotated[Caller, Security(who_calls, scopes=[READ])]
Archivist = Annotated[Caller, Security(who_calls, scopes=[ARCHIVE])]
Cursor = Annotated[str | None, Query(max_length=300)]
Limit = Annotated[int, Query(ge=1, le=200)]

_NUMBERS = TypeAdapter(int)
_DAYS = TypeAdapter(date)
_SHOWN_TO_READERS = (RECEIVED, TAKEN_IN)


class HappenedEvent(BaseModel):
    """Something happened to a document; ``hash`` is over the event before it."""

    sequence: int
    at: datetime
    act: str
    facts: dict[str, Any] | None
    facts_sha256: str
    hash: str


class EventPage(BaseModel):
    """A page of what happened to a document, the oldest first."""

    items: list[HappenedEvent]
    next_cursor: str | None


class Head(BaseModel):
    """All that happened to an issuer's documents up to the end of a day, as one hash."""

    day: date
    events: int
    hash: str


class HeadPage(BaseModel):
    """A page of heads, the oldest first."""

    items: list[Head]
    next_cursor: str | None


class Walk(BaseModel):
    """A walk through the archive, and what of it was yours; it goes on while it has no end."""

    number: int
    began_at: datetime
    ended_at: datetime | None
    documents: int
    files: int
    bytes: int


class WalkPage(BaseModel):
    """A page of walks through the archive, the newest first."""

    items: list[Walk]
    next_cursor: str | None


class Broken(BaseModel):
    """Something is not as it was: ``about`` a document, or the day of a head."""

    about: str
    kind: str
    what: str
    expected: str
    found: str
    found_at: datetime
    seen_at: datetime
    gone_at: datetime | None


class BrokenPage(BaseModel):
    """A page of what is not as it was."""

    items: list[Broken]
    next_cursor: str | None


class Days(BaseModel):
    """Which days' documents, by their own dates, the last included."""

    from_: Annotated[date, Field(alias="from")]
    to: date


@router.get("/v1/documents/{document_id}/events")
async def events(
    document_id: UUID,
    of: Browser,
    session: web.Session,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> EventPage:
    """Return what happened to a document; to its readers, what concerns them."""
    found = await reading.document(session, of, document_id)
    is_issuers = of.person_id is None
    after = cursors.read(_NUMBERS, cursor) if cursor else 0
    rows = await custody_queries.events_page(
        session, found.id, after, limit + 1, of_readers=not is_issuers
    )
    shown, next_cursor = cursors.cut(rows, limit, _NUMBERS, lambda each: each.sequence)
    return EventPage(
        items=[_event(each, of_readers=not is_issuers) for each in shown],
        next_cursor=next_cursor,
    )


@router.get("/v1/heads")
async def heads(
    caller: IssuersReader,
    session: web.Session,
    first: Annotated[date | None, Query(alias="from")] = None,
    to: date | None = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> HeadPage:
    """Return the heads of days, as they were told on those days."""
    after = cursors.read(_DAYS, cursor) if cursor else None
    rows = await head_queries.heads_page(
        session, caller.working_for(), (first, to), after, limit + 1
    )
    shown, next_cursor = cursors.cut(rows, limit, _DAYS, lambda each: each.day)
    return HeadPage(
        items=[Head(day=each.day, events=each.events, hash=each.sha256.hex()) for each in shown],
        next_cursor=next_cursor,
    )


@router.get("/v1/checks")
async def checks(
    caller: IssuersReader, session: web.Session, cursor: Cursor = None, limit: Limit = 20
) -> WalkPage:
    """Return when the archive was looked at, and how much of it was yours."""
    before = cursors.read(_NUMBERS, cursor) if cursor else None
    rows = await check_queries.rounds_page(session, caller.working_for(), before, limit + 1)
    shown, next_cursor = cursors.cut(rows, limit, _NUMBERS, lambda each: each.number)
    return WalkPage(
        items=[
            Walk(
                number=each.number,
                began_at=each.began_at,
                ended_at=each.ended_at,
                documents=each.documents,
                files=each.files,
                bytes=each.bytes,
            )
            for each in shown
        ],
        next_cursor=next_cursor,
    )


@router.get("/v1/breaks")
async def breaks(
    caller: IssuersReader,
    session: web.Session,
    gone: bool = False,  # noqa: FBT001, FBT002 (a filter of the route)
    cursor: Cursor = None,
    limit: Limit = 50,
) -> BrokenPage:
    """Return what is not as it was, or what was not and is so again."""
    after = cursors.read(_NUMBERS, cursor) if cursor else 0
    rows = await check_queries.breaks_page(
        session, caller.working_for(), after, limit + 1, gone=gone
    )
    shown, next_cursor = cursors.cut(rows, limit, _NUMBERS, lambda each: each.id)
    return BrokenPage(
        items=[
            Broken(
                about=each.about,
                kind=each.kind,
                what=each.what,
                expected=each.expected,
                found=each.found,
                found_at=each.found_at,
                seen_at=each.seen_at,
                gone_at=each.gone_at,
            )
            for each in shown
        ],
        next_cursor=next_cursor,
    )


@router.post(
    "/v1/packs",
    response_class=StreamingResponse,
    responses={200: {"content": {"application/zip": {}}}},
)
async def pack(
    days: Days, caller: Archivist, transactions: web.Transactions, held: Held
) -> web.Streamed:
    """Return your documents of some days with all that proves them, as a ZIP."""
    wanted = Wanted(caller.working_for(), days.from_, days.to)
    async with transactions() as session:
        await packing.check(session, wanted)
    name = f"{wanted.issuer}-{wanted.first}-{wanted.last}.zip"
    return web.Streamed(
        packing.pack(transactions, held.files, wanted),
        media_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _event(event: DocumentEvent, *, of_readers: bool) -> HappenedEvent:
    """Return an event; who reads a document is not told who else did what with it."""
    hidden = of_readers and event.act not in _SHOWN_TO_READERS
    return HappenedEvent(
        sequence=event.sequence,
        at=event.at,
        act=event.act,
        facts=None if hidden else event.facts,
        facts_sha256=event.facts_sha256.hex(),
        hash=event.sha256.hex(),
    )
