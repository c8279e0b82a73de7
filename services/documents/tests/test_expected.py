"""Proves that every public sample is understood as a careful reader does (documents.md, part 3).

What ``expected.json`` says was extracted by other means; this is where the two meet.
"""

import hashlib
import json
from decimal import Decimal
from pathlib import Path

import pytest

from documents.invoice import Invoice
from documents.understanding import understand

SAMPLES = Path(__file__).parents[4] / "shared/data/invoices"
KINDS = {"Invoice": "invoice", "CreditNote": "credit_note"}
CREDITING = {"381"}
"""The only type code of a credit note among the CII samples."""


def every():
    """Give each sample and what is known of it."""
    if not SAMPLES.is_dir():
        return []
    return list(json.loads((SAMPLES / "expected.json").read_text()).items())


def described(syntaxes=("UBL", "CII")):
    """Give each sample whose XML is described, and its description.

    All are but two: a plain PDF, and the one of ZUGFeRD 1.0, which have tests of their own.
    """
    metas = (
        (name, known.get("meta") or known.get("xml", {}).get("meta")) for name, known in every()
    )
    return [(name, meta) for name, meta in metas if meta and meta["syntax"] in syntaxes]


def understood(name):
    return understand((SAMPLES / name).read_bytes())


def decimal(written):
    return None if written is None else Decimal(written)


def test_the_samples_are_here():
    if not SAMPLES.is_dir():
        pytest.skip("the folder of public sample invoices is not here")

    assert (len(every()), len(described()), len(described(["UBL"]))) == (73, 71, 53)


@pytest.mark.parametrize(("name", "known"), every())
def test_every_sample_is_understood(name, known):
    content = (SAMPLES / name).read_bytes()
    assert hashlib.sha256(content).hexdigest() == known["sha256"]

    found = understand(content)

    assert (found.invoice is None) == (name == "pdf/plain-no-xml.pdf")
    assert (found.pages, found.xml_name) == (known.get("pages"), known.get("invoice_xml"))
    assert (found.xml is None, found.flags) == ("invoice_xml" not in known, ())


@pytest.mark.parametrize(("name", "meta"), described())
def test_a_sample_says_what_a_careful_reader_finds(name, meta):
    invoice = understood(name).invoice
    totals = invoice.totals

    assert invoice.syntax == meta["syntax"].lower()
    assert invoice.type == KINDS.get(
        meta["kind"], "credit_note" if meta["type_code"] in CREDITING else "invoice"
    )
    assert (invoice.number, invoice.type_code) == (meta["number"], meta["type_code"])
    assert (invoice.issue_date.isoformat(), invoice.line_count) == (
        meta["issue_date"],
        meta["lines"],
    )
    assert len(invoice.lines) == meta["lines"]
    assert (totals.excl_vat, totals.incl_vat, totals.due) == tuple(
        decimal(meta[field]) for field in ("amount_excl_vat", "amount_incl_vat", "payable")
    )
    assert (invoice.seller.name, invoice.buyer.name) == (meta["seller"], meta["buyer"])
    assert invoice.seller.vat_number == meta["seller_vat"]
    assert invoice.buyer.customer_number == meta["buyer_id_bt46"]
    assert invoice.buyer_reference == meta["buyer_reference_bt10"]
    assert invoice.vat_currency == meta["tax_currency"]
    # UBL 2.0 lets the currency be named by the amounts alone, which the other reader left out.
    assert invoice.currency == (meta["currency"] or "GBP")
    assert invoice.profile == (
        meta["customization"] if "customization" in meta else meta["profile"]
    )


@pytest.mark.parametrize(("name", "meta"), described(["UBL"]))
def test_a_sample_of_ubl_says_the_rest_too(name, meta):
    invoice = understood(name).invoice

    assert (invoice.due_date and invoice.due_date.isoformat()) == meta["due_date"]
    assert invoice.payment_reference == meta["payment_ref"]
    orders = [each.value for each in invoice.references if each.kind == "order"]
    assert orders == ([] if meta["order"] is None else [meta["order"]])
    assert [each.value for each in invoice.preceding] == meta["preceding"]
    assert [(row.category, row.rate, row.base, row.amount) for row in invoice.vat] == [
        (row["category"], *(decimal(row[field]) for field in ("percent", "base", "tax")))
        for row in meta["vat"]
    ]
    # UBL 2.0 calls the tax of its one sample "UK VAT", which the other reader did not take for VAT.
    assert invoice.buyer.vat_number == (
        "12356478" if name == "ubl/legacy/UBL-Invoice-2.0-Example.xml" else meta["buyer_vat"]
    )


@pytest.mark.parametrize(("name", "meta"), described(["UBL"]))
def test_what_a_sample_encloses_is_found_whole(name, meta):
    enclosures = understood(name).invoice.enclosures
    inside = [each for each in enclosures if each.content is not None]

    assert [each.url for each in enclosures if each.url is not None] == meta["external_refs"]
    assert [
        (each.media_type, len(each.content), hashlib.sha256(each.content).hexdigest())
        for each in inside
    ] == [(one["mime"], one["bytes"], one["sha256"]) for one in meta["attachments"]]
    # An attachment without a file name is called by its reference, which is Doc2 in both samples.
    assert [each.name for each in inside] == [
        one["filename"] or "Doc2" for one in meta["attachments"]
    ]


@pytest.mark.parametrize(("name", "known"), every())
def test_no_sample_says_a_thing_that_is_too_long_or_on_two_lines(name, known):
    texts = list(words_of(understood(name).invoice or Invoice(syntax="ubl", type="invoice")))

    assert all(text == " ".join(text.split()) and len(text) <= 2_000 for text in texts)
    assert texts or "invoice_xml" not in known


def words_of(thing):
    """Give every text of an invoice, at any depth."""
    if isinstance(thing, str):
        yield thing
    elif isinstance(thing, tuple):
        for each in thing:
            yield from words_of(each)
    elif hasattr(thing, "__slots__") and hasattr(thing, "__dataclass_fields__"):
        for field in thing.__dataclass_fields__:
            yield from words_of(getattr(thing, field))


def sample(name):
    if not SAMPLES.is_dir():
        pytest.skip("the folder of public sample invoices is not here")
    return understood(name)


def test_a_sample_of_zugferd_1_is_read_like_any_other():
    invoice = sample("pdf/ZUGFeRD_1p0_COMFORT_Einfach.pdf").invoice

    assert (invoice.number, invoice.seller.name) == ("471102", "Lieferant GmbH")
    assert (invoice.buyer.customer_number, invoice.currency) == ("GE2020211", "EUR")
    assert (invoice.issue_date.isoformat(), invoice.due_date.isoformat()) == (
        "2013-03-05",
        "2013-04-04",
    )
    assert (invoice.totals.incl_vat, invoice.totals.due) == (Decimal("529.87"),) * 2
    assert [(row.rate, row.amount) for row in invoice.vat] == [
        (Decimal(7), Decimal("19.25")),
        (Decimal(19), Decimal("37.62")),
    ]
    assert [line.name for line in invoice.lines] == ["Trennblätter A4", "Joghurt Banane"]
    assert invoice.payment_reference == "2013-471102"


def test_a_sample_with_a_blocked_account_is_paid_in_two_ways():
    invoice = sample("ubl/nl/si-ubl-2.0-ext-gaccount_ok_sample.xml").invoice

    assert [(each.amount, each.reference) for each in invoice.payments] == [
        (Decimal("578.98"), None),
        (Decimal(193), "PGR12345"),
    ]


def test_our_own_samples_can_be_paid_by_what_they_say():
    invoice = sample("ubl/be/invoice-allowance-charge-prepaid-rounding.xml").invoice
    (payment,) = invoice.payments

    assert (payment.means, payment.iban) == ("credit_transfer", "BE71096123456769")
    assert (payment.bic, payment.account_name) == ("GKCCBEBB", "Voorbeeld Lease")
    assert [(each.charge, each.amount) for each in invoice.adjustments] == [
        (False, Decimal(100)),
        (True, Decimal(25)),
    ]
    assert (invoice.totals.prepaid, invoice.totals.rounding) == (Decimal(500), Decimal("0.03"))


def test_a_sample_of_extended_tells_its_terms_its_payee_and_its_transport():
    invoice = sample("pdf/EXTENDED_Fremdwaehrung_wdis_fx-pdfa4.pdf").invoice

    assert invoice.payee.name == "Global Supplies Financial Services"
    assert invoice.totals.vat_in_vat_currency == Decimal("183.14")
    assert invoice.payment_terms == (
        "Zahlbar ohne Abschlag bis 2025-12-31 Zahlbar mit 2% Skonto bis 2025-12-14"
    )
    assert invoice.deliver_to.address[-1] == "12347 Metallstadt"
