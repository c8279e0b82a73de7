"""Tell a listener that came late everything there is: page by page, and where it was left off."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from chassis import outbox
from chassis.topology import queue_of
from contracts.identity import CustomerNumberChanged, IssuerChanged, PersonChanged
from contracts.message import Event
from identity import queries, snapshots
from identity.models import CustomerNumber, Issuer, Person

PAGE = 500

_Page = Callable[[AsyncSession, str, int], Awaitable[Sequence[Any]]]

_PAGES: dict[type[Event], _Page] = {
    IssuerChanged: queries.issuers_after,
    PersonChanged: queries.people_after,
    CustomerNumberChanged: queries.customer_numbers_after,
}

EVENTS: tuple[type[Event], ...] = tuple(_PAGES)


async def republish_page(session: AsyncSession, listener: str, event: type[Event]) -> int:
    """Say the next page of one kind of snapshot to one listener.

    Returns how many it said: fewer than a page at the end.
    The place is kept in the same transaction, so that a broken run goes on where it was.
    """
    place = await queries.republication(session, listener, event.routing_key)
    nouns = await _PAGES[event](session, place.after, PAGE)
    told = [await _snapshot(session, noun) for noun in nouns]
    await outbox.say_to(session, queue_of(listener, event), *told)
    place.after = _key(nouns[-1]) if len(nouns) == PAGE else ""
    return len(nouns)


async def _snapshot(session: AsyncSession, noun: Issuer | Person | CustomerNumber) -> Event:
    if isinstance(noun, Issuer):
        return snapshots.of_issuer(noun)
    if isinstance(noun, Person):
        return snapshots.of_person(noun)
    return await snapshots.of_customer_number(session, noun)


def _key(noun: Issuer | Person | CustomerNumber) -> str:
    if isinstance(noun, Issuer):
        return noun.issuer
    return str(noun.id) if isinstance(noun, Person) else noun.customer_number
