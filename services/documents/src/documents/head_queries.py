"""The questions about the heads of days, and the events they are made over."""

from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from documents.custody import RECEIVED, TAKEN_IN, ArchiveDay, ArchiveHead, DocumentEvent, Tombstone
from documents.custody_queries import only_one
from documents.models import Document

_ONE_JOB = 0x68656164
_PAGE = 5_000

Place = tuple[UUID, int, bytes]
"""An event as a head takes it in: of which document, which of its events, and its hash."""


async def may_make_heads(session: AsyncSession) -> bool:
    """Say whether nobody else makes heads; until the transaction ends nobody else may."""
    return await only_one(session, _ONE_JOB)


async def last_day(session: AsyncSession, before: date | None = None) -> ArchiveDay | None:
    """Find the newest day that has heads; ``before`` a day: the newest of those."""
    found = sa.select(ArchiveDay).order_by(ArchiveDay.day.desc()).limit(1)
    if before is not None:
        found = found.where(ArchiveDay.day < before)
    return await session.scalar(found)


async def next_day(session: AsyncSession, after: date | None) -> ArchiveDay | None:
    """Find the oldest day with heads, or the oldest after a day."""
    found = sa.select(ArchiveDay).order_by(ArchiveDay.day).limit(1)
    if after is not None:
        found = found.where(ArchiveDay.day > after)
    return await session.scalar(found)


async def last_event(session: AsyncSession, before: datetime) -> int:
    """Find the last event of before a moment that can be seen; 0 where there is none."""
    found = sa.select(DocumentEvent.id).where(DocumentEvent.at < before)
    return await session.scalar(found.order_by(DocumentEvent.id.desc()).limit(1)) or 0


async def writers(session: AsyncSession) -> set[str]:
    """Find the transactions that have written events and have not ended.

    An event takes its number while its transaction holds this lock, so one with a smaller number
    than an event that can be seen is either to be seen too or is written by one of these.
    """
    found = await session.execute(
        sa.text(
            "select virtualtransaction from pg_locks where locktype = 'relation'"
            " and database = (select oid from pg_database where datname = current_database())"
            " and relation = 'document_events'::regclass and mode = 'RowExclusiveLock'"
            " and granted and pid <> pg_backend_pid()"
        )
    )
    return {str(each) for (each,) in found}


async def places(
    session: AsyncSession, after: int, up_to: int
) -> AsyncIterator[Sequence[tuple[str, Place]]]:
    """Go through the events between two numbers, some at a time: whose, and as a head has them."""
    columns = (
        DocumentEvent.id,
        DocumentEvent.issuer,
        DocumentEvent.document_id,
        DocumentEvent.sequence,
        DocumentEvent.sha256,
    )
    while True:
        found = (
            sa.select(*columns)
            .where(DocumentEvent.id > after, DocumentEvent.id <= up_to)
            .order_by(DocumentEvent.id)
            .limit(_PAGE)
        )
        rows = (await session.execute(found)).all()
        if not rows:
            return
        yield [(row.issuer, (row.document_id, row.sequence, row.sha256)) for row in rows]
        after = rows[-1].id


async def last_heads(session: AsyncSession, before: date) -> dict[str, ArchiveHead]:
    """Find the newest head of each issuer from before a day."""
    found = (
        sa.select(ArchiveHead)
        .where(ArchiveHead.day < before)
        .ext(distinct_on(ArchiveHead.issuer))
        .order_by(ArchiveHead.issuer, ArchiveHead.day.desc())
        .execution_options(populate_existing=True)
    )
    return {each.issuer: each for each in await session.scalars(found)}


async def heads_of_day(session: AsyncSession, day: date) -> dict[str, ArchiveHead]:
    """Find the heads of all issuers of a day."""
    found = sa.select(ArchiveHead).filter_by(day=day).execution_options(populate_existing=True)
    return {each.issuer: each for each in await session.scalars(found)}


async def heads_page(
    session: AsyncSession,
    issuer: str,
    between: tuple[date | None, date | None],
    after: date | None,
    limit: int | None,
) -> Sequence[ArchiveHead]:
    """Find a page of an issuer's heads, the oldest first."""
    found = sa.select(ArchiveHead).filter_by(issuer=issuer).order_by(ArchiveHead.day).limit(limit)
    first, last = between
    if first is not None:
        found = found.where(ArchiveHead.day >= first)
    if last is not None:
        found = found.where(ArchiveHead.day <= last)
    if after is not None:
        found = found.where(ArchiveHead.day > after)
    return (await session.scalars(found)).all()


async def lost_documents(
    session: AsyncSession, after: int, up_to: int
) -> Sequence[tuple[str, UUID]]:
    """Find documents that events between two numbers begin, neither here nor buried."""
    there = sa.exists().where(Document.id == DocumentEvent.document_id)
    buried = sa.exists().where(Tombstone.document_id == DocumentEvent.document_id)
    found = sa.select(DocumentEvent.issuer, DocumentEvent.document_id).where(
        DocumentEvent.id > after,
        DocumentEvent.id <= up_to,
        DocumentEvent.act.in_((RECEIVED, TAKEN_IN)),
        sa.not_(there),
        sa.not_(buried),
    )
    return (await session.execute(found)).all()
