"""Browse the archive: a page of the documents somebody may read, or why there are none."""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal, TypeVar

from portal.customer_numbers import CustomerNumber
from portal.document import ListedDocument
from portal.documents_service import DocumentsService
from portal.errors import NothingHere, Refused, ServiceAway
from portal.filters import Filters
from portal.readership import Count, KnownNumber, SavedFilter
from portal.readership_service import ReadershipService
from portal.sharing_service import SharingService

T = TypeVar("T")

A_PAGE = 50
NUMBERS_OFFERED = 200
"""Customer numbers to choose from; any other can be typed."""

JUST_NOW = timedelta(minutes=10)
"""So long after it was granted, a customer number's documents may still be on their way."""

Why = Literal[
    "no_numbers",
    "not_yours",
    "not_understood",
    "fetching",
    "nothing_found",
    "nothing_unread",
    "none_of_number",
    "no_documents_yet",
]


@dataclass(frozen=True)
class Shelf:
    """A page of documents, the numbers to choose from, and why there is nothing, if so.

    ``coming``: the numbers whose documents are still on their way. ``since``: the day of the oldest
    document, where everything is there.
    """

    filters: Filters
    documents: Sequence[ListedDocument]
    numbers: Sequence[CustomerNumber]
    next_cursor: str | None = None
    why: Why | None = None
    count: Count | None = None
    saved: Sequence[SavedFilter] = ()
    coming: Sequence[str] = ()
    since: date | None = None

    @property
    def currencies(self) -> list[str]:
        """Return the currencies to choose from, where there is more than the euro."""
        seen = {each.counted.currency for each in self.documents} | {self.filters.currency}
        return sorted((seen | {"EUR"}) - {""}) if seen - {"", "EUR"} else []

    def name_of(self, customer_number: str) -> str:
        """Return what a customer number is called, where that is known."""
        known = (each.name for each in self.numbers if each.customer_number == customer_number)
        return next(known, "")


async def browse(
    sharing: SharingService,
    documents: DocumentsService,
    readership: ReadershipService,
    tokens: Mapping[str, str],
    filters: Filters,
    cursor: str | None,
    at: datetime,
) -> Shelf:
    """Return a page of what somebody looks for. Raises ``Refused`` where a cursor is of another."""
    token = tokens["documents"]
    offered, asked = await asyncio.gather(
        sharing.numbers(tokens["identity"], limit=NUMBERS_OFFERED),
        _number(sharing, tokens["identity"], filters.customer_number),
    )
    # Who only gets mails of a number reads its documents by their links.
    numbers = [each for each in offered.items if each.portal]
    if filters.customer_number and (asked is None or not asked.portal):
        return Shelf(filters, [], numbers, why="not_yours")
    if asked:
        filters = replace(filters, customer_number=asked.customer_number)
    page, count, saved, known = await asyncio.gather(
        documents.page(token, filters.asked, cursor, A_PAGE),
        _if_there(documents.count(token, filters.asked)),
        _if_there(readership.saved(token)),
        _if_there(readership.numbers(token)),
    )
    coming = _coming([asked] if asked else numbers, known, at)
    whole = known and not coming and offered.next_cursor is None
    shelf = Shelf(
        filters,
        page.items,
        numbers,
        next_cursor=page.next_cursor,
        count=count,
        saved=saved or (),
        coming=coming,
        since=_since(known) if known and whole else None,
    )
    return shelf if page.items else replace(shelf, why=_why(shelf, one=bool(asked)))


async def numbers(sharing: SharingService, token: str) -> list[CustomerNumber]:
    """Return the customer numbers to choose from, where nothing is looked for yet."""
    offered = await sharing.numbers(token, limit=NUMBERS_OFFERED)
    return [each for each in offered.items if each.portal]


async def _number(sharing: SharingService, token: str, typed: str) -> CustomerNumber | None:
    """Return the customer number that was typed, or the only one of that name."""
    if not typed:
        return None
    try:
        return await sharing.number(token, typed.upper())
    except NothingHere:
        found = (await sharing.numbers(token, typed, limit=2)).items
    return found[0] if len(found) == 1 else None


async def _if_there(asked: Awaitable[T]) -> T | None:
    """Return what a page can do without, or None."""
    try:
        return await asked
    except (NothingHere, Refused, ServiceAway):
        return None


def _coming(
    numbers: Sequence[CustomerNumber], known: Sequence[KnownNumber] | None, at: datetime
) -> list[str]:
    """Return the numbers of which documents has not heard as much as identity has said."""
    versions = {each.customer_number: each.version for each in known or ()}

    def is_coming(number: CustomerNumber) -> bool:
        if known is None or number.version is None:
            return timedelta(0) <= at - number.since < JUST_NOW
        return versions.get(number.customer_number, -1) < number.version

    return [each.customer_number for each in numbers if is_coming(each)]


def _since(known: Sequence[KnownNumber]) -> date | None:
    return min((each.first_issue_date for each in known if each.first_issue_date), default=None)


def _why(shelf: Shelf, *, one: bool) -> Why:
    if not shelf.numbers and not one:
        return "no_numbers"
    if shelf.filters.narrowing == 1 and shelf.filters.unread:
        return "nothing_unread"
    if shelf.filters.narrowing:
        return "nothing_found"
    if shelf.coming:
        return "fetching"
    return "none_of_number" if one else "no_documents_yet"
