"""Vote on help articles: each voter once on each, and as often as they change their mind."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.identifiers import now
from chassis.ports import Transactions
from identity import help_queries, throttling


@dataclass(frozen=True)
class Votes:
    """How many found an article useful and how many did not; ``own`` is the voter's own vote."""

    yes: int
    no: int
    own: bool | None


async def look(session: AsyncSession, article: str, voter: Sequence[bytes]) -> Votes:
    """Return what was said of an article. ``voter``: their names, the one in use first."""
    yes, no = await help_queries.counted(session, article)
    own = await help_queries.vote_of(session, article, voter) if voter else None
    return Votes(yes, no, own.helpful if own else None)


async def vote(
    transactions: Transactions,
    article: str,
    voter: Sequence[bytes],
    address: object,
    *,
    helpful: bool,
) -> Votes:
    """Say whether an article was useful; it takes the place of what the voter said before.

    Raises ``TooOften`` for who votes from one place again and again.
    """
    at = now()
    async with transactions() as session:
        await throttling.by_voter(session, address, at)
    async with transactions() as session:
        # Said under a key of before: it is the same voter.
        await help_queries.forget_votes_of(session, voter[1:], article)
        await help_queries.keep_vote(session, article, voter[0], helpful=helpful, at=at)
        return await look(session, article, voter)
