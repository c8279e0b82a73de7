"""Questions about exports: which there are, what was chosen, and what of it may still be read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from documents.exports import Export, ExportPage
from documents.models import Claim, Document
from documents.queries import shown_to
from documents.reader import Reader

_IDS = sa.bindparam("ids", type_=sa.ARRAY(sa.Uuid()))


@dataclass(frozen=True)
class Taker:
    """Who takes documents away: somebody who is signed in, or whoever works for an issuer."""

    owner: str
    """By which their exports are known to be theirs."""
    reader: Reader

    @property
    def issuer(self) -> str | None:
        """Whose machine or staff it is, if anybody's."""
        return self.reader.issuer or None


async def export(
    session: AsyncSession, taker: Taker, export_id: UUID, *, hold: bool = False
) -> Export | None:
    """Find an export of somebody's own; hold it where it is to be changed."""
    own = sa.select(Export).filter_by(id=export_id, owner=taker.owner, issuer=taker.issuer)
    return (await session.scalars(own.with_for_update() if hold else own)).one_or_none()


async def asked_since(session: AsyncSession, owner: str, since: datetime) -> int:
    """Count what somebody asked for since a moment."""
    own = sa.select(sa.func.count()).where(Export.owner == owner, Export.asked_at > since)
    return (await session.scalars(own)).one()


async def page(session: AsyncSession, export_id: UUID, position: int) -> Sequence[UUID]:
    """Return the ids on a page of an export; none after the last."""
    chosen = await session.get(ExportPage, (export_id, position))
    return chosen.document_ids if chosen else ()


async def readable(
    session: AsyncSession, taker: Taker, ids: Sequence[UUID]
) -> dict[UUID, Document]:
    """Find those of some documents that somebody may read at this moment, with their files."""
    found = sa.select(Document).where(_may_read(taker)).options(selectinload(Document.files))
    return {each.id: each for each in await session.scalars(found, {"ids": list(ids)})}


async def count_readable(session: AsyncSession, taker: Taker, ids: Sequence[UUID]) -> int:
    """Count those of some documents that somebody may read at this moment."""
    found = sa.select(sa.func.count()).select_from(Document).where(_may_read(taker))
    return (await session.scalars(found, {"ids": list(ids)})).one()


def _may_read(taker: Taker) -> sa.ColumnElement[bool]:
    reader = taker.reader
    rules = [Document.id == sa.any_(_IDS), *shown_to(reader)]
    if reader.person_id is None:
        return sa.and_(*rules, Document.issuer == reader.issuer)
    claimed = sa.exists().where(
        Claim.person_id == reader.person_id,
        Claim.customer_number == Document.customer_number,
        Claim.issuer == Document.issuer,
    )
    return sa.and_(*rules, claimed)


async def forget(session: AsyncSession, asked_before: datetime, *, at_most: int) -> int:
    """Forget exports that were asked for before a moment; return how many."""
    old = sa.select(Export.id).where(Export.asked_at < asked_before).limit(at_most)
    ids = list(await session.scalars(old.with_for_update(skip_locked=True)))
    await session.execute(sa.delete(ExportPage).where(ExportPage.export_id.in_(ids)))
    await session.execute(sa.delete(Export).where(Export.id.in_(ids)))
    return len(ids)
