"""Read what became of letters, and which documents nobody could be told of."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from chassis import cursors
from chassis.identifiers import now
from notifications import letter_queries, mailbox_queries, person_queries, queries
from notifications.letter_queries import LetterAbout
from notifications.models import Mailbox, Notice, PausedDomain
from notifications.person_queries import LetterTo
from notifications.recipients import UNKNOWN_AFTER

_PLACES = TypeAdapter(tuple[cursors.Moment, UUID])
_NUMBER_PLACES = TypeAdapter(tuple[cursors.Moment, UUID, UUID])
_STOPPED_PLACES = TypeAdapter(tuple[cursors.Moment, str])
_LETTER_PLACES = TypeAdapter(tuple[UUID])


@dataclass(frozen=True)
class Unread:
    """A document nobody could be told of, and what is not known: customer_number or person."""

    notice: Notice
    missing: str


@dataclass(frozen=True)
class Page:
    """A page of them, and where the next one begins."""

    unread: Sequence[Unread]
    next_cursor: str | None


async def letters(session: AsyncSession, issuer: str, document_id: UUID) -> Sequence[LetterAbout]:
    """Return the letters for a document of this issuer; another's has none."""
    return await letter_queries.letters_of_document(session, issuer, document_id)


@dataclass(frozen=True)
class NumberPage:
    """A page of the letters about a customer number's documents, and where the next one begins."""

    letters: Sequence[LetterAbout]
    next_cursor: str | None


async def letters_of_number(
    session: AsyncSession, issuer: str, customer_number: str, cursor: str | None, limit: int
) -> NumberPage:
    """Return the letters about a customer number of this issuer, the newest document first."""
    before = cursors.read(_NUMBER_PLACES, cursor) if cursor else None
    found = await letter_queries.letters_of_number(
        session, issuer, customer_number, before, limit + 1
    )
    shown, more = found[:limit], len(found) > limit
    return NumberPage(shown, cursors.write(_NUMBER_PLACES, shown[-1].place) if more else None)


@dataclass(frozen=True)
class OwnAddress:
    """Where a person's mails go, and what stands in their way, if anything does."""

    address: str
    hindrance: Mailbox | PausedDomain | None


async def own_address(session: AsyncSession, person_id: UUID) -> OwnAddress | None:
    """Return where a person's mails go; None for somebody who has no address any more."""
    address = await letter_queries.address_of(session, person_id)
    if address is None:
        return None
    hindrances = await mailbox_queries.hindrances(session, [person_id], now())
    return OwnAddress(address, hindrances.get(person_id))


async def without_reader(
    session: AsyncSession, issuer: str, cursor: str | None, limit: int
) -> Page:
    """Return documents of this issuer that had no known reader for a day, the oldest first."""
    after = cursors.read(_PLACES, cursor) if cursor else None
    before = now() - UNKNOWN_AFTER
    found = await queries.notices_without_reader(session, issuer, before, after, limit + 1)
    shown = [
        Unread(notice, "person" if number_known else "customer_number")
        for notice, number_known in found[:limit]
    ]
    more = len(found) > limit
    return Page(shown, _cursor(shown[-1].notice) if more else None)


@dataclass(frozen=True)
class StoppedPage:
    """A page of stopped addresses, and where the next one begins."""

    mailboxes: Sequence[Mailbox]
    next_cursor: str | None


async def stopped_addresses(
    session: AsyncSession, issuer: str, cursor: str | None, limit: int
) -> StoppedPage:
    """Return the stopped addresses of this issuer's readers, the longest stopped first."""
    after = cursors.read(_STOPPED_PLACES, cursor) if cursor else None
    found = await mailbox_queries.stopped_mailboxes(session, issuer, after, limit + 1)
    shown, more = found[:limit], len(found) > limit
    return StoppedPage(shown, _stopped_cursor(shown[-1]) if more else None)


def _cursor(last: Notice) -> str:
    return cursors.write(_PLACES, (last.published_at, last.document_id))


def _stopped_cursor(last: Mailbox) -> str | None:
    if last.stopped_at is None:
        return None
    return cursors.write(_STOPPED_PLACES, (last.stopped_at, last.address))


@dataclass(frozen=True)
class LettersPage:
    """A page of the letters to a person, and where the next one begins."""

    letters: Sequence[LetterTo]
    next_cursor: str | None


async def letters_to(
    session: AsyncSession, person_id: UUID, cursor: str | None, limit: int
) -> LettersPage:
    """Return the letters that went to a person, the newest first."""
    before = cursors.read(_LETTER_PLACES, cursor)[0] if cursor else None
    found = await person_queries.letters_to(session, person_id, before, limit + 1)
    shown = found[:limit]
    more = len(found) > limit
    return LettersPage(
        shown, cursors.write(_LETTER_PLACES, (shown[-1].letter.id,)) if more else None
    )
