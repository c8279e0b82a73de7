"""Browse the archive: a page of the documents somebody may read, or why there are none."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from portal.customer_numbers import CustomerNumber
from portal.document import GuestDocument
from portal.documents_service import DocumentsService
from portal.errors import NothingHere
from portal.sharing_service import SharingService

A_PAGE = 50
NUMBERS_OFFERED = 200
"""Customer numbers to choose from; any other can be typed."""

JUST_NOW = timedelta(minutes=10)
"""So long after it was granted, a customer number's documents may still be on their way."""

Why = Literal["no_numbers", "not_yours", "fetching", "none_of_number", "no_documents_yet"]


@dataclass(frozen=True)
class Shelf:
    """A page of documents, the numbers to choose from, and why there is nothing, if so."""

    documents: Sequence[GuestDocument]
    numbers: Sequence[CustomerNumber]
    next_cursor: str | None = None
    why: Why | None = None

    def name_of(self, customer_number: str) -> str:
        """Return what a customer number is called, where that is known."""
        known = (each.name for each in self.numbers if each.customer_number == customer_number)
        return next(known, "")


async def browse(
    sharing: SharingService,
    documents: DocumentsService,
    tokens: Mapping[str, str],
    customer_number: str | None,
    cursor: str | None,
    at: datetime,
) -> Shelf:
    """Return a page of documents, of one customer number or of all."""
    token = tokens["identity"]
    offered, asked = await asyncio.gather(
        sharing.numbers(token, limit=NUMBERS_OFFERED),
        _number(sharing, token, customer_number),
    )
    # Who only gets mails of a number reads its documents by their links.
    numbers = [each for each in offered.items if each.portal]
    if customer_number and (asked is None or not asked.portal):
        return Shelf([], numbers, why="not_yours")
    page = await documents.page(tokens["documents"], customer_number, cursor, A_PAGE)
    if page.items:
        return Shelf(page.items, numbers, page.next_cursor)
    return Shelf([], numbers, why=_why([asked] if asked else numbers, at, one=bool(asked)))


async def _number(
    sharing: SharingService, token: str, customer_number: str | None
) -> CustomerNumber | None:
    if not customer_number:
        return None
    try:
        return await sharing.number(token, customer_number)
    except NothingHere:
        return None


def _why(numbers: Sequence[CustomerNumber], at: datetime, *, one: bool) -> Why:
    if not numbers:
        return "no_numbers"
    if any(timedelta(0) <= at - each.since < JUST_NOW for each in numbers):
        return "fetching"
    return "none_of_number" if one else "no_documents_yet"
