"""Send letters again: those that were refused or came back, and one that somebody asks for."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.identifiers import now
from chassis.working import needed
from notifications import letter_queries, mailbox_queries, undelivered, writing_queries
from notifications.errors import (
    AddressStopped,
    LetterUnderWay,
    LetterUnknown,
    LetterWithdrawn,
    ResentOften,
)
from notifications.letter_queries import LetterAbout
from notifications.lines import one_line
from notifications.models import SENDING, Letter, LetterHistory, State
from notifications.undelivered import Stopped

log = structlog.get_logger()

PAGE = 500
_A_MOMENT = timedelta(minutes=1)
"""For so long a letter that was sent may be on its way."""

_MOST_RESENT = 10


@dataclass(frozen=True)
class Wanted:
    """Which letters; at least one of these is said."""

    letter_id: UUID | None = None
    document_id: UUID | None = None
    fate: str | None = None
    since: datetime | None = None


@dataclass(frozen=True)
class Resent:
    """How many are owed again, how many have a stopped address, and where the next page begins."""

    owed: int
    stopped: int
    after: UUID | None


async def resend_page(session: AsyncSession, wanted: Wanted, after: UUID | None) -> Resent:
    """Owe a page of letters again; each keeps its Message-ID and its link."""
    at = now()
    letters = await mailbox_queries.undelivered_letters(
        session,
        letter_id=wanted.letter_id,
        document_id=wanted.document_id,
        fate=wanted.fate,
        since=wanted.since,
        after=after,
        limit=PAGE,
    )
    people = [each.person_id for each in letters]
    hindered = await undelivered.hindrances(session, people, at)
    recipients = await writing_queries.recipients(session, [each.id for each in letters])
    hindered_at = await undelivered.hindrances_at(session, set(recipients.values()), at)
    stopped = 0
    for letter in letters:
        to = recipients.get(letter.id)
        why = hindered_at.get(to.lower()) if to else hindered.get(letter.person_id)
        if isinstance(why, Stopped):
            stopped += 1
            continue
        letter.become(State.OWED, at)
        letter.due_at = at
        letter.tries = 0
        session.add(
            LetterHistory(letter_id=letter.id, at=at, state=letter.state, detail="to be sent again")
        )
    last = letters[-1].id if len(letters) == PAGE else None
    return Resent(len(letters) - stopped, stopped, last)


async def free_address(session: AsyncSession, address: str) -> bool:
    """Let letters go to an address again; False when they were not stopped."""
    return await mailbox_queries.free_mailbox(session, address)


@dataclass(frozen=True)
class By:
    """Who asks for a letter again: for an issuer, in its name; or else its reader.

    ``who`` is a client or a person, never an address.
    """

    who: str
    issuer: str | None = None
    reader: UUID | None = None
    reason: str | None = None


async def resend(session: AsyncSession, letter_id: UUID, by: By) -> LetterAbout:
    """Owe one letter again that was refused, came back, or was sent a while ago.

    Who asks for it and why stands in its history. One that a relay has had gets another Message-ID:
    a mailbox that has the first would hide the second.
    """
    found = await letter_queries.letter_to_resend(session, letter_id)
    if found is None or not _may(by, found):
        raise LetterUnknown
    at, letter = now(), found.letter
    if letter.state is State.WITHDRAWN:
        raise LetterWithdrawn
    _check_is_settled(letter, at)
    if letter.resent >= _MOST_RESENT:
        raise ResentOften
    why = (await undelivered.hindrances(session, [letter.person_id], at)).get(letter.person_id)
    if isinstance(why, Stopped):
        raise AddressStopped(why.fate)
    letter.resent += int(letter.state is not State.REFUSED)
    letter.become(State.OWED, at)
    letter.due_at, letter.tries, letter.attached = at, 0, None
    reason = f": {one_line(by.reason, limit=300)}" if by.reason else ""
    detail = f"to be sent again, by {by.who}{reason}"
    session.add(LetterHistory(letter_id=letter.id, at=at, state=letter.state, detail=detail))
    log.info("letter_resent", letter_id=str(letter.id), by=by.who, issuer=by.issuer)
    needed(session, SENDING)
    await session.flush()
    return found


def _may(by: By, found: LetterAbout) -> bool:
    if by.issuer is not None:
        return found.notice.issuer == by.issuer
    return by.reader is not None and found.letter.person_id == by.reader


def _check_is_settled(letter: Letter, at: datetime) -> None:
    if letter.state in {State.REFUSED, State.BOUNCED}:
        return
    if letter.state is not State.SENT or letter.updated_at > at - _A_MOMENT:
        raise LetterUnderWay
