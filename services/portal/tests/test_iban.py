"""International bank account numbers."""

import pytest

from portal import iban

GOOD = ["BE71096123456769", "NL91ABNA0417164300", "DE89370400440532013000", "NO9386011117947"]


@pytest.mark.parametrize("number", GOOD)
def test_right_check_digits_are_right(number):
    assert iban.is_valid(number)


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "BE71",
        "BE71096123456768",
        "BE17096123456769",
        "BE71 0961 2345 6769",
        "be71096123456769",
        "71BE096123456769",
        "BE71096123456769\n",
        "BE7109612345676é",
        "BE71" + "9" * 31,
    ],
)
def test_anything_else_is_not(wrong):
    assert not iban.is_valid(wrong)


def test_every_single_digit_mistyped_is_noticed():
    good = GOOD[0]
    mistyped = [
        good[:at] + digit + good[at + 1 :]
        for at in range(2, len(good))
        for digit in "0123456789"
        if digit != good[at]
    ]

    assert not any(iban.is_valid(each) for each in mistyped)


def test_it_is_read_in_groups_of_four():
    assert iban.grouped("BE71096123456769") == "BE71 0961 2345 6769"
    assert iban.grouped("NO9386011117947") == "NO93 8601 1117 947"


@pytest.mark.parametrize(
    ("number", "needed"), [("BE7", False), ("NO9", False), ("CH9", True), ("GB2", True)]
)
def test_outside_the_economic_area_the_bank_must_be_named(number, needed):
    assert iban.needs_bic(number) is needed
