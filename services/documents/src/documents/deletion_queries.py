"""The questions about what may go, what is held, and what was deleted."""

from collections.abc import AsyncIterator, Collection, Sequence
from datetime import datetime
from typing import cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from documents.custody import (
    APPROVED,
    PROPOSED,
    Break,
    Deletion,
    DeletionItem,
    DoomedFile,
    Hold,
    Tombstone,
)
from documents.models import Claim, Document, DocumentFile, DocumentReference
from documents.readership import DocumentText, Unread
from documents.verdicts import Study, Verdict

_PAGE = 5_000

Item = tuple[UUID, str]
"""A document on a list, and the hash of its content."""


async def hold_of(session: AsyncSession, document_id: UUID) -> Hold | None:
    """Find why a document is held."""
    return await session.get(Hold, document_id)


async def holds_page(
    session: AsyncSession, issuer: str, after: UUID | None, limit: int
) -> Sequence[Hold]:
    """Find a page of what an issuer holds."""
    found = sa.select(Hold).filter_by(issuer=issuer).order_by(Hold.document_id).limit(limit)
    if after is not None:
        found = found.where(Hold.document_id > after)
    return (await session.scalars(found)).all()


async def list_what_may_go(session: AsyncSession, deletion: Deletion, at_most: int) -> int:
    """Put on a list what an issuer kept until a day and nobody holds; return how many those are.

    What stands on another list that is not done yet stays on that one.
    """
    elsewhere = (
        sa.exists()
        .where(
            DeletionItem.document_id == Document.id,
            DeletionItem.deletion_id == Deletion.id,
            Deletion.issuer == deletion.issuer,
            Deletion.state.in_((PROPOSED, APPROVED)),
        )
        .correlate(Document)
    )
    may_go = (
        sa.select(sa.literal(deletion.id, sa.Uuid()), Document.id, Document.content_sha256)
        .where(
            Document.issuer == deletion.issuer,
            Document.retain_until <= deletion.until,
            sa.not_(Document.held),
            sa.not_(elsewhere),
        )
        .order_by(Document.retain_until, Document.id)
        .limit(at_most)
    )
    listed = await session.execute(
        insert(DeletionItem).from_select(["deletion_id", "document_id", "content_sha256"], may_go)
    )
    return cast("sa.CursorResult[None]", listed).rowcount


async def items(session: AsyncSession, deletion_id: UUID) -> AsyncIterator[Sequence[Item]]:
    """Go through a list in the order of the documents' ids, some at a time."""
    after: UUID | None = None
    while page := await items_page(session, deletion_id, after, _PAGE):
        yield page
        after = page[-1][0]


async def items_page(
    session: AsyncSession, deletion_id: UUID, after: UUID | None, limit: int
) -> Sequence[Item]:
    """Find a page of a list."""
    found = (
        sa.select(DeletionItem.document_id, DeletionItem.content_sha256)
        .where(DeletionItem.deletion_id == deletion_id)
        .order_by(DeletionItem.document_id)
        .limit(limit)
    )
    if after is not None:
        found = found.where(DeletionItem.document_id > after)
    return (await session.execute(found)).all()


async def deletion(session: AsyncSession, deletion_id: UUID, issuer: str) -> Deletion | None:
    """Find a list of an issuer."""
    return await session.scalar(sa.select(Deletion).filter_by(id=deletion_id, issuer=issuer))


async def deletion_to_change(session: AsyncSession, deletion_id: UUID) -> Deletion | None:
    """Find a list that nobody else changes until the commit."""
    return await session.get(Deletion, deletion_id, with_for_update=True)


async def deletions_page(
    session: AsyncSession, issuer: str, before: UUID | None, limit: int
) -> Sequence[Deletion]:
    """Find a page of an issuer's lists, the newest first."""
    found = sa.select(Deletion).filter_by(issuer=issuer).order_by(Deletion.id.desc()).limit(limit)
    if before is not None:
        found = found.where(Deletion.id < before)
    return (await session.scalars(found)).all()


async def documents_to_delete(
    session: AsyncSession, document_ids: Collection[UUID]
) -> Sequence[Document]:
    """Find documents with their files, which nobody else changes until the commit."""
    found = (
        sa.select(Document)
        .where(Document.id.in_(document_ids))
        .order_by(Document.id)
        .options(selectinload(Document.files))
        .with_for_update(of=Document)
        .execution_options(populate_existing=True)
    )
    return (await session.scalars(found)).all()


async def delete_documents(session: AsyncSession, documents: Sequence[Document]) -> None:
    """Delete the rows of documents, and whatever there is of them; their events stay."""
    ids = [each.id for each in documents]
    read_by = (
        sa.select(Claim.person_id)
        .join(Document, Document.customer_number == Claim.customer_number)
        .where(Document.id.in_(ids))
    )
    numbers = sa.select(Document.customer_number).where(Document.id.in_(ids))
    await session.execute(
        sa.delete(Unread).where(
            Unread.person_id.in_(read_by),
            Unread.customer_number.in_(numbers),
            Unread.document_id.in_(ids),
        )
    )
    for table in (DocumentText, DocumentReference, DocumentFile, Study, Verdict):
        await session.execute(sa.delete(table).where(table.document_id.in_(ids)))
    await session.execute(sa.delete(Break).where(Break.about.in_([str(each) for each in ids])))
    await session.execute(sa.delete(Document).where(Document.id.in_(ids)))


async def delete_items(
    session: AsyncSession, deletion_id: UUID, document_ids: Collection[UUID]
) -> None:
    """Take documents off a list."""
    await session.execute(
        sa.delete(DeletionItem).where(
            DeletionItem.deletion_id == deletion_id, DeletionItem.document_id.in_(document_ids)
        )
    )


async def delete_list(session: AsyncSession, deletion_id: UUID) -> None:
    """Take everything off a list."""
    await session.execute(sa.delete(DeletionItem).where(DeletionItem.deletion_id == deletion_id))


async def forget_facts(session: AsyncSession, document_ids: Collection[UUID]) -> None:
    """Have the database forget what events say of deleted documents.

    Which those are it sees for itself: this service can change nothing in the events.
    """
    given = sa.bindparam("given", list(document_ids), type_=sa.ARRAY(sa.Uuid()))
    await session.execute(sa.select(sa.func.forget_document_facts(given)))


async def doom_files(
    session: AsyncSession, files: Collection[tuple[str, str]], at: datetime
) -> None:
    """Note bytes that a deleted document had."""
    if files:
        rows = [{"issuer": issuer, "sha256": sha256, "since": at} for issuer, sha256 in files]
        await session.execute(insert(DoomedFile).on_conflict_do_nothing(), rows)


async def doomed_files(
    session: AsyncSession, before: datetime, at_most: int
) -> Sequence[tuple[str, str]]:
    """Find bytes that were doomed before a moment."""
    found = (
        sa.select(DoomedFile.issuer, DoomedFile.sha256)
        .where(DoomedFile.since < before)
        .order_by(DoomedFile.since)
        .limit(at_most)
        .with_for_update(skip_locked=True)
    )
    return (await session.execute(found)).all()


async def files_in_use(
    session: AsyncSession, files: Collection[tuple[str, str]]
) -> set[tuple[str, str]]:
    """Find which of these bytes documents have. There is no index for it: ask of many at once."""
    found = (
        sa.select(Document.issuer, DocumentFile.sha256)
        .join(Document, Document.id == DocumentFile.document_id)
        .where(DocumentFile.sha256 == sa.func.any(sa.bindparam("these", type_=sa.ARRAY(sa.Text()))))
        .distinct()
    )
    these = {"these": sorted({sha256 for _, sha256 in files})}
    return set((await session.execute(found, these)).all())


async def spare_files(session: AsyncSession, files: Collection[tuple[str, str]]) -> None:
    """Forget that these bytes were doomed: they are gone, or in use."""
    if files:
        await session.execute(
            sa.delete(DoomedFile).where(
                sa.tuple_(DoomedFile.issuer, DoomedFile.sha256).in_(list(files))
            )
        )


async def tombstones_page(
    session: AsyncSession,
    issuer: str,
    number_sha256: str | None,
    after: UUID | None,
    limit: int,
) -> Sequence[Tombstone]:
    """Find a page of what was deleted at an issuer, in the order of the documents' ids."""
    found = sa.select(Tombstone).filter_by(issuer=issuer).order_by(Tombstone.document_id)
    if number_sha256 is not None:
        found = found.where(Tombstone.number_sha256 == number_sha256)
    if after is not None:
        found = found.where(Tombstone.document_id > after)
    return (await session.scalars(found.limit(limit))).all()
