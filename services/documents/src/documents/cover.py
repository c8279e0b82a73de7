"""What stands in for a document that no machine can read: what the archive knows of it.

A reader is never left with nothing: number, dates and amounts are known of every document.
"""

import json
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Self

from documents import figures
from documents.invoice import Enclosure, Invoice, Kind, Totals
from documents.sheet import Words, compose

_KILO = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the archive knows of a document, whatever is in its files."""

    type: Kind
    number: str
    customer_number: str
    issue_date: date
    due_date: date | None
    currency: str
    total_incl_vat: Decimal
    amount_due: Decimal
    payment_reference: str | None
    content_sha256: str
    files: tuple[tuple[str, int], ...]
    """The name of each, and its size in bytes."""

    def written(self) -> bytes:
        """Return it as JSON."""
        return json.dumps(asdict(self), default=str).encode()

    @classmethod
    def read(cls, written: bytes) -> Self:
        """Return what was written."""
        said = json.loads(written)
        due_date = said["due_date"]
        return cls(
            **said
            | {
                "issue_date": date.fromisoformat(said["issue_date"]),
                "due_date": due_date and date.fromisoformat(due_date),
                "total_incl_vat": Decimal(said["total_incl_vat"]),
                "amount_due": Decimal(said["amount_due"]),
                "files": tuple((name, size) for name, size in said["files"]),
            }
        )


def compose_cover(known: Known, words: Words) -> dict[str, Any]:
    """Return the sheet of what is known, ready to be set; where lines would be stands why."""
    said = words.said["cover"]
    invoice = Invoice(
        syntax="ubl",
        type=known.type,
        number=known.number,
        issue_date=known.issue_date,
        due_date=known.due_date,
        currency=known.currency,
        totals=Totals(incl_vat=known.total_incl_vat, due=known.amount_due),
        payment_reference=known.payment_reference,
        enclosures=tuple(
            Enclosure(name, None, None, _size(size, words)) for name, size in known.files
        ),
    )
    sheet = compose(invoice, words, known.content_sha256, known.customer_number)
    sheet["table"]["said"] = said["why"]
    sheet["mark"] = said["mark"][known.type]
    (files,) = sheet["remarks"]
    sheet["remarks"] = [files | {"title": said["files"]}]
    return sheet


def _size(size: int, words: Words) -> str:
    kilobytes = Decimal(max(1, round(size / _KILO)))
    return f"{figures.number(kilobytes, words.language)} kB"
