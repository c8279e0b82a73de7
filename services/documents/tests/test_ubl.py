"""Proves what is read from a UBL invoice or credit note, rule by rule."""

from datetime import date
from decimal import Decimal

import pytest

from documents.invoice import MOST_LINES, Adjustment, Party, Payment, Period, Reference, Vat
from documents.safe_xml import parse
from documents.ubl import ROOTS, read

_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
_VAT = "<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>"


@pytest.fixture
def read_ubl(ubl):
    """Return a function that writes a UBL and reads it."""

    def read_ubl(inside="", root="Invoice", **said):
        return read(parse(ubl(root, inside=inside, **said)))

    return read_ubl


def test_the_head_of_an_invoice_is_read(read_ubl):
    invoice = read_ubl(
        "<cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>"
        "<cbc:CustomizationID>urn:cen.eu:en16931:2017</cbc:CustomizationID>"
    )

    assert (invoice.syntax, invoice.type, invoice.type_code) == ("ubl", "invoice", "380")
    assert (invoice.number, invoice.profile) == ("F2600017", "urn:cen.eu:en16931:2017")
    assert (invoice.issue_date, invoice.due_date) == (date(2026, 6, 1), date(2026, 7, 1))
    assert (invoice.currency, invoice.totals.incl_vat) == ("EUR", Decimal("498.94"))
    assert invoice.totals.due == Decimal("398.94")
    assert invoice.payment_reference == "+++090/9337/55493+++"


def test_what_is_not_said_is_unknown(read_ubl):
    invoice = read_ubl(
        number=None, issue_date=None, due_date=None, currency=None, payment=None, totals=None
    )

    assert (invoice.number, invoice.issue_date, invoice.due_date) == (None, None, None)
    assert (invoice.currency, invoice.totals.incl_vat, invoice.totals.due) == (None, None, None)
    assert (invoice.seller, invoice.payee, invoice.deliver_to) == (Party(), None, None)
    assert (invoice.lines, invoice.line_count, invoice.payments) == ((), 0, ())
    assert (invoice.payment_terms, invoice.period, invoice.notes) == (None, None, ())


@pytest.mark.parametrize(
    ("root", "code", "kind"),
    [
        ("Invoice", "380", "invoice"),
        ("Invoice", "381", "invoice"),
        ("CreditNote", "381", "credit_note"),
        ("CreditNote", "380", "credit_note"),
    ],
)
def test_the_root_decides_the_kind_whatever_the_type_code(read_ubl, root, code, kind):
    invoice = read_ubl(f"<cbc:{root}TypeCode>{code}</cbc:{root}TypeCode>", root)

    assert (invoice.type, invoice.type_code) == (kind, code)


def test_a_negative_invoice_is_an_invoice_with_the_amounts_it_shows(read_ubl):
    invoice = read_ubl(
        totals="<cac:LegalMonetaryTotal><cbc:PayableAmount>-242.00</cbc:PayableAmount>"
        "</cac:LegalMonetaryTotal>"
    )

    assert (invoice.type, invoice.totals.due) == ("invoice", Decimal("-242.00"))


def test_only_what_the_invoice_itself_says_counts(read_ubl):
    other = (
        f'<ext:UBLExtensions xmlns:ext="{_UBL}CommonExtensionComponents-2">'
        "<ext:UBLExtension><ext:ExtensionContent><cbc:ID>OTHER</cbc:ID>"
        "<cbc:IssueDate>1999-01-01</cbc:IssueDate></ext:ExtensionContent></ext:UBLExtension>"
        "</ext:UBLExtensions><cac:InvoiceLine><cbc:ID>1</cbc:ID></cac:InvoiceLine>"
    )

    invoice = read_ubl(extra=other)

    assert (invoice.number, invoice.issue_date) == ("F2600017", date(2026, 6, 1))


@pytest.mark.parametrize(
    "elsewhere",
    [
        "<cac:PaymentMeans><cbc:PaymentDueDate>2026-08-01</cbc:PaymentDueDate></cac:PaymentMeans>",
        "<cac:PaymentTerms><cbc:PaymentDueDate>2026-08-01</cbc:PaymentDueDate></cac:PaymentTerms>",
    ],
)
def test_a_credit_note_says_its_due_date_elsewhere(read_ubl, elsewhere):
    credit_note = read_ubl(elsewhere, "CreditNote", due_date=None)

    assert credit_note.due_date == date(2026, 8, 1)


@pytest.mark.parametrize("written", ["eur", "EURO", "€", ""])
def test_a_currency_is_read_only_when_it_looks_like_one(read_ubl, written):
    currency = f"<cbc:DocumentCurrencyCode>{written}</cbc:DocumentCurrencyCode>"

    assert read_ubl(currency=currency, totals=None).currency is None


def test_the_amount_to_pay_names_the_currency_where_the_document_does_not(read_ubl):
    assert read_ubl(currency=None).currency == "EUR"


def test_parties_are_read_with_what_they_are_known_by(read_ubl):
    party = (
        "<cac:AccountingCustomerParty><cac:Party>"
        '<cac:PartyIdentification><cbc:ID schemeID="SEPA">BE12ZZZ</cbc:ID>'
        "</cac:PartyIdentification>"
        "<cac:PartyIdentification><cbc:ID>DL5-1</cbc:ID></cac:PartyIdentification>"
        "<cac:PartyName><cbc:Name>De Bakker</cbc:Name></cac:PartyName>"
        "<cac:PostalAddress><cbc:StreetName>Kerkstraat</cbc:StreetName>"
        "<cbc:BuildingNumber>1</cbc:BuildingNumber>"
        "<cbc:AdditionalStreetName>bus 2</cbc:AdditionalStreetName>"
        "<cbc:CityName>Gent</cbc:CityName><cbc:PostalZone>9000</cbc:PostalZone>"
        "<cac:AddressLine><cbc:Line>Achterbouw</cbc:Line></cac:AddressLine>"
        "<cac:Country><cbc:IdentificationCode>BE</cbc:IdentificationCode></cac:Country>"
        "</cac:PostalAddress>"
        "<cac:PartyTaxScheme><cbc:CompanyID>LOCAL-7</cbc:CompanyID>"
        "<cac:TaxScheme><cbc:ID>FC</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>"
        f"<cac:PartyTaxScheme><cbc:CompanyID>BE0076543292</cbc:CompanyID>{_VAT}"
        "</cac:PartyTaxScheme>"
        "<cac:PartyLegalEntity><cbc:RegistrationName>Bakkerij BV</cbc:RegistrationName>"
        "<cbc:CompanyID>0076543292</cbc:CompanyID></cac:PartyLegalEntity>"
        "<cac:Contact><cbc:Name>An</cbc:Name><cbc:Telephone>09 1</cbc:Telephone>"
        "<cbc:ElectronicMail>an@example.com</cbc:ElectronicMail></cac:Contact>"
        "</cac:Party></cac:AccountingCustomerParty>"
    )

    assert read_ubl(party).buyer == Party(
        name="Bakkerij BV",
        trading_name="De Bakker",
        address=("Kerkstraat 1", "bus 2", "Achterbouw", "9000 Gent"),
        country="BE",
        vat_number="BE0076543292",
        company_number="0076543292",
        customer_number="DL5-1",
        contact="An",
        phone="09 1",
        email="an@example.com",
    )


def test_a_trading_name_is_the_name_of_a_party_that_gives_no_other(read_ubl):
    seller = read_ubl(
        "<cac:AccountingSupplierParty><cac:Party><cac:PartyName><cbc:Name>SelCo</cbc:Name>"
        "</cac:PartyName></cac:Party></cac:AccountingSupplierParty>"
    ).seller

    assert (seller.name, seller.trading_name) == ("SelCo", None)


def test_payee_delivery_and_tax_representative_are_read_where_they_say_something(read_ubl):
    invoice = read_ubl(
        "<cac:PayeeParty><cac:PartyName><cbc:Name>Factor NV</cbc:Name></cac:PartyName>"
        "</cac:PayeeParty><cac:Delivery>"
        "<cbc:ActualDeliveryDate>2026-05-30</cbc:ActualDeliveryDate>"
        "<cac:DeliveryLocation><cac:Address><cbc:CityName>Luik</cbc:CityName></cac:Address>"
        "</cac:DeliveryLocation><cac:DeliveryParty><cac:PartyName><cbc:Name>Werf</cbc:Name>"
        "</cac:PartyName></cac:DeliveryParty></cac:Delivery>"
        "<cac:InvoicePeriod><cbc:EndDate>2026-05-31</cbc:EndDate></cac:InvoicePeriod>"
        "<cac:TaxRepresentativeParty><cac:PartyName><cbc:Name>Tax NV</cbc:Name></cac:PartyName>"
        "</cac:TaxRepresentativeParty><cbc:TaxPointDate>2026-06-05</cbc:TaxPointDate>"
        "<cbc:AccountingCost>K1</cbc:AccountingCost>"
    )

    assert (invoice.vat_date, invoice.buyer_account) == (date(2026, 6, 5), "K1")
    assert invoice.tax_representative == Party(name="Tax NV")
    assert invoice.payee == Party(name="Factor NV")
    assert invoice.deliver_to == Party(name="Werf", address=("Luik",))
    assert invoice.delivery_date == date(2026, 5, 30)
    assert invoice.period == Period(None, date(2026, 5, 31))


def test_references_are_read_by_their_kind(read_ubl):
    invoice = read_ubl(
        "<cbc:BuyerReference>B-1</cbc:BuyerReference>"
        "<cac:OrderReference><cbc:ID>PO 17</cbc:ID><cbc:SalesOrderID>SO 1</cbc:SalesOrderID>"
        "<cbc:IssueDate>2026-05-01</cbc:IssueDate></cac:OrderReference>"
        "<cac:ContractDocumentReference><cbc:ID>C-9</cbc:ID></cac:ContractDocumentReference>"
        "<cac:ProjectReference><cbc:ID>P-3</cbc:ID></cac:ProjectReference>"
        "<cac:OriginatorDocumentReference><cbc:ID>T-4</cbc:ID></cac:OriginatorDocumentReference>"
        "<cac:DespatchDocumentReference><cbc:ID>D-5</cbc:ID></cac:DespatchDocumentReference>"
        "<cac:ReceiptDocumentReference><cbc:ID>R-6</cbc:ID></cac:ReceiptDocumentReference>"
        "<cac:AdditionalDocumentReference><cbc:ID>1-ABC-123</cbc:ID>"
        "<cbc:DocumentTypeCode>130</cbc:DocumentTypeCode></cac:AdditionalDocumentReference>"
        "<cac:AdditionalDocumentReference><cbc:ID>P-7</cbc:ID>"
        "<cbc:DocumentTypeCode>50</cbc:DocumentTypeCode></cac:AdditionalDocumentReference>"
    )

    assert invoice.buyer_reference == "B-1"
    assert invoice.references == (
        Reference("order", "PO 17", date(2026, 5, 1)),
        Reference("contract", "C-9"),
        Reference("project", "P-3"),
        Reference("tender", "T-4"),
        Reference("despatch", "D-5"),
        Reference("receiving_advice", "R-6"),
        Reference("sales_order", "SO 1"),
        Reference("object", "1-ABC-123"),
        Reference("project", "P-7"),
    )
    assert invoice.enclosures == ()


def test_an_order_that_is_there_for_its_sales_order_only_is_none(read_ubl):
    """Peppol BIS 3 wants NA as the order where only the sales order is known."""
    order = (
        "<cac:OrderReference><cbc:ID>NA</cbc:ID><cbc:SalesOrderID>SO 1</cbc:SalesOrderID>"
        "</cac:OrderReference>"
    )

    assert read_ubl(order).references == (Reference("sales_order", "SO 1"),)
    assert read_ubl(order.replace("SalesOrderID", "UUID")).references == (Reference("order", "NA"),)


def test_the_invoices_that_a_credit_note_corrects_are_read(read_ubl):
    corrected = (
        "<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>F1</cbc:ID>"
        "<cbc:IssueDate>2026-05-01</cbc:IssueDate></cac:InvoiceDocumentReference>"
        "</cac:BillingReference><cac:BillingReference><cac:InvoiceDocumentReference>"
        "<cbc:ID>F2</cbc:ID></cac:InvoiceDocumentReference></cac:BillingReference>"
        "<cac:BillingReference/>"
    )

    assert read_ubl(corrected, "CreditNote").preceding == (
        Reference("invoice", "F1", date(2026, 5, 1)),
        Reference("invoice", "F2"),
    )


def test_notes_are_read_without_the_code_of_their_subject(read_ubl):
    invoice = read_ubl(
        "<cbc:Note>#AAI#Thank\n you</cbc:Note><cbc:Note> </cbc:Note><cbc:Note>#1 stays</cbc:Note>"
    )

    assert invoice.notes == ("Thank you", "#1 stays")


def test_a_line_is_read_whole(read_ubl):
    invoice = read_ubl(
        "<cac:InvoiceLine><cbc:ID>1</cbc:ID><cbc:Note>n</cbc:Note>"
        '<cbc:InvoicedQuantity unitCode="MON">-2.5</cbc:InvoicedQuantity>'
        "<cbc:LineExtensionAmount>-100.00</cbc:LineExtensionAmount>"
        "<cac:InvoicePeriod><cbc:StartDate>2026-05-01</cbc:StartDate>"
        "<cbc:EndDate>2026-05-31</cbc:EndDate></cac:InvoicePeriod>"
        "<cac:OrderLineReference><cbc:LineID>7</cbc:LineID></cac:OrderLineReference>"
        "<cac:DocumentReference><cbc:ID>1-ABC-123</cbc:ID>"
        "<cbc:DocumentTypeCode>130</cbc:DocumentTypeCode></cac:DocumentReference>"
        "<cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator>"
        "<cbc:Amount>5</cbc:Amount></cac:AllowanceCharge>"
        "<cac:Item><cbc:Description>long</cbc:Description><cbc:Name>Lease</cbc:Name>"
        "<cac:BuyersItemIdentification><cbc:ID>b</cbc:ID></cac:BuyersItemIdentification>"
        "<cac:SellersItemIdentification><cbc:ID>s</cbc:ID></cac:SellersItemIdentification>"
        "<cac:ClassifiedTaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>21</cbc:Percent>"
        "</cac:ClassifiedTaxCategory>"
        "<cac:AdditionalItemProperty><cbc:Name>Plate</cbc:Name><cbc:Value>1-ABC-123</cbc:Value>"
        "</cac:AdditionalItemProperty></cac:Item>"
        "<cac:Price><cbc:PriceAmount>42</cbc:PriceAmount><cbc:BaseQuantity>1</cbc:BaseQuantity>"
        "</cac:Price></cac:InvoiceLine>"
    )
    (line,) = invoice.lines

    assert (line.number, line.name, line.description, line.note) == ("1", "Lease", "long", "n")
    assert (line.quantity, line.unit, line.net) == (Decimal("-2.5"), "MON", Decimal(-100))
    assert (line.unit_price, line.price_quantity) == (Decimal(42), Decimal(1))
    assert line.period == Period(date(2026, 5, 1), date(2026, 5, 31))
    assert (line.vat_category, line.vat_rate) == ("S", Decimal(21))
    assert (line.order_line, line.object_id) == ("7", "1-ABC-123")
    assert (line.buyer_item, line.seller_item) == ("b", "s")
    assert line.adjustments == (Adjustment(charge=False, amount=Decimal(5)),)
    assert line.attributes == (("Plate", "1-ABC-123"),)


def test_the_lines_of_a_credit_note_are_credited(read_ubl):
    credit_note = read_ubl(
        "<cac:CreditNoteLine><cbc:ID>1</cbc:ID>"
        '<cbc:CreditedQuantity unitCode="C62">2</cbc:CreditedQuantity></cac:CreditNoteLine>',
        "CreditNote",
    )

    assert (credit_note.line_count, credit_note.lines[0].quantity) == (1, Decimal(2))


def test_old_ubl_says_the_vat_of_a_line_as_a_total(read_ubl):
    line = read_ubl(
        "<cac:InvoiceLine><cac:TaxTotal><cac:TaxSubtotal><cac:TaxCategory><cbc:ID>A</cbc:ID>"
        "<cbc:Percent>17.5</cbc:Percent></cac:TaxCategory></cac:TaxSubtotal></cac:TaxTotal>"
        "</cac:InvoiceLine>"
    ).lines[0]

    assert (line.vat_category, line.vat_rate) == ("A", Decimal("17.5"))


def test_sub_lines_are_part_of_their_line(read_ubl):
    invoice = read_ubl(
        "<cac:InvoiceLine><cbc:ID>1</cbc:ID><cbc:LineExtensionAmount>9</cbc:LineExtensionAmount>"
        "<cac:SubInvoiceLine><cbc:ID>1.1</cbc:ID></cac:SubInvoiceLine></cac:InvoiceLine>"
    )

    assert [(line.number, line.net) for line in invoice.lines] == [("1", Decimal(9))]


def test_endless_lines_are_counted_and_left_out(read_ubl):
    invoice = read_ubl("<cac:InvoiceLine><cbc:ID>1</cbc:ID></cac:InvoiceLine>" * (MOST_LINES + 5))

    assert (len(invoice.lines), invoice.line_count) == (MOST_LINES, MOST_LINES + 5)


@pytest.mark.parametrize(
    ("factor", "base", "amount", "percent"),
    [
        ("10", "1000", "100", "10"),
        ("0.10", "1000", "100", "10"),
        ("0.15", "1500", "225", "15"),
        ("0.5", "1000", "5", "0.5"),
        ("10", None, "100", None),
        ("0.10", None, "100", None),
        (None, "1000", "100", None),
        ("0", "0", "0", "0"),
    ],
)
def test_a_factor_is_read_as_a_percentage_by_what_it_is_of(read_ubl, factor, base, amount, percent):
    parts = {"MultiplierFactorNumeric": factor, "Amount": amount, "BaseAmount": base}
    inside = "".join(f"<cbc:{name}>{it}</cbc:{name}>" for name, it in parts.items() if it)
    (adjustment,) = read_ubl(f"<cac:AllowanceCharge>{inside}</cac:AllowanceCharge>").adjustments

    assert adjustment.percent == (Decimal(percent) if percent else None)


def test_allowances_and_charges_are_told_apart_and_have_a_reason(read_ubl):
    invoice = read_ubl(
        "<cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator>"
        "<cbc:AllowanceChargeReasonCode>95</cbc:AllowanceChargeReasonCode>"
        "<cbc:AllowanceChargeReason>Korting</cbc:AllowanceChargeReason>"
        "<cbc:Amount>100.00</cbc:Amount><cac:TaxCategory><cbc:ID>S</cbc:ID>"
        "<cbc:Percent>21</cbc:Percent></cac:TaxCategory></cac:AllowanceCharge>"
        "<cac:AllowanceCharge><cbc:ChargeIndicator>1</cbc:ChargeIndicator>"
        "<cbc:AllowanceChargeReasonCode>FC</cbc:AllowanceChargeReasonCode>"
        "<cbc:Amount>25.00</cbc:Amount></cac:AllowanceCharge>"
        "<cac:AllowanceCharge><cbc:Amount>much</cbc:Amount></cac:AllowanceCharge>"
    )

    assert invoice.adjustments == (
        Adjustment(
            charge=False,
            amount=Decimal("100.00"),
            reason="Korting",
            vat_category="S",
            vat_rate=Decimal(21),
        ),
        Adjustment(charge=True, amount=Decimal("25.00"), reason="FC"),
    )


def vat_total(amount, currency, *rows):
    subtotals = "".join(
        f"<cac:TaxSubtotal><cbc:TaxableAmount>{base}</cbc:TaxableAmount>"
        f"<cbc:TaxAmount>{tax}</cbc:TaxAmount><cac:TaxCategory><cbc:ID>S</cbc:ID>"
        f"<cbc:Percent>{rate}</cbc:Percent></cac:TaxCategory></cac:TaxSubtotal>"
        for rate, base, tax in rows
    )
    return (
        f'<cac:TaxTotal><cbc:TaxAmount currencyID="{currency}">{amount}</cbc:TaxAmount>'
        f"{subtotals}</cac:TaxTotal>"
    )


def test_vat_in_another_currency_is_kept_apart(read_ubl):
    invoice = read_ubl(
        "<cbc:TaxCurrencyCode>SEK</cbc:TaxCurrencyCode>"
        + vat_total("230.00", "SEK", ("21", "1095.00", "230.00"))
        + vat_total("21.00", "EUR", ("21", "100.00", "21.00"))
    )

    assert (invoice.currency, invoice.vat_currency) == ("EUR", "SEK")
    assert invoice.totals.vat == Decimal("21.00")
    assert invoice.totals.vat_in_vat_currency == Decimal("230.00")
    assert invoice.vat == (
        Vat(category="S", rate=Decimal(21), base=Decimal("100.00"), amount=Decimal("21.00")),
    )


def test_a_vat_currency_that_is_the_currency_says_nothing_more(read_ubl):
    invoice = read_ubl(
        "<cbc:TaxCurrencyCode>EUR</cbc:TaxCurrencyCode>"
        + vat_total("21.00", "EUR", ("21", "100.00", "21.00"))
        + vat_total("21.00", "EUR")
    )

    assert (invoice.vat_currency, invoice.totals.vat_in_vat_currency) == (None, None)
    assert (invoice.totals.vat, len(invoice.vat)) == (Decimal("21.00"), 1)


def test_old_ubl_may_have_one_total_per_rate(read_ubl):
    invoice = read_ubl(
        vat_total("21.00", "EUR", ("21", "100.00", "21.00"))
        + vat_total("6.00", "EUR", ("6", "100.00", "6.00"))
    )

    assert [row.rate for row in invoice.vat] == [Decimal(21), Decimal(6)]
    assert invoice.totals.vat == Decimal("27.00")


def test_an_exemption_is_told_in_words_or_by_its_code(read_ubl):
    category = (
        "<cac:TaxSubtotal><cac:TaxCategory><cbc:ID>E</cbc:ID>{}</cac:TaxCategory></cac:TaxSubtotal>"
    )
    code = "<cbc:TaxExemptionReasonCode>VATEX-EU-O</cbc:TaxExemptionReasonCode>"
    words = "<cbc:TaxExemptionReason>Art. 44</cbc:TaxExemptionReason>"
    totals = f"{category.format(code + words)}{category.format(code)}"

    invoice = read_ubl(f"<cac:TaxTotal>{totals}</cac:TaxTotal>")

    assert [row.exemption for row in invoice.vat] == ["Art. 44", "VATEX-EU-O"]


def payment_means(code, account, more=""):
    return (
        f"<cac:PaymentMeans><cbc:PaymentMeansCode>{code}</cbc:PaymentMeansCode>{more}"
        f"<cac:PayeeFinancialAccount><cbc:ID>{account}</cbc:ID><cbc:Name>Lease</cbc:Name>"
        "<cac:FinancialInstitutionBranch><cbc:ID>GKCCBEBB</cbc:ID>"
        "</cac:FinancialInstitutionBranch></cac:PayeeFinancialAccount></cac:PaymentMeans>"
    )


def test_a_credit_transfer_is_read_with_its_account(read_ubl):
    invoice = read_ubl(
        payment=payment_means("58", "BE71 0961 2345 6769", "<cbc:PaymentID>R1</cbc:PaymentID>")
        + "<cac:PaymentTerms><cbc:Note>30 dagen</cbc:Note></cac:PaymentTerms>"
    )

    assert invoice.payments == (
        Payment(
            means="credit_transfer",
            code="58",
            iban="BE71096123456769",
            account_name="Lease",
            bic="GKCCBEBB",
            reference="R1",
        ),
    )
    assert (invoice.payment_reference, invoice.payment_terms) == ("R1", "30 dagen")


def test_an_iban_with_wrong_check_digits_is_an_account_and_no_iban(read_ubl):
    (payment,) = read_ubl(payment=payment_means("30", "BE72 0961 2345 6769")).payments

    assert (payment.iban, payment.account) == (None, "BE72 0961 2345 6769")


def test_a_direct_debit_is_read_with_its_mandate(read_ubl):
    invoice = read_ubl(
        "<cac:AccountingSupplierParty><cac:Party><cac:PartyIdentification>"
        '<cbc:ID schemeID="SEPA">BE69ZZZ050D000000008</cbc:ID></cac:PartyIdentification>'
        "</cac:Party></cac:AccountingSupplierParty>",
        payment="<cac:PaymentMeans><cbc:PaymentMeansCode>59</cbc:PaymentMeansCode>"
        "<cac:PaymentMandate><cbc:ID>M-1</cbc:ID><cac:PayerFinancialAccount>"
        "<cbc:ID>NL91ABNA0417164300</cbc:ID></cac:PayerFinancialAccount></cac:PaymentMandate>"
        "</cac:PaymentMeans>",
    )

    assert invoice.payments == (
        Payment(
            means="direct_debit",
            code="59",
            mandate="M-1",
            creditor="BE69ZZZ050D000000008",
            debited_iban="NL91ABNA0417164300",
        ),
    )
    assert invoice.seller.customer_number is None


def test_a_blocked_account_takes_its_part(read_ubl):
    """The Dutch G-account extension: two ways to pay, each with its part of the total."""
    invoice = read_ubl(
        "<cac:PaymentTerms><cbc:PaymentMeansID>B</cbc:PaymentMeansID>"
        "<cbc:Amount>578.98</cbc:Amount></cac:PaymentTerms>"
        "<cac:PaymentTerms><cbc:PaymentMeansID>G</cbc:PaymentMeansID>"
        "<cbc:Amount>193</cbc:Amount></cac:PaymentTerms>",
        payment=payment_means("58", "BE71096123456769", "<cbc:ID>B</cbc:ID>")
        + payment_means(
            "58", "NL91ABNA0417164300", "<cbc:ID>G</cbc:ID><cbc:PaymentID>PGR1</cbc:PaymentID>"
        ),
    )

    assert [(each.iban, each.amount, each.reference) for each in invoice.payments] == [
        ("BE71096123456769", Decimal("578.98"), None),
        ("NL91ABNA0417164300", Decimal(193), "PGR1"),
    ]
    assert invoice.payment_reference == "PGR1"


def test_enclosures_are_inside_or_elsewhere(read_ubl):
    invoice = read_ubl(
        "<cac:AdditionalDocumentReference><cbc:ID>A</cbc:ID>"
        "<cbc:DocumentDescription>The annex</cbc:DocumentDescription><cac:Attachment>"
        '<cbc:EmbeddedDocumentBinaryObject mimeCode="text/csv" filename="a.csv">QQ=='
        "</cbc:EmbeddedDocumentBinaryObject></cac:Attachment></cac:AdditionalDocumentReference>"
        "<cac:AdditionalDocumentReference><cbc:ID>B</cbc:ID><cac:Attachment>"
        "<cac:ExternalReference><cbc:URI>https://example.com/b</cbc:URI></cac:ExternalReference>"
        "</cac:Attachment></cac:AdditionalDocumentReference>"
        "<cac:AdditionalDocumentReference><cbc:ID>C</cbc:ID></cac:AdditionalDocumentReference>"
    )
    inside, elsewhere = invoice.enclosures

    assert (inside.name, inside.media_type, inside.content) == ("a.csv", "text/csv", b"A")
    assert inside.description == "The annex"
    assert (elsewhere.name, elsewhere.content) == ("B", None)
    assert elsewhere.url == "https://example.com/b"


def test_a_root_is_known_by_its_namespace_too():
    assert set(ROOTS) == {
        f"{{{_UBL}Invoice-2}}Invoice",
        f"{{{_UBL}CreditNote-2}}CreditNote",
    }
