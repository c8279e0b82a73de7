"""What follows when a letter could not be delivered: for its address, its domain and its issuer.

The same whether a relay refused it or it came back later. An address is stopped for what is wrong
with the address, never for what is wrong with us.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from chassis import outbox, trail
from chassis.identifiers import derived_id
from chassis.trail import Trail
from contracts.notifications import LetterUndeliverable
from notifications import mailbox_queries, measures
from notifications.models import Mailbox, PausedDomain
from notifications.replies import Fate

log = structlog.get_logger()

REMEMBERED = timedelta(days=90)
"""How long one event counts against an address for which it takes two."""

_EVENTS_THAT_STOP = {Fate.BAD_ADDRESS: 1, Fate.INACTIVE: 2}
_CONCERN_OTHERS = {*_EVENTS_THAT_STOP, Fate.POLICY}


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A letter that was not delivered; ``reason`` is what it says of that, with its fate in front.

    ``ended`` says that no further try will be made.
    """

    letter_id: UUID
    sent_to: str | None
    fate: str
    reason: str
    ended: bool


@dataclass(frozen=True, slots=True)
class Stopped:
    """A letter that must not be sent: its address is stopped."""

    fate: str
    reason: str


@dataclass(frozen=True, slots=True)
class Paused:
    """A letter that has to wait: its domain is paused."""

    reason: str
    until: datetime


async def follow(
    session: AsyncSession,
    letters: Sequence[Undelivered],
    at: datetime,
    *,
    domain_pause: timedelta,
) -> None:
    """Do what follows for addresses and domains, and tell issuers of those that have ended."""
    if any(each.fate in _CONCERN_OTHERS for each in letters):
        await mailbox_queries.hold_consequences(session)
    for each in letters:
        if each.sent_to and each.fate in _EVENTS_THAT_STOP:
            await _blame(session, each.sent_to, Fate(each.fate), each.reason, at)
        if each.sent_to and each.fate == Fate.POLICY:
            await _pause(session, each.sent_to, each.reason, at + domain_pause)
    await tell_issuers(session, [each for each in letters if each.ended], at)


async def tell_issuers(session: AsyncSession, ended: Collection[Undelivered], at: datetime) -> None:
    """Tell issuers that a reader of a document was not reached; a letter always under one id."""
    found = await mailbox_queries.letters_with_notices(session, [each.letter_id for each in ended])
    for each in ended:
        if each.letter_id not in found:
            # About an account: identity asked for it, and no document is without its reader.
            log.warning("letter_about_account_undelivered", letter_id=str(each.letter_id))
            continue
        letter, notice = found[each.letter_id]
        told = LetterUndeliverable(
            command_id=notice.command_id,
            document_id=notice.document_id,
            customer_number=notice.customer_number,
            number=notice.number,
            person_id=letter.person_id,
            letter_id=letter.id,
            reason=each.fate,
            detail=each.reason.removeprefix(f"{each.fate}: "),
            at=at,
        )
        # Whatever brought the news: it belongs to the conversation of its letter.
        with trail.follow(Trail(notice.correlation_id, str(notice.event_id), notice.traceparent)):
            message_id = derived_id(LetterUndeliverable.routing_key, letter.id)
            await outbox.answer(session, notice.issuer, told, message_id=message_id)


async def hindrances(
    session: AsyncSession, people: Collection[UUID], at: datetime
) -> dict[UUID, Stopped | Paused]:
    """Say which of these people's letters cannot go now, and why."""
    found = await mailbox_queries.hindrances(session, people, at)
    return {
        person_id: _stopped(each) if isinstance(each, Mailbox) else _paused(each)
        for person_id, each in found.items()
    }


async def hindrances_at(
    session: AsyncSession, addresses: Collection[str], at: datetime
) -> dict[str, Stopped | Paused]:
    """Say which of these addresses cannot be written to now, in lower case, and why."""
    found = await mailbox_queries.hindrances_at(session, addresses, at)
    return {
        address: _stopped(each) if isinstance(each, Mailbox) else _paused(each)
        for address, each in found.items()
    }


def _stopped(mailbox: Mailbox) -> Stopped:
    why = mailbox.reason.removeprefix(f"{mailbox.fate}: ")
    since = f"{mailbox.stopped_at:%Y-%m-%d}"
    return Stopped(mailbox.fate, f"{mailbox.fate}: stopped since {since}, {why}")


def _paused(domain: PausedDomain) -> Paused:
    why = domain.reason.removeprefix(f"{Fate.POLICY}: ")
    return Paused(f"{Fate.POLICY}: domain paused, {why}", domain.until)


async def _blame(
    session: AsyncSession, address: str, fate: Fate, reason: str, at: datetime
) -> None:
    mailbox = await mailbox_queries.blame(
        session, address, fate=fate, reason=reason, at=at, since=at - REMEMBERED
    )
    if mailbox.stopped_at is None and mailbox.events >= _EVENTS_THAT_STOP[fate]:
        mailbox.stopped_at = at
        measures.addresses_stopped.inc()
        log.info("address_stopped", fate=fate)


async def _pause(session: AsyncSession, address: str, reason: str, until: datetime) -> None:
    domain = await mailbox_queries.pause_domain(session, address, reason=reason, until=until)
    measures.domains_paused.inc()
    log.warning("domain_paused", domain=domain, until=until.isoformat())
