"""Owe letters: when a document is published, and again when it turns out who should hear of it."""

from collections.abc import Sequence
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from chassis import trail
from chassis.identifiers import new_id, now
from chassis.working import needed
from contracts.documents import DocumentPublished
from contracts.identity import CustomerNumberChanged
from notifications import queries
from notifications.models import SENDING, CustomerNumber, Notice, State
from notifications.recipients import recipients

log = structlog.get_logger()

DOCUMENT_PUBLISHED = "document_published"


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
    if await queries.notice(session, event.document_id) is not None:
        return
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
    )
    session.add(notice)
    await session.flush()
    await _owe(session, await queries.snapshot(session, event.customer_number), [notice])


async def owe_for_newcomers(session: AsyncSession, event: CustomerNumberChanged) -> None:
    """Keep who may hear of a customer number's documents, and owe what they should have heard."""
    await queries.hold_number(session, event.customer_number)
    values = {
        "customer_number": event.customer_number,
        "version": event.version,
        "snapshot": event.model_dump(mode="json"),
    }
    if await queries.keep_if_newer(session, CustomerNumber, values):
        recent = await queries.recent_notices(session, event.customer_number, now())
        await _owe(session, event, recent)


async def _owe(
    session: AsyncSession, snapshot: CustomerNumberChanged | None, notices: Sequence[Notice]
) -> None:
    """Owe what the rule says, for each document; what is owed already stays as it is."""
    if snapshot is None:
        return
    at = now()
    for notice in notices:
        readers = recipients(snapshot, notice.published_at)
        new = await queries.owe(
            session,
            [
                {
                    "id": new_id(),
                    "event_id": notice.event_id,
                    "document_id": notice.document_id,
                    "person_id": reader.person_id,
                    "kind": DOCUMENT_PUBLISHED,
                    "role": reader.role,
                    "ticket": reader.ticket,
                    "state": State.OWED,
                    "linked_on": at.date(),
                    "due_at": at,
                    "tries": 0,
                    "claim": 0,
                    "updated_at": at,
                }
                for reader in readers
            ],
        )
        ids = [reader.person_id for reader in readers]
        notice.settled = set(ids) <= await queries.people_known(session, ids)
        if new:
            log.info(
                "letters_owed",
                document_id=str(notice.document_id),
                letters=len(new),
                correlation_id=notice.correlation_id,
            )
            needed(session, SENDING)
