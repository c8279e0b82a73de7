"""Amounts, numbers and dates as each language writes them, by the table of the design guide."""

from datetime import date
from decimal import Decimal

import pytest
from services.documents.tests import make

from documents import figures

NB, NNB = "\u00a0", "\u202f"


@pytest.mark.parametrize(
    ("language", "amount", "credit", "dollars"),
    [
        ("nl", f"€{NB}1.284,17", f"€{NB}\u221296,80", f"USD{NB}\u2212120,00"),
        ("fr", f"1{NNB}284,17{NB}€", f"\u221296,80{NB}€", f"\u2212120,00{NB}USD"),
        ("de", f"1.284,17{NB}€", f"\u221296,80{NB}€", f"\u2212120,00{NB}USD"),
        ("en", "€1,284.17", "\u2212€96.80", f"USD{NB}\u2212120.00"),
    ],
)
def test_an_amount_is_written_as_its_reader_does(language, amount, credit, dollars):
    assert figures.money(Decimal("1284.17"), "EUR", language) == amount
    assert figures.money(Decimal("-96.8"), "EUR", language) == credit
    assert figures.money(Decimal(-120), "USD", language) == dollars


@pytest.mark.parametrize(
    ("amount", "currency", "written"),
    [
        ("498.9400", "EUR", f"€{NB}498,94"),
        ("0.3333", "EUR", f"€{NB}0,3333"),
        ("0", "EUR", f"€{NB}0,00"),
        ("1e3", None, "1.000,00"),
        ("1500", "JPY", f"JPY{NB}1.500"),
        ("1500.5", "JPY", f"JPY{NB}1.500,5"),
        ("2", "KWD", f"KWD{NB}2,000"),
        ("999999999999999.99", "EUR", f"€{NB}999.999.999.999.999,99"),
    ],
)
def test_no_digit_is_lost_and_none_is_made_up(amount, currency, written):
    assert figures.money(Decimal(amount), currency, "nl") == written


def test_a_quantity_has_no_zeros_that_say_nothing():
    assert figures.number(Decimal("1250.5000"), "nl") == "1.250,5"
    assert figures.number(Decimal("-12.000"), "en") == "\u221212"
    assert figures.number(Decimal("1E+4"), "fr") == f"10{NNB}000"


def test_a_percentage_has_the_space_of_its_language():
    rate = Decimal("6.50")

    assert [figures.percent(rate, each) for each in make.LANGUAGES] == [
        f"6,5{NB}%",
        f"6,5{NNB}%",
        f"6,5{NB}%",
        "6.5%",
    ]


def test_a_day_has_its_month_in_words():
    day = date(2026, 12, 12)

    assert [make.words(each).day(day).replace(NB, " ") for each in make.LANGUAGES] == [
        "12 december 2026",
        "12 décembre 2026",
        "12. Dezember 2026",
        "12 December 2026",
    ]
    assert [make.words(each).day(day, short=True).replace(NB, " ") for each in make.LANGUAGES] == [
        "12 dec. 2026",
        "12 déc. 2026",
        "12. Dez. 2026",
        "12 Dec 2026",
    ]
    assert make.words("fr").day(date(2026, 5, 1)) == f"1er{NB}mai{NB}2026"
