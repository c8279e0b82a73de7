"""Hand a customer number over: a shared user becomes its main contact, and the other way round."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.identifiers import now
from identity import auditing, granting_claims, queries, sharing_queries, writing
from identity.errors import IsTheMainContact, SharedUserNotRegistered, SharedUserUnknown
from identity.granting_claims import Wish
from identity.models import Role


async def hand_over(session: AsyncSession, me: UUID, customer_number: str, person_id: UUID) -> None:
    """Give a number to somebody who shares it and can sign in; one shares it from then on (I-17).

    The new main contact's standing shares come along; both are told by mail.
    """
    at = now()
    number = (await granting_claims.own(session, me, {customer_number}))[customer_number]
    live = await queries.live_tickets(session, customer_number)
    theirs = next((each for each in live if each.person_id == person_id), None)
    if theirs is None:
        raise SharedUserUnknown
    if theirs.role is Role.MAIN:
        raise IsTheMainContact
    there = await sharing_queries.people_to_grant(session, [me, person_id])
    people = await queries.people(session, sorted(there))
    if me not in people or person_id not in people:
        raise SharedUserUnknown
    giver, taker = people[me], people[person_id]
    if not taker.registered:
        raise SharedUserNotRegistered

    for each in live:
        if each.role is Role.MAIN or each is theirs:
            each.end(at)
    await session.flush()
    granting_claims.grant(session, Wish(customer_number, me, portal=True, mail=True), at)
    shared = {me, *(each.person_id for each in live if each.until is None)}
    await granting_claims.make_main(session, number, person_id, at, shared=shared)
    number.handed_over_at = at
    await granting_claims.tell(session, [number], at)
    await auditing.note(
        session,
        "main_contact_given",
        actor=me,
        subject=person_id,
        issuer=number.issuer,
        customer_number=customer_number,
    )
    facts: dict[str, Any] = {
        "from": giver.full_name or giver.email,
        "to": taker.full_name or taker.email,
        "customer_number": customer_number,
    }
    for person, role in ((giver, "from"), (taker, "to")):
        await writing.write(session, person, number.issuer, "main_contact_given", **facts, you=role)
