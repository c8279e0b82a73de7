"""The questions about one person: what is theirs, what moves with them, and what goes with them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from identity.accounts import (
    Account,
    Challenge,
    Credential,
    CredentialKind,
    Device,
    RecoveryCode,
    SecondFactor,
    Session,
    Staff,
    StandingShare,
)
from identity.models import CustomerNumber, Issuer, Person, Role, Ticket
from identity.trails import AuditEntry, Pseudonym

AUDIT_AT_MOST = 10_000
"""Lines of the audit in one export, the newest."""


async def sessions(session: AsyncSession, person_id: UUID) -> Sequence[Session]:
    """Find the sessions of a person that nobody ended, the newest first."""
    found = (
        sa.select(Session)
        .where(Session.person_id == person_id, Session.ended_at.is_(None))
        .order_by(Session.started_at.desc(), Session.id.desc())
    )
    return (await session.scalars(found)).all()


async def roles_as_staff(session: AsyncSession, person_id: UUID) -> Sequence[tuple[Staff, Issuer]]:
    """Find for which issuers a person works."""
    found = (
        sa.select(Staff, Issuer)
        .join(Issuer, Issuer.issuer == Staff.issuer)
        .where(Staff.person_id == person_id, Staff.until.is_(None))
        .order_by(Staff.issuer)
    )
    return [(row[0], row[1]) for row in await session.execute(found)]


async def work(session: AsyncSession, issuer: str, person_id: UUID) -> Staff | None:
    """Find what a person does or did for an issuer, and hold it."""
    return await session.get(Staff, (issuer, person_id), with_for_update=True)


async def main_contact_of(session: AsyncSession, person_id: UUID) -> int:
    """Count the customer numbers a person answers for."""
    counted = sa.select(sa.func.count()).where(
        Ticket.person_id == person_id, Ticket.role == Role.MAIN, Ticket.until.is_(None)
    )
    return int(await session.scalar(counted) or 0)


async def tickets_of(session: AsyncSession, *people: UUID) -> Sequence[Ticket]:
    """Find every ticket these people hold or held."""
    found = (
        sa.select(Ticket)
        .where(Ticket.person_id.in_(people))
        .order_by(Ticket.customer_number, Ticket.since, Ticket.id)
        .execution_options(populate_existing=True)
    )
    return (await session.scalars(found)).all()


async def customer_numbers_to_hold(
    session: AsyncSession, numbers: Iterable[str]
) -> dict[str, CustomerNumber]:
    """Find customer numbers, and hold them, each after the one before it in the alphabet."""
    found = (
        sa.select(CustomerNumber)
        .where(CustomerNumber.customer_number.in_(sorted(set(numbers))))
        .order_by(CustomerNumber.customer_number)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {each.customer_number: each for each in await session.scalars(found)}


async def pending_move(session: AsyncSession, person_id: UUID, at: datetime) -> Credential | None:
    """Find the change of address that waits for its confirmation."""
    found = (
        sa.select(Credential)
        .where(
            Credential.person_id == person_id,
            Credential.kind == CredentialKind.EMAIL_CONFIRM,
            Credential.used_at.is_(None),
            Credential.withdrawn_at.is_(None),
            Credential.link_until > at,
        )
        .order_by(Credential.made_at.desc())
        .limit(1)
    )
    return await session.scalar(found)


async def withdraw_all(session: AsyncSession, person_id: UUID, at: datetime) -> None:
    """Take back every proof a person was sent and did not use."""
    await session.execute(
        sa.update(Credential)
        .where(
            Credential.person_id == person_id,
            Credential.used_at.is_(None),
            Credential.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=at)
    )


async def withdraw_resets(session: AsyncSession, person_id: UUID, at: datetime) -> None:
    """Take back the proofs by which a forgotten password could be replaced."""
    await session.execute(
        sa.update(Credential)
        .where(
            Credential.person_id == person_id,
            Credential.kind == CredentialKind.RESET,
            Credential.used_at.is_(None),
            Credential.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=at)
    )


async def hand_over_shares(session: AsyncSession, giver: UUID, taker: UUID) -> None:
    """Let the standing shares with one person be with another, who may have them already."""
    of_taker = sa.select(StandingShare.main_contact).filter_by(person_id=taker)
    await session.execute(
        sa.update(StandingShare)
        .where(
            StandingShare.person_id == giver,
            StandingShare.main_contact != taker,
            StandingShare.main_contact.not_in(of_taker),
        )
        .values(person_id=taker)
    )


async def forget_shares(session: AsyncSession, person_id: UUID) -> None:
    """Delete the standing shares of a person, and with a person."""
    await session.execute(
        sa.delete(StandingShare).where(
            sa.or_(StandingShare.main_contact == person_id, StandingShare.person_id == person_id)
        )
    )


async def forget_ways_in(session: AsyncSession, person_id: UUID) -> None:
    """Delete everything by which a person got in, and who they are in the audit."""
    for table in (
        Session,
        Device,
        Credential,
        SecondFactor,
        RecoveryCode,
        Challenge,
        Account,
        Pseudonym,
    ):
        await session.execute(sa.delete(table).where(table.person_id == person_id))


async def forget_given_addresses(session: AsyncSession, group: str, numbers: Iterable[str]) -> None:
    """Delete the addresses issuers gave for main contacts, where they are nobody's any more."""
    living = sa.select(Person.email_key).filter_by(issuer_group=group)
    await session.execute(
        sa.update(CustomerNumber)
        .where(
            CustomerNumber.customer_number.in_(set(numbers)),
            CustomerNumber.given_email_key.not_in(living),
        )
        .values(given_email_key=None)
    )


async def end_work(session: AsyncSession, person_id: UUID, at: datetime) -> None:
    """End whatever a person does as staff."""
    await session.execute(
        sa.update(Staff).where(Staff.person_id == person_id, Staff.until.is_(None)).values(until=at)
    )


async def devices(session: AsyncSession, person_id: UUID) -> Sequence[Device]:
    """Find the browsers a person signed in with."""
    found = sa.select(Device).filter_by(person_id=person_id).order_by(Device.seen_at.desc())
    return (await session.scalars(found)).all()


async def credentials(session: AsyncSession, person_id: UUID) -> Sequence[Credential]:
    """Find the proofs a person was sent, the newest first."""
    found = sa.select(Credential).filter_by(person_id=person_id).order_by(Credential.made_at.desc())
    return (await session.scalars(found)).all()


async def standing_shares(
    session: AsyncSession, person_id: UUID
) -> Sequence[tuple[StandingShare, Person]]:
    """Find with whom a person shares every number to come."""
    found = (
        sa.select(StandingShare, Person)
        .join(Person, Person.id == StandingShare.person_id)
        .where(StandingShare.main_contact == person_id)
        .order_by(StandingShare.since)
    )
    return [(row[0], row[1]) for row in await session.execute(found)]


async def audit_of(session: AsyncSession, person_id: UUID) -> Sequence[AuditEntry]:
    """Find what was done by a person and to them, the newest first.

    What they did at a desk is their issuer's, and names its customers: it is left out.
    """
    pseudonym = await session.scalar(
        sa.select(Pseudonym.pseudonym).where(Pseudonym.person_id == person_id)
    )
    if pseudonym is None:
        return []
    found = (
        sa.select(AuditEntry)
        .where(
            sa.or_(
                AuditEntry.subject == str(pseudonym),
                sa.and_(AuditEntry.actor == str(pseudonym), AuditEntry.act.not_like("desk%")),
            )
        )
        .order_by(AuditEntry.id.desc())
        .limit(AUDIT_AT_MOST)
    )
    return (await session.scalars(found)).all()
