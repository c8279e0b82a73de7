"""Claim letters that are due, with all that is to be written in them.

One whose reader has no right to it any more, or no address that works, is not claimed but let be.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal, cast
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from chassis import trail
from chassis.identifiers import now
from notifications import claim_queries, languages, measures, queries, undelivered
from notifications.attachments import TOO_LARGE
from notifications.claim_queries import Change, Due
from notifications.composing import NewDocument
from notifications.enclosing import Wanted
from notifications.in_hand import Claimed, Patience
from notifications.linking import Links
from notifications.models import Person, State
from notifications.readership import Readers, Readership
from notifications.schedule_of_tries import next_look
from notifications.undelivered import Paused, Stopped, Undelivered

log = structlog.get_logger()


async def claim(
    session: AsyncSession,
    at_most: int,
    *,
    patience: Patience,
    links: Links,
    readership: Readership,
) -> Sequence[Claimed]:
    """Claim letters that are due; those whose reader lost the right meanwhile are withdrawn.

    One to a stopped address is refused here, and one to a paused domain waits.
    """
    at = now()
    found = await claim_queries.due(session, at, at_most)
    known = [each for each in found if each.is_known]
    readers = await readership.of(
        session, {each.customer_number: each.version or 0 for each in known}
    )
    later = {each.letter_id: next_look(each.updated_at, at) for each in found if not each.is_known}
    hindrances = await undelivered.hindrances(session, {each.person_id for each in known}, at)
    withdrawn: list[Change] = []
    hindered: list[tuple[Due, Stopped | Paused]] = []
    taken: list[Due] = []
    for due in known:
        asked_at = due.marked_at and due.marked_at + patience.evidence_after
        if asked_at and at < asked_at:
            later[due.letter_id] = asked_at
        elif not asked_at and (lost := _lost_right(due, readers[due.customer_number])):
            withdrawn.append(_withdrawn(due, lost))
        elif not asked_at and (why := hindrances.get(due.person_id)):
            hindered.append((due, why))
        else:
            taken.append(due)
    await claim_queries.put_off(session, later)
    await claim_queries.change(session, withdrawn, at)
    await _let_be(session, hindered, at)
    await claim_queries.take(
        session,
        [(each.letter_id, _sender(each), each.email or "") for each in taken],
        at + patience.lease,
    )
    mains = {readers[each.customer_number].main_contact for each in taken}
    people = await queries.people(session, {each for each in mains if each})
    return [_claimed(due, readers[due.customer_number], people, links) for due in taken]


def _lost_right(due: Due, readers: Readers) -> str | None:
    """Ask the rule once more, of the newest snapshot; return why it is no to the reader."""
    if due.person_state != "active" or due.email is None:
        return "the person is not there any more"
    if readers.may_read(due.person_id, due.published_at):
        return None
    return "no right to it any more"


def _withdrawn(due: Due, why: str) -> Change:
    measures.mails.labels(measures.WITHDRAWN).inc()
    log.info("letter_withdrawn", letter_id=str(due.letter_id), document_id=str(due.document_id))
    return Change(due.letter_id, due.claim, State.WITHDRAWN, due.tries, why, reason=why)


async def _let_be(
    session: AsyncSession, hindered: Sequence[tuple[Due, Stopped | Paused]], at: datetime
) -> None:
    """Refuse letters whose address is stopped and tell so; let those to a paused domain wait."""
    changes, ended = [], []
    for due, why in hindered:
        state, until = State.REFUSED, None
        if isinstance(why, Paused):
            state, until = State.DEFERRED, why.until
        else:
            ended.append(Undelivered(due.letter_id, due.email, why.fate, why.reason, ended=True))
        changes.append(
            Change(
                due.letter_id,
                due.claim,
                state,
                due.tries,
                why.reason,
                reason=why.reason,
                due_at=until,
            )
        )
    await claim_queries.change(session, changes, at)
    await undelivered.tell_issuers(session, ended, at)


def _sender(due: Due) -> str:
    """Return the address it was first tried from: its Message-ID is made of it."""
    return due.sender or due.issuer_sender or ""


def _claimed(due: Due, readers: Readers, people: Mapping[UUID, Person], links: Links) -> Claimed:
    main = people.get(readers.main_contact) if readers.main_contact else None
    facts = NewDocument(
        letter_id=due.letter_id,
        correlation_id=due.correlation_id,
        issuer=due.issuer,
        issuer_name=due.issuer_name or "",
        sender=_sender(due),
        accent=due.accent or "",
        palette=due.palette,
        recipient=due.email or "",
        language=languages.first_of(
            due.language, main.language if main else None, due.issuer_language
        ),
        first_name=due.first_name,
        last_name=due.last_name,
        role=cast("Literal['main', 'shared']", due.role),
        registered=bool(due.registered),
        main_contact_name=_name(main),
        customer_number=due.customer_number,
        customer_name=readers.snapshot.name,
        number=due.number,
        type=cast("Literal['invoice', 'credit_note']", due.type),
        issue_date=due.issue_date,
        due_date=due.due_date,
        total=due.total_incl_vat,
        amount_due=due.amount_due,
        currency=due.currency,
        payment_reference=due.payment_reference,
        link=links.to(readers.ticket_of(due.person_id) or due.ticket, due.linked_on),
        resent=due.resent,
    )
    too_large = due.attached == TOO_LARGE
    return Claimed(
        letter_id=due.letter_id,
        claim=due.claim + 1,
        document_id=due.document_id,
        tries=due.tries,
        facts=facts,
        marked=due.marked_at is not None,
        trail=trail.Trail(due.correlation_id, str(due.event_id), due.traceparent),
        enclose=None if too_large else _enclose(due, readers, facts),
        too_large=too_large,
    )


def _enclose(due: Due, readers: Readers, facts: NewDocument) -> Wanted | None:
    """Return the files that the reader wants with it, by what they want now."""
    if not (kinds := readers.files_for(due.person_id)):
        return None
    return Wanted(due.document_id, facts.number, facts.language, kinds)


def _name(person: Person | None) -> str | None:
    if person is None:
        return None
    return " ".join(filter(None, (person.first_name, person.last_name))) or None
