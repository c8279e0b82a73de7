"""Amounts, dates and spans, each as it stands in the design guide."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from notifications.figures import day, duration, moment, money, reference

NB, NARROW, MINUS = "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}", "\N{MINUS SIGN}"


@pytest.mark.parametrize(
    ("language", "amount", "credit", "dollars"),
    [
        ("nl", f"€{NB}1.284,17", f"€{NB}{MINUS}96,80", f"USD{NB}120,00"),
        ("fr", f"1{NARROW}284,17{NB}€", f"{MINUS}96,80{NB}€", f"120,00{NB}USD"),
        ("de", f"1.284,17{NB}€", f"{MINUS}96,80{NB}€", f"120,00{NB}USD"),
        ("en", "€1,284.17", f"{MINUS}€96.80", f"USD{NB}120.00"),
    ],
)
def test_amounts_are_written_as_their_readers_write_them(
    language: str, amount: str, credit: str, dollars: str
) -> None:
    assert money(Decimal("1284.17"), "EUR", language) == amount
    assert money(Decimal("-96.8"), "EUR", language) == credit
    assert money(Decimal(120), "USD", language) == dollars


@pytest.mark.parametrize(
    ("language", "twelfth", "first"),
    [
        ("nl", "12 december 2026", "1 maart 2027"),
        ("fr", "12 décembre 2026", "1er mars 2027"),
        ("de", "12. Dezember 2026", "1. März 2027"),
        ("en", "12 December 2026", "1 March 2027"),
    ],
)
def test_dates_have_their_month_in_words_and_do_not_break(
    language: str, twelfth: str, first: str
) -> None:
    assert day(date(2026, 12, 12), language) == twelfth.replace(" ", NB)
    assert day(date(2027, 3, 1), language) == first.replace(" ", NB)


@pytest.mark.parametrize(
    "given",
    [
        "202600481758",
        "202/6004/81758",
        "202 6004 81758",
        "+++202/6004/81758+++",
        "***202/6004/81758***",
    ],
)
def test_a_belgian_reference_gets_its_marks(given: str) -> None:
    assert reference(given) == "+++202/6004/81758+++"


def test_a_remainder_of_zero_is_written_as_97() -> None:
    assert reference("000000009797") == "+++000/0000/09797+++"


@pytest.mark.parametrize(
    "given",
    [
        "202600481759",
        "20260048175",
        "RF18539007547034",
        "2026-004817",
        "٢٠٢٦٠٠٤٨١٧٥٨",
        "",
        "000000009700",
    ],
)
def test_what_is_no_belgian_reference_stays_as_it_came(given: str) -> None:
    assert reference(given) == given


@pytest.mark.parametrize(
    ("minutes", "nl", "en"),
    [
        (0.2, "1 minuut", "1 minute"),
        (9.9, "10 minuten", "10 minutes"),
        (60, "60 minuten", "60 minutes"),
        (24 * 60 - 1, "24 uur", "24 hours"),
        (72 * 60, "3 dagen", "3 days"),
        (7 * 24 * 60 - 1, "7 dagen", "7 days"),
    ],
)
def test_how_long_something_is_good_is_said_in_the_unit_that_says_most(minutes, nl, en):
    span = timedelta(minutes=minutes)

    assert [duration(span, each).replace("\xa0", " ") for each in ("nl", "en")] == [nl, en]


@pytest.mark.parametrize(("month", "hour"), [(7, "15.30"), (12, "14.30")])
def test_a_moment_is_said_by_the_clock_of_the_issuer_in_summer_and_in_winter(month, hour):
    then = datetime(2026, month, 1, 13, 30, tzinfo=UTC)

    said = moment(then, "Europe/Brussels", "nl")

    assert said.endswith(f"om {hour}\xa0uur")
    assert moment(then, None, "de").endswith("um 13:30\xa0Uhr (UTC)")
