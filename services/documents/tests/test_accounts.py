"""Proves which account numbers can be true, and what codes for ways to pay stand for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents import accounts


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("BE71 0961 2345 6769", "BE71096123456769"),
        ("be71096123456769", "BE71096123456769"),
        ("NL91ABNA0417164300", "NL91ABNA0417164300"),
        ("DE89370400440532013000", "DE89370400440532013000"),
        ("MT84MALT011000012345MTLCAST001S", "MT84MALT011000012345MTLCAST001S"),
        ("BE72096123456769", None),
        ("BE71096123456796", None),
        ("NLING34434343434", None),
        ("12345678", None),
        ("BE71-0961-2345-6769", None),
        ("BE7１096123456769", None),
        ("", None),
        (None, None),
    ],
)
def test_an_iban_is_one_when_its_check_digits_hold(written, read):
    assert accounts.iban(written) == read


@given(st.integers(0, 11), st.integers(1, 9))
def test_an_iban_with_one_wrong_digit_is_none(place, more):
    right = "BE71096123456769"
    digit = (int(right[place + 4]) + more) % 10

    assert accounts.iban(f"{right[: place + 4]}{digit}{right[place + 5 :]}") is None


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("GKCCBEBB", "GKCCBEBB"),
        ("gkcc be bb xxx", "GKCCBEBBXXX"),
        ("87654321", None),
        ("GKCCBEB", None),
        (None, None),
    ],
)
def test_a_bic_is_one_when_it_has_the_shape_of_one(written, read):
    assert accounts.bic(written) == read


@pytest.mark.parametrize(
    ("code", "means"),
    [
        ("30", "credit_transfer"),
        ("58", "credit_transfer"),
        ("59", "direct_debit"),
        ("49", "direct_debit"),
        ("48", "card"),
        ("10", "other"),
        ("058", "other"),
        (None, "other"),
    ],
)
def test_a_code_stands_for_a_way_to_pay(code, means):
    assert accounts.means(code) == means
