"""The rule of what a reader is told about a document's way: issued, received, read, due.

What the archive writes down for auditors is more; what says nothing to a customer is left out.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from portal.custody import Event
from portal.document import GuestDocument

_TOLD = {
    "received": "step_received",
    "published": "step_published",
    "imported": "step_imported",
    "number_reused": "step_number_reused",
    "duplicate_made": "step_duplicate_made",
}

Kind = Literal["done", "to_come"]


@dataclass(frozen=True)
class Step:
    """A step: the word for it, and when; ``kind`` says whether it is done or to come."""

    word: str
    kind: Kind
    day: date | None = None
    at: datetime | None = None


def steps(document: GuestDocument, events: Iterable[Event], today: date) -> list[Step]:
    """Return the steps of a document, the last one at the end."""
    told = [Step(_TOLD[each.act], "done", at=each.at) for each in events if each.act in _TOLD]
    if not told and document.published_at:
        told = [Step("step_published", "done", at=document.published_at)]
    way = [Step(f"step_issued_{_kind(document)}", "done", day=document.issue_date), *told]
    if document.due_date and document.type != "credit_note" and document.amount_due.amount > 0:
        when: Kind = "to_come" if document.due_date >= today else "done"
        way.append(Step("step_due", when, day=document.due_date))
    return way


def _kind(document: GuestDocument) -> str:
    return "credit_note" if document.type == "credit_note" else "invoice"
