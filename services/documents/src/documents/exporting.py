"""Choose what to take away: a list of documents, as it is at this moment, kept for a day."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.identifiers import new_id, now
from documents import export_queries, parts
from documents.errors import ExportUnknown, NothingToTake, TooManyDocuments, TooManyExports
from documents.export_queries import Taker
from documents.export_words import words
from documents.exports import KEPT, MOST_DOCUMENTS, ON_A_PAGE, Export, ExportPage
from documents.models import Document
from documents.zip_format import Length

log = structlog.get_logger()

_MOST_A_DAY = 200
_FORGOTTEN_AT_ONCE = 5_000


@dataclass(frozen=True)
class Form:
    """How documents are to be taken: as what, which of their files, in which language."""

    format: Literal["zip", "csv", "xlsx"]
    files: tuple[str, ...]
    language: str


async def choose(
    session: AsyncSession, taker: Taker, form: Form, pages: AsyncIterator[Sequence[Document]]
) -> Export:
    """Keep what was chosen, page by page. Raises a refusal where that is nothing or too much."""
    moment = now()
    if await export_queries.asked_since(session, taker.owner, moment - KEPT) >= _MOST_A_DAY:
        raise TooManyExports(seconds=3600)
    size = _Size(form)
    ids: list[UUID] = []
    async for page in pages:
        for document in page:
            size.add(document)
        ids += [each.id for each in page]
        if len(ids) > MOST_DOCUMENTS:
            raise TooManyDocuments(MOST_DOCUMENTS)
    if not ids:
        raise NothingToTake
    export = Export(
        id=new_id(),
        owner=taker.owner,
        issuer=taker.issuer,
        format=form.format,
        files=list(form.files),
        language=form.language,
        asked_at=moment,
        documents=len(ids),
        bytes=size.whole,
        moved_at=moment,
    )
    session.add(export)
    await session.flush()
    for position, start in enumerate(range(0, len(ids), ON_A_PAGE)):
        some = ids[start : start + ON_A_PAGE]
        session.add(ExportPage(export_id=export.id, position=position, document_ids=some))
    log.info("export_chosen", export_id=str(export.id), format=form.format, count=len(ids))
    return export


class _Size:
    """How long an archive of documents will be, as long as that can be known."""

    def __init__(self, form: Form) -> None:
        self._form = form
        self._length: Length | None = Length() if form.format == "zip" else None

    def add(self, document: Document) -> None:
        """Count the files of a document."""
        if self._length is None:
            return
        if parts.lacks(document, self._form.files):
            self._length = None  # something is to be told of it
            return
        for part in parts.of(document, self._form.files, words(self._form.language)):
            if part.size is None:
                self._length = None
                return
            self._length.add(part.name, part.size)

    @property
    def whole(self) -> int | None:
        return self._length.whole if self._length else None


async def chosen(
    session: AsyncSession, taker: Taker, ids: Sequence[UUID]
) -> AsyncIterator[Sequence[Document]]:
    """Return those of some documents that somebody may read, in the order they are named."""
    named = list(dict.fromkeys(ids))
    for start in range(0, len(named), ON_A_PAGE):
        some = named[start : start + ON_A_PAGE]
        found = await export_queries.readable(session, taker, some)
        yield [found[each] for each in some if each in found]


async def export(session: AsyncSession, taker: Taker, export_id: UUID) -> Export:
    """Return an export of somebody's own. Raises ``ExportUnknown``."""
    found = await export_queries.export(session, taker, export_id)
    if found is None or found.asked_at < now() - KEPT:
        raise ExportUnknown
    return found


async def forget(session: AsyncSession) -> None:
    """Forget what was chosen more than a day ago."""
    gone = await export_queries.forget(session, now() - KEPT, at_most=_FORGOTTEN_AT_ONCE)
    if gone:
        log.info("exports_forgotten", count=gone)
