"""Amounts, numbers and dates, by the table of the design guide."""

from datetime import date
from decimal import Decimal

import pytest

from portal import figures
from portal.words import LANGUAGES, WORDS


def plainly(text):
    assert " " not in text, "it may break over a line"
    return text.replace("\xa0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("language", "amount", "credit", "dollars"),
    [
        ("nl", "€ 1.284,17", "€ −96,80", "USD −1.120,00"),
        ("fr", "1 284,17 €", "−96,80 €", "−1 120,00 USD"),
        ("de", "1.284,17 €", "−96,80 €", "−1.120,00 USD"),
        ("en", "€1,284.17", "−€96.80", "−USD 1,120.00"),
    ],
)
def test_amounts_are_written_as_each_language_does(language, amount, credit, dollars):
    assert plainly(figures.money(Decimal("1284.17"), "EUR", language)) == amount
    assert plainly(figures.money(Decimal("-96.8"), "EUR", language)) == credit
    assert plainly(figures.money(Decimal(-1120), "USD", language)) == dollars


def test_french_thousands_have_a_narrow_space():
    assert figures.money(Decimal("1284.17"), "EUR", "fr") == "1\u202f284,17\xa0€"


def test_a_price_keeps_the_decimals_it_has():
    assert plainly(figures.money(Decimal("0.1234"), "EUR", "nl", exact=True)) == "€ 0,1234"
    assert plainly(figures.money(Decimal("12.5"), "EUR", "nl", exact=True)) == "€ 12,50"
    assert plainly(figures.money(Decimal("1.23456"), "USD", "en", exact=True)) == "USD 1.23456"


@pytest.mark.parametrize(
    ("language", "long", "short", "first"),
    [
        ("nl", "12 december 2026", "12 dec. 2026", "1 mei 2026"),
        ("fr", "12 décembre 2026", "12 déc. 2026", "1er mai 2026"),
        ("de", "12. Dezember 2026", "12. Dez. 2026", "1. Mai 2026"),
        ("en", "12 December 2026", "12 Dec 2026", "1 May 2026"),
    ],
)
def test_days_have_their_month_in_words(language, long, short, first):
    assert plainly(figures.day(date(2026, 12, 12), language)) == long
    assert plainly(figures.day(date(2026, 12, 12), language, short=True)) == short
    assert plainly(figures.day(date(2026, 5, 1), language)) == first
    assert plainly(figures.day(date(2026, 5, 1), language, short=True)) == first


def period(start, end, language):
    return figures.period(start, end, language, WORDS[language]).replace("\xa0", " ")


def test_a_whole_month_goes_by_its_name():
    assert period(date(2026, 12, 1), date(2026, 12, 31), "nl") == "december 2026"
    assert period(date(2028, 2, 1), date(2028, 2, 29), "fr") == "février 2028"
    assert period(date(2026, 2, 1), date(2026, 2, 27), "en") == "1 Feb 2026 – 27 Feb 2026"


def test_a_period_of_two_months_is_no_month():
    assert period(date(2026, 1, 1), date(2026, 2, 28), "en") == "1 Jan 2026 – 28 Feb 2026"
    assert period(date(2026, 2, 1), date(2026, 3, 31), "en") == "1 Feb 2026 – 31 Mar 2026"


def test_a_period_may_be_open_or_one_day():
    assert period(date(2026, 1, 5), None, "nl") == "vanaf 5 januari 2026"
    assert period(None, date(2026, 1, 5), "de") == "bis 5. Januar 2026"
    assert period(date(2026, 1, 5), date(2026, 1, 5), "fr") == "5 janvier 2026"
    assert period(None, None, "en") == ""


def test_rates_and_quantities_keep_the_decimals_they_have():
    assert figures.percent(Decimal("21.00"), "nl") == "21\xa0%"
    assert figures.percent(Decimal("5.5"), "fr") == "5,5\xa0%"
    assert figures.percent(Decimal(21), "en") == "21%"
    assert figures.number(Decimal("1500.125"), "de") == "1.500,125"
    assert figures.number(Decimal(-2), "en") == "−2"


@pytest.mark.parametrize(
    ("octets", "written"), [(0, "1 kB"), (840, "1 kB"), (84_400, "84 kB"), (1_250_000, "1,2 MB")]
)
def test_sizes_are_in_thousands_or_millions(octets, written):
    assert plainly(figures.size(octets, "nl", WORDS["nl"])) == written


def test_countries_go_by_their_name():
    assert [figures.country("NL", language) for language in LANGUAGES] == [
        "Nederland",
        "Pays-Bas",
        "Niederlande",
        "Netherlands",
    ]
    assert figures.country("ZZ9", "nl") == "ZZ9"


def test_a_belgian_vat_number_is_written_in_groups():
    assert plainly(figures.vat_number("BE0731552026")) == "BE 0731.552.026"
    assert plainly(figures.vat_number("be 0731.552.026")) == "BE 0731.552.026"
    assert figures.vat_number("NL001234567B01") == "NL001234567B01"
    assert figures.vat_number("BE07315520") == "BE07315520"
