"""Take in what comes back: a letter that had been sent has bounced, is delayed, or was unwanted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.identifiers import now
from notifications import mailbox_queries, measures, undelivered, writing_queries
from notifications.attachments import TOO_LARGE, kinds_of
from notifications.dsn import Complained, Delayed, Report
from notifications.models import Letter, LetterHistory, State
from notifications.replies import Fate, Reply, classify
from notifications.schedule_of_tries import next_try
from notifications.undelivered import Undelivered

log = structlog.get_logger()

_KEPT = timedelta(days=30)
_FORGET_AT_MOST = 5_000
# So many reports for one letter are heard; who sends more of them has nothing to tell us.
_MOST_REPORTS = 20


@dataclass(frozen=True)
class Forbearance:
    """When a letter that came back is sent again, and how long a domain waits."""

    schedule: Sequence[timedelta]
    domain_pause: timedelta


async def take_in(
    session: AsyncSession, letter_id: UUID, report: Report, *, forbearance: Forbearance
) -> None:
    """Do what a report means for its letter and its address; the same one again means nothing."""
    letter = await mailbox_queries.letter_held(session, letter_id)
    at = now()
    if letter is None or not await mailbox_queries.keep_report(
        session, letter_id, report.key, at, _MOST_REPORTS
    ):
        measures.bounces.labels(measures.KNOWN).inc()
        return
    match report:
        case Complained(_, kind):
            _write_down(session, letter, at, f"a complaint came back: {kind}", measures.COMPLAINT)
        case Delayed(_, reply):
            _write_down(session, letter, at, f"delayed: {_words(reply)}", measures.DELAYED)
        case _ if not _may_have_arrived(letter):
            measures.bounces.labels(measures.KNOWN).inc()
        case failed:
            await _bounce(session, letter, failed.reply, at, forbearance)


async def sweep(session: AsyncSession) -> None:
    """Forget reports, pauses and addresses that nobody needs to know of any more."""
    at = now()
    await mailbox_queries.hold_consequences(session)
    await mailbox_queries.forget_reports(session, at - _KEPT, _FORGET_AT_MOST)
    await mailbox_queries.forget_pauses(session, at)
    await writing_queries.forget_old_words(session, at - _KEPT, _FORGET_AT_MOST)
    await mailbox_queries.forget_mailboxes(
        session, not_stopped_before=at - undelivered.REMEMBERED, of_nobody_before=at - _KEPT
    )


def _may_have_arrived(letter: Letter) -> bool:
    """Say whether the relay has had the letter since it was last settled.

    A report can be faster than the answer to the final dot, or than our note of it.
    """
    return letter.state is State.SENT or letter.marked_at is not None


async def _bounce(
    session: AsyncSession, letter: Letter, reply: Reply, at: datetime, forbearance: Forbearance
) -> None:
    fate = classify(reply)
    reason = f"{fate}: {_words(reply)}"
    if letter.marked_at is not None:
        # Whoever still waits for the answer may not settle it any more.
        letter.claim += 1
        letter.tries += 1
        letter.marked_at = None
    pause = None
    if fate is Fate.MAILBOX_FULL:
        pause = next_try(fate, letter.tries, forbearance.schedule, jitter=0)
    elif fate is Fate.TOO_LARGE and kinds_of(letter.attached):
        # Once more, as a link only; under another Message-ID, for a relay has had the first.
        pause = timedelta()
        letter.attached = TOO_LARGE
        letter.resent += 1
    if pause is None:
        letter.become(State.BOUNCED, at, reason)
    else:
        letter.wait(State.DEFERRED, at, pause, reason)
    _write_down(session, letter, at, f"it came back: {reason}", fate)
    came_back = Undelivered(
        letter_id=letter.id, sent_to=letter.sent_to, fate=fate, reason=reason, ended=pause is None
    )
    # What the letter has become must be in the database before anything is asked of it.
    await session.flush()
    await undelivered.follow(session, [came_back], at, domain_pause=forbearance.domain_pause)


def _write_down(
    session: AsyncSession, letter: Letter, at: datetime, detail: str, meaning: str
) -> None:
    session.add(LetterHistory(letter_id=letter.id, at=at, state=letter.state, detail=detail[:500]))
    measures.bounces.labels(meaning).inc()
    log.info(
        "letter_came_back",
        meaning=meaning,
        state=letter.state,
        letter_id=str(letter.id),
        kind=letter.kind,
        document_id=str(letter.document_id) if letter.document_id else None,
    )


def _words(reply: Reply) -> str:
    """Write an answer as a server would have said it."""
    said = reply.text
    code = "" if reply.enhanced is None or said.startswith(reply.enhanced) else reply.enhanced
    return " ".join(filter(None, (str(reply.code), code, said)))[:400]
