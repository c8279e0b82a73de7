"""Writes a UBL invoice or credit note as a lease company's billing system does: Peppol BIS 3."""

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from localrun.demo_invoice import Invoice, Item, Party

_DOCUMENT = """<?xml version="1.0" encoding="UTF-8"?>
<{root} xmlns="urn:oasis:names:specification:ubl:schema:xsd:{root}-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
 <cbc:CustomizationID>urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0\
</cbc:CustomizationID>
 <cbc:ProfileID>urn:fdc:peppol.eu:2017:poacc:billing:01:1.0</cbc:ProfileID>
 <cbc:ID>{number}</cbc:ID>
 <cbc:IssueDate>{issued}</cbc:IssueDate>
 {due}<cbc:{root}TypeCode>{code}</cbc:{root}TypeCode>
 <cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
 <cbc:BuyerReference>{contract}</cbc:BuyerReference>
 <cac:ContractDocumentReference><cbc:ID>{contract}</cbc:ID></cac:ContractDocumentReference>
 <cac:AccountingSupplierParty>{seller}</cac:AccountingSupplierParty>
 <cac:AccountingCustomerParty>{buyer}</cac:AccountingCustomerParty>
{payment} <cac:TaxTotal><cbc:TaxAmount currencyID="EUR">{vat}</cbc:TaxAmount>
  <cac:TaxSubtotal><cbc:TaxableAmount currencyID="EUR">{net}</cbc:TaxableAmount>
   <cbc:TaxAmount currencyID="EUR">{vat}</cbc:TaxAmount>
   <cac:TaxCategory>{category}</cac:TaxCategory></cac:TaxSubtotal></cac:TaxTotal>
 <cac:LegalMonetaryTotal><cbc:LineExtensionAmount currencyID="EUR">{net}</cbc:LineExtensionAmount>
  <cbc:TaxExclusiveAmount currencyID="EUR">{net}</cbc:TaxExclusiveAmount>
  <cbc:TaxInclusiveAmount currencyID="EUR">{gross}</cbc:TaxInclusiveAmount>
  <cbc:PayableAmount currencyID="EUR">{gross}</cbc:PayableAmount></cac:LegalMonetaryTotal>
{lines}</{root}>
"""

_PARTY = """<cac:Party>{identification}
  <cac:PartyName><cbc:Name>{name}</cbc:Name></cac:PartyName>
  <cac:PostalAddress><cbc:StreetName>{street}</cbc:StreetName><cbc:CityName>{city}</cbc:CityName>
   <cbc:PostalZone>{postal_code}</cbc:PostalZone>
   <cac:Country><cbc:IdentificationCode>{country}</cbc:IdentificationCode></cac:Country>
  </cac:PostalAddress>
  <cac:PartyTaxScheme><cbc:CompanyID>{vat_number}</cbc:CompanyID>{scheme}</cac:PartyTaxScheme>
  <cac:PartyLegalEntity><cbc:RegistrationName>{name}</cbc:RegistrationName></cac:PartyLegalEntity>
 </cac:Party>"""

_PAYMENT = """ <cac:PaymentMeans><cbc:PaymentMeansCode>30</cbc:PaymentMeansCode>
  <cbc:PaymentID>{reference}</cbc:PaymentID>
  <cac:PayeeFinancialAccount><cbc:ID>{iban}</cbc:ID><cbc:Name>{name}</cbc:Name>
  </cac:PayeeFinancialAccount></cac:PaymentMeans>
"""

_LINE = """ <cac:{root}Line><cbc:ID>{position}</cbc:ID>
  <cbc:{quantified} unitCode="C62">{quantity}</cbc:{quantified}>
  <cbc:LineExtensionAmount currencyID="EUR">{net}</cbc:LineExtensionAmount>
  <cac:Item><cbc:Description>{detail}</cbc:Description><cbc:Name>{name}</cbc:Name>
   <cac:ClassifiedTaxCategory>{category}</cac:ClassifiedTaxCategory></cac:Item>
  <cac:Price><cbc:PriceAmount currencyID="EUR">{price}</cbc:PriceAmount></cac:Price>
 </cac:{root}Line>
"""

_SCHEME = "<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>"
_CATEGORY = f"<cbc:ID>S</cbc:ID><cbc:Percent>21</cbc:Percent>{_SCHEME}"


def write(invoice: "Invoice") -> bytes:
    """Write an invoice: UTF-8."""
    root = "CreditNote" if invoice.credit_note else "Invoice"
    due = invoice.issued + timedelta(days=30)
    identification = (
        f"<cac:PartyIdentification><cbc:ID>{invoice.customer_number}</cbc:ID>"
        "</cac:PartyIdentification>"
    )
    lines = enumerate(invoice.items, 1)
    return _DOCUMENT.format(
        root=root,
        number=escape(invoice.number),
        issued=invoice.issued,
        due="" if invoice.credit_note else f"<cbc:DueDate>{due}</cbc:DueDate>\n ",
        code="381" if invoice.credit_note else "380",
        contract=f"LC-{invoice.customer_number[-4:]}",
        seller=_party(invoice.seller),
        buyer=_party(invoice.buyer, identification),
        payment="" if invoice.credit_note else _payment(invoice),
        net=_written(invoice.net),
        vat=_written(invoice.vat),
        gross=_written(invoice.net + invoice.vat),
        category=_CATEGORY,
        lines="".join(_line(root, position, item) for position, item in lines),
    ).encode()


def _party(party: "Party", identification: str = "") -> str:
    return _PARTY.format(
        identification=identification,
        scheme=_SCHEME,
        name=escape(party.name),
        street=escape(party.street),
        postal_code=party.postal_code,
        city=escape(party.city),
        country=party.country,
        vat_number=party.vat_number,
    )


def _payment(invoice: "Invoice") -> str:
    return _PAYMENT.format(
        reference=invoice.reference, iban=invoice.seller.iban, name=escape(invoice.seller.name)
    )


def _line(root: str, position: int, item: "Item") -> str:
    return _LINE.format(
        root=root,
        quantified="CreditedQuantity" if root == "CreditNote" else "InvoicedQuantity",
        position=position,
        quantity=item.quantity,
        net=_written(item.net),
        price=_written(item.price),
        name=escape(item.name),
        detail=escape(item.detail),
        category=_CATEGORY,
    )


def _written(amount: Decimal) -> str:
    return f"{amount:.2f}"
