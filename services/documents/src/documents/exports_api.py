"""The door for HTTP to taking away: many documents at once, as archive or table; a duplicate."""

from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Literal, Self
from urllib.parse import quote
from uuid import UUID

from fastapi import Depends, Response, Security
from pydantic import BaseModel, ConfigDict, Field, model_validator

from chassis import web
from chassis.identifiers import now
from chassis.repeated_requests import who_calls_once
from chassis.sessions import PERSON
from chassis.tokens import Caller, ScopeMissing, who_calls
from documents import callers, duplicating, exporting, handing_out, listing, showing
from documents.export_queries import Taker
from documents.exporting import Form
from documents.exports import ON_A_PAGE, Export
from documents.gateways import Gateways
from documents.lists_api import ListQuery, wanted
from documents.models import Document
from documents.outgoing import Render
from documents.wanted import Sort

router = web.router()

Held = Annotated[Gateways, web.Gateways]
Language = Literal["nl", "fr", "de", "en"]
_Shown = Literal["waiting", "running", "done", "failed"]


class NewExport(BaseModel):
    """What to take away: these documents, or all that a list is asked for; as what."""

    model_config = ConfigDict(extra="forbid")

    format: Literal["zip", "csv", "xlsx"]
    document_ids: Annotated[list[UUID], Field(min_length=1, max_length=1_000)] | None = None
    query: ListQuery | None = None
    files: Annotated[list[Literal["pdf", "xml"]], Field(min_length=1, max_length=2)] = ["pdf"]
    language: Language = "en"

    @model_validator(mode="after")
    def _is_of_one_kind(self) -> Self:
        if (self.document_ids is None) == (self.query is None):
            raise ValueError("either document_ids or query is given")
        return self


class Chosen(BaseModel):
    """What was chosen; ``bytes`` is null where it is not known before it is made."""

    export_id: UUID
    documents: int
    files: list[str]
    bytes: int | None
    href: str


class NotAsAsked(BaseModel):
    """A document that is not in an export, or not as it was asked for."""

    document_id: UUID
    reason: str


class ExportState(BaseModel):
    """How far an export is; ``failed`` names up to a thousand documents."""

    state: _Shown
    format: str
    documents: int
    done: int
    bytes: int | None
    failed: list[NotAsAsked]


def taker(caller: Caller) -> Taker:
    """Return who takes documents away: who only looks takes nothing, nor does a guest."""
    reader = callers.browser(callers.reader(caller))
    if reader.only_looks:
        raise ScopeMissing(PERSON)
    return Taker(caller.subject, reader)


def _taker(caller: Annotated[Caller, Security(who_calls)]) -> Taker:
    return taker(caller)


def _taker_once(caller: Annotated[Caller, Security(who_calls_once)]) -> Taker:
    return taker(caller)


Takes = Annotated[Taker, Depends(_taker)]
TakesOnce = Annotated[Taker, Depends(_taker_once)]


@router.post("/v1/exports", status_code=201)
async def choose(given: NewExport, of: TakesOnce, session: web.Session) -> Chosen:
    """Choose documents to take away, as an archive or as a table. What was chosen lives a day."""
    form = Form(given.format, tuple(dict.fromkeys(given.files)), given.language)
    pages = (
        exporting.chosen(session, of, given.document_ids)
        if given.document_ids is not None
        else _listed(session, of, given.query or ListQuery())
    )
    export = await exporting.choose(session, of, form, pages)
    return Chosen(
        export_id=export.id,
        documents=export.documents,
        files=export.files,
        bytes=export.bytes,
        href=f"/v1/exports/{export.id}/content",
    )


async def _listed(
    session: web.Session, of: Taker, query: ListQuery
) -> AsyncIterator[Sequence[Document]]:
    asked = wanted(**query.model_dump(exclude={"sort"}, exclude_none=True))
    cursor = None
    while True:
        page = await listing.page(
            session, of.reader, asked, query.sort or Sort.NEWEST, cursor, ON_A_PAGE
        )
        yield page.documents
        cursor = page.next_cursor
        if cursor is None:
            return


@router.get("/v1/exports/{export_id}")
async def state(export_id: UUID, of: Takes, session: web.Session) -> ExportState:
    """Say how far an export of your own is."""
    return _shown(await exporting.export(session, of, export_id))


def _shown(export: Export) -> ExportState:
    return ExportState(
        state=export.state_at(now()).value,
        format=export.format,
        documents=export.documents,
        done=export.done,
        bytes=export.bytes,
        failed=[NotAsAsked(**each) for each in export.failures],
    )


@router.get(
    "/v1/exports/{export_id}/content",
    responses={
        200: {
            "content": {
                "application/zip": {},
                "text/csv": {},
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": {},
            }
        }
    },
    response_class=Response,
)
async def content(
    export_id: UUID, of: Takes, transactions: web.Transactions, held: Held
) -> Response:
    """Take an export: it is made while it goes, and may be taken again."""
    handed = await handing_out.begin(transactions, held.files, _render(held), of, export_id)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(handed.name, safe='')}",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    if handed.length is not None:
        headers["Content-Length"] = str(handed.length)
    return web.Streamed(handed.content, media_type=handed.media_type, headers=headers)


@router.post(
    "/v1/documents/{document_id}/duplicate",
    responses={200: {"content": {"application/pdf": {}}}},
    response_class=Response,
)
async def duplicate(
    of: Takes,
    found: callers.Found,
    held: Held,
    transactions: web.Transactions,
    language: Language = "en",
) -> Response:
    """Make a duplicate: a PDF with DUPLICATE over every page. That it was made is kept, not it."""
    made = await duplicating.duplicate(
        held.files,
        held.workshop,
        found,
        language,
        render=_render(held),
        cover=_cover(held),
    )
    async with transactions() as session:
        await duplicating.note(session, found, language, made.of, of.owner)
    return Response(
        made.pdf,
        media_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="{made.name}"',
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Content-Language": language,
        },
    )


def _render(held: Gateways) -> Render:
    async def render(document: Document, language: str) -> bytes:
        made = await showing.rendition(held.files, held.workshop, held.once, document, language)
        return made.pdf

    return render


def _cover(held: Gateways) -> Render:
    async def cover(document: Document, language: str) -> bytes:
        return await showing.cover(held.workshop, document, language)

    return cover
