"""The rule of what somebody looks for in the archive: in an address, a form, a saved filter.

An address says it in words that people write: dates and amounts as they are typed. What is wrong
with them is said field by field, and nothing is looked for then.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Literal

from portal.forms import Form, Trouble
from portal.plain_text import plain

Direction = Literal["ascending", "descending"]

TYPES = ("invoice", "credit_note")
NEWEST_FIRST = "-issue_date"
SORTS = (
    NEWEST_FIRST,
    "issue_date",
    "-amount",
    "amount",
    "due_date",
    "-due_date",
    "number",
    "-number",
    "customer_number",
    "-customer_number",
    "type",
    "-type",
)
"""By what the list can be put in order; a minus turns it round."""

_TURNED_FIRST = {"issue_date", "amount"}
_LONGEST_TEXT, _LONGEST_NUMBER, _LONGEST_AMOUNT = 100, 40, 24
_EARLIEST, _LATEST = 1900, 2199
_WRITTEN_DATE = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})", re.ASCII)
_AMOUNT = re.compile(
    r"(?P<minus>-?)(?P<whole>\d{1,3}(?:(?P<mark>[.,'])\d{3})(?:(?P=mark)\d{3})*|\d{1,15})"
    r"(?:(?P<point>[.,])(?P<cents>\d{1,2}))?",
    re.ASCII,
)
_CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True)
class Filters:
    """What is looked for; the amounts are including VAT, and a credit note's are negative."""

    customer_number: str = ""
    words: str = ""
    number: str = ""
    type: str = ""
    start: date | None = None
    end: date | None = None
    least: Decimal | None = None
    most: Decimal | None = None
    currency: str = ""
    unread: bool = False
    sort: str = NEWEST_FIRST

    @property
    def said(self) -> dict[str, str]:
        """Return it as an address of ours says it; what is as usual is left out."""
        said = {
            "customer_number": self.customer_number,
            "q": self.words,
            "number": self.number,
            "type": self.type,
            "from": self.start.isoformat() if self.start else "",
            "to": self.end.isoformat() if self.end else "",
            "amount_min": "" if self.least is None else f"{self.least:f}",
            "amount_max": "" if self.most is None else f"{self.most:f}",
            "currency": self.currency,
            "unread": "true" if self.unread else "",
            "sort": "" if self.sort == NEWEST_FIRST else self.sort,
        }
        return {name: value for name, value in said.items() if value}

    @property
    def asked(self) -> dict[str, str]:
        """Return it as documents is asked."""
        names = {"number": "number_contains"}
        return {names.get(name, name): value for name, value in self.said.items()}

    @property
    def narrowing(self) -> int:
        """Return how many filters of the panel are set."""
        return sum(
            (
                bool(self.words),
                bool(self.number),
                bool(self.type),
                bool(self.start or self.end),
                self.least is not None or self.most is not None or bool(self.currency),
                self.unread,
            )
        )

    @property
    def whole(self) -> bool:
        """Tell whether everything is asked for."""
        return not self.narrowing and not self.customer_number

    def direction(self, column: str) -> Direction | None:
        """Return which way a column is sorted, where it is the one."""
        if self.sort.lstrip("-") != column:
            return None
        return "descending" if self.sort.startswith("-") else "ascending"

    def sorted_by(self, column: str) -> "Filters":
        """Return the same, sorted by a column: turned round where it is so already."""
        if self.direction(column):
            turned = not self.sort.startswith("-")
        else:
            turned = column in _TURNED_FIRST
        return replace(self, sort=f"-{column}" if turned else column)


EVERYTHING = Filters()
"""All there is to see, newest first."""


def read(fields: Iterable[tuple[str, str]]) -> tuple[Filters, Form]:
    """Read what is looked for, and the form as it was filled in with what is wrong with it."""
    given: dict[str, str] = {}
    types = []
    for name, value in fields:
        if name == "type":
            types.append(value)
        given[name] = plain(value)[:_LONGEST_TEXT]
    start, end = _day(given.get("from")), _day(given.get("to"))
    least, most = _amount(given.get("amount_min")), _amount(given.get("amount_max"))
    filters = Filters(
        customer_number=given.get("customer_number", "")[:_LONGEST_NUMBER],
        words=given.get("q", ""),
        number=given.get("number", "")[:_LONGEST_NUMBER],
        type=_one_of(types),
        start=start,
        end=end,
        least=least,
        most=most,
        currency=_matching(_CURRENCY, given.get("currency", "").upper()),
        unread=bool(given.get("unread")),
        sort=given["sort"] if given.get("sort") in SORTS else NEWEST_FIRST,
    )
    return filters, Form(given, _troubles(given, filters))


def read_saved(query: Mapping[str, object]) -> Filters:
    """Read what was saved, in the words that documents is asked in."""
    names = {"number_contains": "number"}
    fields = [
        (names.get(name, name), "true" if value is True else str(value))
        for name, value in query.items()
        if value not in {None, False}
    ]
    return read(fields)[0]


def _troubles(given: Mapping[str, str], filters: Filters) -> list[Trouble]:
    troubles = [
        Trouble(name, word)
        for name, word, read_as in (
            ("from", "not_a_date", filters.start),
            ("to", "not_a_date", filters.end),
            ("amount_min", "not_an_amount", filters.least),
            ("amount_max", "not_an_amount", filters.most),
        )
        if given.get(name) and read_as is None
    ]
    if filters.start and filters.end and filters.start > filters.end:
        troubles.append(Trouble("from", "from_after_to"))
    if filters.least is not None and filters.most is not None and filters.least > filters.most:
        troubles.append(Trouble("amount_min", "least_above_most"))
    return troubles


def _one_of(types: list[str]) -> str:
    """Return the one type that is ticked; both, and none, are all."""
    known = {each for each in types if each in TYPES}
    return known.pop() if len(known) == 1 else ""


def _matching(pattern: re.Pattern[str], text: str) -> str:
    return text if pattern.fullmatch(text) else ""


def _day(text: str | None) -> date | None:
    if not text:
        return None
    try:
        if found := _WRITTEN_DATE.fullmatch(text):
            day = date(int(found[3]), int(found[2]), int(found[1]))
        else:
            day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if _EARLIEST <= day.year <= _LATEST else None


def _amount(text: str | None) -> Decimal | None:
    """Read an amount as it is written in any of our languages: 1.284,17 or 1,284.17 or 1 284,17."""
    if not text:
        return None
    bare = re.sub(r"[\s\u00a0\u202f€]", "", text).replace("\N{MINUS SIGN}", "-")
    found = _AMOUNT.fullmatch(bare[:_LONGEST_AMOUNT])
    if found is None or (found["mark"] and found["mark"] == found["point"]):
        return None
    whole = re.sub(r"\D", "", found["whole"])
    return Decimal(f"{found['minus']}{whole}.{found['cents'] or '0'}").quantize(Decimal("0.01"))
