"""The text of the code for banking apps, by the rules of EPC069-12."""

from decimal import Decimal

import pytest

from portal import epc
from portal.payment_reference import recognise

PLAIN = recognise("Factuur 2026-17", to_belgium=True)


def payload(**other):
    asked = {
        "name": "Meridiaan Lease nv",
        "iban": "BE71096123456769",
        "amount": Decimal("1284.17"),
        "currency": "EUR",
        "reference": PLAIN,
    }
    return epc.payload(**(asked | other))


def test_it_says_who_is_paid_how_much_and_what_for():
    assert payload() == (
        "BCD\n002\n1\nSCT\n\nMeridiaan Lease nv\nBE71096123456769\nEUR1284.17\n\n\nFactuur 2026-17"
    )


def test_a_creditor_reference_stands_in_the_structured_field_alone():
    text = payload(reference=recognise("RF18539007547034", to_belgium=False))

    assert text.split("\n")[8:] == ["", "RF18539007547034"]


def test_a_belgian_reference_stands_in_the_free_field():
    text = payload(reference=recognise("202600481758", to_belgium=True))

    assert text.split("\n")[8:] == ["", "", "+++202/6004/81758+++"]


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        ("0.01", "EUR0.01"),
        ("12", "EUR12.00"),
        ("12.5", "EUR12.50"),
        ("999999999.99", "EUR999999999.99"),
    ],
)
def test_amounts_have_a_dot_and_two_decimals(amount, written):
    assert payload(amount=Decimal(amount)).split("\n")[7] == written


@pytest.mark.parametrize(
    "against_the_rules",
    [
        {"currency": "USD"},
        {"amount": Decimal(0)},
        {"amount": Decimal("-1.00")},
        {"amount": Decimal("1000000000.00")},
        {"amount": Decimal("0.005")},
        {"amount": Decimal("10.005")},
        {"iban": "BE71096123456768"},
        {"iban": ""},
        {"name": ""},
        {"iban": "CH9300762011623852957"},
        {"iban": "CH9300762011623852957", "bic": "not a bic"},
    ],
)
def test_where_the_rules_allow_none_there_is_none(against_the_rules):
    assert payload(**against_the_rules) is None


def test_a_bank_is_named_where_it_is_known():
    text = payload(iban="CH9300762011623852957", bic="UBSWCHZH80A")

    assert text.split("\n")[4] == "UBSWCHZH80A"


def test_a_bic_that_is_none_is_left_out_where_none_is_needed():
    assert payload(bic="GKCC BEBB").split("\n")[4] == ""


def test_names_and_words_are_cut_to_what_fits():
    text = payload(name="N" * 90, reference=recognise("r" * 200, to_belgium=True)).split("\n")

    assert text[5] == "N" * 70
    assert text[10] == "r" * 140


def test_what_has_too_many_bytes_is_not_drawn():
    assert payload(name="€" * 70, reference=recognise("€" * 140, to_belgium=True)) is None


def test_nothing_written_can_add_a_line():
    """What others wrote arrives on one line; see plain_text."""
    assert payload(name="Meridiaan").count("\n") == 10
