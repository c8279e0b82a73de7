"""What a reader looks for: filters, and the order of the list."""

import hashlib
from dataclasses import astuple, dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Sort(StrEnum):
    """In which order; a minus turns it around."""

    NEWEST = "-issue_date"
    OLDEST = "issue_date"
    NUMBER = "number"
    NUMBER_DOWN = "-number"
    AMOUNT = "amount"
    """By currency, and within each by amount: 5 dollars are neither more nor less than 5 euros."""
    AMOUNT_DOWN = "-amount"
    DUE = "due_date"
    """What has no due date comes last, either way."""
    DUE_DOWN = "-due_date"
    TYPE = "type"
    TYPE_DOWN = "-type"
    CUSTOMER_NUMBER = "customer_number"
    CUSTOMER_NUMBER_DOWN = "-customer_number"


@dataclass(frozen=True)
class Wanted:
    """Which documents are asked for, of those that the reader may see: all of it together."""

    customer_number: str | None = None
    number: str | None = None
    type: str | None = None
    number_contains: str | None = None
    text: str | None = None
    """Words that all stand in the document; the last may be begun only."""
    issued_from: date | None = None
    issued_to: date | None = None
    amount_min: Decimal | None = None
    """Of the signed total, including VAT, in whatever currency it is."""
    amount_max: Decimal | None = None
    currency: str | None = None
    unread: bool = False


def fingerprint(wanted: Wanted, sort: Sort) -> str:
    """Return what tells one list from another: a cursor of one leads nowhere in another."""
    asked = "\n".join(map(str, (sort.value, *astuple(wanted))))
    return hashlib.sha256(asked.encode()).hexdigest()[:12]
