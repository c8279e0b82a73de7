"""Make the heads of a day: of each issuer's events one hash, over the day before, told outside."""

import asyncio
from datetime import UTC, date, datetime, time, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from chassis import outbox
from chassis.identifiers import now
from contracts.documents import ArchiveHeadMade
from documents import day_heads, head_queries
from documents.custody import ArchiveDay, ArchiveHead
from documents.errors import StillWriting

log = structlog.get_logger()

_LOOKS, _PAUSE_SECONDS = 20, 0.1


async def make_heads(session: AsyncSession, today: date | None = None) -> int:
    """Make the heads of the day before today, of all since the last heads; return how many.

    Raises ``StillWriting`` while somebody writes who may have begun on that day.

    A head goes to its issuer and into the log as well: whoever wrote the archive anew would have to
    write those anew too.
    """
    day = (today or now().date()) - timedelta(days=1)
    if not await head_queries.may_make_heads(session):
        return 0
    before = await head_queries.last_day(session)
    if before is not None and before.day >= day:
        return 0
    midnight = datetime.combine(day + timedelta(days=1), time(), UTC)
    after = before.last_event if before else 0
    last = max(after, await head_queries.last_event(session, midnight))
    if not await _all_written(session):
        raise StillWriting
    former = await head_queries.last_heads(session, day)
    made = await day_heads.made(session, former, day, after, last)
    session.add(ArchiveDay(day=day, last_event=last, made_at=now()))
    for issuer, head in made.items():
        session.add(ArchiveHead(issuer=issuer, day=day, events=head.events, sha256=head.sha256()))
        told = ArchiveHeadMade(
            day=day,
            events=head.events,
            sha256=head.sha256().hex(),
            before=former[issuer].sha256.hex() if issuer in former else None,
        )
        await outbox.answer(session, issuer, told)
        log.info("archive_head_made", issuer=issuer, **told.model_dump(mode="json"))
    return len(made)


async def _all_written(session: AsyncSession) -> bool:
    """Wait for those who are writing at this moment; say whether they have all ended."""
    writing = await head_queries.writers(session)
    for _ in range(_LOOKS):
        if not writing:
            return True
        await asyncio.sleep(_PAUSE_SECONDS)
        writing &= await head_queries.writers(session)
    return not writing
