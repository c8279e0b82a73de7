"""What a payer must say."""

import pytest

from portal.payment_reference import recognise


@pytest.mark.parametrize(
    "written",
    [
        "+++202/6004/81758+++",
        "***202/6004/81758***",
        "+++ 202/6004/81758 +++",
        "+++202600481758+++",
        "202/6004/81758",
        "202600481758",
    ],
)
def test_a_belgian_reference_is_written_as_on_a_transfer_form(written):
    found = recognise(written, to_belgium=True)

    assert found.kind == "belgian"
    assert found.shown == found.sent == "+++202/6004/81758+++"


def test_a_remainder_of_nought_is_written_97():
    assert recognise("+++000/0000/09797+++", to_belgium=True).kind == "belgian"
    assert recognise("+++000/0000/09700+++", to_belgium=True).kind == "plain"


@pytest.mark.parametrize(
    "written",
    [
        "+++202/6004/81759+++",
        "+++202/6004/81758***",
        "+++202/6004/8175+++",
        "1202600481758",
        "+++202/6004/81758",
    ],
)
def test_with_a_wrong_check_digit_or_shape_it_stays_as_written(written):
    found = recognise(written, to_belgium=True)

    assert (found.kind, found.shown, found.sent) == ("plain", written, written)


def test_twelve_bare_digits_are_belgian_only_for_a_belgian_account():
    assert recognise("202600481758", to_belgium=False).kind == "plain"
    assert recognise("+++202/6004/81758+++", to_belgium=False).kind == "belgian"


@pytest.mark.parametrize("written", ["RF18539007547034", "rf18 5390 0754 7034"])
def test_a_creditor_reference_is_structured_everywhere(written):
    found = recognise(written, to_belgium=False)

    assert found.kind == "creditor"
    assert found.sent == "RF18539007547034"
    assert found.shown == "RF18 5390 0754 7034"


def test_a_creditor_reference_with_wrong_check_digits_is_a_plain_one():
    assert recognise("RF19539007547034", to_belgium=False).kind == "plain"


def test_words_stay_words():
    found = recognise("Factuur 2026-17", to_belgium=True)

    assert (found.kind, found.sent) == ("plain", "Factuur 2026-17")
