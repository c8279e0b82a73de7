"""The questions about ways in: accounts, sessions, proofs of a mailbox."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from identity.accounts import (
    Account,
    Credential,
    CredentialKind,
    Device,
    SecondFactor,
    Session,
    Staff,
    Throttle,
)
from identity.models import CustomerNumber, Issuer, Person, Role, Ticket

_NUMBERS = 100
"""Of someone with thousands of customer numbers, these are enough to keep out of a password."""


async def issuers(session: AsyncSession) -> Sequence[Issuer]:
    """Find every issuer one may sign in at, by name."""
    found = sa.select(Issuer).filter_by(state="active").order_by(Issuer.name, Issuer.issuer)
    return (await session.scalars(found)).all()


async def holder_of(session: AsyncSession, ticket_id: UUID) -> tuple[Ticket, Person, Issuer] | None:
    """Find whose ticket it is and at which issuer, while it shows its holder documents."""
    found = (
        sa.select(Ticket, Person, Issuer)
        .join(Person, Person.id == Ticket.person_id)
        .join(CustomerNumber, CustomerNumber.customer_number == Ticket.customer_number)
        .join(Issuer, Issuer.issuer == CustomerNumber.issuer)
        .where(
            Ticket.id == ticket_id,
            Ticket.until.is_(None),
            sa.or_(Ticket.portal, Ticket.role == Role.MAIN),
            Person.state == "active",
        )
    )
    row = (await session.execute(found)).one_or_none()
    return (row[0], row[1], row[2]) if row else None


async def person_to_hold(session: AsyncSession, person_id: UUID) -> Person | None:
    """Find a person, and hold them."""
    found = sa.select(Person).filter_by(id=person_id).with_for_update()
    # Read anew: whoever held them may have changed them.
    return await session.scalar(found, execution_options={"populate_existing": True})


async def owner_to_hold(session: AsyncSession, credential_id: UUID) -> Person | None:
    """Find the person a proof belongs to, and hold them."""
    of = sa.select(Credential.person_id).filter_by(id=credential_id).scalar_subquery()
    found = sa.select(Person).where(Person.id == of).with_for_update()
    return await session.scalar(found, execution_options={"populate_existing": True})


async def account(session: AsyncSession, person_id: UUID) -> Account | None:
    """Find how a person gets in."""
    return await session.get(Account, person_id)


async def account_to_change(session: AsyncSession, person_id: UUID) -> Account | None:
    """Find how a person gets in, and hold it."""
    found = sa.select(Account).filter_by(person_id=person_id).with_for_update()
    return await session.scalar(found, execution_options={"populate_existing": True})


async def registered(
    session: AsyncSession, group: str, email_key: str
) -> tuple[Person, Account] | None:
    """Find who signs in with an address, if they may."""
    found = (
        sa.select(Person, Account)
        .join(Account, Account.person_id == Person.id)
        .where(
            Person.issuer_group == group,
            Person.email_key == email_key,
            Person.registered,
            Person.state == "active",
        )
    )
    row = (await session.execute(found)).one_or_none()
    return (row[0], row[1]) if row else None


async def device(session: AsyncSession, token_sha256: bytes, person_id: UUID) -> Device | None:
    """Find a browser that a person signed in with before."""
    found = sa.select(Device).filter_by(token_sha256=token_sha256, person_id=person_id)
    return await session.scalar(found)


async def session_of(
    session: AsyncSession, token_sha256: bytes
) -> tuple[Session, Person, Issuer] | None:
    """Find the session that a cookie names, whose it is, and by whose door it was entered."""
    found = (
        sa.select(Session, Person, Issuer)
        .join(Person, Person.id == Session.person_id)
        .join(Issuer, Issuer.issuer == Session.issuer)
        .where(Session.token_sha256 == token_sha256, Session.ended_at.is_(None))
    )
    row = (await session.execute(found)).one_or_none()
    return (row[0], row[1], row[2]) if row else None


async def session_at_work(
    session: AsyncSession, token_sha256: bytes
) -> tuple[Session, Person, Issuer, int] | None:
    """Find what ``session_of`` does, and how many customer numbers the person answers for."""
    answered_for = (
        sa.select(sa.func.count())
        .where(Ticket.person_id == Person.id, Ticket.role == Role.MAIN, Ticket.until.is_(None))
        .correlate(Person)
        .scalar_subquery()
    )
    found = (
        sa.select(Session, Person, Issuer, answered_for)
        .join(Person, Person.id == Session.person_id)
        .join(Issuer, Issuer.issuer == Session.issuer)
        .where(Session.token_sha256 == token_sha256, Session.ended_at.is_(None))
    )
    row = (await session.execute(found)).one_or_none()
    return (row[0], row[1], row[2], row[3]) if row else None


async def session_renamed(
    session: AsyncSession, former_sha256: bytes, at: datetime
) -> bytes | None:
    """Find what the cookie of a session is now, that was another a moment ago."""
    found = sa.select(Session.token_sha256).where(
        Session.former_sha256 == former_sha256, Session.former_until > at
    )
    return await session.scalar(found)


async def session_by_id(session: AsyncSession, session_id: UUID) -> tuple[Session, Person] | None:
    """Find a session and whose it is."""
    found = (
        sa.select(Session, Person)
        .join(Person, Person.id == Session.person_id)
        .where(Session.id == session_id)
    )
    row = (await session.execute(found)).one_or_none()
    return (row[0], row[1]) if row else None


async def note_seen(session: AsyncSession, session_id: UUID, at: datetime) -> None:
    """Note when a session was used; an earlier moment changes nothing."""
    await session.execute(
        sa.update(Session)
        .where(Session.id == session_id, Session.seen_at < at)
        .values(seen_at=at)
        .execution_options(synchronize_session=False)
    )


async def works_for(session: AsyncSession, issuer: str, person_id: UUID) -> Staff | None:
    """Find whether a person is of an issuer's staff."""
    found = sa.select(Staff).filter_by(issuer=issuer, person_id=person_id, until=None)
    return await session.scalar(found)


async def has_second_factor(session: AsyncSession, person_id: UUID) -> bool:
    """Say whether a person has a second factor, so that a shorter password will do."""
    found = (
        sa.select(SecondFactor.id)
        .where(SecondFactor.person_id == person_id, SecondFactor.confirmed_at.is_not(None))
        .limit(1)
    )
    return await session.scalar(found) is not None


async def credential(
    session: AsyncSession, credential_id: UUID, kind: CredentialKind
) -> Credential | None:
    """Find a proof of a mailbox, used up or not."""
    found = sa.select(Credential).filter_by(id=credential_id, kind=kind)
    return await session.scalar(found)


async def throttled_until(session: AsyncSession, key: bytes) -> datetime | None:
    """Find when a bucket of tries is empty again."""
    return await session.scalar(sa.select(Throttle.empty_at).filter_by(key=key))


async def words_about(session: AsyncSession, person_id: UUID) -> list[str]:
    """Find what a password of a person should not be made of.

    Their name and address, their customer numbers and companies, and the issuers' names.
    """
    of_person = sa.select(
        Person.issuer_group, Person.email, Person.first_name, Person.last_name
    ).filter_by(id=person_id)
    row = (await session.execute(of_person)).one_or_none()
    if row is None:
        return []
    group, *words = row
    of_numbers = (
        sa.select(CustomerNumber.customer_number, CustomerNumber.name)
        .join(Ticket, Ticket.customer_number == CustomerNumber.customer_number)
        .where(Ticket.person_id == person_id, Ticket.until.is_(None))
        .order_by(CustomerNumber.customer_number)
        .limit(_NUMBERS)
    )
    of_issuers = sa.select(Issuer.name, Issuer.issuer).where(Issuer.issuer_group == group)
    for found in (of_numbers, of_issuers):
        words += [word for row in await session.execute(found) for word in row]
    return [word for word in words if word]
