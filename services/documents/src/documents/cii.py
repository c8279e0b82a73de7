"""Reads a UN/CEFACT cross industry invoice: D16B, every profile of Factur-X, and ZUGFeRD 1.0.

Whether it is a credit note is said by its type code alone. ZUGFeRD 1.0 has the same parts under
older names and in other namespaces.
"""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from documents.accounts import bic, iban, means
from documents.enclosures import enclosure
from documents.invoice import (
    MOST_LINES,
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
from documents.safe_xml import LONGEST_TEXT, LONGEST_WORDS, Node, Prefixes, real_day

_UNCEFACT = "urn:un:unece:uncefact:data:standard:"
_D16B = Prefixes(
    rsm=f"{_UNCEFACT}CrossIndustryInvoice:100",
    ram=f"{_UNCEFACT}ReusableAggregateBusinessInformationEntity:100",
    udt=f"{_UNCEFACT}UnqualifiedDataType:100",
    qdt=f"{_UNCEFACT}QualifiedDataType:100",
)
_ZUGFERD_1 = Prefixes(
    rsm="urn:ferd:CrossIndustryDocument:invoice:1p0",
    ram=f"{_UNCEFACT}ReusableAggregateBusinessInformationEntity:12",
    udt=f"{_UNCEFACT}UnqualifiedDataType:15",
    qdt=f"{_UNCEFACT}QualifiedDataType:12",
)
ROOTS = {
    f"{{{_UNCEFACT}CrossIndustryInvoice:100}}CrossIndustryInvoice": _D16B,
    "{urn:ferd:CrossIndustryDocument:invoice:1p0}CrossIndustryDocument": _ZUGFERD_1,
}
CREDIT_NOTES = frozenset(
    ("81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "502", "503", "532")
)
"""The codes of UNCL1001 that EN 16931 takes for credit notes."""

_LINE = "ram:IncludedSupplyChainTradeLineItem"
_RATE = "ram:RateApplicablePercent|ram:ApplicablePercent"
_DAY = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_TENDER, _OBJECT = "50", "130"


def read(root: Node) -> Invoice:
    """Read the whole of an invoice or credit note, whose root is one of ``ROOTS``."""
    root = root.with_prefixes(ROOTS[root.name])
    document = root.one("rsm:ExchangedDocument|rsm:HeaderExchangedDocument")
    trade = root.one("rsm:SupplyChainTradeTransaction|rsm:SpecifiedSupplyChainTradeTransaction")
    agreement = trade.one(
        "ram:ApplicableHeaderTradeAgreement|ram:ApplicableSupplyChainTradeAgreement"
    )
    delivery = trade.one("ram:ApplicableHeaderTradeDelivery|ram:ApplicableSupplyChainTradeDelivery")
    settlement = trade.one(
        "ram:ApplicableHeaderTradeSettlement|ram:ApplicableSupplyChainTradeSettlement"
    )
    summation = settlement.one(
        "ram:SpecifiedTradeSettlementHeaderMonetarySummation"
        "|ram:SpecifiedTradeSettlementMonetarySummation"
    )
    currency = settlement.code("ram:InvoiceCurrencyCode", "[A-Z]{3}") or _currency_of(
        summation.one("ram:DuePayableAmount|ram:GrandTotalAmount")
    )
    vat_currency = settlement.code("ram:TaxCurrencyCode", "[A-Z]{3}")
    if vat_currency == currency:
        vat_currency = None
    type_code = document.text("ram:TypeCode")
    return Invoice(
        syntax="cii",
        type="credit_note" if type_code in CREDIT_NOTES else "invoice",
        type_code=type_code,
        profile=root.text(
            "rsm:ExchangedDocumentContext|rsm:SpecifiedExchangedDocumentContext"
            "/ram:GuidelineSpecifiedDocumentContextParameter/ram:ID"
        ),
        number=document.text("ram:ID"),
        issue_date=_day(document, "ram:IssueDateTime"),
        due_date=_day(settlement, "ram:SpecifiedTradePaymentTerms/ram:DueDateDateTime"),
        vat_date=_day(settlement, "ram:ApplicableTradeTax/ram:TaxPointDate"),
        delivery_date=_day(delivery, "ram:ActualDeliverySupplyChainEvent/ram:OccurrenceDateTime"),
        period=_period(settlement.one("ram:BillingSpecifiedPeriod")),
        currency=currency,
        vat_currency=vat_currency,
        seller=_party(agreement.one("ram:SellerTradeParty")),
        buyer=_party(agreement.one("ram:BuyerTradeParty")),
        payee=_party_if_any(settlement.one("ram:PayeeTradeParty")),
        tax_representative=_party_if_any(agreement.one("ram:SellerTaxRepresentativeTradeParty")),
        deliver_to=_party_if_any(delivery.one("ram:ShipToTradeParty")),
        notes=tuple(_words(document, "ram:IncludedNote/ram:Content")),
        buyer_reference=agreement.text("ram:BuyerReference"),
        buyer_account=settlement.text("ram:ReceivableSpecifiedTradeAccountingAccount/ram:ID"),
        references=tuple(_references(agreement, delivery)),
        preceding=tuple(_referenced("invoice", settlement.every("ram:InvoiceReferencedDocument"))),
        lines=tuple(_line(each) for each in trade.every(_LINE, MOST_LINES)),
        line_count=trade.count(_LINE),
        adjustments=tuple(_adjustments(settlement)),
        vat=tuple(_vat(each) for each in settlement.every("ram:ApplicableTradeTax")),
        totals=_totals(summation, currency, vat_currency),
        payments=tuple(_payments(settlement)),
        payment_reference=settlement.text("ram:PaymentReference"),
        payment_terms=_terms(settlement),
        enclosures=tuple(_enclosures(agreement)),
    )


def _currency_of(amount: Node) -> str | None:
    code = amount.attribute("currencyID") or ""
    return code if re.fullmatch("[A-Z]{3}", code) else None


def _day(node: Node, path: str) -> date | None:
    """Return a date in format 102 (20260601), the one that EN 16931 allows."""
    moment = node.one(path)
    written = moment.one("udt:DateTimeString|qdt:DateTimeString|udt:DateString")
    match = _DAY.fullmatch(written.text() or "")
    if match and written.attribute("format") in {"102", None}:
        return real_day("-".join(match.groups()))
    return None


def _period(node: Node) -> Period | None:
    start, end = _day(node, "ram:StartDateTime"), _day(node, "ram:EndDateTime")
    return Period(start, end) if start or end else None


def _words(node: Node, path: str) -> Iterator[str]:
    for each in node.every(path):
        if words := each.words():
            yield words


def _party_if_any(node: Node) -> Party | None:
    party = _party(node)
    return party if party != Party() else None


def _party(node: Node) -> Party:
    contact, address = node.one("ram:DefinedTradeContact"), node.one("ram:PostalTradeAddress")
    organisation = node.one("ram:SpecifiedLegalOrganization")
    trading = organisation.words("ram:TradingBusinessName", LONGEST_TEXT)
    name = node.words("ram:Name", LONGEST_TEXT) or trading
    city = " ".join(
        filter(None, (address.words("ram:PostcodeCode"), address.words("ram:CityName")))
    )
    lines = (*(address.words(f"ram:Line{nth}") for nth in ("One", "Two", "Three")), city)
    return Party(
        name=name,
        trading_name=trading if trading != name else None,
        address=tuple(line for line in lines if line),
        country=address.code("ram:CountryID", "[A-Z]{2}"),
        vat_number=next(
            (
                each.text()
                for each in node.every("ram:SpecifiedTaxRegistration/ram:ID")
                if each.attribute("schemeID") == "VA"
            ),
            None,
        ),
        company_number=organisation.text("ram:ID"),
        customer_number=node.text("ram:ID") or node.text("ram:GlobalID"),
        contact=contact.words("ram:PersonName", LONGEST_TEXT)
        or contact.words("ram:DepartmentName", LONGEST_TEXT),
        phone=contact.text("ram:TelephoneUniversalCommunication/ram:CompleteNumber"),
        email=contact.text("ram:EmailURIUniversalCommunication/ram:URIID"),
    )


def _references(agreement: Node, delivery: Node) -> Iterator[Reference]:
    for kind, place, name in (
        ("order", agreement, "BuyerOrderReferencedDocument"),
        ("sales_order", agreement, "SellerOrderReferencedDocument"),
        ("contract", agreement, "ContractReferencedDocument"),
        ("despatch", delivery, "DespatchAdviceReferencedDocument"),
        ("despatch", delivery, "DeliveryNoteReferencedDocument"),
        ("receiving_advice", delivery, "ReceivingAdviceReferencedDocument"),
    ):
        yield from _referenced(kind, place.every(f"ram:{name}"))
    if project := agreement.text("ram:SpecifiedProcuringProject/ram:ID"):
        yield Reference("project", project)
    for kind, code in (("tender", _TENDER), ("object", _OBJECT)):
        additional = agreement.every("ram:AdditionalReferencedDocument")
        yield from _referenced(
            kind, (each for each in additional if each.text("ram:TypeCode") == code)
        )


def _referenced(kind: str, nodes: Iterator[Node]) -> Iterator[Reference]:
    for each in nodes:
        if number := each.text("ram:IssuerAssignedID|ram:ID"):
            yield Reference(kind, number, _day(each, "ram:FormattedIssueDateTime"))


def _enclosures(agreement: Node) -> Iterator[Enclosure]:
    for each in agreement.every("ram:AdditionalReferencedDocument"):
        if each.text("ram:TypeCode") in {_TENDER, _OBJECT}:
            continue
        binary = each.one("ram:AttachmentBinaryObject")
        found = enclosure(
            reference=each.text("ram:IssuerAssignedID|ram:ID"),
            filename=binary.attribute("filename", LONGEST_WORDS),
            media_type=binary.attribute("mimeCode"),
            encoded=binary.raw(),
            description=each.words("ram:Name"),
            url=each.text("ram:URIID"),
        )
        if found:
            yield found


def _line(node: Node) -> Line:
    document = node.one("ram:AssociatedDocumentLineDocument")
    product = node.one("ram:SpecifiedTradeProduct")
    agreement = node.one("ram:SpecifiedLineTradeAgreement|ram:SpecifiedSupplyChainTradeAgreement")
    settlement = node.one(
        "ram:SpecifiedLineTradeSettlement|ram:SpecifiedSupplyChainTradeSettlement"
    )
    price = agreement.one("ram:NetPriceProductTradePrice") or agreement.one(
        "ram:GrossPriceProductTradePrice"
    )
    quantity = node.one(
        "ram:SpecifiedLineTradeDelivery|ram:SpecifiedSupplyChainTradeDelivery/ram:BilledQuantity"
    )
    return Line(
        number=document.text("ram:LineID"),
        name=product.words("ram:Name"),
        description=product.words("ram:Description"),
        note=" ".join(_words(document, "ram:IncludedNote/ram:Content")) or None,
        period=_period(settlement.one("ram:BillingSpecifiedPeriod")),
        quantity=quantity.amount(),
        unit=quantity.attribute("unitCode"),
        unit_price=price.amount("ram:ChargeAmount"),
        price_quantity=price.amount("ram:BasisQuantity"),
        adjustments=tuple(_adjustments(settlement)),
        net=settlement.amount(
            "ram:SpecifiedTradeSettlementLineMonetarySummation"
            "|ram:SpecifiedTradeSettlementMonetarySummation/ram:LineTotalAmount"
        ),
        vat_category=settlement.text("ram:ApplicableTradeTax/ram:CategoryCode"),
        vat_rate=settlement.amount(f"ram:ApplicableTradeTax/{_RATE}"),
        order_line=agreement.text("ram:BuyerOrderReferencedDocument/ram:LineID"),
        object_id=next(
            (
                each.text("ram:IssuerAssignedID")
                for each in settlement.every("ram:AdditionalReferencedDocument")
                if each.text("ram:TypeCode") == _OBJECT
            ),
            None,
        ),
        buyer_item=product.text("ram:BuyerAssignedID"),
        seller_item=product.text("ram:SellerAssignedID"),
        attributes=tuple(
            (name, value)
            for each in product.every("ram:ApplicableProductCharacteristic")
            if (name := each.words("ram:Description")) and (value := each.words("ram:Value"))
        ),
    )


def _adjustments(settlement: Node) -> Iterator[Adjustment]:
    for each in settlement.every("ram:SpecifiedTradeAllowanceCharge"):
        if (amount := each.amount("ram:ActualAmount")) is not None:
            yield Adjustment(
                charge=each.text("ram:ChargeIndicator/udt:Indicator") in {"true", "1"},
                amount=amount,
                reason=each.words("ram:Reason") or each.text("ram:ReasonCode"),
                percent=each.amount("ram:CalculationPercent"),
                base=each.amount("ram:BasisAmount"),
                vat_category=each.text("ram:CategoryTradeTax/ram:CategoryCode"),
                vat_rate=each.amount(f"ram:CategoryTradeTax/{_RATE}"),
            )
    for each in settlement.every("ram:SpecifiedLogisticsServiceCharge"):
        if (amount := each.amount("ram:AppliedAmount")) is not None:
            yield Adjustment(
                charge=True,
                amount=amount,
                reason=each.words("ram:Description"),
                vat_category=each.text("ram:AppliedTradeTax/ram:CategoryCode"),
                vat_rate=each.amount(f"ram:AppliedTradeTax/{_RATE}"),
            )


def _vat(node: Node) -> Vat:
    return Vat(
        category=node.text("ram:CategoryCode"),
        rate=node.amount(_RATE),
        base=node.amount("ram:BasisAmount"),
        amount=node.amount("ram:CalculatedAmount"),
        exemption=node.words("ram:ExemptionReason") or node.text("ram:ExemptionReasonCode"),
    )


def _totals(summation: Node, currency: str | None, vat_currency: str | None) -> Totals:
    def amount(name: str) -> Decimal | None:
        """Return an amount in the document's own currency; EXTENDED repeats some in another."""
        for each in summation.every(f"ram:{name}"):
            if _currency_of(each) in {currency, None}:
                return each.amount()
        return None

    return Totals(
        lines=amount("LineTotalAmount"),
        allowances=amount("AllowanceTotalAmount"),
        charges=amount("ChargeTotalAmount"),
        excl_vat=amount("TaxBasisTotalAmount"),
        vat=amount("TaxTotalAmount"),
        vat_in_vat_currency=next(
            (
                each.amount()
                for each in summation.every("ram:TaxTotalAmount")
                if vat_currency and _currency_of(each) == vat_currency
            ),
            None,
        ),
        incl_vat=amount("GrandTotalAmount"),
        prepaid=amount("TotalPrepaidAmount"),
        rounding=amount("RoundingAmount"),
        due=amount("DuePayableAmount"),
    )


def _payments(settlement: Node) -> Iterator[Payment]:
    mandate = settlement.text("ram:SpecifiedTradePaymentTerms/ram:DirectDebitMandateID")
    creditor = settlement.text("ram:CreditorReferenceID")
    for each in settlement.every("ram:SpecifiedTradeSettlementPaymentMeans"):
        code = each.text("ram:TypeCode")
        way = means(code)
        account = each.one("ram:PayeePartyCreditorFinancialAccount")
        number = account.text("ram:IBANID") or account.text("ram:ProprietaryID")
        yield Payment(
            means=way,
            code=code,
            iban=iban(number),
            account=number if iban(number) is None else None,
            account_name=account.words("ram:AccountName", LONGEST_TEXT),
            bic=bic(each.text("ram:PayeeSpecifiedCreditorFinancialInstitution/ram:BICID")),
            mandate=mandate if way == "direct_debit" else None,
            creditor=creditor if way == "direct_debit" else None,
            debited_iban=iban(each.text("ram:PayerPartyDebtorFinancialAccount/ram:IBANID")),
        )


def _terms(settlement: Node) -> str | None:
    """Return the terms in words; where there are several, each with the day it speaks of."""
    terms = tuple(settlement.every("ram:SpecifiedTradePaymentTerms"))
    parts: list[str] = []
    for each in terms:
        day = _day(each, "ram:DueDateDateTime") if len(terms) > 1 else None
        words = each.words("ram:Description")
        parts += [part for part in (words, day and day.isoformat()) if part and words]
    return " ".join(parts) or None
