"""Owe letters: when a document is published, and again when it turns out who should hear of it."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from chassis import trail
from chassis.identifiers import now
from chassis.trail import Trail
from chassis.working import needed
from contracts.documents import DocumentPublished
from contracts.identity import CustomerNumberChanged
from notifications import measures, queries
from notifications.models import SENDING, CustomerNumber, Notice
from notifications.queries import Reader
from notifications.recipients import Recipient, recipients

log = structlog.get_logger()

DOCUMENT_PUBLISHED = "document_published"

_AT_ONCE, _BREATH = 10, timedelta(milliseconds=250)
"""So many readers of one document are written to at once, and as many again after each breath."""


@dataclass(frozen=True, slots=True)
class Heard:
    """That a document was published, and by which message it was heard."""

    event: DocumentPublished
    event_id: UUID
    correlation_id: str
    command_id: UUID | None
    traceparent: str | None


async def owe_for_documents(session: AsyncSession, heard: Sequence[Heard]) -> None:
    """Owe a letter to everyone who should hear of documents, as far as they are known yet."""
    numbers = {each.event.customer_number for each in heard}
    await queries.hold_numbers(session, numbers)
    snapshots = {
        each.customer_number: each for each in await queries.snapshots(session, list(numbers))
    }
    readers = {
        each.event.document_id: recipients(snapshot, each.event.published_at)
        for each in heard
        if (snapshot := snapshots.get(each.event.customer_number))
    }
    everyone = {reader.person_id for some in readers.values() for reader in some}
    known = await queries.people_known(session, everyone)
    notices = [_notice(each, readers.get(each.event.document_id), known) for each in heard]
    new = await queries.keep_notices(session, notices)
    await _owe(
        session,
        [(each, readers.get(each.document_id, [])) for each in notices if each.document_id in new],
    )


async def owe_for_newcomers(session: AsyncSession, event: CustomerNumberChanged) -> None:
    """Keep who may hear of a customer number's documents, and owe what they should have heard."""
    await queries.hold_numbers(session, [event.customer_number])
    before = await queries.snapshot(session, event.customer_number)
    values = {
        "customer_number": event.customer_number,
        "version": event.version,
        "snapshot": event.model_dump(mode="json"),
    }
    if not await queries.keep_if_newer(session, CustomerNumber, values):
        return
    owed = []
    for notice in await queries.recent_notices(session, event.customer_number, now()):
        readers = recipients(event, notice.published_at)
        told = recipients(before, notice.published_at) if before else []
        known = {each.person_id for each in told}
        newcomers = [each for each in readers if each.person_id not in known]
        if newcomers or not notice.settled:
            ids = {each.person_id for each in readers}
            notice.settled = ids <= await queries.people_known(session, ids)
        owed.append((notice, newcomers))
    await _owe(session, owed)


def _notice(heard: Heard, readers: Sequence[Recipient] | None, known: Collection[UUID]) -> Notice:
    event = heard.event
    return Notice(
        document_id=event.document_id,
        event_id=heard.event_id,
        issuer=event.issuer,
        customer_number=event.customer_number,
        number=event.number,
        type=event.type,
        issue_date=event.issue_date,
        due_date=event.due_date,
        currency=event.total_incl_vat.currency,
        total_incl_vat=event.total_incl_vat.amount,
        amount_due=event.amount_due.amount,
        payment_reference=event.payment_reference,
        published_at=event.published_at,
        correlation_id=heard.correlation_id,
        traceparent=heard.traceparent,
        command_id=heard.command_id,
        settled=readers is not None and all(each.person_id in known for each in readers),
    )


async def _owe(
    session: AsyncSession, notices: Sequence[tuple[Notice, Sequence[Recipient]]]
) -> None:
    """Owe readers a letter each; what is owed already stays as it is."""
    at = now()
    readers = [reader for notice, some in notices for reader in _in_turn(notice, some, at)]
    new = await queries.owe(session, DOCUMENT_PUBLISHED, readers, at)
    for notice, _ in notices:
        if count := new[notice.document_id]:
            with trail.follow(
                Trail(notice.correlation_id, str(notice.event_id), notice.traceparent)
            ):
                log.info("letters_owed", document_id=str(notice.document_id), letters=count)
    if new:
        measures.letters_owed.inc(new.total())
        needed(session, SENDING)


def _in_turn(notice: Notice, readers: Sequence[Recipient], at: datetime) -> Iterable[Reader]:
    """Say when each is to be written to: a document with thousands of readers leaves room."""
    for turn, reader in enumerate(readers):
        yield Reader(
            event_id=notice.event_id,
            document_id=notice.document_id,
            person_id=reader.person_id,
            role=reader.role,
            ticket=reader.ticket,
            due_at=at + turn // _AT_ONCE * _BREATH,
        )
