"""Invoices for the demo: what a lease company's billing system knows of one, and its files."""

import base64
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from localrun import demo_ubl

_VAT = Decimal("0.21")
_CENT = Decimal("0.01")
_NO_PARENTHESES = str.maketrans("()\\", "[]/")


@dataclass(frozen=True)
class Party:
    """Who sells or buys, as an invoice names them."""

    name: str
    street: str = "Kerkstraat 12"
    postal_code: str = "9000"
    city: str = "Gent"
    country: str = "BE"
    vat_number: str = "BE0076543292"
    iban: str = "BE71096123456769"


@dataclass(frozen=True)
class Item:
    """A line: what, how many, and at which price without VAT."""

    name: str
    price: Decimal
    detail: str = "1-ABC-234"
    quantity: int = 1

    @property
    def net(self) -> Decimal:
        """Return the line's amount without VAT."""
        return self.price * self.quantity


@dataclass(frozen=True)
class Invoice:
    """An invoice or credit note for one lease contract, with VAT at 21 %."""

    seller: Party
    customer_number: str
    buyer: Party
    number: str
    issued: date
    items: tuple[Item, ...]
    credit_note: bool = False
    with_pdf: bool = True

    @property
    def net(self) -> Decimal:
        """Return the total without VAT."""
        return sum((item.net for item in self.items), Decimal(0))

    @property
    def vat(self) -> Decimal:
        """Return the VAT."""
        return (self.net * _VAT).quantize(_CENT)

    @property
    def reference(self) -> str:
        """Return a Belgian structured reference: ten digits and two that check them (mod 97)."""
        digits = "".join(filter(str.isdigit, self.number)).rjust(10, "0")[-10:]
        check = int(digits) % 97 or 97
        return f"+++{digits[:3]}/{digits[3:7]}/{digits[7:]}{check:02}+++"

    def command(self) -> dict[str, Any]:
        """Return the PublishDocument that a billing system sends: the XML says the rest."""
        xml = _file("original_xml", f"{self.number}.xml", "application/xml", self.xml())
        pdf = _file("original_pdf", f"{self.number}.pdf", "application/pdf", self.pdf())
        return {
            "customer_number": self.customer_number,
            "files": [xml, pdf] if self.with_pdf else [xml],
        }

    def xml(self) -> bytes:
        """Return the UBL."""
        return demo_ubl.write(self)

    def pdf(self) -> bytes:
        """Return a plain one-page PDF."""
        return _one_page(
            [
                self.seller.name,
                "",
                f"{'Credit note' if self.credit_note else 'Invoice'} {self.number}",
                f"Date: {self.issued:%d-%m-%Y}",
                f"Customer: {self.buyer.name} ({self.customer_number})",
                "",
                *(f"{item.quantity} x {item.name}: EUR {item.net:.2f}" for item in self.items),
                f"Total incl. VAT 21 %: EUR {self.net + self.vat:.2f}",
                f"Reference: {self.reference}",
            ]
        )


def _file(role: str, name: str, media_type: str, content: bytes) -> dict[str, str]:
    encoded = base64.b64encode(content).decode()
    return {"role": role, "name": name, "media_type": media_type, "content": encoded}


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
