"""Proves what is read from a cross industry invoice, rule by rule, old names included."""

from datetime import date
from decimal import Decimal

import pytest

from documents.cii import CREDIT_NOTES, read
from documents.invoice import MOST_LINES, Adjustment, Party, Payment, Period, Reference, Vat
from documents.safe_xml import parse

_UNCEFACT = "urn:un:unece:uncefact:data:standard:"


def cii(agreement="", delivery="", settlement="", *, document="", lines="", context=""):
    """Return a D16B invoice of these parts."""
    return (
        f'<r:CrossIndustryInvoice xmlns:r="{_UNCEFACT}CrossIndustryInvoice:100" '
        f'xmlns="{_UNCEFACT}ReusableAggregateBusinessInformationEntity:100" '
        f'xmlns:u="{_UNCEFACT}UnqualifiedDataType:100" '
        f'xmlns:q="{_UNCEFACT}QualifiedDataType:100">'
        f"<r:ExchangedDocumentContext>{context}</r:ExchangedDocumentContext>"
        f"<r:ExchangedDocument>{document}</r:ExchangedDocument>"
        f"<r:SupplyChainTradeTransaction>{lines}"
        f"<ApplicableHeaderTradeAgreement>{agreement}</ApplicableHeaderTradeAgreement>"
        f"<ApplicableHeaderTradeDelivery>{delivery}</ApplicableHeaderTradeDelivery>"
        f"<ApplicableHeaderTradeSettlement>{settlement}</ApplicableHeaderTradeSettlement>"
        "</r:SupplyChainTradeTransaction></r:CrossIndustryInvoice>"
    ).encode()


def zugferd_1(agreement="", settlement="", *, document="", lines=""):
    """Return the same in the older names and namespaces of ZUGFeRD 1.0."""
    return (
        '<r:CrossIndustryDocument xmlns:r="urn:ferd:CrossIndustryDocument:invoice:1p0" '
        f'xmlns="{_UNCEFACT}ReusableAggregateBusinessInformationEntity:12" '
        f'xmlns:u="{_UNCEFACT}UnqualifiedDataType:15">'
        "<r:SpecifiedExchangedDocumentContext><GuidelineSpecifiedDocumentContextParameter>"
        "<ID>urn:ferd:1p0:comfort</ID></GuidelineSpecifiedDocumentContextParameter>"
        "</r:SpecifiedExchangedDocumentContext>"
        f"<r:HeaderExchangedDocument>{document}</r:HeaderExchangedDocument>"
        "<r:SpecifiedSupplyChainTradeTransaction><ApplicableSupplyChainTradeAgreement>"
        f"{agreement}</ApplicableSupplyChainTradeAgreement><ApplicableSupplyChainTradeSettlement>"
        f"{settlement}</ApplicableSupplyChainTradeSettlement>{lines}"
        "</r:SpecifiedSupplyChainTradeTransaction></r:CrossIndustryDocument>"
    ).encode()


def day(name, written="20260601", form="102"):
    return f'<{name}><u:DateTimeString format="{form}">{written}</u:DateTimeString></{name}>'


def read_cii(*parts, **more):
    return read(parse(cii(*parts, **more)))


def summation(inside):
    name = "SpecifiedTradeSettlementHeaderMonetarySummation"
    return f"<{name}>{inside}</{name}>"


def test_the_head_of_an_invoice_is_read():
    invoice = read_cii(
        "<BuyerReference>B-1</BuyerReference>",
        f"<ActualDeliverySupplyChainEvent>{day('OccurrenceDateTime', '20260530')}"
        "</ActualDeliverySupplyChainEvent>",
        "<PaymentReference>R1</PaymentReference><InvoiceCurrencyCode>EUR</InvoiceCurrencyCode>"
        f"<BillingSpecifiedPeriod>{day('StartDateTime')}</BillingSpecifiedPeriod>"
        "<SpecifiedTradePaymentTerms><Description>30 Tage</Description>"
        f"{day('DueDateDateTime', '20260701')}</SpecifiedTradePaymentTerms>"
        '<ApplicableTradeTax><TaxPointDate><u:DateString format="102">20260605</u:DateString>'
        "</TaxPointDate></ApplicableTradeTax><ReceivableSpecifiedTradeAccountingAccount>"
        "<ID>K1</ID></ReceivableSpecifiedTradeAccountingAccount>",
        document=f"<ID>F1</ID><TypeCode>380</TypeCode>{day('IssueDateTime')}"
        "<IncludedNote><Content>Danke\n sehr</Content></IncludedNote><IncludedNote/>",
        context="<GuidelineSpecifiedDocumentContextParameter><ID>urn:cen.eu:en16931:2017</ID>"
        "</GuidelineSpecifiedDocumentContextParameter>",
    )

    assert (invoice.syntax, invoice.type, invoice.type_code) == ("cii", "invoice", "380")
    assert (invoice.number, invoice.profile) == ("F1", "urn:cen.eu:en16931:2017")
    assert (invoice.issue_date, invoice.due_date) == (date(2026, 6, 1), date(2026, 7, 1))
    assert (invoice.delivery_date, invoice.period) == (
        date(2026, 5, 30),
        Period(date(2026, 6, 1), None),
    )
    assert (invoice.currency, invoice.buyer_reference) == ("EUR", "B-1")
    assert (invoice.vat_date, invoice.buyer_account) == (date(2026, 6, 5), "K1")
    assert (invoice.payment_reference, invoice.payment_terms) == ("R1", "30 Tage")
    assert invoice.notes == ("Danke sehr",)


def test_what_is_not_said_is_unknown():
    """The profile MINIMUM says little more than this."""
    invoice = read_cii()

    assert (invoice.type, invoice.number, invoice.issue_date) == ("invoice", None, None)
    assert (invoice.seller, invoice.payee, invoice.deliver_to) == (Party(), None, None)
    assert (invoice.lines, invoice.line_count, invoice.currency) == ((), 0, None)
    assert (invoice.totals.incl_vat, invoice.totals.due, invoice.due_date) == (None, None, None)


@pytest.mark.parametrize("code", sorted(CREDIT_NOTES))
def test_a_type_code_makes_a_credit_note(code):
    assert read_cii(document=f"<TypeCode>{code}</TypeCode>").type == "credit_note"


@pytest.mark.parametrize("code", ["380", "384", "389", "326", "875", "", "3810"])
def test_any_other_type_code_is_an_invoice(code):
    assert read_cii(document=f"<TypeCode>{code}</TypeCode>").type == "invoice"


@pytest.mark.parametrize(
    ("written", "form", "read"),
    [
        ("20260601", "102", date(2026, 6, 1)),
        (" 20260601 ", "102", date(2026, 6, 1)),
        ("20260230", "102", None),
        ("2026-06-01", "102", None),
        ("20260601", "203", None),
        ("202606", "610", None),
        ("٢٠٢٦٠٦٠١", "102", None),
    ],
)
def test_a_date_is_read_only_when_it_is_one(written, form, read):
    assert read_cii(document=day("IssueDateTime", written, form)).issue_date == read


def test_parties_are_read_with_what_they_are_known_by():
    party = (
        "<{0}><ID>GE1</ID><GlobalID>4000001987658</GlobalID><Name>Kunden AG</Name>"
        "<SpecifiedLegalOrganization><ID>HRB 1</ID>"
        "<TradingBusinessName>Kunde</TradingBusinessName></SpecifiedLegalOrganization>"
        "<DefinedTradeContact><PersonName>Hans</PersonName><TelephoneUniversalCommunication>"
        "<CompleteNumber>0123</CompleteNumber></TelephoneUniversalCommunication>"
        "<EmailURIUniversalCommunication><URIID>h@example.com</URIID>"
        "</EmailURIUniversalCommunication></DefinedTradeContact>"
        "<PostalTradeAddress><PostcodeCode>69876</PostcodeCode><LineOne>Straße 15</LineOne>"
        "<LineTwo>Hof 3</LineTwo><CityName>Frankfurt</CityName><CountryID>DE</CountryID>"
        "</PostalTradeAddress>"
        '<SpecifiedTaxRegistration><ID schemeID="FC">201/113</ID></SpecifiedTaxRegistration>'
        '<SpecifiedTaxRegistration><ID schemeID="VA">DE1</ID></SpecifiedTaxRegistration></{0}>'
    )
    read = Party(
        name="Kunden AG",
        trading_name="Kunde",
        address=("Straße 15", "Hof 3", "69876 Frankfurt"),
        country="DE",
        vat_number="DE1",
        company_number="HRB 1",
        customer_number="GE1",
        contact="Hans",
        phone="0123",
        email="h@example.com",
    )

    invoice = read_cii(
        party.format("SellerTradeParty")
        + party.format("BuyerTradeParty")
        + party.format("SellerTaxRepresentativeTradeParty"),
        party.format("ShipToTradeParty"),
        party.format("PayeeTradeParty"),
    )

    assert [invoice.seller, invoice.buyer, invoice.payee, invoice.deliver_to] == [read] * 4
    assert invoice.tax_representative == read


def test_a_global_number_is_used_where_there_is_no_other():
    invoice = read_cii("<BuyerTradeParty><GlobalID>4000001987658</GlobalID></BuyerTradeParty>")

    assert invoice.buyer.customer_number == "4000001987658"


def referenced(name, number, more=""):
    return f"<{name}><IssuerAssignedID>{number}</IssuerAssignedID>{more}</{name}>"


def test_references_are_read_by_their_kind():
    invoice = read_cii(
        referenced("SellerOrderReferencedDocument", "SO 1")
        + referenced("BuyerOrderReferencedDocument", "PO 17")
        + referenced("ContractReferencedDocument", "C-9")
        + referenced("AdditionalReferencedDocument", "T-4", "<TypeCode>50</TypeCode>")
        + referenced("AdditionalReferencedDocument", "O-7", "<TypeCode>130</TypeCode>")
        + "<SpecifiedProcuringProject><ID>P-3</ID></SpecifiedProcuringProject>",
        referenced("DespatchAdviceReferencedDocument", "D-5")
        + referenced("ReceivingAdviceReferencedDocument", "R-6"),
        referenced(
            "InvoiceReferencedDocument",
            "F0",
            '<FormattedIssueDateTime><q:DateTimeString format="102">20260501</q:DateTimeString>'
            "</FormattedIssueDateTime>",
        ),
    )

    assert invoice.references == (
        Reference("order", "PO 17"),
        Reference("sales_order", "SO 1"),
        Reference("contract", "C-9"),
        Reference("despatch", "D-5"),
        Reference("receiving_advice", "R-6"),
        Reference("project", "P-3"),
        Reference("tender", "T-4"),
        Reference("object", "O-7"),
    )
    assert invoice.preceding == (Reference("invoice", "F0", date(2026, 5, 1)),)
    assert invoice.enclosures == ()


LINE = (
    "<IncludedSupplyChainTradeLineItem><AssociatedDocumentLineDocument><LineID>1</LineID>"
    "<IncludedNote><Content>n</Content></IncludedNote></AssociatedDocumentLineDocument>"
    "<SpecifiedTradeProduct><SellerAssignedID>s</SellerAssignedID>"
    "<BuyerAssignedID>b</BuyerAssignedID><Name>Lease</Name><Description>long</Description>"
    "<ApplicableProductCharacteristic><Description>Plate</Description>"
    "<Value>1-ABC-123</Value></ApplicableProductCharacteristic></SpecifiedTradeProduct>"
    "<SpecifiedLineTradeAgreement><BuyerOrderReferencedDocument><LineID>7</LineID>"
    "</BuyerOrderReferencedDocument><GrossPriceProductTradePrice><ChargeAmount>50</ChargeAmount>"
    "</GrossPriceProductTradePrice><NetPriceProductTradePrice><ChargeAmount>42</ChargeAmount>"
    "<BasisQuantity>1</BasisQuantity></NetPriceProductTradePrice></SpecifiedLineTradeAgreement>"
    '<SpecifiedLineTradeDelivery><BilledQuantity unitCode="MON">2.5</BilledQuantity>'
    "</SpecifiedLineTradeDelivery><SpecifiedLineTradeSettlement><ApplicableTradeTax>"
    "<CategoryCode>S</CategoryCode><RateApplicablePercent>21</RateApplicablePercent>"
    f"</ApplicableTradeTax><BillingSpecifiedPeriod>{day('EndDateTime')}</BillingSpecifiedPeriod>"
    "<SpecifiedTradeAllowanceCharge><ChargeIndicator><u:Indicator>false</u:Indicator>"
    "</ChargeIndicator><ActualAmount>5</ActualAmount></SpecifiedTradeAllowanceCharge>"
    "<SpecifiedTradeSettlementLineMonetarySummation><LineTotalAmount>100</LineTotalAmount>"
    "</SpecifiedTradeSettlementLineMonetarySummation><AdditionalReferencedDocument>"
    "<IssuerAssignedID>1-ABC-123</IssuerAssignedID><TypeCode>130</TypeCode>"
    "</AdditionalReferencedDocument></SpecifiedLineTradeSettlement>"
    "</IncludedSupplyChainTradeLineItem>"
)


def test_a_line_is_read_whole():
    (line,) = read_cii(lines=LINE).lines

    assert (line.number, line.name, line.description, line.note) == ("1", "Lease", "long", "n")
    assert (line.quantity, line.unit, line.net) == (Decimal("2.5"), "MON", Decimal(100))
    assert (line.unit_price, line.price_quantity) == (Decimal(42), Decimal(1))
    assert line.period == Period(None, date(2026, 6, 1))
    assert (line.vat_category, line.vat_rate) == ("S", Decimal(21))
    assert (line.order_line, line.object_id) == ("7", "1-ABC-123")
    assert (line.buyer_item, line.seller_item) == ("b", "s")
    assert line.adjustments == (Adjustment(charge=False, amount=Decimal(5)),)
    assert line.attributes == (("Plate", "1-ABC-123"),)


def test_a_gross_price_is_the_price_where_there_is_no_other():
    without = LINE.replace("<NetPriceProductTradePrice>", "<Other>").replace(
        "</NetPriceProductTradePrice>", "</Other>"
    )

    assert read_cii(lines=without).lines[0].unit_price == Decimal(50)


def test_endless_lines_are_counted_and_left_out():
    lines = "<IncludedSupplyChainTradeLineItem/>" * (MOST_LINES + 5)

    invoice = read_cii(lines=lines)

    assert (len(invoice.lines), invoice.line_count) == (MOST_LINES, MOST_LINES + 5)


def test_allowances_charges_and_the_cost_of_transport_are_read():
    tax = (
        "<{0}><CategoryCode>S</CategoryCode><RateApplicablePercent>19</RateApplicablePercent></{0}>"
    )
    invoice = read_cii(
        settlement="<SpecifiedTradeAllowanceCharge><ChargeIndicator><u:Indicator>false"
        "</u:Indicator></ChargeIndicator><CalculationPercent>10</CalculationPercent>"
        "<BasisAmount>1000</BasisAmount><ActualAmount>100</ActualAmount>"
        f"<Reason>Rabatt</Reason>{tax.format('CategoryTradeTax')}</SpecifiedTradeAllowanceCharge>"
        "<SpecifiedTradeAllowanceCharge><ChargeIndicator><u:Indicator>true</u:Indicator>"
        "</ChargeIndicator><ActualAmount>25</ActualAmount><ReasonCode>FC</ReasonCode>"
        "</SpecifiedTradeAllowanceCharge><SpecifiedTradeAllowanceCharge/>"
        "<SpecifiedLogisticsServiceCharge><Description>Versand</Description>"
        f"<AppliedAmount>5.80</AppliedAmount>{tax.format('AppliedTradeTax')}"
        "</SpecifiedLogisticsServiceCharge>"
    )
    taxed = {"vat_category": "S", "vat_rate": Decimal(19)}

    assert invoice.adjustments == (
        Adjustment(
            charge=False,
            amount=Decimal(100),
            reason="Rabatt",
            percent=Decimal(10),
            base=Decimal(1000),
            **taxed,
        ),
        Adjustment(charge=True, amount=Decimal(25), reason="FC"),
        Adjustment(charge=True, amount=Decimal("5.80"), reason="Versand", **taxed),
    )


def test_amounts_in_another_currency_are_kept_apart():
    invoice = read_cii(
        settlement="<TaxCurrencyCode>EUR</TaxCurrencyCode>"
        "<InvoiceCurrencyCode>GBP</InvoiceCurrencyCode>"
        + summation(
            '<TaxTotalAmount currencyID="EUR">183.14</TaxTotalAmount>'
            '<TaxTotalAmount currencyID="GBP">163.16</TaxTotalAmount>'
            '<GrandTotalAmount currencyID="EUR">1147.03</GrandTotalAmount>'
            '<GrandTotalAmount currencyID="GBP">1021.91</GrandTotalAmount>'
            "<DuePayableAmount>521.91</DuePayableAmount>"
        )
    )

    assert (invoice.currency, invoice.vat_currency) == ("GBP", "EUR")
    assert (invoice.totals.vat, invoice.totals.vat_in_vat_currency) == (
        Decimal("163.16"),
        Decimal("183.14"),
    )
    assert (invoice.totals.incl_vat, invoice.totals.due) == (Decimal("1021.91"), Decimal("521.91"))


def test_the_amount_to_pay_names_the_currency_where_the_document_does_not():
    invoice = read_cii(
        settlement=summation('<DuePayableAmount currencyID="CHF">1</DuePayableAmount>')
    )

    assert invoice.currency == "CHF"


def test_the_vat_is_broken_down():
    invoice = read_cii(
        settlement="<ApplicableTradeTax><CalculatedAmount>0</CalculatedAmount>"
        "<ExemptionReason>Reverse charge</ExemptionReason><BasisAmount>100</BasisAmount>"
        "<CategoryCode>AE</CategoryCode><RateApplicablePercent>0</RateApplicablePercent>"
        "</ApplicableTradeTax>"
    )

    assert invoice.vat == (
        Vat(
            category="AE",
            rate=Decimal(0),
            base=Decimal(100),
            amount=Decimal(0),
            exemption="Reverse charge",
        ),
    )


def test_ways_to_pay_are_read():
    invoice = read_cii(
        settlement="<CreditorReferenceID>DE98ZZZ09999999999</CreditorReferenceID>"
        "<SpecifiedTradeSettlementPaymentMeans><TypeCode>58</TypeCode>"
        "<PayeePartyCreditorFinancialAccount><IBANID>BE71 0961 2345 6769</IBANID>"
        "<AccountName>Lease</AccountName></PayeePartyCreditorFinancialAccount>"
        "<PayeeSpecifiedCreditorFinancialInstitution><BICID>GKCCBEBB</BICID>"
        "</PayeeSpecifiedCreditorFinancialInstitution></SpecifiedTradeSettlementPaymentMeans>"
        "<SpecifiedTradeSettlementPaymentMeans><TypeCode>59</TypeCode>"
        "<PayerPartyDebtorFinancialAccount><IBANID>NL91ABNA0417164300</IBANID>"
        "</PayerPartyDebtorFinancialAccount></SpecifiedTradeSettlementPaymentMeans>"
        "<SpecifiedTradeSettlementPaymentMeans><PayeePartyCreditorFinancialAccount>"
        "<ProprietaryID>12-34</ProprietaryID></PayeePartyCreditorFinancialAccount>"
        "</SpecifiedTradeSettlementPaymentMeans>"
        "<SpecifiedTradePaymentTerms><DirectDebitMandateID>M-1</DirectDebitMandateID>"
        "</SpecifiedTradePaymentTerms>"
    )

    assert invoice.payments == (
        Payment(
            means="credit_transfer",
            code="58",
            iban="BE71096123456769",
            account_name="Lease",
            bic="GKCCBEBB",
        ),
        Payment(
            means="direct_debit",
            code="59",
            mandate="M-1",
            creditor="DE98ZZZ09999999999",
            debited_iban="NL91ABNA0417164300",
        ),
        Payment(means="other", account="12-34"),
    )


def test_several_terms_each_name_their_day():
    """EXTENDED writes the day of each discount beside its words, and not in them."""
    term = (
        "<SpecifiedTradePaymentTerms><Description>{}</Description>{}</SpecifiedTradePaymentTerms>"
    )

    invoice = read_cii(
        settlement=term.format("Ohne Abzug bis", day("DueDateDateTime", "20260701"))
        + term.format("Mit 2 % Skonto bis", day("DueDateDateTime", "20260614"))
    )

    assert invoice.due_date == date(2026, 7, 1)
    assert invoice.payment_terms == "Ohne Abzug bis 2026-07-01 Mit 2 % Skonto bis 2026-06-14"


def test_enclosures_are_inside_or_elsewhere():
    invoice = read_cii(
        referenced(
            "AdditionalReferencedDocument",
            "A",
            "<TypeCode>916</TypeCode><Name>The annex</Name>"
            '<AttachmentBinaryObject mimeCode="text/csv" filename="a.csv">QQ=='
            "</AttachmentBinaryObject>",
        )
        + referenced("AdditionalReferencedDocument", "B", "<URIID>https://example.com/b</URIID>")
        + referenced("AdditionalReferencedDocument", "C", "<TypeCode>916</TypeCode>")
    )
    inside, elsewhere = invoice.enclosures

    assert (inside.name, inside.media_type, inside.content) == ("a.csv", "text/csv", b"A")
    assert inside.description == "The annex"
    assert (elsewhere.name, elsewhere.url) == ("B", "https://example.com/b")


def test_zugferd_1_says_the_same_in_older_words():
    line = (
        LINE.replace("SpecifiedLineTradeAgreement", "SpecifiedSupplyChainTradeAgreement")
        .replace("SpecifiedLineTradeDelivery", "SpecifiedSupplyChainTradeDelivery")
        .replace("SpecifiedLineTradeSettlement", "SpecifiedSupplyChainTradeSettlement")
        .replace("SettlementLineMonetary", "SettlementMonetary")
        .replace("RateApplicablePercent", "ApplicablePercent")
    )

    old = read(
        parse(
            zugferd_1(
                "<BuyerOrderReferencedDocument><ID>PO 17</ID></BuyerOrderReferencedDocument>",
                "<InvoiceCurrencyCode>EUR</InvoiceCurrencyCode><ApplicableTradeTax>"
                "<ApplicablePercent>19</ApplicablePercent></ApplicableTradeTax>"
                "<SpecifiedTradeSettlementMonetarySummation>"
                '<GrandTotalAmount currencyID="EUR">529.87</GrandTotalAmount>'
                "</SpecifiedTradeSettlementMonetarySummation>",
                document=f"<ID>F1</ID><TypeCode>381</TypeCode>{day('IssueDateTime')}",
                lines=line,
            )
        )
    )

    assert (old.number, old.type, old.issue_date) == ("F1", "credit_note", date(2026, 6, 1))
    assert (old.profile, old.currency) == ("urn:ferd:1p0:comfort", "EUR")
    assert old.totals.incl_vat == Decimal("529.87")
    assert old.references == (Reference("order", "PO 17"),)
    assert old.vat == (Vat(rate=Decimal(19)),)
    assert old.lines == read_cii(lines=LINE).lines
