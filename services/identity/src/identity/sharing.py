"""Share customer numbers: who else may see their documents, and who is mailed."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from chassis import outbox
from chassis.identifiers import now
from identity import addresses, auditing, granting_claims, measures, queries, snapshots
from identity.errors import CustomerNumberUnknown, IsTheMainContact, SharedUserUnknown
from identity.granting_claims import Wish
from identity.models import CustomerNumber, Issuer, Role, Ticket


@dataclass(frozen=True)
class Share:
    """With whom a customer number is shared, and its two switches."""

    email: str
    first_name: str
    last_name: str
    language: str | None
    portal: bool
    mail: bool


async def share(
    session: AsyncSession,
    issuer_key: str,
    customer_number: str,
    wanted: Share,
    *,
    by: str | None = None,
) -> tuple[Ticket, bool]:
    """Share a number, or turn the switches of who has it already. Returns the claim, and if new."""
    issuer, number = await _own(session, issuer_key, customer_number)
    key = addresses.key_of(wanted.email, pointer="/email")
    person = await queries.person_to_change(session, issuer.issuer_group, wanted.email, key)
    live = await queries.live_tickets(session, customer_number)
    ticket = next((each for each in live if each.person_id == person.id), None)
    if ticket is not None and ticket.role is Role.MAIN:
        raise IsTheMainContact
    is_new = ticket is None
    at = now()
    if ticket is None:
        wish = Wish(customer_number, person.id, portal=wanted.portal, mail=wanted.mail)
        ticket = granting_claims.grant(session, wish, at)
    if ticket.switch(portal=wanted.portal, mail=wanted.mail, at=at) or is_new:
        await granting_claims.tell(session, [number], at)
        has = granting_claims.word(portal=ticket.portal, mail=ticket.mail)
        await _note(session, issuer, ticket, by, has)
    if not person.registered:
        said = {"first_name": wanted.first_name, "last_name": wanted.last_name}
        changed, _ = person.describe(**said, language=wanted.language)
        if changed:
            await outbox.say(session, snapshots.of_person(person))
    return ticket, is_new


async def unshare(
    session: AsyncSession,
    issuer_key: str,
    customer_number: str,
    email: str,
    *,
    by: str | None = None,
) -> None:
    """Stop sharing a number with an address, from this moment on."""
    issuer, number = await _own(session, issuer_key, customer_number)
    key = addresses.key_of(email, pointer="/email")
    person = await queries.person(session, issuer.issuer_group, key)
    live = await queries.live_tickets(session, customer_number)
    ticket = next((each for each in live if person and each.person_id == person.id), None)
    if ticket is None:
        raise SharedUserUnknown
    if ticket.role is Role.MAIN:
        raise IsTheMainContact
    at = now()
    ticket.end(at)
    measures.shares.labels("unshared").inc()
    await granting_claims.tell(session, [number], at)
    await _note(session, issuer, ticket, by, "nothing")


async def _note(
    session: AsyncSession, issuer: Issuer, ticket: Ticket, by: str | None, has: str
) -> None:
    """Write down which machine did it, or else whose."""
    await auditing.note(
        session,
        granting_claims.SHARING_CHANGED,
        actor=by or issuer.issuer,
        subject=ticket.person_id,
        issuer=issuer.issuer,
        now={ticket.customer_number: has},
    )


async def _own(
    session: AsyncSession, issuer_key: str, customer_number: str
) -> tuple[Issuer, CustomerNumber]:
    number = await queries.customer_number_to_change(session, customer_number)
    issuer = await queries.issuer(session, issuer_key)
    if number is None or issuer is None or number.issuer != issuer.issuer:
        raise CustomerNumberUnknown(customer_number)
    return issuer, number
