"""The orders of lists: which columns each goes by, and where in it a document stands.

A list has one part or two: what has a due date, then what has none. Within a part all columns go
the same way, so that an index leads through it from any place, forwards or backwards.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, cast
from uuid import UUID

import sqlalchemy as sa
from pydantic import Field, StringConstraints, TypeAdapter

from chassis.cursors import Moment
from documents.models import Document
from documents.wanted import Sort

Values = tuple[Any, ...]
Rows = Any
"""Where the columns are: the table, or rows that were selected from it."""

_Text = Annotated[str, StringConstraints(max_length=300, pattern=r"^[^\x00]*$")]
_Amount = Annotated[Decimal, Field(max_digits=40)]
_KINDS: dict[str, Any] = {
    "id": UUID,
    "issue_date": date,
    "published_at": Moment,
    "due_date": date,
    "number_key": _Text,
    "customer_number": _Text,
    "currency": _Text,
    "signed_total": _Amount,
}
NEWEST = ("issue_date", "published_at", "id")


@dataclass(frozen=True)
class Part:
    """A part of a list: what is in it, and in which order that stands."""

    names: tuple[str, ...]
    down: bool = True
    of: tuple[str, Any] | None = None
    """A column and the value it has in this part only: None, or not None, or a word."""
    numbers_down: bool | None = None
    """Customer numbers after each other, this way; None where they stand among each other."""

    @property
    def by_number(self) -> bool:
        """Say whether one customer number comes after the other."""
        return self.numbers_down is not None

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the names of all columns that say where a row stands."""
        return ("customer_number", *self.names) if self.by_number else self.names

    @property
    def places(self) -> TypeAdapter[Values]:
        """Return what reads and writes a place in it."""
        kinds: Any = tuple[tuple(_KINDS[name] for name in self.columns)]  # type: ignore[misc]
        return TypeAdapter(kinds)

    def within(self, rows: Rows = Document) -> sa.ColumnElement[bool]:
        """Say of rows whether they are in this part."""
        if self.of is None:
            return sa.true()
        name, value = self.of
        column = getattr(rows, name)
        if value is None:
            return cast("sa.ColumnElement[bool]", column.is_(None))
        if value is not ...:
            return cast("sa.ColumnElement[bool]", column == value)
        return cast("sa.ColumnElement[bool]", column.is_not(None))

    def order(self, rows: Rows = Document, number: Any = None) -> list[sa.ColumnElement[Any]]:
        """Return what to order rows by; ``number`` where their customer number stands elsewhere."""
        turned: Callable[[Any], Any] = sa.desc if self.down else sa.asc
        order = [turned(getattr(rows, name)) for name in self.names]
        if self.by_number:
            number = rows.customer_number if number is None else number
            order.insert(0, self.order_of_numbers(number))
        return order

    def order_of_numbers(self, number: Any) -> sa.ColumnElement[Any]:
        """Return what to order customer numbers by."""
        turned: sa.ColumnElement[Any] = sa.desc(number) if self.numbers_down else sa.asc(number)
        return turned

    def after_number(self, number: Any, other: Any) -> sa.ColumnElement[bool]:
        """Say of a customer number whether it comes after another."""
        after: sa.ColumnElement[bool] = number < other if self.numbers_down else number > other
        return after

    def beyond(self, place: Values, rows: Rows = Document) -> sa.ColumnElement[bool]:
        """Say of rows whether they stand after a place."""
        if not self.by_number:
            here = self._tuple(rows)
            beyond: sa.ColumnElement[bool] = here < place if self.down else here > place
            return beyond
        number, of_place = rows.customer_number, place[0]
        same = sa.and_(number == of_place, self.of_one.beyond(place[1:], rows))
        return sa.or_(self.after_number(number, of_place), same)

    def up_to(self, place: Values, rows: Rows = Document) -> sa.ColumnElement[bool]:
        """Say of rows whether they stand at a place or before it."""
        here = self._tuple(rows)
        up_to: sa.ColumnElement[bool] = here >= place if self.down else here <= place
        return up_to

    @property
    def of_one(self) -> "Part":
        """Return the same order for one customer number."""
        return Part(self.names, self.down, self.of)

    def _tuple(self, rows: Rows) -> Any:
        return sa.tuple_(*(getattr(rows, name) for name in self.names))

    def holds(self, document: Document) -> bool:
        """Say whether a document is in this part."""
        if self.of is None:
            return True
        name, value = self.of
        has = getattr(document, name)
        return has is not None if value is ... else has == value

    def place_of(self, document: Document) -> Values:
        """Return where a document stands."""
        return tuple(getattr(document, name) for name in self.columns)


_NEWEST_FIRST = Part(NEWEST)
_AMOUNT = ("currency", "signed_total", "id")
_DUE = ("due_date", "id")
_LATER = Part(("id",), of=("due_date", None))
_CREDIT_NOTES = Part(NEWEST, of=("type", "credit_note"))
_INVOICES = Part(NEWEST, of=("type", "invoice"))

PARTS: dict[Sort, tuple[Part, ...]] = {
    Sort.NEWEST: (_NEWEST_FIRST,),
    Sort.OLDEST: (Part(NEWEST, down=False),),
    Sort.NUMBER: (Part(("number_key", "id"), down=False),),
    Sort.NUMBER_DOWN: (Part(("number_key", "id")),),
    Sort.AMOUNT: (Part(_AMOUNT, down=False),),
    Sort.AMOUNT_DOWN: (Part(_AMOUNT),),
    Sort.DUE: (Part(_DUE, down=False, of=("due_date", ...)), _LATER),
    Sort.DUE_DOWN: (Part(_DUE, of=("due_date", ...)), _LATER),
    Sort.TYPE: (_CREDIT_NOTES, _INVOICES),
    Sort.TYPE_DOWN: (_INVOICES, _CREDIT_NOTES),
    Sort.CUSTOMER_NUMBER: (Part(NEWEST, numbers_down=False),),
    Sort.CUSTOMER_NUMBER_DOWN: (Part(NEWEST, numbers_down=True),),
}


@dataclass(frozen=True)
class Place:
    """A place in a list: in which of its parts, and where in that."""

    part: int
    values: Values


def place_of(document: Document, sort: Sort) -> Place:
    """Return where a document stands in an order."""
    for at, part in enumerate(PARTS[sort]):
        if part.holds(document):
            return Place(at, part.place_of(document))
    raise LookupError(sort)
