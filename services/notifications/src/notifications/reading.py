"""Read what became of letters, and which documents nobody could be told of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
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
    return NumberPage(*cursors.cut(found, limit, _NUMBER_PLACES, lambda each: each.place))


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
    shown, next_cursor = cursors.cut(found, limit, _PLACES, _place)
    unread = [
        Unread(notice, "person" if number_known else "customer_number")
        for notice, number_known in shown
    ]
    return Page(unread, next_cursor)


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
    return StoppedPage(*cursors.cut(found, limit, _STOPPED_PLACES, _stopped_place))


def _place(found: tuple[Notice, bool]) -> tuple[datetime, UUID]:
    notice, _ = found
    return notice.published_at, notice.document_id


def _stopped_place(mailbox: Mailbox) -> tuple[datetime, str]:
    assert mailbox.stopped_at is not None  # noqa: S101 (only stopped ones are asked for)
    return mailbox.stopped_at, mailbox.address


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
    return LettersPage(*cursors.cut(found, limit, _LETTER_PLACES, lambda each: (each.letter.id,)))
