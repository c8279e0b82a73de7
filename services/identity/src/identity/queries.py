"""The questions identity asks its tables."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.identifiers import new_id
from identity.models import BEGINNING, Client, CustomerNumber, Issuer, Person, Republication, Ticket

ENDED_KEPT = timedelta(days=30)
"""How long listeners are told of claims that ended."""


async def issuer(session: AsyncSession, key: str) -> Issuer | None:
    """Find an issuer."""
    return await session.get(Issuer, key)


async def issuer_to_change(session: AsyncSession, key: str) -> Issuer | None:
    """Find an issuer, and hold it."""
    return await session.get(Issuer, key, with_for_update=True)


async def client(session: AsyncSession, client_id: str) -> Client | None:
    """Find a client."""
    return await session.get(Client, client_id)


async def customer_number(session: AsyncSession, number: str) -> CustomerNumber | None:
    """Find a customer number."""
    return await session.get(CustomerNumber, number)


async def customer_number_to_change(session: AsyncSession, number: str) -> CustomerNumber | None:
    """Find a customer number, and hold it and its tickets."""
    return await session.get(CustomerNumber, number, with_for_update=True)


async def customer_number_to_register(
    session: AsyncSession, number: str, issuer_key: str
) -> CustomerNumber:
    """Find a customer number or make it, and hold it."""
    row = {"customer_number": number, "issuer": issuer_key, "changed_at": BEGINNING}
    blank = {"name": "", "country": "", "state": "active", "notify": "at_once", "version": 0}
    await session.execute(
        insert(CustomerNumber).values(**row, **blank, attach=[]).on_conflict_do_nothing()
    )
    return await session.get_one(CustomerNumber, number, with_for_update=True)


async def person_to_change(session: AsyncSession, group: str, email: str, email_key: str) -> Person:
    """Find the person with an address or make one (version 0), and hold them."""
    blank = {"registered": False, "own_fields": [], "state": "active", "version": 0}
    row = {"id": new_id(), "issuer_group": group, "email": email, "email_key": email_key}
    found = sa.select(Person).filter_by(issuer_group=group, email_key=email_key).with_for_update()
    while True:
        await session.execute(insert(Person).values(**row, **blank).on_conflict_do_nothing())
        # A person read before the wait may have been changed by whoever held them; or moved, and
        # the address is nobody's again.
        held = await session.scalar(found, execution_options={"populate_existing": True})
        if held is not None:
            return held


async def person(session: AsyncSession, group: str, email_key: str) -> Person | None:
    """Find the person with an address."""
    found = sa.select(Person).filter_by(issuer_group=group, email_key=email_key)
    return (await session.scalars(found)).one_or_none()


async def people(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, Person]:
    """Find people by their ids."""
    found = await session.scalars(sa.select(Person).where(Person.id.in_(ids)))
    return {each.id: each for each in found}


async def ticket(session: AsyncSession, ticket_id: UUID) -> Ticket | None:
    """Find a ticket."""
    return await session.get(Ticket, ticket_id)


async def live_tickets(session: AsyncSession, number: str) -> Sequence[Ticket]:
    """Find who may see a customer number now, the oldest claim first."""
    return (
        await session.scalars(
            sa.select(Ticket)
            .where(Ticket.customer_number == number, Ticket.until.is_(None))
            .order_by(Ticket.since, Ticket.id)
        )
    ).all()


async def live_claims(session: AsyncSession, numbers: Sequence[str]) -> Sequence[sa.Row[Any]]:
    """Find who may see some customer numbers now, the oldest first: rows, for there may be many."""
    named = Ticket.customer_number == sa.any_(_texts(numbers))
    found = sa.select(*Ticket.__table__.c).where(named, Ticket.until.is_(None))
    return (await session.execute(found.order_by(Ticket.since, Ticket.id))).all()


async def ended_claims(
    session: AsyncSession, numbers: Sequence[str], at: datetime
) -> Sequence[sa.Row[Any]]:
    """Find whose claim on some customer numbers ended lately, as rows."""
    named = Ticket.customer_number == sa.any_(_texts(numbers))
    found = sa.select(*Ticket.__table__.c).where(named, Ticket.until > at - ENDED_KEPT)
    return (await session.execute(found.order_by(Ticket.until, Ticket.id))).all()


def _texts(values: Sequence[str]) -> sa.BindParameter[list[str]]:
    """Give texts as one parameter, however many they are."""
    return sa.literal(list(values), sa.ARRAY(sa.Text()))


async def had_a_main_contact(session: AsyncSession, number: str) -> bool:
    """Say whether anyone ever answered for a customer number."""
    found = sa.select(Ticket.id).filter_by(customer_number=number, role="main").limit(1)
    return await session.scalar(found) is not None


async def issuers_after(session: AsyncSession, key: str, limit: int) -> Sequence[Issuer]:
    """Page through all issuers."""
    page = sa.select(Issuer).where(Issuer.issuer > key).order_by(Issuer.issuer).limit(limit)
    return (await session.scalars(page)).all()


async def people_after(session: AsyncSession, key: str, limit: int) -> Sequence[Person]:
    """Page through everyone."""
    after = UUID(key) if key else UUID(int=0)
    page = sa.select(Person).where(Person.id > after).order_by(Person.id).limit(limit)
    return (await session.scalars(page)).all()


async def customer_numbers_after(
    session: AsyncSession, key: str, limit: int
) -> Sequence[CustomerNumber]:
    """Page through all customer numbers."""
    number = CustomerNumber.customer_number
    page = sa.select(CustomerNumber).where(number > key).order_by(number).limit(limit)
    return (await session.scalars(page)).all()


async def republication(session: AsyncSession, listener: str, event: str) -> Republication:
    """Find how far a listener has been told, and hold it."""
    start = {"listener": listener, "event": event, "after": ""}
    await session.execute(insert(Republication).values(**start).on_conflict_do_nothing())
    return await session.get_one(Republication, (listener, event), with_for_update=True)
