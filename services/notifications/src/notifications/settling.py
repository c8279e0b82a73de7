"""Mark letters before their final dot, and write down what came of them."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from chassis import trail
from chassis.identifiers import made_at, now
from notifications import claim_queries, measures, undelivered, writing_queries
from notifications.attachments import TOO_LARGE, kinds_of
from notifications.claim_queries import Change
from notifications.composing_to_people import ToPerson
from notifications.in_hand import (
    Absent,
    Answered,
    Awaiting,
    Claimed,
    Held,
    Lost,
    Outcome,
    Patience,
)
from notifications.kinds import ERASED
from notifications.lines import without_addresses
from notifications.models import State
from notifications.reasons import ARCHIVE_AWAY
from notifications.replies import Fate
from notifications.schedule_of_tries import next_look, next_try
from notifications.undelivered import Undelivered

log = structlog.get_logger()

_OVER = (State.SENT, State.REFUSED)


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
    last = [
        claimed.letter_id
        for (claimed, _), change in zip(done, changes, strict=True)
        if claimed.key in changed
        and change.state in _OVER
        and isinstance(claimed.facts, ToPerson)
        and claimed.facts.kind == ERASED
    ]
    await writing_queries.forget_words(session, last)


def _change(claimed: Claimed, outcome: Outcome, at: datetime, patience: Patience) -> Change:
    def become(state: State, tries: int = claimed.tries + 1, **how: Any) -> Change:
        return Change(*claimed.key, state, tries, **how)

    match outcome:
        case Answered(Fate.ACCEPTED, detail, attached):
            return become(State.SENT, detail=detail, attached=attached)
        case Answered(fate, said, attached):
            detail = f"{fate}: {said}"
            jitter = random.random()  # noqa: S311 (not a secret)
            pause = next_try(fate, claimed.tries + 1, patience.schedule, jitter=jitter)
            if fate is Fate.TOO_LARGE and kinds_of(attached):
                # At once, as a link only.
                pause, attached = timedelta(), TOO_LARGE
            return become(
                State.REFUSED if pause is None else State.DEFERRED,
                detail=detail,
                reason=detail,
                due_at=None if pause is None else at + pause,
                attached=attached,
            )
        case Awaiting(why):
            detail = f"{ARCHIVE_AWAY}: {why}"
            due_at = next_look(made_at(claimed.letter_id) or at, at)
            return become(
                State.DEFERRED, claimed.tries, detail=detail, reason=detail, due_at=due_at
            )
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
    why = without_addresses(change.detail)[:200]
    log.info(
        "letter_settled",
        state=change.state,
        letter_id=str(claimed.letter_id),
        **_about(claimed),
        tries=change.tries,
        **({} if change.state is State.SENT else {"detail": why}),
    )


def _about(claimed: Claimed) -> dict[str, str]:
    if isinstance(claimed.facts, ToPerson):
        return {"kind": claimed.facts.kind}
    return {"document_id": str(claimed.document_id)}


def _count(claimed: Claimed, outcome: Outcome, at: datetime) -> None:
    match outcome:
        case Awaiting():
            measures.mails.labels(measures.AWAITING).inc()
        case Answered(fate):
            measures.mails.labels(fate).inc()
            if fate is Fate.ACCEPTED:
                _time(claimed, at)
        case Lost():
            measures.mails.labels(measures.LOST).inc()
        case Held():
            measures.mails.labels(measures.HELD).inc()
        case Absent():
            measures.mails.labels(measures.ABSENT).inc()


def _time(claimed: Claimed, at: datetime) -> None:
    if isinstance(claimed.facts, ToPerson):
        took = at - claimed.facts.asked_at
        measures.letters_to_people_seconds.observe(took.total_seconds())
    elif claimed.document_id and (published := made_at(claimed.document_id)):
        measures.letter_seconds.observe((at - published).total_seconds())
