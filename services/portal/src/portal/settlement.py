"""What the reader has to do about a document: pay, and how; let it be collected; or nothing."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from portal import epc, iban, payment_reference
from portal.invoice import Invoice, PaymentMeans
from portal.payment_reference import PaymentReference

Kind = Literal["to_pay", "collected", "in_favour", "nothing"]
_NAMED_DIGITS = 4


@dataclass(frozen=True)
class Transfer:
    """How to pay it oneself; ``qr`` is what the code for a banking app says, where it may."""

    amount: Decimal
    account: str
    name: str | None
    bic: str | None
    reference: PaymentReference
    qr: str | None


@dataclass(frozen=True)
class Collection:
    """By which mandate it is collected, and the last digits of the account it comes from."""

    mandate: str | None
    account_end: str | None


@dataclass(frozen=True)
class Settlement:
    """What is to be done: ``amount`` is never negative, ``kind`` says whose it is.

    There is more than one transfer only where the invoice says how much goes to each account.
    """

    kind: Kind
    amount: Decimal
    currency: str
    transfers: tuple[Transfer, ...] = ()
    collection: Collection | None = None


def settle(
    document_type: str,
    amount: Decimal,
    currency: str,
    reference: str,
    invoice: Invoice | None,
) -> Settlement:
    """Tell what is to be done about an amount due; without an invoice nobody says how to pay."""
    if amount == 0:
        return Settlement("nothing", amount, currency)
    if document_type == "credit_note" or amount < 0:
        return Settlement("in_favour", abs(amount), currency)
    if invoice is None:
        return Settlement("to_pay", amount, currency)
    transfers = [way for way in invoice.payments if _can_be_paid(way)]
    debit = next((way for way in invoice.payments if way.means == "direct_debit"), None)
    # Who gave a mandate and pays as well has paid twice.
    if debit and (debit.mandate or not transfers):
        end = (debit.debited_iban or "")[-_NAMED_DIGITS:] or None
        collection = Collection(debit.mandate, end)
        return Settlement("collected", amount, currency, collection=collection)
    parts = [way for way in transfers if way.amount] or transfers[:1]
    return Settlement(
        "to_pay",
        amount,
        currency,
        tuple(_transfer(way, amount, currency, reference, invoice) for way in parts),
    )


def _can_be_paid(way: PaymentMeans) -> bool:
    return way.means in {"credit_transfer", "other"} and bool(way.iban or way.account)


def _transfer(
    way: PaymentMeans, amount: Decimal, currency: str, reference: str, invoice: Invoice
) -> Transfer:
    number = (way.iban or "").replace(" ", "").upper()
    known = payment_reference.recognise(
        way.reference or reference, to_belgium=number.startswith("BE")
    )
    payee = invoice.payee.name if invoice.payee else None
    name = way.account_name or payee or invoice.seller.name
    part = way.amount or amount
    return Transfer(
        amount=part,
        account=iban.grouped(number) if iban.is_valid(number) else way.account or way.iban or "",
        name=name,
        bic=way.bic,
        reference=known,
        qr=epc.payload(
            name=name or "",
            iban=number,
            amount=part,
            currency=currency,
            reference=known,
            bic=way.bic,
        ),
    )
