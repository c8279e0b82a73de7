"""Send letters: claim those that are due, hand each to the relay once, write down what came of it.

Between the body and its final dot the letter is marked. A letter that was marked and never
settled may have been sent: then the relay is asked, and only what it does not have is sent again.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, cast
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from chassis import trail
from chassis.identifiers import made_at, now
from chassis.working import Mark
from notifications import claim_queries, measures, queries, undelivered
from notifications.claim_queries import Change, Claim, Due
from notifications.composing import Letterpress, NewDocument, message_id
from notifications.errors import (
    AddressUnusable,
    AnswerLost,
    EvidenceUnavailable,
    RelayUnavailable,
)
from notifications.evidence import Evidence
from notifications.linking import Links
from notifications.mailer import Envelope, Mailer
from notifications.models import Person, State
from notifications.readership import Readers, Readership
from notifications.replies import Fate, classify
from notifications.return_path import ReturnPaths
from notifications.schedule_of_tries import next_try
from notifications.undelivered import Paused, Stopped, Undelivered

log = structlog.get_logger()

_LANGUAGES = ("nl", "fr", "de", "en")
_UNKNOWN_WAITS = timedelta(minutes=1)
"""When a letter is looked at again whose reader nobody has told of; it is woken when somebody does."""  # noqa: E501


@dataclass(frozen=True)
class Patience:
    """How often a letter is tried, how long a dead process keeps it and a domain waits."""

    schedule: tuple[timedelta, ...]
    lease: timedelta
    evidence_after: timedelta
    resend_unknown: bool
    domain_pause: timedelta = timedelta(hours=1)


@dataclass(frozen=True)
class Claimed:
    """A letter in hand: what to write, and whether the relay may have it already."""

    letter_id: UUID
    claim: int
    document_id: UUID
    tries: int
    facts: NewDocument
    marked: bool
    trail: trail.Trail

    @property
    def key(self) -> Claim:
        """The letter, and the claim on it."""
        return self.letter_id, self.claim


@dataclass(frozen=True)
class Answered:
    """The relay answered, and this is what its answer means."""

    fate: Fate
    reason: str


@dataclass(frozen=True)
class Lost:
    """The relay may have it; it will be asked."""

    reason: str


@dataclass(frozen=True)
class Held:
    """The relay may have it, and it cannot be asked: nobody will know."""

    reason: str


@dataclass(frozen=True)
class Absent:
    """The relay may have had it, but it has not: it can be sent again."""

    reason: str


Outcome = Answered | Lost | Held | Absent


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
    later = {each.letter_id: at + _UNKNOWN_WAITS for each in found if not each.is_known}
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


async def act(
    claimed: Claimed,
    mark: Mark,
    *,
    press: Letterpress,
    mailer: Mailer,
    evidence: Evidence | None,
    return_paths: ReturnPaths | None,
    patience: Patience,
) -> Outcome:
    """Hand a letter to the relay; one that it may have already is only asked about."""
    if claimed.marked:
        return await _ask(claimed, evidence, patience)
    facts = claimed.facts
    try:
        content = press.compose(facts, now())
        sender = return_paths.of(claimed.letter_id) if return_paths else facts.sender
        envelope = Envelope(sender, facts.recipient, content)
        reply = await mailer.submit(envelope, before_dot=mark)
    except AddressUnusable as unusable:
        return Answered(Fate.BAD_ADDRESS, str(unusable))
    except RelayUnavailable as away:
        return Answered(Fate.DEFERRED, f"the relay cannot be reached: {away}")
    except AnswerLost as lost:
        return Lost(f"the relay's answer was lost: {lost}")
    return Answered(classify(reply), f"{reply.code} {reply.text}"[:400])


async def _ask(claimed: Claimed, evidence: Evidence | None, patience: Patience) -> Outcome:
    if evidence is None:
        reason = "the relay's answer was lost, and it cannot be asked"
        return Absent(reason) if patience.resend_unknown else Held(reason)
    try:
        found = await evidence.has(message_id(claimed.letter_id, claimed.facts.sender))
    except EvidenceUnavailable as away:
        return Lost(f"the relay cannot be asked yet: {away}")
    if found:
        return Answered(Fate.ACCEPTED, "the relay has it, though its answer was lost")
    return Absent("the relay does not have it")


async def mark(session: AsyncSession, held: Sequence[Claimed]) -> Sequence[bool]:
    """Write down that the final dot comes next; say of each letter whether it is still ours."""
    marked = await claim_queries.mark(session, [each.key for each in held], now())
    return [each.key in marked for each in held]


async def settle(
    session: AsyncSession, done: Sequence[tuple[Claimed, Outcome]], *, patience: Patience
) -> None:
    """Write down what came of letters, unless another has claimed them since."""
    at = now()
    changes = [_change(claimed, outcome, at, patience) for claimed, outcome in done]
    changed = await claim_queries.change(session, changes, at)
    for (claimed, outcome), change in zip(done, changes, strict=True):
        with trail.follow(claimed.trail):
            if claimed.key in changed:
                _tell(claimed, change)
                _count(claimed, outcome, at)
            else:
                log.warning("letter_claimed_by_another", letter_id=str(claimed.letter_id))
    failed = [
        Undelivered(
            letter_id=claimed.letter_id,
            sent_to=claimed.facts.recipient,
            fate=outcome.fate,
            reason=change.detail,
            ended=change.state is State.REFUSED,
        )
        for (claimed, outcome), change in zip(done, changes, strict=True)
        if claimed.key in changed
        and isinstance(outcome, Answered)
        and outcome.fate is not Fate.ACCEPTED
    ]
    await undelivered.follow(session, failed, at, domain_pause=patience.domain_pause)


def _change(claimed: Claimed, outcome: Outcome, at: datetime, patience: Patience) -> Change:
    def become(state: State, tries: int = claimed.tries + 1, **how: Any) -> Change:
        return Change(*claimed.key, state, tries, **how)

    match outcome:
        case Answered(Fate.ACCEPTED, detail):
            return become(State.SENT, detail=detail)
        case Answered(fate, said):
            detail = f"{fate}: {said}"
            jitter = random.random()  # noqa: S311 (not a secret)
            pause = next_try(fate, claimed.tries + 1, patience.schedule, jitter=jitter)
            if pause is None:
                return become(State.REFUSED, detail=detail, reason=detail)
            return become(State.DEFERRED, detail=detail, reason=detail, due_at=at + pause)
        case Absent(detail):
            return become(State.DEFERRED, detail=detail, reason=detail, due_at=at)
        case Lost(detail) | Held(detail):
            asked_at = at + patience.evidence_after if isinstance(outcome, Lost) else None
            return become(
                State.UNKNOWN,
                claimed.tries,
                detail=detail,
                reason=detail,
                due_at=asked_at,
                stays_marked=True,
            )


async def renew(session: AsyncSession, held: Sequence[Claimed], lease: timedelta) -> None:
    """Keep letters that are still being sent; for no time at all, to give them back."""
    await claim_queries.lease(session, [each.key for each in held], now() + lease)


def _tell(claimed: Claimed, change: Change) -> None:
    log.info(
        "letter_settled",
        state=change.state,
        letter_id=str(claimed.letter_id),
        document_id=str(claimed.document_id),
        tries=change.tries,
        **({} if change.state is State.SENT else {"detail": change.detail[:200]}),
    )


def _lost_right(due: Due, readers: Readers) -> str | None:
    """Ask the rule once more, of the newest snapshot; return why it is no to the reader."""
    if due.person_state != "active" or due.email is None:
        return "the person is not there any more"
    if readers.may_read(due.person_id, due.published_at):
        return None
    return "no right to it any more"


def _count(claimed: Claimed, outcome: Outcome, at: datetime) -> None:
    match outcome:
        case Answered(fate):
            measures.mails.labels(fate).inc()
            published = made_at(claimed.document_id)
            if fate is Fate.ACCEPTED and published:
                measures.letter_seconds.observe((at - published).total_seconds())
        case Lost():
            measures.mails.labels(measures.LOST).inc()
        case Held():
            measures.mails.labels(measures.HELD).inc()
        case Absent():
            measures.mails.labels(measures.ABSENT).inc()


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


def _claimed(due: Due, readers: Readers, people: dict[UUID, Person], links: Links) -> Claimed:
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
        language=_language(due.language, main.language if main else None, due.issuer_language),
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
        link=links.to(due.ticket, due.linked_on),
    )
    return Claimed(
        letter_id=due.letter_id,
        claim=due.claim + 1,
        document_id=due.document_id,
        tries=due.tries,
        facts=facts,
        marked=due.marked_at is not None,
        trail=trail.Trail(due.correlation_id, str(due.event_id), due.traceparent),
    )


def _language(*preferred: str | None) -> Literal["nl", "fr", "de", "en"]:
    """Return the reader's language, else the main contact's, else the issuer's (N-03, Q4)."""
    for language in preferred:
        if language in _LANGUAGES:
            return cast("Literal['nl', 'fr', 'de', 'en']", language)
    return "en"


def _name(person: Person | None) -> str | None:
    if person is None:
        return None
    return " ".join(filter(None, (person.first_name, person.last_name))) or None
