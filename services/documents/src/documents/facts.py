"""What is known of a document: from its XML where that speaks, else from the message around it.

Routing comes from the message, content from the XML (the XML is the invoice); where both speak and
differ, the document is flagged.
"""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from contracts.documents import GivenDocument
from contracts.money import Money
from documents.errors import FactMissing, TwoCurrencies
from documents.invoice import Invoice, Totals

TOTAL_DERIVED = "total_derived"
CUSTOMER_NUMBER_DIFFERS = "customer_number_differs"

_MOST_REFERENCES = 100
_CUSTOMER_NUMBER = re.compile(r"[A-Z][A-Z0-9]{1,14}-[0-9]{1,20}")


@dataclass(frozen=True)
class Facts:
    """What an archive must know of a document, and what it should tell people to look at."""

    number: str
    type: str
    issue_date: date
    due_date: date | None
    currency: str
    total_incl_vat: Decimal
    amount_due: Decimal
    payment_reference: str | None
    references: tuple[tuple[str, str], ...]
    flags: tuple[str, ...]


def settle(given: GivenDocument, invoice: Invoice | None) -> Facts:
    """Settle what is known; ``invoice`` is None where no XML is understood.

    Raises ``FactMissing`` with every fact that nobody gave, and ``TwoCurrencies``.
    """
    flags: list[str] = []

    def settled(field: str, of_xml: Any) -> Any:
        of_message = getattr(given, field)
        if of_xml is None:
            return of_message
        if of_message is not None and of_xml != of_message:
            flags.append(f"{field}_differs")
        return of_xml

    currency = _currency(given, invoice)
    totals = invoice.totals if invoice else Totals()
    total = settled("total_incl_vat", _money(totals.incl_vat, currency))
    if total is None and (total := _money(_derived_total(invoice), currency)):
        flags.append(TOTAL_DERIVED)
    amount_due = settled("amount_due", _money(totals.due, currency)) or total
    known = {
        "number": settled("number", invoice and invoice.number),
        "type": settled("type", invoice and invoice.type),
        "issue_date": settled("issue_date", invoice and invoice.issue_date),
        "total_incl_vat": total,
    }
    if missing := [FactMissing(field) for field, value in known.items() if value is None]:
        for other in missing[1:]:
            missing[0].and_also(other)
        raise missing[0]
    if amount_due.currency != total.currency:
        raise TwoCurrencies
    if _is_for_another(given, invoice):
        flags.append(CUSTOMER_NUMBER_DIFFERS)
    return Facts(
        number=known["number"],
        type=known["type"],
        issue_date=known["issue_date"],
        due_date=settled("due_date", invoice and invoice.due_date),
        currency=total.currency,
        total_incl_vat=total.amount,
        amount_due=amount_due.amount,
        payment_reference=settled("payment_reference", invoice and invoice.payment_reference),
        references=_references(given, invoice),
        flags=tuple(flags),
    )


def _currency(given: GivenDocument, invoice: Invoice | None) -> str | None:
    """Return the currency of the XML's amounts; where it names none, the message's."""
    if invoice is not None and invoice.currency is not None:
        return invoice.currency
    said = given.total_incl_vat or given.amount_due
    return said.currency if said else None


def _derived_total(invoice: Invoice | None) -> Decimal | None:
    """Return the total that an XML implies: EN 16931 BR-CO-15, else BR-CO-16."""
    if invoice is None:
        return None
    totals, none = invoice.totals, Decimal(0)
    if totals.excl_vat is not None and totals.vat is not None:
        return totals.excl_vat + totals.vat
    if totals.due is not None:
        return totals.due + (totals.prepaid or none) - (totals.rounding or none)
    return None


def _money(amount: Decimal | None, currency: str | None) -> Money | None:
    """Return an amount of the XML as money; an impossible one counts as not said.

    An XML may write zeros that its currency has no place for: 498.9400.
    """
    if amount is None or currency is None:
        return None
    for written in (amount, amount.normalize()):
        with suppress(ValidationError):
            return Money(currency=currency, amount=written)
    return None


def _is_for_another(given: GivenDocument, invoice: Invoice | None) -> bool:
    """Say whether the XML names another customer number than the message, of the same making."""
    named = invoice and invoice.buyer.customer_number
    if not named or not _CUSTOMER_NUMBER.fullmatch(named):
        return False
    return named != given.customer_number


def _references(given: GivenDocument, invoice: Invoice | None) -> tuple[tuple[str, str], ...]:
    said = [(each.kind, each.value) for each in given.references]
    if invoice is not None:
        if invoice.buyer_reference is not None:
            said.insert(0, ("buyer_reference", invoice.buyer_reference))
        said = [(each.kind, each.value) for each in invoice.references] + said
    return tuple(dict.fromkeys(said))[:_MOST_REFERENCES]
