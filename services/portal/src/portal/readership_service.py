"""Documents, as it knows a reader: marks of what was read, customer numbers, saved filters."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from portal.documents_calls import DocumentsCalls
from portal.readership import Count, KnownNumber, KnownNumbers, SavedFilter, SavedFilters

MOST_MARKS = 200
"""Documents that are marked at once."""

_MOST_PAGES, _AT_ONCE = 10, 200


class ReadershipService:
    """Asks documents with the reader's own token."""

    def __init__(self, calls: DocumentsCalls) -> None:
        """Ask by these calls."""
        self._calls = calls

    async def unread(self, token: str) -> Count:
        """Return how much is unread; who asks for every page's menu does not wait for it."""
        return await self._calls.read(Count, token, "/v1/me/unread", in_haste=True)

    async def has_read(self, token: str, document_id: UUID) -> None:
        """Mark a document read."""
        await self._calls.do("PUT", token, f"/v1/documents/{document_id}/read")

    async def mark(self, token: str, document_ids: Sequence[UUID], *, read: bool) -> None:
        """Mark documents read, or unread again."""
        for start in range(0, len(document_ids), MOST_MARKS):
            some = [str(each) for each in document_ids[start : start + MOST_MARKS]]
            said = {"document_ids": some, "read": read}
            await self._calls.do("POST", token, "/v1/documents/read", said)

    async def numbers(self, token: str) -> list[KnownNumber] | None:
        """Return the customer numbers that documents has heard of; None where they are too many."""
        found: list[KnownNumber] = []
        cursor = None
        for _ in range(_MOST_PAGES):
            page = await self._calls.read(
                KnownNumbers,
                token,
                "/v1/me/customer-numbers",
                {"cursor": cursor, "limit": _AT_ONCE},
            )
            found += page.items
            cursor = page.next_cursor
            if cursor is None:
                return found
        return None

    async def saved(self, token: str) -> list[SavedFilter]:
        """Return the saved filters."""
        return (await self._calls.read(SavedFilters, token, "/v1/me/filters")).items

    async def save(self, token: str, name: str, query: Mapping[str, str]) -> SavedFilter:
        """Keep a filter under a name. Raises ``Refused`` where there are too many."""
        said = {"name": name, "query": dict(query)}
        return await self._calls.done(SavedFilter, token, "/v1/me/filters", said)

    async def forget(self, token: str, filter_id: UUID) -> None:
        """Keep a filter no longer. Raises ``NothingHere``."""
        await self._calls.do("DELETE", token, f"/v1/me/filters/{filter_id}")
