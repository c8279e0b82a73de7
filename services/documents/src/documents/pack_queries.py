"""The questions about what goes into a pack."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from documents.models import Document

Place = tuple[date, datetime, UUID]
"""Where a document stands among those of an issuer, the oldest first."""


def _of(issuer: str, first: date, last: date) -> tuple[sa.ColumnElement[bool], ...]:
    return Document.issuer == issuer, Document.issue_date.between(first, last)


async def count(session: AsyncSession, issuer: str, first: date, last: date, most: int) -> int:
    """Count an issuer's documents of some days, and not much further than so many."""
    few = sa.select(Document.id).where(*_of(issuer, first, last)).limit(most + 1).subquery()
    return int(await session.scalar(sa.select(sa.func.count()).select_from(few)) or 0)


async def page(
    session: AsyncSession, issuer: str, first: date, last: date, after: Place | None, limit: int
) -> Sequence[Document]:
    """Find the next documents of some days with their files, the oldest first."""
    place = (Document.issue_date, Document.published_at, Document.id)
    found = (
        sa.select(Document)
        .where(*_of(issuer, first, last))
        .order_by(*place)
        .limit(limit)
        .options(selectinload(Document.files))
    )
    if after is not None:
        found = found.where(sa.tuple_(*place) > after)
    return (await session.scalars(found)).all()
