"""Cursors: what was given out comes back, and nothing else is taken."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from chassis import cursors
from chassis.cursors import CursorUnreadable

PLACES = TypeAdapter(tuple[cursors.Moment, UUID])


@given(st.datetimes(timezones=st.just(UTC)), st.uuids())
def test_a_place_comes_back_from_its_cursor(moment: datetime, last: UUID) -> None:
    cursor = cursors.write(PLACES, (moment, last))

    assert cursors.read(PLACES, cursor) == (moment, last)
    assert cursor.isascii()
    assert "=" not in cursor


@given(st.text(max_size=60))
def test_any_other_text_is_refused_and_breaks_nothing(text: str) -> None:
    with pytest.raises(CursorUnreadable):
        cursors.read(PLACES, text)


def test_a_moment_in_another_zone_is_not_one_of_ours() -> None:
    place = TypeAdapter(tuple[datetime, UUID])
    odd = cursors.write(place, (datetime.fromisoformat("0001-01-01T00:00:00+14:00"), UUID(int=7)))

    with pytest.raises(CursorUnreadable):
        cursors.read(PLACES, odd)


def test_a_page_says_where_the_next_one_begins_if_there_is_one() -> None:
    numbers = TypeAdapter(int)

    full, after = cursors.cut(["one", "three", "seven"], 2, numbers, len)
    last, nothing = cursors.cut(["one", "three"], 2, numbers, len)

    assert list(full) == ["one", "three"]
    assert cursors.read(numbers, after or "") == 5
    assert list(last) == ["one", "three"]
    assert nothing is None
    assert cursors.cut([], 2, numbers, len) == ([], None)
