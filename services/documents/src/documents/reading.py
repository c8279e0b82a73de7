"""Read documents: find them, page through them, take their bytes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from chassis import cursors
from documents import claim_queries, queries
from documents.errors import DocumentUnknown, FileUnknown
from documents.files import Files
from documents.models import Document, DocumentFile
from documents.queries import Wanted

_PLACES = TypeAdapter(tuple[date, cursors.Moment, UUID])


@dataclass(frozen=True)
class Reader:
    """Who reads: an issuer's machine, a guest who sees the newest of one number, or a person."""

    issuer: str = ""
    newest_of: str | None = None
    person_id: UUID | None = None
    """Someone who is signed in, is of no issuer, and reads what they have a claim on."""


@dataclass(frozen=True)
class Page:
    """A page of documents, and where the next one begins."""

    documents: Sequence[Document]
    next_cursor: str | None


async def page(
    session: AsyncSession, reader: Reader, wanted: Wanted, cursor: str | None, limit: int
) -> Page:
    """Return a page of what the reader may see, newest first."""
    after = cursors.read(_PLACES, cursor) if cursor else None
    if reader.person_id is not None:
        found = await claim_queries.documents_of_person(
            session, reader.person_id, wanted, after, limit + 1
        )
    else:
        found = await queries.documents_page(session, reader.issuer, wanted, after, limit + 1)
    more = len(found) > limit
    shown = found[:limit]
    return Page(shown, _cursor(shown[-1]) if more else None)


async def document(session: AsyncSession, reader: Reader, document_id: UUID) -> Document:
    """Return a document the reader may see; any other is not found."""
    if reader.newest_of is not None:
        found: Document | None = await newest(session, reader.issuer, reader.newest_of)
    else:
        found = await queries.document(session, document_id)
    if found is None or found.id != document_id or not await _may_read(session, reader, found):
        raise DocumentUnknown(document_id)
    return found


async def _may_read(session: AsyncSession, reader: Reader, document: Document) -> bool:
    if reader.person_id is not None:
        return await claim_queries.has_claim(session, reader.person_id, document)
    return document.issuer == reader.issuer


async def newest(session: AsyncSession, issuer: str, customer_number: str) -> Document:
    """Return the newest document of a customer number."""
    found = await queries.newest_document(session, issuer, customer_number)
    if found is None:
        raise DocumentUnknown
    return found


async def file(
    session: AsyncSession, store: Files, reader: Reader, document_id: UUID, sha256: str
) -> tuple[DocumentFile, bytes]:
    """Return a file of a document, and its bytes as they were received."""
    of = await document(session, reader, document_id)
    for each in of.files:
        if each.sha256 == sha256:
            return each, await store.read(of.issuer, sha256)
    raise FileUnknown


def _cursor(last: Document) -> str:
    return cursors.write(_PLACES, (last.issue_date, last.published_at, last.id))
