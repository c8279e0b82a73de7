"""The questions about walks through the archive, and what they found broken."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from chassis.rows import delete_some
from documents.custody import ArchiveCheck, ArchiveDay, Break, CheckRound
from documents.custody_queries import only_one
from documents.models import Document

_ONE_JOB = 0x63686B21
_REPLACED_WITHIN = timedelta(days=1)

archive_checks = cast("sa.Table", ArchiveCheck.__table__)


async def may_check(session: AsyncSession) -> bool:
    """Say whether nobody else is checking; until the transaction ends nobody else may."""
    return await only_one(session, _ONE_JOB)


async def last_round(session: AsyncSession) -> CheckRound | None:
    """Find the newest walk through the archive."""
    return await session.scalar(sa.select(CheckRound).order_by(CheckRound.number.desc()).limit(1))


async def documents_to_check(
    session: AsyncSession,
    published_before: datetime,
    after: UUID | None,
    limit: int,
    issuer: str | None = None,
    document_id: UUID | None = None,
) -> Sequence[Document]:
    """Find the next documents of the archive with their files, in the order of their ids."""
    found = (
        sa.select(Document)
        .where(Document.published_at < published_before)
        .order_by(Document.id)
        .limit(limit)
        .options(selectinload(Document.files))
        .execution_options(populate_existing=True)
    )
    if after is not None:
        found = found.where(Document.id > after)
    if issuer is not None:
        found = found.where(Document.issuer == issuer)
    if document_id is not None:
        found = found.where(Document.id == document_id)
    return (await session.scalars(found)).all()


async def custody_begins(session: AsyncSession) -> datetime | None:
    """Find when custody was complete: what is older may have been here before there were events.

    Replicas of the release before write none, for as long as it takes to replace them.
    """
    first = await session.scalar(sa.select(sa.func.min(ArchiveDay.made_at)))
    return first + _REPLACED_WITHIN if first else None


async def keep_breaks(session: AsyncSession, rows: Sequence[Mapping[str, object]]) -> None:
    """Write down what is not as it was; what was written down before is as it is seen now."""
    if not rows:
        return
    upsert = insert(Break)
    await session.execute(
        upsert.on_conflict_do_update(
            index_elements=[Break.issuer, Break.about, Break.kind, Break.what],
            set_={name: getattr(upsert.excluded, name) for name in ("expected", "found", "seen_at")}
            | {"gone_at": None},
        ),
        list(rows),
    )


async def end_breaks(session: AsyncSession, about: Collection[str], at: datetime) -> None:
    """Note of what was looked at which breaks were not seen again."""
    await session.execute(
        sa.update(Break)
        .where(Break.about.in_(about), Break.gone_at.is_(None), Break.seen_at < at)
        .values(gone_at=at)
    )


async def open_breaks(session: AsyncSession) -> dict[str, int]:
    """Count what is not as it was, by kind."""
    found = sa.select(Break.kind, sa.func.count()).where(Break.gone_at.is_(None))
    return dict((await session.execute(found.group_by(Break.kind))).all())


async def whole_since(session: AsyncSession) -> datetime | None:
    """Find when the last walk that came to its end began; where none did, when the first began."""
    ended = sa.func.max(CheckRound.began_at).filter(CheckRound.ended_at.is_not(None))
    first = sa.func.min(CheckRound.began_at)
    return await session.scalar(sa.select(sa.func.coalesce(ended, first)))


async def breaks_page(
    session: AsyncSession, issuer: str, after: int, limit: int, *, gone: bool
) -> Sequence[Break]:
    """Find a page of what is not as it was at an issuer, or is so again."""
    found = sa.select(Break).where(Break.issuer == issuer, Break.id > after)
    found = found.where(Break.gone_at.is_not(None) if gone else Break.gone_at.is_(None))
    return (await session.scalars(found.order_by(Break.id).limit(limit))).all()


async def rounds_page(
    session: AsyncSession, issuer: str, before: int | None, limit: int
) -> Sequence[sa.Row[int, datetime, datetime | None, int, int, int]]:
    """Find walks through the archive, the newest first, with what they saw of an issuer's."""
    seen = sa.and_(ArchiveCheck.round == CheckRound.number, ArchiveCheck.issuer == issuer)
    found = (
        sa.select(
            CheckRound.number,
            CheckRound.began_at,
            CheckRound.ended_at,
            sa.func.coalesce(sa.func.sum(ArchiveCheck.documents), 0).label("documents"),
            sa.func.coalesce(sa.func.sum(ArchiveCheck.files), 0).label("files"),
            sa.func.coalesce(sa.func.sum(ArchiveCheck.bytes), 0).label("bytes"),
        )
        .outerjoin(ArchiveCheck, seen)
        .group_by(CheckRound.number)
        .order_by(CheckRound.number.desc())
        .limit(limit)
    )
    if before is not None:
        found = found.where(CheckRound.number < before)
    return (await session.execute(found)).all()


async def forget_checks(session: AsyncSession, before: datetime, at_most: int) -> int:
    """Delete what was noted of looks of before a moment."""
    old = ArchiveCheck.checked_at < before
    return await delete_some(session, archive_checks, old, at_most=at_most)
