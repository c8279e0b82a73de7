"""What the reader has to do about a document."""

from decimal import Decimal

import pytest

from portal.invoice import Invoice
from portal.settlement import settle

IBAN, OTHER_IBAN = "BE71096123456769", "NL91ABNA0417164300"
TRANSFER = {"means": "credit_transfer", "iban": IBAN, "account_name": "Meridiaan Lease nv"}
DEBIT = {"means": "direct_debit", "mandate": "M-77", "debited_iban": "BE75735004128851"}


def settled(*ways, type="invoice", amount="1284.17", currency="EUR", **said):  # noqa: A002
    invoice = Invoice.model_validate({"type": type, "payments": ways} | said)
    return settle(type, Decimal(amount), currency, "+++202/6004/81758+++", invoice)


def test_an_invoice_is_paid_by_transfer():
    settlement = settled(TRANSFER)

    assert settlement.kind == "to_pay"
    (transfer,) = settlement.transfers
    assert transfer.account == "BE71 0961 2345 6769"
    assert transfer.name == "Meridiaan Lease nv"
    assert transfer.reference.shown == "+++202/6004/81758+++"
    assert transfer.qr.endswith("EUR1284.17\n\n\n+++202/6004/81758+++")


@pytest.mark.parametrize("amount", ["96.80", "-96.80"])
def test_a_credit_note_is_in_the_readers_favour_whichever_sign_it_has(amount):
    """D-09"""
    settlement = settled(TRANSFER, type="credit_note", amount=amount)

    assert (settlement.kind, settlement.amount) == ("in_favour", Decimal("96.80"))
    assert not settlement.transfers


def test_an_invoice_below_nought_is_in_the_readers_favour():
    settlement = settled(TRANSFER, amount="-12.00")

    assert (settlement.kind, settlement.amount) == ("in_favour", Decimal(12))


@pytest.mark.parametrize("type", ["invoice", "credit_note"])
def test_where_nothing_is_due_nothing_is_to_be_done(type):  # noqa: A002
    settlement = settled(TRANSFER, DEBIT, type=type, amount="0.00")

    assert settlement.kind == "nothing"
    assert not settlement.transfers
    assert settlement.collection is None


def test_what_is_collected_is_never_paid_as_well():
    settlement = settled(TRANSFER, DEBIT)

    assert settlement.kind == "collected"
    assert not settlement.transfers
    assert settlement.collection.mandate == "M-77"
    assert settlement.collection.account_end == "8851"


def test_a_debit_without_a_mandate_beside_a_transfer_is_a_choice_the_reader_pays():
    settlement = settled(TRANSFER, {"means": "direct_debit"})

    assert settlement.kind == "to_pay"
    assert settlement.transfers


def test_a_debit_alone_is_collected_even_without_its_mandate():
    settlement = settled({"means": "direct_debit"})

    assert settlement.kind == "collected"
    assert settlement.collection.mandate is None
    assert settlement.collection.account_end is None


def test_of_several_accounts_the_first_is_the_one_to_pay():
    settlement = settled(TRANSFER, TRANSFER | {"iban": OTHER_IBAN})

    assert [each.account for each in settlement.transfers] == ["BE71 0961 2345 6769"]


def test_where_each_account_gets_a_part_each_is_shown_with_its_part():
    first = TRANSFER | {"amount": "1000.00", "reference": "part one"}
    second = TRANSFER | {"iban": OTHER_IBAN, "amount": "284.17", "reference": "part two"}

    transfers = settled(first, second).transfers

    assert [each.amount for each in transfers] == [Decimal("1000.00"), Decimal("284.17")]
    assert [each.reference.shown for each in transfers] == ["part one", "part two"]
    assert "EUR284.17" in transfers[1].qr


def test_an_account_that_is_no_iban_is_shown_without_a_code():
    (transfer,) = settled({"means": "credit_transfer", "account": "1234567890"}).transfers

    assert transfer.account == "1234567890"
    assert transfer.qr is None


def test_another_currency_has_no_code():
    (transfer,) = settled(TRANSFER, currency="USD").transfers

    assert transfer.qr is None


def test_who_is_paid_is_the_holder_then_the_payee_then_the_seller():
    nameless = {"means": "credit_transfer", "iban": IBAN}
    seller, payee = {"name": "Seller nv"}, {"name": "Factor nv"}

    assert settled(TRANSFER, seller=seller, payee=payee).transfers[0].name == "Meridiaan Lease nv"
    assert settled(nameless, seller=seller, payee=payee).transfers[0].name == "Factor nv"
    assert settled(nameless, seller=seller).transfers[0].name == "Seller nv"


def test_an_invoice_that_does_not_say_how_has_only_an_amount():
    for settlement in (
        settled({"means": "card"}),
        settle("invoice", Decimal(5), "EUR", "F1", None),
    ):
        assert settlement.kind == "to_pay"
        assert not settlement.transfers
