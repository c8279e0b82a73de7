"""Proves what is read from the header of a UBL, and that no XML can do harm."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.errors import XmlNotUnderstood
from documents.ubl import read_header

SAMPLES = Path(__file__).parents[4] / "shared/data/invoices"
_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"


def test_the_header_of_an_invoice_is_read(ubl):
    header = read_header(
        ubl(
            references="<cbc:BuyerReference>B-1</cbc:BuyerReference>"
            "<cac:OrderReference><cbc:ID>PO 17</cbc:ID></cac:OrderReference>"
            "<cac:ContractDocumentReference><cbc:ID>C-9</cbc:ID></cac:ContractDocumentReference>"
        )
    )

    assert (header.type, header.number) == ("invoice", "F2600017")
    assert (header.issue_date, header.due_date) == (date(2026, 6, 1), date(2026, 7, 1))
    assert (header.currency, header.total_incl_vat) == ("EUR", Decimal("498.94"))
    assert header.amount_due == Decimal("398.94")
    assert header.payment_reference == "+++090/9337/55493+++"
    assert header.references == (
        ("buyer_reference", "B-1"),
        ("order", "PO 17"),
        ("contract", "C-9"),
    )


def test_a_credit_note_is_read_and_says_its_due_date_with_its_payment(ubl):
    header = read_header(
        ubl(
            "CreditNote",
            due_date=None,
            payment="<cac:PaymentMeans><cbc:PaymentDueDate>2026-08-01</cbc:PaymentDueDate>"
            "</cac:PaymentMeans>",
        )
    )

    assert (header.type, header.due_date) == ("credit_note", date(2026, 8, 1))


def test_what_is_not_said_is_unknown(ubl):
    header = read_header(
        ubl(number=None, issue_date=None, due_date=None, currency=None, payment=None, totals=None)
    )

    assert (header.number, header.issue_date, header.due_date) == (None, None, None)
    assert (header.currency, header.total_incl_vat, header.amount_due) == (None, None, None)
    assert (header.payment_reference, header.references) == (None, ())


@pytest.mark.parametrize(
    "number",
    [
        "<cbc:ID>F26<!-- not here -->00017</cbc:ID>",
        "<cbc:ID>F26<?not here?>00017</cbc:ID>",
        "<cbc:ID><![CDATA[F26]]>00017</cbc:ID>",
        "<cbc:ID>\n  F2600017\n</cbc:ID>",
        "<cbc:ID>F26&#48;0017</cbc:ID>",
        "<cbc:ID>F2600017</cbc:ID><cbc:ID>second</cbc:ID>",
    ],
)
def test_a_number_is_read_whole_however_it_is_written(ubl, number):
    assert read_header(ubl(number=number)).number == "F2600017"


def test_text_on_many_lines_is_put_on_one(ubl):
    assert read_header(ubl(number="<cbc:ID>F26\n\t 17</cbc:ID>")).number == "F26 17"


def test_an_endless_number_is_unknown(ubl):
    assert read_header(ubl(number=f"<cbc:ID>{'9' * 201}</cbc:ID>")).number is None
    assert read_header(ubl(number="<cbc:ID> </cbc:ID>")).number is None


def test_only_what_the_invoice_itself_says_counts(ubl):
    other = (
        f'<ext:UBLExtensions xmlns:ext="{_UBL}CommonExtensionComponents-2">'
        "<ext:UBLExtension><ext:ExtensionContent><cbc:ID>OTHER</cbc:ID>"
        "<cbc:IssueDate>1999-01-01</cbc:IssueDate></ext:ExtensionContent></ext:UBLExtension>"
        "</ext:UBLExtensions><cac:InvoiceLine><cbc:ID>1</cbc:ID></cac:InvoiceLine>"
    )

    header = read_header(ubl(extra=other))

    assert (header.number, header.issue_date) == ("F2600017", date(2026, 6, 1))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-04-01+02:00", date(2026, 4, 1)),
        ("2026-04-01Z", date(2026, 4, 1)),
        (" 2026-04-01 ", date(2026, 4, 1)),
        ("2026-02-30", None),
        ("01-04-2026", None),
        ("2026-04-01T00:00:00", None),
        ("2026-W14-3", None),
        ("٢٠٢٦-٠٤-٠١", None),
        ("0000-01-01", None),
    ],
)
def test_a_date_is_read_only_when_it_is_one(ubl, written, read):
    given_date = f"<cbc:IssueDate>{written}</cbc:IssueDate>"

    assert read_header(ubl(issue_date=given_date)).issue_date == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("498.94", Decimal("498.94")),
        ("-12", Decimal(-12)),
        (" 0.00 ", Decimal("0.00")),
        ("NaN", None),
        ("Infinity", None),
        ("1e3", None),
        ("498,94", None),
        ("+5", None),
        ("1 000.00", None),
        ("٤٩٨", None),
        ("9" * 16, None),
        ("", None),
    ],
)
def test_an_amount_is_read_only_when_it_is_plainly_written(ubl, written, read):
    totals = (
        "<cac:LegalMonetaryTotal>"
        f"<cbc:TaxInclusiveAmount>{written}</cbc:TaxInclusiveAmount></cac:LegalMonetaryTotal>"
    )

    assert read_header(ubl(totals=totals)).total_incl_vat == read


@pytest.mark.parametrize("written", ["eur", "EURO", "€", ""])
def test_a_currency_is_read_only_when_it_looks_like_one(ubl, written):
    currency = f"<cbc:DocumentCurrencyCode>{written}</cbc:DocumentCurrencyCode>"

    assert read_header(ubl(currency=currency)).currency is None


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "iso-8859-1", "utf-8-sig"])
def test_other_encodings_are_read(ubl, encoding):
    text = ubl(number="<cbc:ID>Fé17</cbc:ID>").decode()
    declared = {"iso-8859-1": "iso-8859-1", "utf-8-sig": "utf-8"}.get(encoding, "utf-16")
    mark = "\ufeff" if encoding == "utf-16-be" else ""

    header = read_header(
        f'{mark}<?xml version="1.0" encoding="{declared}"?>{text}'.encode(encoding)
    )

    assert header.number == "Fé17"


LAUGHS = b"".join(
    b'<!ENTITY l%d "%s">' % (turn, b"&l%d;" % (turn - 1) * 10) for turn in range(1, 10)
)


@pytest.mark.parametrize(
    ("doctype", "use"),
    [
        (b"<!DOCTYPE Invoice>", b""),
        (b'<!DOCTYPE Invoice SYSTEM "http://127.0.0.1:9/invoice.dtd">', b""),
        (b'<!DOCTYPE Invoice [<!ENTITY e "F1">]>', b"&e;"),
        (b'<!DOCTYPE Invoice [<!ENTITY e SYSTEM "file:///etc/passwd">]>', b"&e;"),
        (b'<!DOCTYPE Invoice [<!ENTITY l0 "ha">' + LAUGHS + b"]>", b"&l9;"),
        (b'<!DOCTYPE Invoice [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>', b""),
        (b'<!DOCTYPE Invoice [<!ENTITY q "' + b"q" * 50_000 + b'">]>', b"&q;" * 5_000),
    ],
)
def test_an_xml_with_a_doctype_is_never_read(ubl, doctype, use):
    xml = ubl(number=f"<cbc:ID>F{use.decode()}</cbc:ID>")

    with pytest.raises(XmlNotUnderstood) as refused:
        read_header(doctype + xml)

    assert "root:" not in str(refused.value)


@pytest.mark.parametrize(
    "xml",
    [
        b"",
        b"not xml",
        b"<Invoice/>",
        b'<Invoice xmlns="urn:another"/>',
        f'<Invoice xmlns="{_UBL}CreditNote-2"/>'.encode(),
        f'<CreditNote xmlns="{_UBL}Invoice-2"/>'.encode(),
        f'<Order xmlns="{_UBL}Order-2"/>'.encode(),
        f'<Invoice xmlns="{_UBL}Invoice-2">'.encode(),
        b'<?xml version="1.0" encoding="nonsense"?><Invoice/>',
        b"<a>" * 300 + b"</a>" * 300,
        b"\x00" * 1000,
        bytes(range(256)) * 4096,
        b"<" * 1024 * 1024,
        b"%PDF-1.7",
    ],
    ids=range(14),
)
def test_what_is_no_ubl_is_not_understood(xml):
    with pytest.raises(XmlNotUnderstood):
        read_header(xml)


def test_an_invoice_nested_too_deep_is_not_understood(ubl):
    deep = "<cac:Note>" * 300 + "</cac:Note>" * 300

    with pytest.raises(XmlNotUnderstood):
        read_header(ubl(extra=deep))


@given(st.binary(max_size=300))
def test_bytes_of_any_kind_are_read_or_not_understood(content):
    try:
        read_header(content)
    except XmlNotUnderstood:
        return


@given(st.data())
def test_an_invoice_damaged_in_one_place_is_read_or_not_understood(data):
    xml = bytearray(
        f'<?xml version="1.0" encoding="utf-8"?><Invoice xmlns="{_UBL}Invoice-2" '
        f'xmlns:cbc="{_UBL}CommonBasicComponents-2"><cbc:ID>F1</cbc:ID>'
        "<cbc:IssueDate>2026-06-01</cbc:IssueDate></Invoice>".encode()
    )
    place = data.draw(st.integers(0, len(xml) - 1))
    xml[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))

    try:
        read_header(bytes(xml))
    except XmlNotUnderstood:
        return


def samples():
    if not SAMPLES.is_dir():
        reason = pytest.mark.skip(reason="the folder of public sample invoices is not here")
        return [pytest.param("", {}, marks=reason)]
    known = json.loads((SAMPLES / "expected.json").read_text())
    return [(name, known[name]["meta"]) for name in known if name.startswith("ubl/")]


@pytest.mark.parametrize(("name", "expected"), samples())
def test_a_public_sample_is_read_as_a_careful_reader_does(name, expected):
    header = read_header((SAMPLES / name).read_bytes())

    total, payable = (
        Decimal(amount) if amount else None
        for amount in (expected["amount_incl_vat"], expected["payable"])
    )
    assert header.type == {"Invoice": "invoice", "CreditNote": "credit_note"}[expected["kind"]]
    assert header.number == expected["number"]
    assert header.issue_date.isoformat() == expected["issue_date"]
    assert header.currency == expected["currency"]
    assert (header.total_incl_vat, header.amount_due) == (total, payable)
