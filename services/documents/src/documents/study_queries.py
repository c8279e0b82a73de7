"""The questions about studies and verdicts."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from documents.judgement import Judgement
from documents.models import Document, DocumentReference
from documents.readership import DocumentText
from documents.verdicts import Study, Verdict

Key = tuple[UUID, int]
"""A study as it was claimed: which document, and the how manieth try."""


async def due(session: AsyncSession, at: datetime, at_most: int) -> Sequence[Study]:
    """Find studies that are due and that nobody else holds, what is of today first."""
    found = (
        sa.select(Study)
        .where(Study.due_at <= at)
        .order_by(Study.imported, Study.due_at)
        .limit(at_most)
        .with_for_update(skip_locked=True)
    )
    return (await session.scalars(found)).all()


async def waiting(session: AsyncSession, at_most: int) -> int:
    """Count the studies that are not done, up to so many."""
    some = sa.select(Study.document_id).limit(at_most).subquery()
    return (await session.scalar(sa.select(sa.func.count()).select_from(some))) or 0


async def documents(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, Document]:
    """Find documents with their files."""
    found = sa.select(Document).where(Document.id.in_(ids)).options(selectinload(Document.files))
    return {each.id: each for each in await session.scalars(found)}


async def references(session: AsyncSession, ids: Collection[UUID]) -> Mapping[UUID, list[str]]:
    """Find what documents refer to, in the order of the alphabet."""
    rows = await session.execute(
        sa.select(DocumentReference.document_id, DocumentReference.value)
        .where(DocumentReference.document_id.in_(ids))
        .order_by(DocumentReference.kind, DocumentReference.value)
    )
    found: dict[UUID, list[str]] = {each: [] for each in ids}
    for document_id, value in rows:
        found[document_id].append(value)
    return found


@dataclass(frozen=True)
class Place:
    """A document, and whether it can be found by its words."""

    document_id: UUID
    has_words: bool


async def documents_after(
    session: AsyncSession, after: UUID | None, at_most: int
) -> Sequence[Place]:
    """Find the documents that come next, in the order of their ids."""
    found = (
        sa.select(Document.id, DocumentText.document_id.is_not(None))
        .outerjoin(DocumentText, DocumentText.document_id == Document.id)
        .order_by(Document.id)
        .limit(at_most)
    )
    if after is not None:
        found = found.where(Document.id > after)
    return [Place(document_id, has) for document_id, has in await session.execute(found)]


async def ask(session: AsyncSession, ids: Collection[UUID]) -> None:
    """Ask for studies of documents of long ago, behind those of today."""
    rows = [{"document_id": each, "imported": True, "words": True} for each in ids]
    if rows:
        again = postgresql.insert(Study).on_conflict_do_update(
            index_elements=[Study.document_id], set_={"words": True}
        )
        await session.execute(again, rows)


async def renew(session: AsyncSession, keys: Iterable[Key], until: datetime) -> None:
    """Hold studies that are still ours until then."""
    await session.execute(sa.update(Study).where(_are(keys)).values(due_at=until))


async def end(session: AsyncSession, keys: Iterable[Key]) -> set[Key]:
    """Take away studies that are done; return those that were still ours."""
    ended = sa.delete(Study).where(_are(keys)).returning(Study.document_id, Study.tries)
    return {(document_id, tries) for document_id, tries in await session.execute(ended)}


def _are(keys: Iterable[Key]) -> sa.ColumnElement[bool]:
    return sa.tuple_(Study.document_id, Study.tries).in_(list(keys))


async def write_verdicts(
    session: AsyncSession,
    said: Sequence[tuple[UUID, str, Judgement]],
    at: datetime,
) -> None:
    """Write down what judges said of files; who said something of one before is not heard again."""
    if not said:
        return
    rows = [
        {
            "document_id": document_id,
            "file_sha256": sha256,
            "judge": each.judge,
            "rules_version": each.rules_version,
            "judged_at": at,
            "passed": each.passed,
            "problems": [asdict(problem) for problem in each.problems],
        }
        for document_id, sha256, each in said
    ]
    await session.execute(postgresql.insert(Verdict).on_conflict_do_nothing(), rows)


async def verdicts(session: AsyncSession, document_id: UUID) -> Sequence[Verdict]:
    """Find what judges said of a document."""
    found = (
        sa.select(Verdict)
        .filter_by(document_id=document_id)
        .order_by(Verdict.judged_at, Verdict.file_sha256, Verdict.judge.desc())
    )
    return (await session.scalars(found)).all()
