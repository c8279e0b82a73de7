"""Look up a customer number, for the issuer it belongs to."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from identity import queries
from identity.errors import CustomerNumberUnknown
from identity.models import Person, Role, Ticket


class KnownPerson(BaseModel):
    """A person with a claim on the customer number."""

    person_id: UUID
    email: str
    language: str | None
    first_name: str | None
    last_name: str | None
    registered: bool
    portal: bool
    mail: bool
    since: datetime


class KnownCustomer(BaseModel):
    """What is known of a customer number."""

    customer_number: str
    issuer: str
    version: int
    changed_at: datetime
    state: str
    name: str
    country: str
    enterprise_number: str | None
    main_contact: KnownPerson | None
    shared_users: list[KnownPerson]


async def look_up(session: AsyncSession, issuer: str, customer_number: str) -> KnownCustomer:
    """Look up a customer number of this issuer; another's is not found."""
    number = await queries.customer_number(session, customer_number)
    if number is None or number.issuer != issuer:
        raise CustomerNumberUnknown(customer_number)
    tickets = await queries.live_tickets(session, customer_number)
    people = await queries.people(session, [each.person_id for each in tickets])
    known = [(each, _known(each, people[each.person_id])) for each in tickets]
    return KnownCustomer(
        customer_number=number.customer_number,
        issuer=number.issuer,
        version=number.version,
        changed_at=number.changed_at,
        state=number.state,
        name=number.name,
        country=number.country,
        enterprise_number=number.enterprise_number,
        main_contact=next((who for ticket, who in known if ticket.role is Role.MAIN), None),
        shared_users=[who for ticket, who in known if ticket.role is Role.SHARED],
    )


def _known(ticket: Ticket, person: Person) -> KnownPerson:
    return KnownPerson(
        person_id=person.id,
        email=person.email,
        language=person.language,
        first_name=person.first_name,
        last_name=person.last_name,
        registered=person.registered,
        portal=ticket.portal,
        mail=ticket.mail,
        since=ticket.since,
    )
