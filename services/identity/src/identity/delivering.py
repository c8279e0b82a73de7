"""Set how the documents of a customer number are announced: when, and with which files."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.identifiers import now
from identity import auditing, granting_claims

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
