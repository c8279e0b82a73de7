"""Count letters: how many wait, in which state, and for how long."""

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.identifiers import now
from notifications import measures, queries

_AT_MOST = 100_000


async def count_letters(session: AsyncSession) -> None:
    """Measure what waits. It costs the same however many letters were ever sent."""
    at = now()
    waiting = await queries.letters_waiting(session, _AT_MOST)
    for state in measures.WAITING:
        measures.letters_waiting.labels(state).set(waiting.get(state, 0))
    oldest = await queries.oldest_letter_due(session, at)
    measures.letters_late.set((at - oldest).total_seconds() if oldest else 0)
