"""Seal the audit in batches, one job at a time, and check that nothing was changed since."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from chassis import outbox
from chassis.identifiers import now
from contracts.identity import SealAudit
from identity import seal_queries, seals
from identity.seals import Break, Entry
from identity.trails import AuditEntry, AuditSeal

log = structlog.get_logger()

_AT_MOST = 5_000
"""Entries under one seal."""

_PAGE = 200
_LOOKS, _PAUSE_SECONDS = 20, 0.1


@dataclass(frozen=True)
class Verdict:
    """What a check of the whole audit found; ``head`` is the newest seal, in hexadecimal."""

    seals: int
    entries: int
    forgotten: int
    unsealed: int
    head: str
    broken: Break | None
    headed: bool


async def seal(session: AsyncSession) -> int:
    """Seal what was written since the last seal; return how many entries that was.

    The seal's hash goes into the log as well: whoever rewrote the whole chain would have to
    rewrite the logs too.
    """
    if not await seal_queries.may_seal(session):
        return 0
    last = await seal_queries.last_entry(session)
    before = await seal_queries.last_seal(session)
    after = before.last_entry if before else 0
    if last <= after or not await _all_written(session):
        return 0
    found = await seal_queries.entries(session, after, last, _AT_MOST)
    made = _seal(before, found)
    session.add(made)
    await session.flush()
    log.info(
        "audit_sealed",
        last_entry=made.last_entry,
        entries=made.entries,
        sha256=made.sha256.hex(),
    )
    if found[-1].id < last:
        await outbox.say(session, SealAudit())
    return len(found)


async def verify(session: AsyncSession, head: str | None = None) -> Verdict:
    """Check every entry against its seal, and every seal against the one before it.

    ``head`` is the hash of a seal as it was once logged: it must be in the chain.
    """
    before, after, counted, checked, forgotten = seals.FIRST, 0, 0, 0, 0
    headed = head is None
    while page := await seal_queries.seals(session, after, _PAGE):
        for each in page:
            broken = await _break_in(session, each, after, before)
            if broken is not None:
                return Verdict(counted, checked, forgotten, 0, before.hex(), broken, headed)
            counted += 1
            forgotten += each.entries if each.digests is None else 0
            checked += each.entries if each.digests is not None else 0
            before, after = each.sha256, each.last_entry
            headed = headed or before.hex() == head
    unsealed = len(await seal_queries.entries(session, after, None))
    return Verdict(counted, checked, forgotten, unsealed, before.hex(), None, headed)


async def _break_in(
    session: AsyncSession, sealed: AuditSeal, after: int, before: bytes
) -> Break | None:
    found = await seal_queries.entries(session, after, sealed.last_entry)
    if sealed.digests is None:
        return Break(found[0].id, "was added where all is forgotten") if found else None
    broken = seals.first_break(sealed.digests, [_entry(each) for each in found])
    if broken is not None:
        return broken
    made = seals.seal_of(
        before, sealed.last_entry, sealed.entries, sealed.sealed_at, sealed.digests
    )
    if made != sealed.sha256 or sealed.entries != len(found):
        first = seals.first_sealed(sealed.digests) or sealed.last_entry
        return Break(first, "is the first under a seal that was changed")
    return None


async def _all_written(session: AsyncSession) -> bool:
    """Wait for those who are writing at this moment; say whether they have all ended."""
    writing = await seal_queries.writers(session)
    for _ in range(_LOOKS):
        if not writing:
            return True
        await asyncio.sleep(_PAUSE_SECONDS)
        writing &= await seal_queries.writers(session)
    return not writing


def _seal(before: AuditSeal | None, found: Sequence[AuditEntry]) -> AuditSeal:
    at, last = now(), found[-1].id
    digests = seals.digests_of(_entry(each) for each in found)
    over = before.sha256 if before else seals.FIRST
    return AuditSeal(
        last_entry=last,
        entries=len(found),
        sha256=seals.seal_of(over, last, len(found), at, digests),
        digests=digests,
        sealed_at=at,
    )


def _entry(noted: AuditEntry) -> Entry:
    return Entry(
        id=noted.id,
        at=noted.at,
        act=noted.act,
        actor=noted.actor,
        subject=noted.subject,
        issuer=noted.issuer,
        facts=noted.facts,
        correlation_id=noted.correlation_id,
    )
