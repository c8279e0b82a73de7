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
