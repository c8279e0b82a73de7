"""Make a duplicate of a document: its PDF with DUPLICATE over every page. It is never kept.

Where its PDF cannot be stamped, its rendition is; where there is none, what is known of it.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from documents import chain, custody, file_names, measures, media_types
from documents.errors import NoDuplicate, NoRendition, NotStamped, TooHard
from documents.export_words import words
from documents.files import Files
from documents.models import Document
from documents.workshop import Workshop

log = structlog.get_logger()

Make = Callable[[Document, str], Awaitable[bytes]]


@dataclass(frozen=True)
class Duplicate:
    """A stamped PDF, a name for its file, and what it was made of."""

    pdf: bytes
    name: str
    of: str


async def duplicate(
    store: Files,
    workshop: Workshop,
    document: Document,
    language: str,
    *,
    render: Make,
    cover: Make,
) -> Duplicate:
    """Return a duplicate. Raises ``NoDuplicate`` where not even a page of what is known is made."""
    async for of, pdf in _pdfs(store, document, language, render, cover):
        try:
            stamped = await workshop.stamp(pdf, language)
        except (NotStamped, TooHard) as reason:
            log.info("not_stamped", document_id=str(document.id), of=of, reason=str(reason))
        else:
            measures.duplicates.labels(of).inc()
            said = words(language)
            kind = said.in_names.get(document.type, "document")
            stamp = said.duplicate.lower()
            name = f"{file_names.plain(document.number)}-{kind}-{stamp}.pdf"
            return Duplicate(stamped, name, of)
    raise NoDuplicate


async def _pdfs(
    store: Files, document: Document, language: str, render: Make, cover: Make
) -> AsyncIterator[tuple[str, bytes]]:
    """Return what may be stamped, the best first."""
    for file in document.files:
        if file.role == "original_pdf" and file.media_type == media_types.PDF:
            try:
                yield "pdf", await store.read(document.issuer, file.sha256)
            except FileNotFoundError:
                log.error("duplicate_without_file", document_id=str(document.id), file=file.sha256)  # noqa: TRY400
            break
    try:
        yield "rendition", await render(document, language)
    except NoRendition:
        log.info("duplicate_without_rendition", document_id=str(document.id))
    try:
        yield "cover", await cover(document, language)
    except TooHard:
        log.info("duplicate_without_cover", document_id=str(document.id))


async def note(
    session: AsyncSession, document: Document, language: str, of: str, asked_by: str
) -> None:
    """Write down that a duplicate was made, in the document's chain of events."""
    facts = {"language": language, "of": of, "by": asked_by}
    await chain.note(session, document.id, custody.DUPLICATE_MADE, **facts)
