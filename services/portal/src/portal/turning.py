"""The rule of turning the pages of a list that is read by cursors, forth and back.

A cursor only leads on, so the way that was come by stands in the address: the last cursor is where
one is. Of a very long way only the end is kept, and going back leads to the beginning from there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

MOST_STEPS = 12
_LONGEST_CURSOR = 2000


@dataclass(frozen=True)
class Place:
    """Where in a list one is, by the cursors that led there."""

    way: tuple[str, ...] = ()

    @classmethod
    def read(cls, cursors: Sequence[str]) -> "Place":
        """Read it from an address or a form."""
        return cls(tuple(each for each in cursors if 0 < len(each) <= _LONGEST_CURSOR))

    @property
    def cursor(self) -> str | None:
        """Return the cursor of this page; the first has none."""
        return self.way[-1] if self.way else None

    @property
    def is_first(self) -> bool:
        """Tell whether nothing comes before."""
        return not self.way

    def back(self) -> "Place":
        """Return the page before."""
        return Place(self.way[:-1])

    def on(self, cursor: str) -> "Place":
        """Return the page that this cursor leads to."""
        return Place((*self.way, cursor)[-MOST_STEPS:])


BEGINNING = Place()
"""The first page."""


@dataclass(frozen=True)
class Leaf:
    """A page of a list: the addresses of the one before and the one after, where there is one."""

    previous: str | None
    next: str | None


def leaf(path: str, asked: Mapping[str, str], place: Place, next_cursor: str | None) -> Leaf:
    """Return a page of a list at this path; what else was asked goes along."""
    return Leaf(
        previous=None if place.is_first else address(path, asked, place.back()),
        next=address(path, asked, place.on(next_cursor)) if next_cursor else None,
    )


def address(path: str, asked: Mapping[str, str], *places: Place) -> str:
    """Return the address of a page; the cursors of a second place are ``column``s."""
    query = [(name, value) for name, value in asked.items() if value]
    for name, place in zip(("cursor", "column"), places, strict=False):
        query += [(name, each) for each in place.way]
    return f"{path}?{urlencode(query)}" if query else path
