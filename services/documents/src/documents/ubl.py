"""Reads the header of a UBL invoice or credit note, however hostile the XML.

Only direct children of the root are looked at, by their string value: extensions may hold another
ID, and a comment may split a number in two.
"""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from lxml import etree

from documents.errors import XmlNotUnderstood

_CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
_CAC = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
_ROOTS = {
    "{urn:oasis:names:specification:ubl:schema:xsd:Invoice-2}Invoice": "invoice",
    "{urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2}CreditNote": "credit_note",
}
_NAMES = {"cbc": _CBC, "cac": _CAC}
_AMOUNT = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,10})?")
_DATE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(Z|[+-][0-9]{2}:[0-9]{2})?")
_LONGEST = 200


@dataclass(frozen=True)
class Header:
    """What a UBL says of itself; None where it does not, or not clearly."""

    type: str
    number: str | None = None
    issue_date: date | None = None
    due_date: date | None = None
    currency: str | None = None
    total_incl_vat: Decimal | None = None
    amount_due: Decimal | None = None
    payment_reference: str | None = None
    references: tuple[tuple[str, str], ...] = ()


def read_header(xml: bytes) -> Header:
    """Read the header. Raises ``XmlNotUnderstood`` for anything that is not UBL, or not safe."""
    root = _parse(xml)
    kind = _ROOTS.get(str(root.tag))
    if kind is None:
        raise XmlNotUnderstood(f"its root is {str(root.tag)[:120]}")
    return Header(
        type=kind,
        number=_text(root, "cbc:ID"),
        issue_date=_date(root, "cbc:IssueDate"),
        due_date=_date(root, "cbc:DueDate") or _date(root, "cac:PaymentMeans/cbc:PaymentDueDate"),
        currency=_currency(root),
        total_incl_vat=_amount(root, "cac:LegalMonetaryTotal/cbc:TaxInclusiveAmount"),
        amount_due=_amount(root, "cac:LegalMonetaryTotal/cbc:PayableAmount"),
        payment_reference=_text(root, "cac:PaymentMeans/cbc:PaymentID"),
        references=_references(root),
    )


def _parse(xml: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError) as wrong:
        raise XmlNotUnderstood(str(wrong)[:200]) from wrong
    if root.getroottree().docinfo.doctype:
        raise XmlNotUnderstood("it has a DOCTYPE, which an invoice never needs")
    return root


def _text(root: etree._Element, path: str) -> str | None:
    """Return the string value of the first element at a path, on one line."""
    for element in root.iterfind(path, _NAMES):
        value = " ".join("".join(str(part) for part in element.itertext()).split())
        return value if 0 < len(value) <= _LONGEST else None
    return None


def _date(root: etree._Element, path: str) -> date | None:
    match = _DATE.fullmatch(_text(root, path) or "")
    try:
        return date.fromisoformat(match.group(1)) if match else None
    except ValueError:
        return None


def _amount(root: etree._Element, path: str) -> Decimal | None:
    value = _text(root, path) or ""
    return Decimal(value) if _AMOUNT.fullmatch(value) else None


def _currency(root: etree._Element) -> str | None:
    value = _text(root, "cbc:DocumentCurrencyCode") or ""
    return value if re.fullmatch(r"[A-Z]{3}", value) else None


def _references(root: etree._Element) -> tuple[tuple[str, str], ...]:
    paths = {
        "buyer_reference": "cbc:BuyerReference",
        "order": "cac:OrderReference/cbc:ID",
        "contract": "cac:ContractDocumentReference/cbc:ID",
    }
    found = ((kind, _text(root, path)) for kind, path in paths.items())
    return tuple((kind, value) for kind, value in found if value)
