"""Proves how long a document is kept and shown, by a table of dates."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from documents import retention
from documents.retention import Policy

BOTH = Policy(by_country={"BE": 10, "NL": 7})

dates = some.dates(min_value=date(1990, 1, 1), max_value=date(2100, 12, 31))
years = some.integers(1, 100)


@pytest.mark.parametrize(
    ("issued", "country", "last_day"),
    [
        # Belgium: ten years from 1 January after the document's date.
        ("2026-06-01", "BE", "2036-12-31"),
        ("2026-01-01", "BE", "2036-12-31"),
        ("2026-12-31", "BE", "2036-12-31"),
        ("2027-01-01", "BE", "2037-12-31"),
        ("2024-02-29", "BE", "2034-12-31"),
        ("2024-12-31", "BE", "2034-12-31"),
        ("2013-02-28", "BE", "2023-12-31"),
        ("1999-12-31", "BE", "2009-12-31"),
        ("2000-02-29", "BE", "2010-12-31"),
        # The Netherlands: seven years from the end of the document's year.
        ("2026-06-01", "NL", "2033-12-31"),
        ("2026-01-01", "NL", "2033-12-31"),
        ("2026-12-31", "NL", "2033-12-31"),
        ("2027-01-01", "NL", "2034-12-31"),
        ("2024-02-29", "NL", "2031-12-31"),
        ("2017-02-28", "NL", "2024-12-31"),
        # Where nothing is said of a country, or nobody knows it yet.
        ("2024-02-29", "FR", "2034-12-31"),
        ("2026-06-01", None, "2036-12-31"),
        # There is no later day than the last.
        ("9999-01-01", "BE", "9999-12-31"),
        ("9989-06-01", "BE", "9999-12-31"),
        ("9990-06-01", "BE", "9999-12-31"),
        ("0001-01-01", "NL", "0008-12-31"),
    ],
)
def test_a_document_is_kept_to_the_end_of_a_year(issued, country, last_day):
    """Guide 1.3: both countries, leap days"""
    until = retention.retain_until(date.fromisoformat(issued), country, BOTH)

    assert until == date.fromisoformat(last_day)


@given(dates)
def test_it_is_what_belgian_law_says(issued):
    begins = date(issued.year + 1, 1, 1)

    until = retention.retain_until(issued, "BE", BOTH)

    assert until + timedelta(days=1) == begins.replace(year=begins.year + 10)


@given(dates)
def test_it_is_what_dutch_law_says(issued):
    end_of_year = date(issued.year, 12, 31)

    assert retention.retain_until(issued, "NL", BOTH) == end_of_year.replace(year=issued.year + 7)


@given(dates, years, years)
def test_what_is_promised_is_never_shortened(issued, before, after):
    promised = retention.retain_until(issued, "BE", Policy(before))

    until = retention.extended(promised, issued, "BE", Policy(after))

    assert until >= promised
    assert until == retention.retain_until(issued, "BE", Policy(max(before, after)))


@pytest.mark.parametrize(
    ("issued", "years", "last_day"),
    [
        ("2026-06-01", 7, "2033-06-01"),
        ("2024-02-29", 7, "2031-02-28"),
        ("2024-02-29", 4, "2028-02-29"),
        ("2096-02-29", 4, "2100-02-28"),
        ("1996-02-29", 4, "2000-02-29"),
        ("2023-02-28", 1, "2024-02-28"),
        ("2026-06-01", None, None),
        ("9998-06-01", 7, None),
    ],
)
def test_readers_see_it_for_so_many_years_to_the_day(issued, years, last_day):
    """D-07, Q2: apart from how long it is kept"""
    until = retention.visible_until(date.fromisoformat(issued), Policy(visible_years=years))

    assert until == (last_day and date.fromisoformat(last_day))


@pytest.mark.parametrize(
    ("until", "today", "held", "may"),
    [
        ("2034-12-31", "2034-12-30", False, False),
        ("2034-12-31", "2034-12-31", False, False),
        ("2034-12-31", "2035-01-01", False, True),
        ("2034-12-31", "2035-01-01", True, False),
        ("2024-12-31", "2024-02-29", False, False),
        ("2023-12-31", "2024-02-29", False, True),
        ("2023-12-31", "2024-02-29", True, False),
    ],
)
def test_it_may_go_after_its_last_day_unless_somebody_holds_it(until, today, held, may):
    decided = retention.may_go(date.fromisoformat(until), date.fromisoformat(today), held=held)

    assert decided is may
