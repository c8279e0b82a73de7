"""Owe a letter about an account when identity asks for it."""

from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.identifiers import now
from chassis.trail import Trail
from chassis.working import needed
from contracts.notifications import WriteToPerson
from notifications import measures, queries, writing_queries
from notifications.errors import KindUnknown, ProofMissing
from notifications.kinds import ERASED, KINDS, PROVING
from notifications.models import WRITING, Letter, Writing

log = structlog.get_logger()

_ERASED = "erased"


async def write_to(
    session: AsyncSession, task: WriteToPerson, message_id: UUID, came_by: Trail
) -> None:
    """Owe the letter that a message names; the same message again owes nothing more.

    Raises:
        KindUnknown: there are no words for it.
        ProofMissing: it is to prove a mailbox, and has nothing to prove it with.

    """
    if task.kind not in KINDS:
        raise KindUnknown(task.kind)
    if task.kind in PROVING and task.proof is None:
        raise ProofMissing(task.kind)
    known = (await queries.people(session, [task.person_id])).get(task.person_id)
    if known is not None and known.state == _ERASED and task.kind != ERASED:
        log.info("letter_to_erased_person_dropped", kind=task.kind)
        return
    at = now()
    proof = task.proof
    letter = Letter(
        id=message_id,
        event_id=message_id,
        person_id=task.person_id,
        kind=task.kind,
        ticket=task.ticket,
        linked_on=task.asked_at.date(),
        due_at=at,
        updated_at=at,
    )
    writing = Writing(
        letter_id=message_id,
        issuer=task.issuer,
        recipient=task.recipient,
        language=task.language,
        first_name=task.first_name,
        last_name=task.last_name,
        credential_id=proof.credential_id if proof else None,
        proof_kind=proof.kind if proof else None,
        link_until=proof.link_until if proof else None,
        code_until=proof.code_until if proof else None,
        facts=task.facts,
        asked_at=task.asked_at,
        correlation_id=came_by.correlation_id,
        traceparent=came_by.traceparent,
    )
    if await writing_queries.owe(session, letter, writing):
        log.info("letter_to_person_owed", letter_id=str(message_id), kind=task.kind)
        measures.letters_to_people.labels(task.kind).inc()
        needed(session, WRITING)
