"""Hold a document, so that it is not deleted however old it is, and let it go again."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.identifiers import now
from documents import chain, custody_queries, deletion_queries
from documents.custody import Hold
from documents.errors import DocumentUnknown, NotHeld
from documents.models import Document
from documents.wholeness import HELD, RELEASED


async def hold(
    session: AsyncSession, issuer: str, document_id: UUID, *, reason: str, by: str
) -> None:
    """Hold a document of an issuer. Held already, it is so for this reason now."""
    document = await _held_still(session, issuer, document_id)
    there = await deletion_queries.hold_of(session, document_id)
    if there is not None and (there.reason, there.held_by) == (reason, by):
        return
    await chain.note(session, document_id, HELD, reason=reason, by=by)
    document.held = True
    if there is None:
        there = Hold(document_id=document_id, issuer=issuer)
        session.add(there)
    there.reason, there.held_by, there.held_at = reason, by, now()


async def release(
    session: AsyncSession, issuer: str, document_id: UUID, *, reason: str, by: str
) -> None:
    """Let a held document go; it is kept until its day all the same."""
    document = await _held_still(session, issuer, document_id)
    there = await deletion_queries.hold_of(session, document_id)
    if there is None:
        raise NotHeld(document_id)
    await chain.note(session, document_id, RELEASED, reason=reason, by=by)
    document.held = False
    await session.delete(there)


async def _held_still(session: AsyncSession, issuer: str, document_id: UUID) -> Document:
    """Return a document that nobody else changes until the commit."""
    document = await custody_queries.document_to_change(session, document_id)
    if document is None or document.issuer != issuer:
        raise DocumentUnknown(document_id)
    return document
