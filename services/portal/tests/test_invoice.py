"""Invoices as documents understood them."""

import pytest

from portal.invoice import Enclosure, Invoice, Line, Party


def test_what_documents_says_is_read(an_invoice):
    invoice = Invoice.model_validate(an_invoice("invoice-allowance-charge-prepaid-rounding"))

    assert invoice.totals.prepaid == 500
    assert invoice.is_peppol


def test_what_a_later_version_adds_is_ignored(an_invoice):
    said = an_invoice() | {"carbon": {"grams": "12"}}
    said["lines"][0]["carbon"] = "12"

    assert len(Invoice.model_validate(said).lines) == 3


def test_what_is_not_said_is_nothing():
    invoice = Invoice.model_validate({"type": "invoice"})

    assert invoice.lines == ()
    assert invoice.seller.name is None


@pytest.mark.parametrize(
    ("vat", "company", "shown"),
    [
        ("BE0731552026", "0731552026", None),
        ("BE 0731.552.026", "0731.552.026", None),
        (None, "0731552026", "0731552026"),
        ("DE123456789", "HRB 1234", "HRB 1234"),
        ("BE0731552026", None, None),
    ],
)
def test_a_company_number_is_not_said_twice(vat, company, shown):
    assert Party(vat_number=vat, company_number=company).other_number == shown


def test_a_line_is_called_by_whatever_it_is_called():
    assert Line(name="Kangoo", description="Lease").title == "Kangoo"
    assert Line(name="Kangoo", description="Lease").more == "Lease"
    assert Line(description="Lease").title == "Lease"
    assert Line(description="Lease").more is None
    assert Line(name="Kangoo", description="Kangoo").more is None
    assert Line().title == "–"


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "data:text/html,x",
        "http://annexes.example/a.pdf",
        "www.annexes.example/a.pdf",
        "//annexes.example/a.pdf",
        "https://meridiaan.example@evil.example/",
        "https://[broken",
        "https:///a.pdf",
        "",
        None,
    ],
)
def test_an_address_that_is_not_safe_is_no_place_to_go(url):
    assert Enclosure(name="annex", url=url).host is None


def test_a_safe_address_says_where_it_leads():
    enclosure = Enclosure(name="annex", url="https://Annexes.example/a.pdf")

    assert enclosure.host == "annexes.example"
