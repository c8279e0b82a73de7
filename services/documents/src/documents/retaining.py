"""Say how long an issuer's documents are kept. What was promised before is never shortened."""

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from chassis import outbox
from chassis.identifiers import now
from contracts.documents import ApplyRetention
from documents import chain, custody_queries
from documents.custody import RETENTION_SET, RetentionPolicy
from documents.retention import Policy, extended, visible_until

log = structlog.get_logger()

_AT_ONCE = 200
"""Documents in one transaction."""


async def policy(session: AsyncSession, issuer: str) -> Policy:
    """Return for how long an issuer keeps documents."""
    return (await custody_queries.policies(session, [issuer]))[issuer]


async def set_policy(session: AsyncSession, issuer: str, wanted: Policy, by: str) -> bool:
    """Keep documents for so long from now on; say whether that is something new.

    Those in the archive are kept for longer where that is longer. What is promised of a document is
    never shortened.
    """
    last = await custody_queries.last_policy(session, issuer)
    if (last.policy() if last else Policy()) == wanted:
        return False
    session.add(
        RetentionPolicy(
            issuer=issuer,
            version=last.version + 1 if last else 1,
            default_years=wanted.default_years,
            by_country=dict(wanted.by_country),
            visible_years=wanted.visible_years,
            set_at=now(),
            set_by=by,
        )
    )
    await outbox.say(session, ApplyRetention(issuer=issuer))
    return True


async def know_country(
    session: AsyncSession, issuer: str, customer_number: str, country: str
) -> None:
    """Have documents of a customer number kept for longer, where its country asks for that.

    They may have been given before anybody knew where the customer is.
    """
    of_issuer = await policy(session, issuer)
    if of_issuer.years(country) > of_issuer.default_years:
        await outbox.say(session, ApplyRetention(issuer=issuer, customer_number=customer_number))


async def apply(session: AsyncSession, task: ApplyRetention) -> None:
    """Keep some documents for as long as their issuer says; the next ones are for another task."""
    found = await custody_queries.documents_of(
        session, task.issuer, task.customer_number, task.after, _AT_ONCE
    )
    if not found:
        log.info("retention_applied", issuer=task.issuer, customer_number=task.customer_number)
        return
    of_issuer = await policy(session, task.issuer)
    longer = {}
    for document, country in found:
        until = extended(document.retain_until, document.issue_date, country, of_issuer)
        if until != document.retain_until:
            longer[document.id] = {"retain_until": until, "former": document.retain_until}
            document.retain_until = until
        document.visible_until = visible_until(document.issue_date, of_issuer)
    await chain.note_each(session, RETENTION_SET, longer)
    after = found[-1][0].id
    await outbox.say(session, task.model_copy(update={"after": after}))
