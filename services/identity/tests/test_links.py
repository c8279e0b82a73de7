"""Proves which mail links are still good."""

import secrets
from datetime import UTC, datetime, timedelta, timezone
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chassis.signing import sign
from identity import links

KEY = secrets.token_bytes(32)
OTHER_KEY = secrets.token_bytes(32)
TICKET = uuid4()
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def link_of(ticket=TICKET, day="2026-06-01", key=KEY, purpose=links.VIEW):
    return f"{ticket}.{day}.{sign(key, str(ticket), day, purpose)}"


def test_a_link_opens_until_the_end_of_day_105():
    last_moment = datetime(2026, 9, 14, 23, 59, 59, tzinfo=UTC)

    assert links.ticket_of(link_of(), [KEY], NOON) == TICKET
    assert links.ticket_of(link_of(), [KEY], last_moment) == TICKET
    assert links.ticket_of(link_of(), [KEY], last_moment + timedelta(seconds=1)) is None


def test_days_are_counted_in_utc_wherever_the_clock_is():
    kiribati = timezone(timedelta(hours=14))
    still_day_105 = datetime(2026, 9, 15, 13, 59, tzinfo=kiribati)

    assert links.ticket_of(link_of(), [KEY], still_day_105) == TICKET
    assert links.ticket_of(link_of(), [KEY], still_day_105 + timedelta(minutes=1)) is None


@given(st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_a_link_opens_for_fifteen_full_weeks_and_less_than_a_day_more(made):
    """Q6"""
    link = link_of(day=made.date().isoformat())

    assert links.ticket_of(link, [KEY], made + timedelta(weeks=15)) == TICKET
    assert links.ticket_of(link, [KEY], made + timedelta(weeks=15, days=1)) is None


def brussels(*parts):
    return datetime(*parts, tzinfo=ZoneInfo("Europe/Brussels"))


@pytest.mark.parametrize(
    ("made", "still", "over"),
    [
        # Into summer time, out of it, and without a change in between.
        (brussels(2026, 1, 20, 12), brussels(2026, 5, 5, 23, 59, 59), brussels(2026, 5, 6, 2)),
        (brussels(2026, 7, 15, 12), brussels(2026, 10, 28, 23, 59, 59), brussels(2026, 10, 29, 1)),
        (brussels(2026, 4, 1, 12), brussels(2026, 7, 15, 23, 59, 59), brussels(2026, 7, 16, 2)),
        # On the nights of the changes themselves.
        (brussels(2026, 3, 29, 3, 30), brussels(2026, 7, 12, 23, 59, 59), brussels(2026, 7, 13, 2)),
        (brussels(2025, 12, 14, 12), brussels(2026, 3, 29, 23, 59, 59), brussels(2026, 3, 30, 2)),
        (brussels(2026, 7, 12, 12), brussels(2026, 10, 25, 23, 59, 59), brussels(2026, 10, 26, 1)),
        # Made at night, when in UTC it is the day before: fifteen weeks to the hour, and some.
        (
            brussels(2026, 7, 15, 0, 30),
            brussels(2026, 10, 28, 0, 59, 59),
            brussels(2026, 10, 28, 1),
        ),
    ],
)
def test_in_brussels_day_105_opens_and_the_next_morning_does_not(made, still, over):
    """Q6"""
    link = link_of(day=made.astimezone(UTC).date().isoformat())

    assert links.ticket_of(link, [KEY], made) == TICKET
    assert links.ticket_of(link, [KEY], still) == TICKET
    assert links.ticket_of(link, [KEY], over) is None


def test_a_link_of_the_older_key_opens_while_it_is_live():
    old = link_of(key=OTHER_KEY)

    assert links.ticket_of(old, [KEY, OTHER_KEY], NOON) == TICKET
    assert links.ticket_of(old, [KEY], NOON) is None


def test_a_link_for_another_purpose_does_not_open():
    assert links.ticket_of(link_of(purpose="register"), [KEY], NOON) is None
    assert links.ticket_of(link_of(), [KEY], NOON, purpose="register") is None


@pytest.mark.parametrize("day", ["2026-06-02", "2027-06-01", "20260601", "", "2026-06-01 "])
def test_a_link_with_another_day_than_was_signed_does_not_open(day):
    ticket, _, mac = link_of().split(".")

    assert links.ticket_of(f"{ticket}.{day}.{mac}", [KEY], NOON) is None


@pytest.mark.parametrize("day", ["tomorrow", "2026-13-01", ""])
def test_a_signed_day_that_is_none_does_not_open(day):
    assert links.ticket_of(link_of(day=day), [KEY], NOON) is None


def test_a_signed_ticket_that_is_none_does_not_open():
    assert links.ticket_of(link_of(ticket="me"), [KEY], NOON) is None


@given(st.text(max_size=150))
@example("\ud800")
@example("a.b.\ud800")
def test_no_text_opens_that_was_not_signed(text):
    assert links.ticket_of(text, [KEY], NOON) is None


@given(st.data())
def test_a_link_changed_in_one_place_does_not_open(data):
    link = link_of()
    place = data.draw(st.integers(0, len(link) - 1))
    other = data.draw(st.characters().filter(lambda letter: letter != link[place]))

    assert links.ticket_of(link[:place] + other + link[place + 1 :], [KEY], NOON) is None


@given(st.uuids(), st.integers(0, 105), st.sampled_from([KEY, OTHER_KEY]))
def test_every_link_that_is_signed_and_young_opens(ticket, age, key):
    day = (NOON.date() - timedelta(days=age)).isoformat()

    assert links.ticket_of(link_of(ticket, day, key), [OTHER_KEY, KEY], NOON) == ticket
