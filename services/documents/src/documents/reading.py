"""Read documents: find one, and take its bytes."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.identifiers import now
from documents import claim_queries, mark_queries, queries
from documents.errors import DocumentUnknown, FileUnknown
from documents.files import Files
from documents.models import Document, DocumentFile
from documents.reader import Reader


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
    if reader.is_of_ours:
        return True
    if reader.issuer and reader.issuer != document.issuer:
        return False
    if reader.person_id is None:
        return bool(reader.issuer)
    if document.visible_until is not None and document.visible_until < now().date():
        return False
    return await claim_queries.has_claim(session, reader.person_id, document)


async def is_unread(session: AsyncSession, reader: Reader, document: Document) -> bool | None:
    """Say whether a reader has not read a document; None for who keeps no marks."""
    if reader.person_id is None:
        return None
    return bool(await mark_queries.unread_among(session, reader.person_id, [document]))


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
