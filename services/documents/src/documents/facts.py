"""What is known of a document: from its XML where that speaks, else from the message around it.

Routing comes from the message, content from the XML (the XML is the invoice); where both speak and
differ, the document is flagged.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from contracts.documents import PublishDocument
from contracts.money import Money
from documents.errors import FactMissing, TwoCurrencies
from documents.ubl import Header

XML_NOT_UNDERSTOOD = "xml_not_understood"


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


def settle(command: PublishDocument, header: Header | None, *, xml_given: bool) -> Facts:
    """Settle what is known.

    Raises ``FactMissing`` with every fact that nobody gave, and ``TwoCurrencies``.
    """
    flags: list[str] = []
    if xml_given and header is None:
        flags.append(XML_NOT_UNDERSTOOD)

    def settled(field: str, of_xml: Any) -> Any:
        of_message = getattr(command, field)
        if of_xml is None:
            return of_message
        if of_message is not None and of_xml != of_message:
            flags.append(f"{field}_differs")
        return of_xml

    total = settled("total_incl_vat", _money(header, "total_incl_vat"))
    amount_due = settled("amount_due", _money(header, "amount_due")) or total
    known = {
        "number": settled("number", header and header.number),
        "type": settled("type", header and header.type),
        "issue_date": settled("issue_date", header and header.issue_date),
        "total_incl_vat": total,
    }
    if missing := [FactMissing(field) for field, value in known.items() if value is None]:
        for other in missing[1:]:
            missing[0].and_also(other)
        raise missing[0]
    if amount_due.currency != total.currency:
        raise TwoCurrencies
    said = tuple((each.kind, each.value) for each in command.references)
    return Facts(
        number=known["number"],
        type=known["type"],
        issue_date=known["issue_date"],
        due_date=settled("due_date", header and header.due_date),
        currency=total.currency,
        total_incl_vat=total.amount,
        amount_due=amount_due.amount,
        payment_reference=settled("payment_reference", header and header.payment_reference),
        references=tuple(dict.fromkeys((*(header.references if header else ()), *said))),
        flags=tuple(flags),
    )


def _money(header: Header | None, field: str) -> Money | None:
    """Return an amount of the XML as money; an impossible one counts as not said.

    An XML may write zeros that its currency has no place for: 498.9400.
    """
    amount: Decimal | None = getattr(header, field, None)
    if header is None or amount is None or header.currency is None:
        return None
    for written in (amount, amount.normalize()):
        with suppress(ValidationError):
            return Money(currency=header.currency, amount=written)
    return None
