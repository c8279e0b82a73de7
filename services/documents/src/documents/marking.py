"""Mark documents as read or unread, and say how many are not: each person for themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from documents import list_queries, mark_queries
from documents.reader import Reader
from documents.wanted import Wanted

MOST_COUNTED = 100
"""Unread documents are counted up to here: a badge has no room for more."""


@dataclass(frozen=True)
class UnreadCount:
    """How many documents somebody has not read; ``capped`` where there are more."""

    count: int
    capped: bool


async def mark(session: AsyncSession, person_id: UUID, ids: Sequence[UUID], *, read: bool) -> None:
    """Mark documents as read or unread for a person; what is not theirs is left alone."""
    if read:
        await mark_queries.mark_read(session, person_id, ids)
    else:
        await mark_queries.mark_unread(session, person_id, ids)


async def unread(session: AsyncSession, reader: Reader) -> UnreadCount:
    """Count what a person has not read."""
    wanted = Wanted(unread=True)
    found = await list_queries.documents_count(session, reader, wanted, MOST_COUNTED + 1)
    return UnreadCount(min(found, MOST_COUNTED), capped=found > MOST_COUNTED)


async def unread_by_number(session: AsyncSession, reader: Reader) -> Sequence[tuple[str, int]]:
    """Count what a person has not read, by customer number."""
    return await mark_queries.unread_by_number(session, reader)
