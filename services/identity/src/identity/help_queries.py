"""The questions about votes on help articles, and the upsert that keeps one."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.rows import delete_some
from identity.votes import HelpVote

help_votes = cast("sa.Table", HelpVote.__table__)


async def counted(session: AsyncSession, article: str) -> tuple[int, int]:
    """Count who found an article useful, and who did not."""
    useful = sa.func.count().filter(HelpVote.helpful)
    found = sa.select(useful, sa.func.count()).where(HelpVote.article == article)
    yes, every = (await session.execute(found)).one()
    return yes, every - yes


async def vote_of(session: AsyncSession, article: str, voter: Sequence[bytes]) -> HelpVote | None:
    """Find what a voter said of an article, under any of their names."""
    found = sa.select(HelpVote).where(HelpVote.voter.in_(voter), HelpVote.article == article)
    newest = found.order_by(HelpVote.at.desc()).limit(1)
    return await session.scalar(newest, execution_options={"populate_existing": True})


async def votes_of(session: AsyncSession, voter: Sequence[bytes]) -> Sequence[HelpVote]:
    """Find all that a voter said, under any of their names."""
    found = sa.select(HelpVote).where(HelpVote.voter.in_(voter)).order_by(HelpVote.article)
    return (await session.scalars(found)).all()


async def keep_vote(
    session: AsyncSession, article: str, voter: bytes, *, helpful: bool, at: datetime
) -> None:
    """Keep what a voter says of an article, instead of what they said before."""
    said = {"helpful": helpful, "at": at}
    row = insert(HelpVote).values(voter=voter, article=article, **said)
    await session.execute(row.on_conflict_do_update(index_elements=["voter", "article"], set_=said))


async def forget_votes_of(
    session: AsyncSession, voter: Sequence[bytes], article: str | None = None
) -> None:
    """Delete what a voter said, of one article or of all."""
    if voter:
        of = HelpVote.voter.in_(voter)
        only = sa.true() if article is None else HelpVote.article == article
        await session.execute(sa.delete(HelpVote).where(of, only))


async def forget_votes(session: AsyncSession, before: datetime, at_most: int) -> int:
    """Delete votes from before a moment."""
    return await delete_some(session, help_votes, HelpVote.at < before, at_most=at_most)
