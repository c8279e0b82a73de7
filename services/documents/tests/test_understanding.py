"""Proves that whatever a sender gives is understood or refused with a reason, and does no harm."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents.errors import XmlNotUnderstood
from documents.understanding import Understood, read_xml, understand

from . import hostile

SECONDS = 20
"""Of one processor, for one file: ten times what the slowest takes here when all is calm."""
MOST_MIB = 400
"""The peak of a process that reads one file, its own 35 included."""


def test_an_xml_is_understood_as_it_is():
    understood = understand(hostile.ubl().encode())

    assert understood == Understood(read_xml(hostile.ubl().encode()))
    assert understood.invoice.number == hostile.NUMBER


def test_an_invoice_is_taken_out_of_its_envelope():
    understood = understand(hostile.enveloped(hostile.ubl()).encode())

    assert understood.invoice == read_xml(hostile.ubl().encode())


def test_what_else_is_in_an_envelope_does_not_hide_the_invoice():
    understood = understand(hostile.enveloped(f"<other/>{hostile.ubl()}").encode())

    assert understood.invoice.number == hostile.NUMBER


def test_the_invoice_inside_a_pdf_is_understood_and_given_back():
    xml = hostile.ubl().encode()

    understood = understand(hostile.pdf_with(("factur-x.xml", xml)))

    assert understood == Understood(read_xml(xml), xml, "factur-x.xml", 1)


def test_a_pdf_without_an_invoice_is_a_good_pdf():
    assert understand(hostile.pdf_with()) == Understood(None, pages=1)
    assert understand(hostile.pdf_with(("order-x.xml", b"<order/>"))) == Understood(None, pages=1)


def test_an_xml_that_should_be_the_invoice_and_is_not_is_flagged():
    understood = understand(hostile.pdf_with(("factur-x.xml", b"<order/>")))

    assert understood == Understood(None, b"<order/>", "factur-x.xml", 1, ("xml_not_understood",))


def test_an_invoice_of_another_name_is_found_by_its_root():
    xml = hostile.ubl().encode()

    understood = understand(hostile.pdf_with(("factur-x.xml", b"<order/>"), ("ubl.xml", xml)))

    assert (understood.xml, understood.xml_name, understood.flags) == (xml, "ubl.xml", ())


def test_two_invoices_in_a_pdf_are_flagged_unless_they_are_the_same():
    xml, other = hostile.ubl().encode(), hostile.ubl(number="F2").encode()

    same = understand(hostile.pdf_with(("factur-x.xml", xml), ("copy.xml", xml)))
    two = understand(hostile.pdf_with(("other.xml", other), ("factur-x.xml", xml)))

    assert same.flags == ()
    assert (two.flags, two.invoice.number) == (("pdf_with_two_invoices",), hostile.NUMBER)


def test_a_path_in_a_pdf_is_no_name():
    understood = understand(hostile.pdf_with(("../../etc/a.xml", hostile.ubl().encode())))

    assert understood.xml_name == "a.xml"


@pytest.mark.parametrize("name", hostile.CORPUS)
def test_what_is_hostile_is_understood_or_refused_with_a_reason(name):
    expected = hostile.CORPUS[name]
    content = expected.make()

    if expected.why is not None:
        with pytest.raises(XmlNotUnderstood, match=expected.why):
            understand(content)
        return
    understood = understand(content)
    assert understood.flags == expected.flags
    if expected.has_invoice:
        assert understood.invoice.number == hostile.NUMBER
        assert "root:" not in str(understood.invoice)
    else:
        assert understood.invoice is None


def test_names_of_attachments_are_names():
    content = hostile.CORPUS["attachments with names that are paths"].make()

    names = [each.name for each in understand(content).invoice.enclosures]

    assert names[:5] == ["passwd", "evil.exe", "x", "invoicefdp.exe", "file"]
    assert not [name for name in names if "/" in name or "\\" in name or len(name) > 200]


def test_attachments_are_whole_or_not_there():
    large = understand(hostile.CORPUS["an attachment of 7 MB"].make()).invoice
    broken = understand(hostile.CORPUS["an attachment that is no base64"].make()).invoice

    assert [len(each.content) for each in large.enclosures] == [7_000_000]
    assert [each.content for each in broken.enclosures] == [None]


@pytest.mark.long
def test_what_is_hostile_takes_little_time_and_memory():
    """Each in a process of its own that has 512 MiB; ``pytest -s`` shows what each took."""
    ran = subprocess.run(  # noqa: S603 - our own file
        [sys.executable, Path(hostile.__file__)],
        capture_output=True,
        check=True,
        timeout=250,
        text=True,
    )
    rows = [json.loads(line) for line in ran.stdout.splitlines()]
    for row in rows:
        print("{name:42}{bytes:>11,} B{seconds:>8} s{peak_mib:>5} MiB  {outcome}".format(**row))

    assert [row["name"] for row in rows] == list(hostile.CORPUS)
    for row in rows:
        why = hostile.CORPUS[row["name"]].why
        assert row["outcome"].startswith("understood" if why is None else "not understood"), row
        assert (row["seconds"] < SECONDS, row["peak_mib"] < MOST_MIB) == (True, True), row


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_bytes_of_any_kind_are_understood_or_not(content):
    try:
        understand(content)
    except XmlNotUnderstood:
        return


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_what_begins_as_a_pdf_is_understood_or_not(content):
    try:
        understand(b"%PDF-1.7\n" + content)
    except XmlNotUnderstood:
        return


def damaged(data, content):
    """Return bytes with a few places replaced, left out or said twice."""
    content = bytearray(content)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content)))
        end = place + data.draw(st.integers(0, 40))
        put = data.draw(st.one_of(st.binary(max_size=8), st.just(bytes(content[place:end]) * 2)))
        content[place:end] = put
    return bytes(content)


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_damaged_invoice_is_understood_or_not(data):
    content = damaged(data, WHOLE)
    try:
        understand(content)
    except XmlNotUnderstood:
        return


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_a_damaged_invoice_of_ours_is_understood_or_not(data):
    if not OURS.is_file():
        pytest.skip("the folder of public sample invoices is not here")
    content = damaged(data, OURS.read_bytes())
    try:
        understand(content)
    except XmlNotUnderstood:
        return


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_damaged_pdf_is_understood_or_not(data):
    content = damaged(data, PDF_WITH_AN_INVOICE)
    try:
        understand(content)
    except XmlNotUnderstood:
        return


OURS = Path(__file__).parents[4] / "shared/data/invoices/ubl/be/invoice-with-pdf-attachment.xml"
WHOLE = hostile.ubl(
    "<cac:AccountingCustomerParty><cac:Party><cac:PartyIdentification><cbc:ID>DL5-1</cbc:ID>"
    "</cac:PartyIdentification></cac:Party></cac:AccountingCustomerParty>"
    "<cac:PaymentMeans><cbc:PaymentMeansCode>30</cbc:PaymentMeansCode><cac:PayeeFinancialAccount>"
    "<cbc:ID>BE71096123456769</cbc:ID></cac:PayeeFinancialAccount></cac:PaymentMeans>"
    "<cac:AllowanceCharge><cbc:Amount>1</cbc:Amount><cbc:BaseAmount>10</cbc:BaseAmount>"
    "<cbc:MultiplierFactorNumeric>0.1</cbc:MultiplierFactorNumeric></cac:AllowanceCharge>"
    "<cac:InvoiceLine><cbc:ID>1</cbc:ID><cac:Price><cbc:PriceAmount>1.50</cbc:PriceAmount>"
    "</cac:Price></cac:InvoiceLine>" + hostile.attached("a.pdf", "JVBERi0xLjc="),
    before='<?xml version="1.0" encoding="UTF-8"?>',
).encode()
PDF_WITH_AN_INVOICE = hostile.pdf_with(("factur-x.xml", WHOLE))
