"""Revoke the links in the mails that somebody was sent about a customer number."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.identifiers import now
from identity import auditing, desk_queries, granting_claims, person_queries, revoking
from identity.errors import NobodyThere


async def revoke(
    session: AsyncSession,
    staff_id: UUID,
    issuer: str,
    customer_number: str,
    person_id: UUID,
    reason: str,
) -> None:
    """Let no link open a number that was mailed to somebody before; mails to come have new ones.

    Raises ``NobodyThere``.
    """
    if not await desk_queries.claim(session, issuer, customer_number, person_id):
        raise NobodyThere
    at = now()
    numbers = await person_queries.customer_numbers_to_hold(session, [customer_number])
    found = await desk_queries.claim(session, issuer, customer_number, person_id)
    if found is None:
        raise NobodyThere
    claim, _ = found
    await revoking.revoke(session, [claim], at)
    await granting_claims.tell(session, [numbers[customer_number]], at)
    await auditing.note(
        session,
        "desk_links_revoked",
        actor=staff_id,
        subject=person_id,
        issuer=issuer,
        customer_number=customer_number,
        reason=reason,
        ticket=claim.id,
    )
