"""What documents keeps of a reader: what is unread, which numbers it knows of, saved filters."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from portal.plain_text import Text


class Count(BaseModel):
    """How many there are; ``capped`` where there are more, and nobody counted on."""

    count: int
    capped: bool = False

    def less_one(self) -> "Count":
        """Return the count after one of them was dealt with."""
        return self if self.capped else Count(count=max(self.count - 1, 0))


class KnownNumber(BaseModel):
    """A customer number whose documents the reader may see, as far as documents has heard."""

    customer_number: Text
    version: int = 0
    first_issue_date: date | None = None


class KnownNumbers(BaseModel):
    """A page of them."""

    items: list[KnownNumber]
    next_cursor: str | None = None


class SavedFilter(BaseModel):
    """A filter that the reader gave a name."""

    filter_id: UUID
    name: Text
    query: Mapping[str, Any]


class SavedFilters(BaseModel):
    """All of them."""

    items: list[SavedFilter]
