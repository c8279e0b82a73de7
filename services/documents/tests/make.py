"""Builds what tests of renditions are about: an invoice that says everything, and its parts."""

from datetime import date
from decimal import Decimal
from importlib import resources
from json import loads

from documents.invoice import (
    Adjustment,
    Enclosure,
    Invoice,
    Line,
    Party,
    Payment,
    Period,
    Reference,
    Totals,
    Vat,
)
from documents.sheet import Words

LANGUAGES = ("nl", "fr", "de", "en")
SOURCE = "3f2a9c41d0b7" + "0" * 52


def words(language="nl"):
    text = (resources.files("documents") / "rendition" / f"{language}.json").read_text("utf-8")
    return Words(language, loads(text))


def line(**said):
    known = {
        "number": "1",
        "name": "Operationele leasing Renault Kangoo",
        "quantity": Decimal(12),
        "unit": "MON",
        "unit_price": Decimal("340.0000"),
        "net": Decimal("4080.00"),
        "vat_category": "S",
        "vat_rate": Decimal("21.00"),
    }
    return Line(**known | said)


def full_line():
    """Return a line that says all a line can say."""
    return line(
        description="Bestelwagen, elektrisch",
        note="Inclusief winterbanden",
        period=Period(date(2026, 1, 1), date(2026, 12, 31)),
        price_quantity=Decimal(100),
        adjustments=(
            Adjustment(charge=False, amount=Decimal("40.00"), reason="Trouw"),
            Adjustment(charge=True, amount=Decimal("5.00"), reason="Levering"),
        ),
        order_line="7",
        object_id="1-HKR-482",
        buyer_item="ONS-9",
        seller_item="KNG-22",
        attributes=(("Kleur", "wit"), ("Deuren", "5")),
    )


def lines(count):
    return tuple(
        line(number=str(at), name=f"Voertuig {at:05}", net=Decimal(at) + Decimal("0.37"))
        for at in range(1, count + 1)
    )


def invoice(**said):
    """Return an invoice that says all an invoice can say; parts may be replaced."""
    known = {
        "syntax": "ubl",
        "type": "invoice",
        "type_code": "380",
        "number": "F26000127",
        "issue_date": date(2026, 1, 31),
        "due_date": date(2026, 3, 1),
        "delivery_date": date(2026, 1, 20),
        "period": Period(date(2026, 2, 1), date(2026, 2, 28)),
        "currency": "EUR",
        "vat_currency": "USD",
        "seller": Party(
            name="Voorbeeld Lease België NV",
            trading_name="Voorbeeld Lease",
            address=("Stationsplein 1", "1000 Brussel"),
            country="BE",
            vat_number="BE0040012302",
            company_number="RPR-4411",
            customer_number="LEV-77",
            contact="Facturatie",
            phone="+32 2 200 90 00",
            email="facturen@voorbeeld.example",
        ),
        "buyer": Party(
            name="'t Groene Loo B.V.",
            trading_name="De Groene",
            address=("Brink 7", "7311 AA Apeldoorn"),
            country="NL",
            vat_number="NL123456789B01",
            company_number="12345678",
            customer_number="DL2-0004411",
            contact="Els Vandenbroucke",
            phone="+31 55 123 45 67",
            email="els@groeneloo.example",
        ),
        "payee": Party(name="Inningsbureau Vlot", company_number="0999.888.777"),
        "deliver_to": Party(name="Magazijn Zuid", address=("Kade 3", "4811 Breda"), country="NL"),
        "notes": ("Dank voor uw vertrouwen.", "Kantoor gesloten op 2 maart."),
        "buyer_reference": "PO-2026-77",
        "references": (
            Reference("order", "B-1", date(2026, 1, 2)),
            Reference("contract", "C-22"),
            Reference("number_plate", "1-HKR-482"),
        ),
        "preceding": (Reference("invoice", "F25000990", date(2025, 12, 30)),),
        "lines": (full_line(),),
        "line_count": 1,
        "adjustments": (
            Adjustment(
                charge=False,
                amount=Decimal("102.00"),
                reason="Volumekorting",
                percent=Decimal("2.5"),
                base=Decimal("4080.00"),
                vat_category="S",
                vat_rate=Decimal(21),
            ),
            Adjustment(charge=True, amount=Decimal("25.00"), reason="Transport"),
        ),
        "vat": (
            Vat(category="S", rate=Decimal(21), base=Decimal("3883.00"), amount=Decimal("815.43")),
            Vat(
                category="E",
                rate=Decimal(0),
                base=Decimal("120.00"),
                amount=Decimal("0.00"),
                exemption="Art. 44 WBTW",
            ),
        ),
        "totals": Totals(
            lines=Decimal("4080.00"),
            allowances=Decimal("102.00"),
            charges=Decimal("25.00"),
            excl_vat=Decimal("4003.00"),
            vat=Decimal("815.43"),
            vat_in_vat_currency=Decimal("951.08"),
            incl_vat=Decimal("4818.43"),
            prepaid=Decimal("500.00"),
            rounding=Decimal("0.02"),
            due=Decimal("4318.45"),
        ),
        "payments": (
            Payment(
                means="credit_transfer",
                code="30",
                iban="BE71096123456769",
                account_name="Voorbeeld Lease",
                bic="GKCCBEBB",
            ),
        ),
        "payment_reference": "090933799953",
        "payment_terms": "30 dagen netto",
        "enclosures": (
            Enclosure("urenstaat.pdf", "application/pdf", b"%PDF-", "Urenstaat"),
            Enclosure("reglement", None, None, url="https://voorbeeld.example/reglement"),
        ),
    }
    return Invoice(**known | said)


def bare(**said):
    """Return an invoice that says nothing."""
    return Invoice(**{"syntax": "ubl", "type": "invoice"} | said)
