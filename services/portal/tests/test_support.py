"""Proves when somebody helps: by the issuer's own clock, in four languages."""

from datetime import UTC, datetime, time

import pytest

from portal import opening_hours
from portal.support import Support
from portal.words import WORDS

OFFICE = Support(phone="09 200 90 00")
# Sunday 22 November 2026, 12:00 in Brussels; the week after it is plain winter time.
SUNDAY = datetime(2026, 11, 22, 11, 0, tzinfo=UTC)


def brussels(day, hour, minute=0):
    """Return a moment in November 2026 by the clock of Brussels, which is one hour ahead."""
    return datetime(2026, 11, day, hour - 1, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        (brussels(23, 8, 29), False),
        (brussels(23, 8, 30), True),
        (brussels(27, 16, 59), True),
        (brussels(27, 17), False),
        (SUNDAY, False),
        # In summer the clock is two hours ahead.
        (datetime(2026, 7, 1, 6, 30, tzinfo=UTC), True),
        (datetime(2026, 7, 1, 15, 0, tzinfo=UTC), False),
    ],
)
def test_it_is_open_on_weekdays_in_office_hours(at, is_open):
    """O-01"""
    assert OFFICE.is_open(at) is is_open


def test_it_is_open_by_the_clock_of_the_issuer():
    """O-01"""
    lisbon = Support(time_zone="Europe/Lisbon")

    assert OFFICE.is_open(brussels(23, 8, 45))
    assert not lisbon.is_open(brussels(23, 8, 45))
    # Before midnight in Brussels it is Monday elsewhere already.
    auckland = Support(days=[1], opens=time(8), closes=time(18), time_zone="Pacific/Auckland")
    assert auckland.is_open(brussels(22, 23))


@pytest.mark.parametrize(
    ("at", "next_time"),
    [
        (brussels(23, 7), (0, 1)),
        (brussels(23, 17), (1, 2)),
        (brussels(27, 18), (3, 1)),
        (SUNDAY, (1, 1)),
    ],
)
def test_it_is_known_when_it_opens_next(at, next_time):
    assert OFFICE.opens_next(at) == next_time


def test_one_day_a_week_comes_again_after_a_week_and_no_day_never():
    mondays = Support(days=[1])

    assert mondays.opens_next(brussels(23, 18)) == (7, 1)
    assert Support(days=[]).opens_next(SUNDAY) is None


@pytest.mark.parametrize(
    ("days", "runs"),
    [
        ([1, 2, 3, 4, 5], [[1, 2, 3, 4, 5]]),
        ([1, 3, 5], [[1], [3], [5]]),
        ([6, 7], [[6], [7]]),
        ([5, 1, 2, 3, 1], [[1, 2, 3], [5]]),
        ([3], [[3]]),
    ],
)
def test_days_that_follow_each_other_stand_together(days, runs):
    assert Support(days=days).runs() == runs


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("nl", "Maandag tot en met vrijdag van 08.30 tot 17.00 uur"),
        ("fr", "Lundi à vendredi, de 08 h 30 à 17 h 00"),
        ("de", "Montag bis Freitag von 08:30 bis 17:00 Uhr"),
        ("en", "Monday to Friday, 08:30 to 17:00"),
    ],
)
def test_the_hours_are_written_as_a_reader_writes_them(language, written):
    """O-01"""
    said = opening_hours.written(OFFICE, language, WORDS[language])

    assert said.replace("\N{NO-BREAK SPACE}", " ") == written


def test_days_apart_are_listed():
    english = WORDS["en"]
    assert opening_hours.written(Support(days=[2, 4]), "en", english).startswith("Tuesday and Thu")
    mixed = opening_hours.written(Support(days=[1, 2, 3, 5, 6]), "en", english)
    assert mixed.startswith("Monday to Wednesday, Friday and Saturday, 08:30")


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (brussels(23, 9), "Nu open"),
        (brussels(23, 8), "Nu gesloten, vandaag open vanaf 08.30 uur"),
        (SUNDAY, "Nu gesloten, weer open op maandag vanaf 08.30 uur"),
    ],
)
def test_a_reader_is_told_whether_somebody_answers_now(at, said):
    """O-01"""
    told = opening_hours.at(OFFICE, at, "nl", WORDS["nl"])

    assert told.replace("\N{NO-BREAK SPACE}", " ") == said
    assert opening_hours.at(Support(days=[]), at, "nl", WORDS["nl"]) == "Nu gesloten"


def test_without_a_phone_or_an_address_nobody_is_reached():
    assert not Support().is_reached
    assert Support(email="help@lease.example").is_reached
