"""Invoices for the demo: a UBL as a lease company's billing system writes it, and its PDF."""

import base64
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

_VAT = Decimal("0.21")
_CENT = Decimal("0.01")
_NO_PARENTHESES = str.maketrans("()\\", "[]/")

_UBL = """<?xml version="1.0" encoding="UTF-8"?>
<{root} xmlns="urn:oasis:names:specification:ubl:schema:xsd:{root}-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
 <cbc:ID>{number}</cbc:ID>
 <cbc:IssueDate>{issued}</cbc:IssueDate>
 {due}<cbc:{root}TypeCode>{code}</cbc:{root}TypeCode>
 <cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
 <cbc:BuyerReference>{contract}</cbc:BuyerReference>
 <cac:AccountingSupplierParty><cac:Party><cac:PartyName><cbc:Name>{seller}</cbc:Name>
 </cac:PartyName></cac:Party></cac:AccountingSupplierParty>
 <cac:AccountingCustomerParty><cac:Party><cac:PartyIdentification><cbc:ID>{customer}</cbc:ID>
 </cac:PartyIdentification><cac:PartyName><cbc:Name>{buyer}</cbc:Name></cac:PartyName></cac:Party>
 </cac:AccountingCustomerParty>
 <cac:PaymentMeans><cbc:PaymentMeansCode>30</cbc:PaymentMeansCode>
 <cbc:PaymentID>{reference}</cbc:PaymentID></cac:PaymentMeans>
 <cac:TaxTotal><cbc:TaxAmount currencyID="EUR">{vat}</cbc:TaxAmount></cac:TaxTotal>
 <cac:LegalMonetaryTotal><cbc:LineExtensionAmount currencyID="EUR">{net}</cbc:LineExtensionAmount>
 <cbc:TaxExclusiveAmount currencyID="EUR">{net}</cbc:TaxExclusiveAmount>
 <cbc:TaxInclusiveAmount currencyID="EUR">{gross}</cbc:TaxInclusiveAmount>
 <cbc:PayableAmount currencyID="EUR">{gross}</cbc:PayableAmount></cac:LegalMonetaryTotal>
 <cac:{root}Line><cbc:ID>1</cbc:ID><cbc:{quantity} unitCode="C62">1</cbc:{quantity}>
 <cbc:LineExtensionAmount currencyID="EUR">{net}</cbc:LineExtensionAmount>
 <cac:Item><cbc:Name>{item}</cbc:Name></cac:Item>
 <cac:Price><cbc:PriceAmount currencyID="EUR">{net}</cbc:PriceAmount></cac:Price></cac:{root}Line>
</{root}>
"""


@dataclass(frozen=True)
class Invoice:
    """An invoice or credit note for one lease contract."""

    seller: str
    customer_number: str
    buyer: str
    number: str
    net: Decimal
    issued: date
    item: str = "Full operational lease, 1-ABC-234"
    credit_note: bool = False

    def command(self) -> dict[str, Any]:
        """Return the PublishDocument that a billing system sends: the XML says the rest."""
        return {
            "customer_number": self.customer_number,
            "files": [
                _file("original_xml", f"{self.number}.xml", "application/xml", self.xml()),
                _file("original_pdf", f"{self.number}.pdf", "application/pdf", self.pdf()),
            ],
        }

    def xml(self) -> bytes:
        """Return the UBL."""
        vat = (self.net * _VAT).quantize(_CENT)
        due = self.issued + timedelta(days=30)
        words = {
            "seller": self.seller,
            "customer": self.customer_number,
            "buyer": self.buyer,
            "number": self.number,
            "contract": f"LC-{self.customer_number[-4:]}",
            "reference": _structured(self.number),
            "item": self.item,
        }
        return _UBL.format(
            root="CreditNote" if self.credit_note else "Invoice",
            code="381" if self.credit_note else "380",
            quantity="CreditedQuantity" if self.credit_note else "InvoicedQuantity",
            due="" if self.credit_note else f"<cbc:DueDate>{due}</cbc:DueDate>\n ",
            issued=self.issued,
            net=self.net,
            vat=vat,
            gross=self.net + vat,
            **{name: escape(word) for name, word in words.items()},
        ).encode()

    def pdf(self) -> bytes:
        """Return a plain one-page PDF."""
        gross = self.net + (self.net * _VAT).quantize(_CENT)
        return _one_page(
            [
                self.seller,
                "",
                f"{'Credit note' if self.credit_note else 'Invoice'} {self.number}",
                f"Date: {self.issued:%d-%m-%Y}",
                f"Customer: {self.buyer} ({self.customer_number})",
                "",
                f"{self.item}: EUR {self.net}",
                f"Total incl. VAT 21 %: EUR {gross}",
                f"Reference: {_structured(self.number)}",
            ]
        )


def _file(role: str, name: str, media_type: str, content: bytes) -> dict[str, str]:
    encoded = base64.b64encode(content).decode()
    return {"role": role, "name": name, "media_type": media_type, "content": encoded}


def _structured(number: str) -> str:
    """Return a Belgian structured reference: ten digits and two that check them (mod 97)."""
    digits = "".join(filter(str.isdigit, number)).rjust(10, "0")[-10:]
    check = int(digits) % 97 or 97
    return f"+++{digits[:3]}/{digits[3:7]}/{digits[7:]}{check:02}+++"


def _one_page(lines: list[str]) -> bytes:
    """Write a PDF 1.4 of text lines by hand: five objects and a table of where they begin."""
    shown = "".join(
        f"({line.translate(_NO_PARENTHESES)}) Tj T*\n" if line else "T*\n" for line in lines
    )
    text = f"BT /F1 12 Tf 18 TL 72 760 Td\n{shown}ET".encode("cp1252", "replace")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
            b" /Resources << /Font << /F1 5 0 R >> >> >>"
        ),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    pdf, starts = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        starts.append(len(pdf))
        pdf += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % start for start in starts)
    return pdf + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\n"
        b"startxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table, len(objects) + 1, len(pdf))
    )
