"""Save what somebody looks for again and again, under a name of their own."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from documents import readership_queries
from documents.errors import FilterUnknown, TooManyFilters
from documents.reader import Reader
from documents.readership import SavedFilter

MOST_FILTERS = 20
"""That one person may have."""


async def saved(session: AsyncSession, reader: Reader) -> Sequence[SavedFilter]:
    """Return what a person saved, by name."""
    if reader.person_id is None:
        return []
    return await readership_queries.saved_filters(session, reader.person_id)


async def save(
    session: AsyncSession, person_id: UUID, name: str, query: dict[str, Any]
) -> SavedFilter:
    """Save a filter; one of the same name is replaced. Raises ``TooManyFilters``."""
    await readership_queries.hold_filters(session, person_id)
    there = await readership_queries.saved_filters(session, person_id)
    if len(there) >= MOST_FILTERS and name not in {each.name for each in there}:
        raise TooManyFilters(MOST_FILTERS)
    return await readership_queries.save_filter(session, person_id, name, query)


async def forget(session: AsyncSession, person_id: UUID, filter_id: UUID) -> None:
    """Forget a saved filter. Raises ``FilterUnknown``."""
    if not await readership_queries.forget_filter(session, person_id, filter_id):
        raise FilterUnknown
