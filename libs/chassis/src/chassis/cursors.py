"""Cursors: where the next page of a list begins, as text that means nothing to who carries it."""

import base64
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Annotated, TypeVar

from pydantic import AfterValidator, AwareDatetime, TypeAdapter

from chassis.failures import Invalid

P = TypeVar("P")
R = TypeVar("R")


class CursorUnreadable(Invalid):
    """A cursor is not one that was given out."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("the cursor is not one of ours", pointer="/cursor", rule="cursor")


def _in_utc(moment: datetime) -> datetime:
    """Take only what we write ourselves: another zone could name a moment no database knows."""
    if moment.utcoffset() != timedelta(0):
        raise ValueError("not in UTC")
    return moment


Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]
"""A moment within a place."""


def write(places: TypeAdapter[P], place: P) -> str:
    """Return the cursor of a place: the sort values of a page's last row."""
    return base64.urlsafe_b64encode(places.dump_json(place)).decode().rstrip("=")


def read(places: TypeAdapter[P], cursor: str) -> P:
    """Return the place of a cursor. Raises ``CursorUnreadable``."""
    try:
        return places.validate_json(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError as wrong:
        raise CursorUnreadable from wrong


def cut(
    found: Sequence[R], limit: int, places: TypeAdapter[P], place_of: Callable[[R], P]
) -> tuple[Sequence[R], str | None]:
    """Return the rows of a page, and the cursor of the next page, if there is one.

    ``found``: one row more than the ``limit`` was asked for, to see whether any is left.
    """
    shown = found[:limit]
    more = len(found) > limit
    return shown, write(places, place_of(shown[-1])) if more else None
