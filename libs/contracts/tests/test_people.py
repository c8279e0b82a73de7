"""E-mail addresses, languages and countries, as outsiders may write them."""

import pytest
from pydantic import TypeAdapter, ValidationError

from contracts.people import Country, EmailAddress, Language

EMAIL = TypeAdapter(EmailAddress)


@pytest.mark.parametrize(
    "address",
    [
        "an.peeters@example.com",
        "an+invoices@example.com",
        "o'neill@example.com",
        "zoé@exemple.example",
        "an@bücher.example",
        "an@localhost",
        "x" * 64 + "@example.com",
        "x@" + "y" * 252,
    ],
)
def test_an_address_is_taken_as_people_type_it(address):
    """I-13"""
    assert EMAIL.validate_python(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "",
        "an",
        "@example.com",
        "an@",
        "an@@example.com",
        "an@b@example.com",
        "an peeters@example.com",
        " an@example.com",
        "an@example.com ",
        "an@example.com\n",
        "an@example.com\r\nBcc: x@example.com",
        "an\x00@example.com",
        "an\u00a0peeters@example.com",
        "an@exam\u2028ple.com",
        "An Peeters <an@example.com>",
        "an@example.com,tom@example.com",
        "an@example.com;tom@example.com",
        '"an"@example.com',
        "an(x)@example.com",
        "an@[127.0.0.1]",
        "an@.example.com",
        "an@example.com.",
        "an@example..com",
        "x" * 65 + "@example.com",
        "x@" + "y" * 253,
        None,
        7,
    ],
)
def test_what_cannot_be_one_plain_address_is_refused(address):
    with pytest.raises(ValidationError):
        EMAIL.validate_python(address)


@pytest.mark.parametrize("language", ["NL", "es", "nl-BE", "", None])
def test_there_are_four_languages(language):
    assert [TypeAdapter(Language).validate_python(each) for each in ("nl", "fr", "de", "en")]
    with pytest.raises(ValidationError):
        TypeAdapter(Language).validate_python(language)


@pytest.mark.parametrize("country", ["be", "BEL", "B", "", "BE\n", None])
def test_a_country_is_two_capitals(country):
    assert TypeAdapter(Country).validate_python("BE") == "BE"
    with pytest.raises(ValidationError):
        TypeAdapter(Country).validate_python(country)
