"""The rule of what is looked for: read from addresses and forms as people fill them in."""

from datetime import date
from decimal import Decimal
from urllib.parse import parse_qsl

import pytest

from portal import filters
from portal.filters import EVERYTHING, NEWEST_FIRST, Filters


def read(query):
    return filters.read(parse_qsl(query, keep_blank_values=True))


def troubles(query):
    return [(each.field, each.word) for each in read(query)[1].troubles]


def test_nothing_said_is_everything_newest_first():
    """D-11"""
    wanted, form = read("customer_number=&q=&number=&from=&to=&amount_min=&amount_max=")

    assert wanted == EVERYTHING
    assert wanted.sort == NEWEST_FIRST
    assert wanted.whole
    assert not form.refused
    assert wanted.said == wanted.asked == {}


def test_all_filters_are_asked_for_together():
    """D-10, D-14"""
    wanted, form = read(
        "customer_number=DL5-1&q=wiel&number=F26&type=credit_note&from=2026-01-01&to=2026-12-31"
        "&amount_min=-200&amount_max=1.284,17&currency=eur&unread=true&sort=-amount"
    )

    assert not form.refused
    assert wanted.asked == {
        "customer_number": "DL5-1",
        "q": "wiel",
        "number_contains": "F26",
        "type": "credit_note",
        "from": "2026-01-01",
        "to": "2026-12-31",
        "amount_min": "-200.00",
        "amount_max": "1284.17",
        "currency": "EUR",
        "unread": "true",
        "sort": "-amount",
    }
    assert wanted.narrowing == 6


def test_what_is_looked_for_survives_an_address_and_being_saved():
    wanted = Filters(
        customer_number="DL5-1",
        words="band",
        number="F9",
        type="invoice",
        start=date(2026, 1, 1),
        least=Decimal("-0.50"),
        unread=True,
        sort="due_date",
    )

    assert filters.read(wanted.said.items())[0] == wanted
    assert filters.read_saved(wanted.asked) == wanted
    assert filters.read_saved(wanted.asked | {"unread": True, "q": "band", "to": None}) == wanted


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("120,50", "120.50"),
        ("120.5", "120.50"),
        ("1.284,17", "1284.17"),
        ("1,284.17", "1284.17"),
        ("1 284,17", "1284.17"),
        ("1\u202f284,17 €", "1284.17"),
        ("1.284", "1284.00"),
        ("€ −96,80", "-96.80"),
        ("-96.80", "-96.80"),
        ("1.000.000", "1000000.00"),
        ("0", "0.00"),
    ],
)
def test_an_amount_is_read_as_it_is_written_in_any_language(written, meant):
    """D-10"""
    wanted, form = filters.read([("amount_min", written)])

    assert not form.refused
    assert wanted.least == Decimal(meant)


@pytest.mark.parametrize(
    "written",
    ["abc", "12,345,67", "1,2,3", "--5", "1e9", "12.3456", "٣", "9" * 20, "=1+1", "1.2.3"],
)
def test_what_is_no_amount_is_said(written):
    assert filters.read([("amount_max", written)])[1].troubles[0].word == "not_an_amount"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-02-28", date(2026, 2, 28)),
        ("28/02/2026", date(2026, 2, 28)),
        ("1.3.2026", date(2026, 3, 1)),
        ("2024-02-29", date(2024, 2, 29)),
    ],
)
def test_a_date_is_read_as_browsers_send_it_and_as_people_type_it(written, meant):
    assert filters.read([("from", written)])[0].start == meant


@pytest.mark.parametrize(
    "written", ["2026-02-30", "31/02/2026", "gisteren", "0001-01-01", "20260101x"]
)
def test_what_is_no_date_is_said(written):
    assert filters.read([("to", written)])[1].troubles[0].word == "not_a_date"


def test_a_range_the_wrong_way_round_is_said():
    assert troubles("from=2026-02-01&to=2026-01-01") == [("from", "from_after_to")]
    assert troubles("amount_min=10&amount_max=9,99") == [("amount_min", "least_above_most")]
    assert troubles("from=2026-01-01&to=2026-01-01&amount_min=5&amount_max=5") == []


def test_one_ticked_type_narrows_and_both_do_not():
    """D-09"""
    assert read("type=invoice")[0].type == "invoice"
    assert read("type=invoice&type=credit_note")[0].type == ""
    assert read("type=dog")[0].type == ""


def test_a_click_sorts_and_a_second_click_turns_round():
    """D-12"""
    by_number = EVERYTHING.sorted_by("number")
    assert (by_number.sort, by_number.direction("number")) == ("number", "ascending")
    assert by_number.sorted_by("number").sort == "-number"
    assert by_number.direction("issue_date") is None

    by_amount = EVERYTHING.sorted_by("amount")
    assert (by_amount.sort, by_amount.direction("amount")) == ("-amount", "descending")
    assert EVERYTHING.sorted_by("issue_date").sort == "issue_date"


def test_an_order_that_is_none_is_the_usual():
    assert read("sort=password")[0].sort == NEWEST_FIRST
    assert read("sort=--number")[0].sort == NEWEST_FIRST


def test_what_is_typed_is_one_line_without_overrides_and_not_endless():
    wanted, _ = filters.read([("q", "a\u202eb\nc" + "x" * 500), ("number", "n" * 500)])

    assert wanted.words.startswith("ab c")
    assert len(wanted.words) == 100
    assert len(wanted.number) == 40
