"""Set how the documents of a customer number are announced: when, and with which files."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.identifiers import now
from identity import auditing, granting_claims, sharing_queries
from identity.errors import CustomerNumberUnknown, DecidesForAll
from identity.models import Role, Ticket

KINDS = ("pdf", "xml")


async def announce(
    session: AsyncSession, me: UUID, customer_number: str, notify: str, attach: Collection[str]
) -> None:
    """Mail at once or not at all, with these files or with a link only (N-04).

    What is published while mails are off is not mailed once they are on again.
    """
    at = now()
    number = (await granting_claims.own(session, me, {customer_number}))[customer_number]
    kinds = [each for each in KINDS if each in attach]
    if not number.announce(notify, kinds, at):
        return
    await granting_claims.tell(session, [number], at)
    await auditing.note(
        session,
        "delivery_set",
        actor=me,
        issuer=number.issuer,
        customer_number=customer_number,
        notify=notify,
        attach=kinds,
    )


async def attach_for_oneself(
    session: AsyncSession, me: UUID, customer_number: str, attach: Collection[str] | None
) -> None:
    """Choose the files of one's own mails about a number that is shared with one (D-03).

    None follows the number's settings, which are its main contact's choice and hold for their own.
    """
    at = now()
    await _own_claim(session, me, customer_number)
    held = await sharing_queries.numbers_to_change(session, [customer_number])
    # Whoever held it before may have ended the claim meanwhile.
    claim = await _own_claim(session, me, customer_number)
    kinds = None if attach is None else [each for each in KINDS if each in attach]
    if claim.role is Role.MAIN and kinds is not None:
        raise DecidesForAll
    if not claim.take_along(kinds):
        return
    number = held[customer_number]
    await granting_claims.tell(session, [number], at)
    await auditing.note(
        session,
        "attachments_set",
        actor=me,
        subject=me,
        issuer=number.issuer,
        customer_number=customer_number,
        attach=kinds,
    )


async def _own_claim(session: AsyncSession, me: UUID, customer_number: str) -> Ticket:
    claims = await sharing_queries.claims_of(session, [customer_number], [me])
    claim = claims.get((customer_number, me))
    if claim is None:
        raise CustomerNumberUnknown(customer_number)
    return claim
