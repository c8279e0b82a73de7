"""Count letters: how many wait, in which state, and for how long."""

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.identifiers import now
from notifications import measures, queries, writing_queries

_AT_MOST = 100_000


async def count_letters(session: AsyncSession) -> None:
    """Measure what waits. It costs the same however many letters were ever sent."""
    at = now()
    waiting = await queries.letters_waiting(session, _AT_MOST)
    for state in measures.WAITING:
        measures.letters_waiting.labels(state).set(waiting.get(state, 0))
    of_documents = await queries.oldest_letter_due(session, at)
    of_accounts = await writing_queries.oldest_due(session, at)
    oldest = min(filter(None, (of_documents, of_accounts)), default=None)
    measures.letters_late.set((at - oldest).total_seconds() if oldest else 0)
