"""RegisterCustomer: what may be said of a customer."""

import json

import pytest
from pydantic import ValidationError

from contracts.identity import RegisterCustomer

CUSTOMER = {
    "customer_number": "DL5-104233",
    "name": "Bakkerij Voorbeeld BV",
    "country": "BE",
    "main_contact": {
        "email": "an.peeters@example.com",
        "language": "nl",
        "first_name": "An",
        "last_name": "Peeters",
    },
}


def read(**changes):
    return RegisterCustomer.read(json.dumps(CUSTOMER | changes).encode())


@pytest.mark.parametrize("number", ["BE0123456749", "BE1000000034"])
def test_an_enterprise_number_begins_with_0_or_1(number):
    """I-29"""
    assert read(enterprise_number=number).enterprise_number == number


@pytest.mark.parametrize(
    "number", ["BE2123456749", "BE012345674", "BE01234567490", "0123456749", "be0123456749"]
)
def test_other_enterprise_numbers_are_refused(number):
    with pytest.raises(ValidationError):
        read(enterprise_number=number)


def test_digits_are_those_of_ascii():
    with pytest.raises(ValidationError):
        read(enterprise_number="BE0١٢٣٤٥٦٧٤٩")


@pytest.mark.parametrize("field", ["email", "language", "first_name", "last_name"])
def test_a_main_contact_is_known_in_full(field):
    """I-13"""
    contact = {name: value for name, value in CUSTOMER["main_contact"].items() if name != field}

    with pytest.raises(ValidationError) as refused:
        read(main_contact=contact)

    assert [each["loc"] for each in refused.value.errors()] == [("main_contact", field)]


def test_the_moment_a_fact_is_of_has_a_time_zone():
    assert read(as_of="2026-08-17T06:30:00+02:00").as_of.utcoffset().total_seconds() == 7200
    with pytest.raises(ValidationError):
        read(as_of="2026-08-17T06:30:00")
