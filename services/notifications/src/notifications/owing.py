"""Owe letters: when a document is published, and again when it turns out who should hear of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from chassis import trail
from chassis.identifiers import now
from chassis.working import needed
from contracts.documents import DocumentPublished
from contracts.identity import CustomerNumberChanged
from notifications import measures, queries
from notifications.models import SENDING, CustomerNumber, Notice
from notifications.recipients import Recipient, recipients

log = structlog.get_logger()

DOCUMENT_PUBLISHED = "document_published"

_AT_ONCE, _BREATH = 50, timedelta(milliseconds=250)
"""So many readers of one document are written to at once, and as many again after each breath."""


async def owe_for_document(
    session: AsyncSession,
    event: DocumentPublished,
    *,
    event_id: UUID,
    correlation_id: str,
    command_id: UUID | None,
) -> None:
    """Owe a letter to everyone who should hear of a document, as far as they are known yet."""
    await queries.hold_number(session, event.customer_number)
    snapshot = await queries.snapshot(session, event.customer_number)
    readers = recipients(snapshot, event.published_at) if snapshot else []
    notice = Notice(
        document_id=event.document_id,
        event_id=event_id,
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
        correlation_id=correlation_id,
        traceparent=trail.current().traceparent,
        command_id=command_id,
        settled=snapshot is not None and await _all_known(session, readers),
    )
    if await queries.keep_notice(session, notice):
        await _owe(session, notice, readers)


async def owe_for_newcomers(session: AsyncSession, event: CustomerNumberChanged) -> None:
    """Keep who may hear of a customer number's documents, and owe what they should have heard."""
    await queries.hold_number(session, event.customer_number)
    before = await queries.snapshot(session, event.customer_number)
    values = {
        "customer_number": event.customer_number,
        "version": event.version,
        "snapshot": event.model_dump(mode="json"),
    }
    if not await queries.keep_if_newer(session, CustomerNumber, values):
        return
    for notice in await queries.recent_notices(session, event.customer_number, now()):
        readers = recipients(event, notice.published_at)
        owed = recipients(before, notice.published_at) if before else []
        known = {each.person_id for each in owed}
        if newcomers := [each for each in readers if each.person_id not in known]:
            await _owe(session, notice, newcomers)
        if newcomers or not notice.settled:
            notice.settled = await _all_known(session, readers)


async def _all_known(session: AsyncSession, readers: Sequence[Recipient]) -> bool:
    ids = {each.person_id for each in readers}
    return ids <= await queries.people_known(session, ids)


async def _owe(session: AsyncSession, notice: Notice, readers: Sequence[Recipient]) -> None:
    """Owe readers a letter each; what is owed already stays as it is."""
    at = now()
    new = await queries.owe(session, notice, DOCUMENT_PUBLISHED, _in_turn(readers, at), at)
    if new:
        measures.letters_owed.inc(new)
        log.info(
            "letters_owed",
            document_id=str(notice.document_id),
            letters=new,
            correlation_id=notice.correlation_id,
        )
        needed(session, SENDING)


def _in_turn(readers: Sequence[Recipient], at: datetime) -> Sequence[tuple[Recipient, datetime]]:
    """Say when each is to be written to: a document with thousands of readers leaves room."""
    return [(reader, at + turn // _AT_ONCE * _BREATH) for turn, reader in enumerate(readers)]
