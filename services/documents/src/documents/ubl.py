"""Reads a UBL invoice or credit note: 2.0 and 2.1, Peppol BIS 3 and the national variants.

The root element decides which of the two it is, and never the type code or a sign: Dutch and
Norwegian rules let an invoice be negative. Sub-lines (an extension of XRechnung) are part of the
line they are in.
"""

import re
from collections.abc import Iterator
from decimal import Decimal

from documents.accounts import bic, iban, means
from documents.enclosures import enclosure
from documents.invoice import (
    MOST_LINES,
    Adjustment,
    Enclosure,
    Invoice,
    Kind,
    Line,
    Party,
    Payment,
    Period,
    Reference,
    Totals,
    Vat,
)
from documents.safe_xml import LONGEST_TEXT, LONGEST_WORDS, Node, Prefixes

_SCHEMAS = "urn:oasis:names:specification:ubl:schema:xsd:"
ROOTS: dict[str, Kind] = {
    f"{{{_SCHEMAS}Invoice-2}}Invoice": "invoice",
    f"{{{_SCHEMAS}CreditNote-2}}CreditNote": "credit_note",
}
_PREFIXES = Prefixes(
    cbc=f"{_SCHEMAS}CommonBasicComponents-2", cac=f"{_SCHEMAS}CommonAggregateComponents-2"
)
_LINE = "cac:InvoiceLine|cac:CreditNoteLine"
_REFERENCES = {
    "order": "cac:OrderReference",
    "contract": "cac:ContractDocumentReference",
    "project": "cac:ProjectReference",
    "tender": "cac:OriginatorDocumentReference",
    "despatch": "cac:DespatchDocumentReference",
    "receiving_advice": "cac:ReceiptDocumentReference",
}
_KINDS_OF_ADDITIONAL = {"130": "object", "50": "project"}
"""UNCL1001 codes by which an AdditionalDocumentReference is no enclosure (BT-18; BT-11 of a
credit note, which has no ProjectReference)."""
_SUBJECT_CODE = re.compile(r"#[A-Z]{3}#")
_NO_ORDER = "NA"
"""What Peppol wants for the order where only the sales order is known."""
_CURRENCY = "[A-Z]{3}"
_SEPA = "SEPA"


def read(root: Node) -> Invoice:
    """Read the whole of an invoice or credit note, whose root is one of ``ROOTS``."""
    root = root.with_prefixes(_PREFIXES)
    totals = root.one("cac:LegalMonetaryTotal|cac:RequestedMonetaryTotal")
    currency = root.code("cbc:DocumentCurrencyCode", _CURRENCY) or _currency_of(
        totals, "cbc:PayableAmount"
    )
    vat_currency = root.code("cbc:TaxCurrencyCode", _CURRENCY)
    vat_totals = _vat_totals(root, currency)
    additional = tuple(root.every("cac:AdditionalDocumentReference"))
    return Invoice(
        syntax="ubl",
        type=ROOTS[root.name],
        type_code=root.text("cbc:InvoiceTypeCode|cbc:CreditNoteTypeCode"),
        profile=root.text("cbc:CustomizationID"),
        number=root.text("cbc:ID"),
        issue_date=root.day("cbc:IssueDate"),
        due_date=root.day("cbc:DueDate")
        or root.day("cac:PaymentMeans/cbc:PaymentDueDate")
        or root.day("cac:PaymentTerms/cbc:PaymentDueDate"),
        vat_date=root.day("cbc:TaxPointDate"),
        delivery_date=root.day("cac:Delivery/cbc:ActualDeliveryDate"),
        period=_period(root.one("cac:InvoicePeriod")),
        currency=currency,
        vat_currency=vat_currency if vat_currency != currency else None,
        seller=_party(root.one("cac:AccountingSupplierParty/cac:Party")),
        buyer=_party(root.one("cac:AccountingCustomerParty/cac:Party")),
        payee=_party_if_any(root.one("cac:PayeeParty")),
        tax_representative=_party_if_any(root.one("cac:TaxRepresentativeParty")),
        deliver_to=_delivered_to(root.one("cac:Delivery")),
        notes=tuple(_notes(root)),
        buyer_reference=root.text("cbc:BuyerReference"),
        buyer_account=root.text("cbc:AccountingCost"),
        references=(*_references(root), *_objects_and_projects(additional)),
        preceding=tuple(
            _reference("invoice", each)
            for each in root.every(
                "cac:BillingReference/cac:InvoiceDocumentReference|cac:CreditNoteDocumentReference"
            )
            if each.text("cbc:ID")
        ),
        lines=tuple(_line(each) for each in root.every(_LINE, MOST_LINES)),
        line_count=root.count(_LINE),
        adjustments=tuple(_adjustments(root)),
        vat=tuple(_vat(each) for total in vat_totals for each in total.every("cac:TaxSubtotal")),
        totals=_totals(totals, vat_totals, _vat_in(root, vat_currency, currency)),
        payments=tuple(_payments(root)),
        payment_reference=root.text("cac:PaymentMeans/cbc:PaymentID"),
        payment_terms=_joined(root, "cac:PaymentTerms/cbc:Note"),
        enclosures=tuple(_enclosures(additional)),
    )


def _currency_of(node: Node, path: str) -> str | None:
    code = node.one(path).attribute("currencyID") or ""
    return code if re.fullmatch(_CURRENCY, code) else None


def _period(node: Node) -> Period | None:
    start, end = node.day("cbc:StartDate"), node.day("cbc:EndDate")
    return Period(start, end) if start or end else None


def _notes(node: Node) -> Iterator[str]:
    for each in node.every("cbc:Note"):
        if words := _SUBJECT_CODE.sub("", each.words() or "", count=1):
            yield words


def _joined(node: Node, path: str) -> str | None:
    return " ".join(words for each in node.every(path) if (words := each.words())) or None


def _party_if_any(node: Node) -> Party | None:
    party = _party(node)
    return party if party != Party() else None


def _party(node: Node) -> Party:
    entity, contact = node.one("cac:PartyLegalEntity"), node.one("cac:Contact")
    registered = entity.words("cbc:RegistrationName", LONGEST_TEXT)
    trading = node.words("cac:PartyName/cbc:Name", LONGEST_TEXT)
    name = registered or trading or node.words("cac:PartyTaxScheme/cbc:RegistrationName")
    return Party(
        name=name,
        trading_name=trading if trading != name else None,
        address=_address(node.one("cac:PostalAddress")),
        country=node.code("cac:PostalAddress/cac:Country/cbc:IdentificationCode", "[A-Z]{2}"),
        vat_number=_vat_number(node),
        company_number=entity.text("cbc:CompanyID"),
        customer_number=next(
            (
                number
                for each in node.every("cac:PartyIdentification/cbc:ID")
                if each.attribute("schemeID") != _SEPA and (number := each.text())
            ),
            None,
        ),
        contact=contact.words("cbc:Name", LONGEST_TEXT),
        phone=contact.text("cbc:Telephone"),
        email=contact.text("cbc:ElectronicMail"),
    )


def _vat_number(party: Node) -> str | None:
    """Return the number under the tax scheme VAT; older UBL calls it UK VAT and the like."""
    for each in party.every("cac:PartyTaxScheme"):
        if (each.text("cac:TaxScheme/cbc:ID") or "").endswith("VAT"):
            return each.text("cbc:CompanyID")
    return None


def _address(node: Node) -> tuple[str, ...]:
    street = " ".join(
        filter(None, (node.words(f"cbc:{name}") for name in ("StreetName", "BuildingNumber")))
    )
    city = " ".join(
        filter(None, (node.words(f"cbc:{name}") for name in ("PostalZone", "CityName")))
    )
    lines = (
        street,
        node.words("cbc:AdditionalStreetName"),
        node.words("cbc:BuildingName"),
        *(each.words() for each in node.every("cac:AddressLine/cbc:Line", 5)),
        city,
    )
    return tuple(line for line in lines if line)


def _delivered_to(delivery: Node) -> Party | None:
    address = delivery.one("cac:DeliveryLocation/cac:Address") or delivery.one(
        "cac:DeliveryAddress"
    )
    name = delivery.words("cac:DeliveryParty/cac:PartyName/cbc:Name", LONGEST_TEXT)
    party = Party(
        name=name,
        address=_address(address),
        country=address.code("cac:Country/cbc:IdentificationCode", "[A-Z]{2}"),
    )
    return party if party != Party() else None


def _references(root: Node) -> Iterator[Reference]:
    sales_order = root.text("cac:OrderReference/cbc:SalesOrderID")
    for kind, path in _REFERENCES.items():
        for each in root.every(path):
            number = each.text("cbc:ID")
            if number and not (kind == "order" and sales_order and number == _NO_ORDER):
                yield _reference(kind, each)
    if sales_order:
        yield Reference("sales_order", sales_order)


def _objects_and_projects(additional: tuple[Node, ...]) -> Iterator[Reference]:
    for each in additional:
        kind = _KINDS_OF_ADDITIONAL.get(each.text("cbc:DocumentTypeCode") or "")
        if kind and each.text("cbc:ID"):
            yield _reference(kind, each)


def _reference(kind: str, node: Node) -> Reference:
    return Reference(kind, node.text("cbc:ID") or "", node.day("cbc:IssueDate"))


def _enclosures(additional: tuple[Node, ...]) -> Iterator[Enclosure]:
    for each in additional:
        if (each.text("cbc:DocumentTypeCode") or "") in _KINDS_OF_ADDITIONAL:
            continue
        binary = each.one("cac:Attachment/cbc:EmbeddedDocumentBinaryObject")
        found = enclosure(
            reference=each.text("cbc:ID"),
            filename=binary.attribute("filename", LONGEST_WORDS),
            media_type=binary.attribute("mimeCode"),
            encoded=binary.raw(),
            description=each.words("cbc:DocumentDescription|cbc:DocumentType"),
            url=each.text("cac:Attachment/cac:ExternalReference/cbc:URI"),
        )
        if found:
            yield found


def _line(node: Node) -> Line:
    item, price = node.one("cac:Item"), node.one("cac:Price")
    quantity = node.one("cbc:InvoicedQuantity|cbc:CreditedQuantity")
    category = item.one("cac:ClassifiedTaxCategory") or node.one(
        "cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory"
    )
    return Line(
        number=node.text("cbc:ID"),
        name=item.words("cbc:Name"),
        description=item.words("cbc:Description"),
        note=_joined(node, "cbc:Note"),
        period=_period(node.one("cac:InvoicePeriod")),
        quantity=quantity.amount(),
        unit=quantity.attribute("unitCode"),
        unit_price=price.amount("cbc:PriceAmount"),
        price_quantity=price.amount("cbc:BaseQuantity"),
        adjustments=tuple(_adjustments(node)),
        net=node.amount("cbc:LineExtensionAmount"),
        vat_category=category.text("cbc:ID"),
        vat_rate=category.amount("cbc:Percent"),
        order_line=node.text("cac:OrderLineReference/cbc:LineID"),
        object_id=next(
            (
                each.text("cbc:ID")
                for each in node.every("cac:DocumentReference")
                if each.text("cbc:DocumentTypeCode") == "130"
            ),
            None,
        ),
        buyer_item=item.text("cac:BuyersItemIdentification/cbc:ID"),
        seller_item=item.text("cac:SellersItemIdentification/cbc:ID"),
        attributes=tuple(
            (name, value)
            for each in item.every("cac:AdditionalItemProperty")
            if (name := each.words("cbc:Name")) and (value := each.words("cbc:Value"))
        ),
    )


def _adjustments(node: Node) -> Iterator[Adjustment]:
    for each in node.every("cac:AllowanceCharge"):
        amount, base = each.amount("cbc:Amount"), each.amount("cbc:BaseAmount")
        if amount is None:
            continue
        yield Adjustment(
            charge=each.text("cbc:ChargeIndicator") in {"true", "1"},
            amount=amount,
            reason=each.words("cbc:AllowanceChargeReason")
            or each.text("cbc:AllowanceChargeReasonCode"),
            percent=_percent(each.amount("cbc:MultiplierFactorNumeric"), base, amount),
            base=base,
            vat_category=each.text("cac:TaxCategory/cbc:ID"),
            vat_rate=each.amount("cac:TaxCategory/cbc:Percent"),
        )


def _percent(factor: Decimal | None, base: Decimal | None, amount: Decimal) -> Decimal | None:
    """Return a factor as a percentage: EN 16931 writes 10 where UBL itself means 0.10.

    What it is of tells which; where that is not said, nothing is.
    """
    if factor is None or base is None:
        return None
    as_percentage = abs(base * factor / 100 - amount)
    as_fraction = abs(base * factor - amount)
    return factor if as_percentage <= as_fraction else factor * 100


def _vat_totals(root: Node, currency: str | None) -> tuple[Node, ...]:
    """Return the VAT totals in the currency of the document: one, or in old UBL one per rate."""
    every = tuple(root.every("cac:TaxTotal"))
    own = tuple(each for each in every if _currency_of(each, "cbc:TaxAmount") in {currency, None})
    broken_down = tuple(each for each in own if each.one("cac:TaxSubtotal"))
    return broken_down or own[:1]


def _vat_in(root: Node, vat_currency: str | None, currency: str | None) -> Decimal | None:
    if vat_currency is None or vat_currency == currency:
        return None
    for each in root.every("cac:TaxTotal"):
        if _currency_of(each, "cbc:TaxAmount") == vat_currency:
            return each.amount("cbc:TaxAmount")
    return None


def _vat(node: Node) -> Vat:
    category = node.one("cac:TaxCategory")
    rate = category.amount("cbc:Percent")
    return Vat(
        category=category.text("cbc:ID"),
        rate=rate if rate is not None else node.amount("cbc:Percent"),
        base=node.amount("cbc:TaxableAmount"),
        amount=node.amount("cbc:TaxAmount"),
        exemption=_joined(category, "cbc:TaxExemptionReason")
        or category.text("cbc:TaxExemptionReasonCode"),
    )


def _totals(node: Node, vat_totals: tuple[Node, ...], in_vat_currency: Decimal | None) -> Totals:
    amounts = [each.amount("cbc:TaxAmount") for each in vat_totals]
    known = [amount for amount in amounts if amount is not None]
    return Totals(
        lines=node.amount("cbc:LineExtensionAmount"),
        allowances=node.amount("cbc:AllowanceTotalAmount"),
        charges=node.amount("cbc:ChargeTotalAmount"),
        excl_vat=node.amount("cbc:TaxExclusiveAmount"),
        vat=sum(known, Decimal(0)) if known and len(known) == len(amounts) else None,
        vat_in_vat_currency=in_vat_currency,
        incl_vat=node.amount("cbc:TaxInclusiveAmount"),
        prepaid=node.amount("cbc:PrepaidAmount"),
        rounding=node.amount("cbc:PayableRoundingAmount"),
        due=node.amount("cbc:PayableAmount"),
    )


def _payments(root: Node) -> Iterator[Payment]:
    parts = {
        each.text("cbc:PaymentMeansID"): each.amount("cbc:Amount")
        for each in root.every("cac:PaymentTerms")
    }
    creditor = _creditor(root)
    for each in root.every("cac:PaymentMeans"):
        code, means_id = each.text("cbc:PaymentMeansCode"), each.text("cbc:ID")
        way = means(code)
        account = each.one("cac:PayeeFinancialAccount|cac:CreditAccount")
        number = account.text("cbc:ID")
        branch = account.one("cac:FinancialInstitutionBranch")
        yield Payment(
            means=way,
            code=code,
            iban=iban(number),
            account=number if iban(number) is None else None,
            account_name=account.words("cbc:Name", LONGEST_TEXT),
            bic=bic(branch.text("cbc:ID")) or bic(branch.text("cac:FinancialInstitution/cbc:ID")),
            reference=each.text("cbc:PaymentID"),
            amount=parts.get(means_id) if means_id else None,
            mandate=each.text("cac:PaymentMandate/cbc:ID"),
            creditor=creditor if way == "direct_debit" else None,
            debited_iban=iban(each.text("cac:PaymentMandate/cac:PayerFinancialAccount/cbc:ID")),
        )


def _creditor(root: Node) -> str | None:
    for path in ("cac:PayeeParty", "cac:AccountingSupplierParty/cac:Party"):
        for each in root.every(f"{path}/cac:PartyIdentification/cbc:ID"):
            if each.attribute("schemeID") == _SEPA:
                return each.text()
    return None
