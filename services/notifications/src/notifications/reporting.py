"""Report documents that nobody could be told of for a day, to the issuer that published them."""

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from chassis import outbox
from chassis.identifiers import now
from contracts.notifications import RecipientUnknown
from notifications import measures, queries
from notifications.recipients import UNKNOWN_AFTER

log = structlog.get_logger()

_AT_MOST = 500


async def report_unknown_recipients(session: AsyncSession) -> int:
    """Tell issuers of documents whose readers are still unknown; return how many there were.

    Each is told once. The letters go out as soon as their readers are known, all the same.
    """
    at = now()
    waiting = await queries.open_notices_before(session, at - UNKNOWN_AFTER, _AT_MOST)
    told = 0
    for notice, number_known, person_unknown in waiting:
        if number_known and not person_unknown:
            notice.settled = True
            continue
        notice.reported_at = at
        told += 1
        measures.recipients_unknown.inc()
        unknown = RecipientUnknown(
            command_id=notice.command_id,
            document_id=notice.document_id,
            customer_number=notice.customer_number,
            number=notice.number,
            published_at=notice.published_at,
            missing="person" if number_known else "customer_number",
        )
        await outbox.answer(session, notice.issuer, unknown)
        log.warning("recipient_unknown", document_id=str(notice.document_id))
    return told
