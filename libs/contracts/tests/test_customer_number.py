"""Customer numbers, and the issuer each belongs to."""

import pytest
from pydantic import TypeAdapter, ValidationError

from contracts.customer_number import CustomerNumber, Issuer, issuer_of

NUMBER = TypeAdapter(CustomerNumber)
ISSUER = TypeAdapter(Issuer)


@pytest.mark.parametrize("number", ["DL5-104233", "AB-1", "A23456789012345-" + "9" * 20])
def test_a_customer_number_is_a_prefix_a_dash_and_digits(number):
    assert NUMBER.validate_python(number) == number


@pytest.mark.parametrize(
    "number",
    [
        "dl5-104233",
        "DL5104233",
        "DL5-",
        "-104233",
        "DL5-10A",
        "DL5-104233\n",
        " DL5-1",
        "DL5--1",
        "5DL-1",
        "D-1",
        "DL5-" + "9" * 21,
        "A" * 16 + "-1",
        "DL5-١٢",
        "",
        104233,
        None,
    ],
)
def test_anything_else_is_no_customer_number(number):
    with pytest.raises(ValidationError):
        NUMBER.validate_python(number)


@pytest.mark.parametrize("issuer", ["DL5", "d", "5dl", "dl-5", "dl5\n", "a" * 16, "é5", ""])
def test_an_issuer_is_a_short_word_in_lower_case(issuer):
    with pytest.raises(ValidationError):
        ISSUER.validate_python(issuer)


@pytest.mark.parametrize("issuer", ["dl5", "ab", "a" * 15])
def test_a_customer_number_belongs_to_the_issuer_of_its_prefix(issuer):
    """The two patterns fit: each issuer can be the prefix of its customer numbers."""
    number = f"{ISSUER.validate_python(issuer).upper()}-104233"

    assert issuer_of(NUMBER.validate_python(number)) == issuer
