"""Know who is who: keep identity's newest snapshots. Older ones that arrive late change nothing."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.identifiers import now
from chassis.working import needed
from contracts.identity import IssuerChanged, PersonChanged
from notifications import claim_queries, mailbox_queries, queries, writing_queries
from notifications.kinds import ERASED
from notifications.models import SENDING, WRITING, Issuer, LetterHistory, Person, State


async def know_issuer(session: AsyncSession, event: IssuerChanged) -> None:
    """Keep how an issuer looks and signs."""
    values = {
        "issuer": event.issuer,
        "version": event.version,
        "name": event.name,
        "accent": event.accent,
        "sender": event.sender,
        "language": event.language,
        "time_zone": event.time_zone,
        "palette": event.palette.model_dump() if event.palette else None,
    }
    if await queries.keep_if_newer(session, Issuer, values):
        await writing_queries.wake(session, event.issuer, now())
        needed(session, SENDING)
        needed(session, WRITING)


async def know_person(session: AsyncSession, event: PersonChanged) -> None:
    """Keep how a person is reached; letters that waited for them can go."""
    if event.state == "erased":
        await _withdraw(session, event.person_id)
        await mailbox_queries.forget_mail_of(session, event.person_id)
        await writing_queries.leave_out_addresses_of(session, event.person_id)
    values = {
        "person_id": event.person_id,
        "version": event.version,
        "email": event.email,
        "language": event.language,
        "first_name": event.first_name,
        "last_name": event.last_name,
        "registered": event.registered,
        "state": event.state,
    }
    if await queries.keep_if_newer(session, Person, values):
        await claim_queries.wake(session, event.person_id, now())
        needed(session, SENDING)


async def _withdraw(session: AsyncSession, person_id: UUID) -> None:
    """Send no letter about an account that is gone, but the last; forget what the others said."""
    at, why = now(), "the person is not there any more"
    letters = await writing_queries.letters_to(session, person_id, but=ERASED)
    for letter in letters:
        # One that is marked may be with the relay, which is asked; others are taken from whoever
        # has claimed them.
        if letter.due_at is not None and letter.marked_at is None:
            letter.claim += 1
            letter.become(State.WITHDRAWN, at, why)
            session.add(LetterHistory(letter_id=letter.id, at=at, state=letter.state, detail=why))
    await session.flush()
    await writing_queries.forget_words(session, [each.id for each in letters])
