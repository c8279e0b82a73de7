"""Send letters: claim those that are due, hand each to the relay once, write down what came of it.

Between the body and its final dot the letter is marked. A letter that was marked and never
settled may have been sent: then the relay is asked, and only what it does not have is sent again.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, cast
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.identifiers import now
from chassis.trail import Trail
from chassis.working import Mark
from notifications import queries
from notifications.composing import Letterpress, NewDocument, message_id
from notifications.errors import (
    AddressUnusable,
    AnswerLost,
    ClaimLost,
    EvidenceUnavailable,
    RelayUnavailable,
)
from notifications.evidence import Evidence
from notifications.linking import Links
from notifications.mailer import Envelope, Mailer
from notifications.models import Letter, LetterHistory, Person, State
from notifications.queries import Dossier
from notifications.recipients import recipients
from notifications.replies import Fate, classify
from notifications.schedule_of_tries import next_try

log = structlog.get_logger()

_LANGUAGES = ("nl", "fr", "de", "en")


@dataclass(frozen=True)
class Patience:
    """How often a letter is tried, and how long a dead process keeps it."""

    schedule: tuple[timedelta, ...]
    lease: timedelta
    evidence_after: timedelta
    resend_unknown: bool


@dataclass(frozen=True)
class Claimed:
    """A letter in hand: what to write, and whether the relay may have it already."""

    letter_id: UUID
    claim: int
    facts: NewDocument
    marked: bool
    trail: Trail


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
    session: AsyncSession, limit: int, *, patience: Patience, links: Links
) -> Sequence[Claimed]:
    """Claim letters that are due; those whose reader lost the right meanwhile are withdrawn."""
    at = now()
    claimed = []
    for dossier in await queries.dossiers_due(session, at, limit):
        letter = dossier.letter
        if letter.marked_at is not None and at < letter.marked_at + patience.evidence_after:
            letter.due_at = letter.marked_at + patience.evidence_after
        elif letter.marked_at is None and (lost := _lost_right(dossier)):
            letter.become(State.WITHDRAWN, at, lost)
            _write_down(session, letter, at, lost)
        else:
            letter.take(at, patience.lease)
            letter.sender = letter.sender or dossier.issuer.sender
            claimed.append(await _claimed(session, dossier, links))
    return claimed


async def act(
    claimed: Claimed,
    mark: Mark,
    *,
    press: Letterpress,
    mailer: Mailer,
    evidence: Evidence | None,
    patience: Patience,
) -> Outcome:
    """Hand a letter to the relay; one that it may have already is only asked about."""
    if claimed.marked:
        return await _ask(claimed, evidence, patience)
    facts = claimed.facts
    try:
        content = press.compose(facts, now())
        envelope = Envelope(facts.sender, facts.recipient, content)
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


async def mark(session: AsyncSession, claimed: Claimed) -> None:
    """Write down that the final dot comes next.

    Raises ``ClaimLost`` when the letter is not ours to send any more.
    """
    letter = await queries.letter_claimed(session, claimed.letter_id, claimed.claim)
    if letter is None:
        raise ClaimLost
    letter.marked_at = now()


async def settle(
    session: AsyncSession, claimed: Claimed, outcome: Outcome, *, patience: Patience
) -> None:
    """Write down what came of it, unless another has claimed the letter since."""
    letter = await queries.letter_claimed(session, claimed.letter_id, claimed.claim)
    if letter is None:
        log.warning("letter_claimed_by_another", letter_id=str(claimed.letter_id))
        return
    at = now()
    match outcome:
        case Answered(fate, reason):
            _settle_answer(letter, fate, reason, at, patience)
        case Lost(reason):
            letter.wait(State.UNKNOWN, at, patience.evidence_after, reason)
        case Held(reason):
            letter.become(State.UNKNOWN, at, reason)
        case Absent(reason):
            letter.tries += 1
            letter.marked_at = None
            letter.wait(State.DEFERRED, at, timedelta(), reason)
    _write_down(session, letter, at, outcome.reason)


def _settle_answer(
    letter: Letter, fate: Fate, reason: str, at: datetime, patience: Patience
) -> None:
    letter.tries += 1
    letter.marked_at = None
    if fate is Fate.ACCEPTED:
        letter.become(State.SENT, at)
        return
    reason = f"{fate}: {reason}"
    pause = next_try(fate, letter.tries, patience.schedule, jitter=random.random())  # noqa: S311 (not a secret)
    if pause is None:
        letter.become(State.REFUSED, at, reason)
    else:
        letter.wait(State.DEFERRED, at, pause, reason)


async def renew(session: AsyncSession, held: Sequence[Claimed], *, patience: Patience) -> None:
    """Keep letters that are still being sent."""
    claims = [(each.letter_id, each.claim) for each in held]
    await queries.lengthen_leases(session, claims, now() + patience.lease)


def _write_down(session: AsyncSession, letter: Letter, at: datetime, detail: str) -> None:
    history = LetterHistory(letter_id=letter.id, at=at, state=letter.state, detail=detail[:500])
    session.add(history)
    log.info(
        "letter_settled",
        state=letter.state,
        letter_id=str(letter.id),
        document_id=str(letter.document_id),
        tries=letter.tries,
        **({} if letter.state is State.SENT else {"detail": detail[:200]}),
    )


def _lost_right(dossier: Dossier) -> str | None:
    """Ask the rule once more, of the newest snapshot; return why it is no to the reader."""
    if dossier.person.state != "active" or dossier.person.email is None:
        return "the person is not there any more"
    readers = recipients(dossier.snapshot, dossier.notice.published_at)
    if any(each.person_id == dossier.letter.person_id for each in readers):
        return None
    return "no right to it any more"


async def _claimed(session: AsyncSession, dossier: Dossier, links: Links) -> Claimed:
    letter, notice, person, issuer = (
        dossier.letter,
        dossier.notice,
        dossier.person,
        dossier.issuer,
    )
    snapshot = dossier.snapshot
    main = (
        await queries.person(session, snapshot.main_contact.person_id)
        if snapshot.main_contact
        else None
    )
    facts = NewDocument(
        letter_id=letter.id,
        correlation_id=notice.correlation_id,
        issuer=issuer.issuer,
        issuer_name=issuer.name,
        sender=letter.sender or issuer.sender,
        accent=issuer.accent,
        palette=issuer.palette,
        recipient=person.email or "",
        language=_language(person, main, issuer.language),
        first_name=person.first_name,
        last_name=person.last_name,
        role=cast("Literal['main', 'shared']", letter.role),
        registered=person.registered,
        main_contact_name=_name(main),
        customer_number=notice.customer_number,
        customer_name=snapshot.name,
        number=notice.number,
        type=cast("Literal['invoice', 'credit_note']", notice.type),
        issue_date=notice.issue_date,
        due_date=notice.due_date,
        total=notice.total_incl_vat,
        amount_due=notice.amount_due,
        currency=notice.currency,
        payment_reference=notice.payment_reference,
        link=links.to(letter.ticket, letter.linked_on),
    )
    causation = str(notice.event_id)
    return Claimed(
        letter_id=letter.id,
        claim=letter.claim,
        facts=facts,
        marked=letter.marked_at is not None,
        trail=Trail(notice.correlation_id, causation, notice.traceparent),
    )


def _language(
    person: Person, main: Person | None, of_issuer: str
) -> Literal["nl", "fr", "de", "en"]:
    """Return the reader's language, else the main contact's, else the issuer's (N-03, Q4)."""
    for language in (person.language, main.language if main else None, of_issuer):
        if language in _LANGUAGES:
            return cast("Literal['nl', 'fr', 'de', 'en']", language)
    return "en"


def _name(person: Person | None) -> str | None:
    if person is None:
        return None
    return " ".join(filter(None, (person.first_name, person.last_name))) or None
