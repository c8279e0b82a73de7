"""Look at the archive: is each byte, row and event as it was? What is not is named, and told aloud.

A walk goes through the heads of all days, then through all documents, a few in each transaction. It
goes on where it stopped, and begins anew a day after it was at the end.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from chassis import outbox
from chassis.identifiers import now
from chassis.ports import Transactions
from contracts.documents import CheckArchive
from documents import (
    chain,
    check_queries,
    custody_queries,
    day_heads,
    head_queries,
    measures,
    wholeness,
)
from documents.custody import TAKEN_IN, ArchiveCheck, ArchiveDay, CheckRound
from documents.files import Files
from documents.models import Document
from documents.wholeness import EVENT, HEAD, NOTHING, Broken, Standing

log = structlog.get_logger()

_AT_ONCE = 100
"""Documents in one transaction."""
_BETWEEN_WALKS = timedelta(days=1)
_KEPT = timedelta(days=400)
_FORGOTTEN_AT_ONCE = 5_000


@dataclass(frozen=True)
class Found:
    """Something that is not as it was, at whom, and of what: a document, or a day."""

    issuer: str
    about: str
    broken: Broken


@dataclass
class Seen:
    """How much was looked at, of one issuer."""

    first: UUID
    last: UUID
    documents: int = 0
    files: int = 0
    bytes: int = 0


async def go_on(session: AsyncSession, store: Files, left: int) -> None:
    """Look at the next documents, and say that more are to be looked at while some are left."""
    if left <= 0 or not await check_queries.may_check(session):
        return
    walk = await _walk(session)
    if walk is None:
        return
    if day := await head_queries.next_day(session, walk.reached_day):
        await look_at_day(session, day)
        walk.reached_day, looked = day.day, 1
    else:
        looked = await _go_on(session, store, walk, min(left, _AT_ONCE))
    if looked:
        await outbox.say(session, CheckArchive(left=left - looked))
    else:
        walk.ended_at = now()
        log.info("archive_checked", round=walk.number)


async def _walk(session: AsyncSession) -> CheckRound | None:
    """Return the walk that goes on, or one that begins now; None where it is too early for one."""
    at, last = now(), await check_queries.last_round(session)
    if last is not None and last.ended_at is None:
        return last
    if last is not None and last.ended_at and at - last.ended_at < _BETWEEN_WALKS:
        return None
    walk = CheckRound(began_at=at)
    session.add(walk)
    await session.flush()
    await check_queries.forget_checks(session, at - _KEPT, _FORGOTTEN_AT_ONCE)
    return walk


async def _go_on(session: AsyncSession, store: Files, walk: CheckRound, at_most: int) -> int:
    documents = await check_queries.documents_to_check(
        session, walk.began_at, walk.reached, at_most
    )
    seen, _ = await look_at_documents(session, store, documents)
    session.add_all(
        ArchiveCheck(
            round=walk.number,
            issuer=issuer,
            first_document=each.first,
            last_document=each.last,
            checked_at=now(),
            documents=each.documents,
            files=each.files,
            bytes=each.bytes,
        )
        for issuer, each in seen.items()
    )
    if documents:
        walk.reached = documents[-1].id
    return len(documents)


async def look_at_documents(
    session: AsyncSession, store: Files, documents: Sequence[Document]
) -> tuple[dict[str, Seen], list[Found]]:
    """Look at documents; note what is not as it was, and return it with how much was seen."""
    at, ids = now(), [each.id for each in documents]
    events = await custody_queries.events_of(session, ids)
    references = await custody_queries.references_of(session, ids)
    begins = await check_queries.custody_begins(session)
    seen: dict[str, Seen] = {}
    found: list[Found] = []
    for each in documents:
        chained = [chain.event_of(event) for event in events[each.id]]
        if not chained and (begins is None or each.published_at < begins):
            await chain.note(
                session, each.id, TAKEN_IN, **chain.received(each, references[each.id])
            )
            chained = [chain.last(session, each.id)]
        standing = Standing(
            chain.facts_of(each, references[each.id]), each.retain_until.isoformat(), each.held
        )
        digests = {
            sha256: await store.digest(each.issuer, sha256)
            for sha256 in wholeness.files_of(standing, chained)
        }
        found += [
            Found(each.issuer, str(each.id), broken)
            for broken in wholeness.broken(standing, chained, digests)
        ]
        of = seen.setdefault(each.issuer, Seen(each.id, each.id))
        of.last = each.id
        of.documents += 1
        of.files += len(digests)
        of.bytes += sum(digest.size for digest in digests.values() if digest)
    measures.looked_at.inc(len(documents))
    await _keep(session, found, [str(each) for each in ids], at)
    return seen, found


async def look_on(
    session: AsyncSession,
    store: Files,
    published_before: datetime,
    after: UUID | None,
    at_most: int,
    issuer: str | None = None,
    document_id: UUID | None = None,
) -> tuple[Sequence[UUID], list[Found]]:
    """Look at the next documents apart from any walk; return which, and what is not as it was."""
    documents = await check_queries.documents_to_check(
        session, published_before, after, at_most, issuer, document_id
    )
    _, found = await look_at_documents(session, store, documents)
    return [each.id for each in documents], found


async def look_at_all_days(transactions: Transactions) -> list[Found]:
    """Look at the heads of all days."""
    found: list[Found] = []
    after = None
    while True:
        async with transactions() as session:
            day = await head_queries.next_day(session, after)
            if day is None:
                return found
            found += await look_at_day(session, day)
        after = day.day


async def look_at_day(session: AsyncSession, day: ArchiveDay) -> list[Found]:
    """Look at the heads of a day, and for documents of that day which are gone."""
    at, about = now(), day.day.isoformat()
    before = await head_queries.last_day(session, day.day)
    after = before.last_event if before else 0
    former = await head_queries.last_heads(session, day.day)
    made = await day_heads.made(session, former, day.day, after, day.last_event)
    kept = await head_queries.heads_of_day(session, day.day)
    found = []
    for issuer in sorted(made.keys() | kept.keys()):
        expected = kept[issuer].sha256.hex() if issuer in kept else NOTHING
        is_now = made[issuer].sha256().hex() if issuer in made else NOTHING
        if expected != is_now:
            found.append(Found(issuer, about, Broken(HEAD, about, expected, is_now)))
    for issuer, document_id in await head_queries.lost_documents(session, after, day.last_event):
        broken = Broken(EVENT, "1", "a document", NOTHING)
        found.append(Found(issuer, str(document_id), broken))
    await _keep(session, found, [about, *(each.about for each in found)], at)
    return found


async def count(session: AsyncSession) -> None:
    """Measure what is not as it was, and since when all of the archive was looked at."""
    open_breaks = await check_queries.open_breaks(session)
    for kind in wholeness.KINDS:
        measures.broken.labels(kind).set(open_breaks.get(kind, 0))
    since = await check_queries.whole_since(session)
    measures.whole_since.set((since or now()).timestamp())


async def _keep(
    session: AsyncSession, found: Sequence[Found], about: Collection[str], at: datetime
) -> None:
    """Write down what was found, and that what was found before is whole again."""
    for each in found:
        log.error(
            "archive_broken",
            issuer=each.issuer,
            about=each.about,
            kind=each.broken.kind,
            what=each.broken.what,
        )
    await check_queries.keep_breaks(session, list(_rows(found, at)))
    await check_queries.end_breaks(session, about, at)


def _rows(found: Iterable[Found], at: datetime) -> Iterable[dict[str, object]]:
    for each in found:
        yield {
            "issuer": each.issuer,
            "about": each.about,
            "kind": each.broken.kind,
            "what": each.broken.what,
            "expected": each.broken.expected,
            "found": each.broken.found,
            "found_at": at,
            "seen_at": at,
        }
