"""Only what is surely an address or a number becomes a link."""

import pytest

from portal.contact import mail_address, phone_address


def test_an_address_and_a_number_become_links():
    assert mail_address("facturen@meridiaan.example") == "mailto:facturen@meridiaan.example"
    assert phone_address("09 200 90 00") == "tel:092009000"
    assert phone_address("+32 (0)9 200.90.00") == "tel:+3292009000"


@pytest.mark.parametrize(
    "written",
    [
        None,
        "",
        "javascript:alert(1)",
        "a@b",
        "a@b.example?bcc=c@d.example",
        "a b@c.example",
        "x@y.example\n",
    ],
)
def test_anything_else_is_no_mail_link(written):
    assert mail_address(written) is None


@pytest.mark.parametrize(
    "written", [None, "", "112", "javascript:1234567", "09 200 90 00 ask for Jan", "1" * 40]
)
def test_anything_else_is_no_telephone_link(written):
    assert phone_address(written) is None
