"""Claim letters about accounts that are due; what they say is put together here, links and all.

One whose link is good no more, or whose person is gone, is withdrawn; one whose address is stopped
is refused with the reason, like any other.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.identifiers import now
from chassis.trail import Trail
from notifications import claim_queries, languages, measures, undelivered, writing_queries
from notifications.claim_queries import Change
from notifications.composing_to_people import ToPerson
from notifications.in_hand import Claimed, Patience
from notifications.kinds import ERASED, SOMEBODY_WAITS
from notifications.linking import Links
from notifications.models import State
from notifications.schedule_of_tries import next_look
from notifications.undelivered import Paused, Stopped
from notifications.writing_queries import DueWriting

log = structlog.get_logger()


async def claim(
    session: AsyncSession, at_most: int, *, patience: Patience, links: Links
) -> Sequence[Claimed]:
    """Claim letters about accounts, those first that somebody is waiting for."""
    at = now()
    found = await writing_queries.due(session, at, at_most, sooner=SOMEBODY_WAITS)
    addresses = {each.recipient for each in found if each.recipient}
    hindrances = await undelivered.hindrances_at(session, addresses, at)
    later: dict[UUID, datetime] = {}
    changes: list[Change] = []
    ended: list[UUID] = []
    taken: list[DueWriting] = []
    for due in found:
        asked_at = due.marked_at and due.marked_at + patience.evidence_after
        if asked_at and at < asked_at:
            later[due.letter_id] = asked_at
        elif not asked_at and (why := _no_use(due, at)):
            changes.append(_withdrawn(due, why))
            ended.append(due.letter_id)
        elif due.issuer_name is None:
            later[due.letter_id] = next_look(due.updated_at, at)
        elif not asked_at and (hindered := hindrances.get((due.recipient or "").lower())):
            changes.append(_let_be(due, hindered))
            if due.kind == ERASED and isinstance(hindered, Stopped):
                ended.append(due.letter_id)
        else:
            taken.append(due)
    await claim_queries.put_off(session, later)
    await claim_queries.change(session, changes, at)
    await writing_queries.forget_words(session, ended)
    await claim_queries.take(
        session,
        [(each.letter_id, _sender(each), each.recipient or "") for each in taken],
        at + patience.lease,
    )
    return [_claimed(each, links) for each in taken]


def _no_use(due: DueWriting, at: datetime) -> str | None:
    """Return why a letter is not to be sent after all."""
    if due.recipient is None:
        return "what it said was forgotten"
    if due.person_state == "erased" and due.kind != ERASED:
        return "the person is not there any more"
    if due.link_until is not None and due.link_until <= at:
        return "its link is good no more"
    return None


def _withdrawn(due: DueWriting, why: str) -> Change:
    measures.mails.labels(measures.WITHDRAWN).inc()
    log.info("letter_withdrawn", letter_id=str(due.letter_id), kind=due.kind, why=why)
    return Change(due.letter_id, due.claim, State.WITHDRAWN, due.tries, why, reason=why)


def _let_be(due: DueWriting, why: Stopped | Paused) -> Change:
    """Refuse a letter whose address is stopped; let one to a paused domain wait."""
    paused = isinstance(why, Paused)
    log.info("letter_hindered", letter_id=str(due.letter_id), kind=due.kind, paused=paused)
    return Change(
        due.letter_id,
        due.claim,
        State.DEFERRED if paused else State.REFUSED,
        due.tries,
        why.reason,
        reason=why.reason,
        due_at=why.until if isinstance(why, Paused) else None,
    )


def _sender(due: DueWriting) -> str:
    """Return the address it was first tried from: its Message-ID is made of it."""
    return due.sender or due.issuer_sender or ""


def _claimed(due: DueWriting, links: Links) -> Claimed:
    letter_id, issuer = due.letter_id, due.issuer
    link, code = links.sign_in(issuer), None
    if due.credential_id is not None and due.proof_kind is not None:
        link = links.proving(due.credential_id, due.proof_kind)
        if due.code_until is not None:
            code = links.code(due.credential_id, due.proof_kind)
    elif due.ticket is not None:
        link = links.to(due.ticket, due.linked_on)
    facts = ToPerson(
        letter_id=letter_id,
        correlation_id=due.correlation_id,
        kind=due.kind,
        issuer=issuer,
        issuer_name=due.issuer_name or "",
        sender=_sender(due),
        accent=due.accent or "",
        palette=due.palette,
        time_zone=due.time_zone,
        recipient=due.recipient or "",
        language=languages.first_of(due.language, due.issuer_language),
        first_name=due.first_name,
        last_name=due.last_name,
        link=link,
        link_until=due.link_until,
        code=code,
        code_until=due.code_until,
        opens_documents=due.ticket is not None and due.credential_id is None,
        registered=bool(due.registered),
        forgotten=links.forgotten(issuer),
        asked_at=due.asked_at,
        facts=due.facts,
    )
    return Claimed(
        letter_id=letter_id,
        claim=due.claim + 1,
        document_id=None,
        tries=due.tries,
        facts=facts,
        marked=due.marked_at is not None,
        trail=Trail(due.correlation_id, str(due.event_id), due.traceparent),
    )
