"""Send letters again that were refused or came back, once the cause is mended."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.identifiers import now
from notifications import mailbox_queries, undelivered, writing_queries
from notifications.models import LetterHistory, State
from notifications.undelivered import Stopped

PAGE = 500


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
