"""Admit the staff of an issuer, and let them go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis import outbox
from chassis.identifiers import now
from chassis.ports import Transactions
from identity import (
    account_queries,
    addresses,
    auditing,
    credentials,
    person_queries,
    proving,
    queries,
    snapshots,
    starting,
    strength,
    writing,
)
from identity.accounts import Account, Credential, CredentialKind, Staff
from identity.errors import IssuerUnknown, ProofUnknown, ProofUnusable, StaffUnknown
from identity.models import Person
from identity.passwords import Passwords
from identity.starting import Started, Visitor

INVITED_FOR = timedelta(days=7)
BY = "command add-staff"


@dataclass(frozen=True)
class Invitation:
    """Who is to work for an issuer."""

    issuer: str
    email: str
    first_name: str
    last_name: str
    admin: bool


async def invite(session: AsyncSession, wanted: Invitation) -> tuple[UUID, bool]:
    """Let someone work for an issuer, and write to them. Returns who it is, and if they are new.

    Who is registered with that address signs in as ever; anybody else chooses a password first.
    Nobody works before they have a second factor.
    """
    issuer = await queries.issuer(session, wanted.issuer)
    if issuer is None:
        raise IssuerUnknown(wanted.issuer)
    at = now()
    key = addresses.key_of(wanted.email, pointer="/email")
    person = await queries.person_to_change(session, issuer.issuer_group, wanted.email, key)
    if not person.registered:
        described, _ = person.describe(first_name=wanted.first_name, last_name=wanted.last_name)
        person.version = max(person.version, 1)
        await session.flush()
        if described:
            await outbox.say(session, snapshots.of_person(person))
    work = await person_queries.work(session, issuer.issuer, person.id)
    is_new = work is None or work.until is not None
    if work is None:
        session.add(Staff(issuer=issuer.issuer, person_id=person.id, admin=wanted.admin, since=at))
    else:
        if work.until is not None:
            work.since, work.until = at, None
        if work.admin and not wanted.admin:
            # What they have in hand may dispose of the archive.
            await starting.end(session, person.id)
        work.admin = wanted.admin
    await session.flush()
    await writing.write(
        session, person, issuer.issuer, "staff", proof=await _proof(session, person, issuer.issuer)
    )
    await auditing.note(
        session,
        "staff_invited",
        actor=BY,
        subject=person.id,
        issuer=issuer.issuer,
        admin=wanted.admin,
    )
    return person.id, is_new


async def remove(session: AsyncSession, issuer_key: str, email: str) -> UUID:
    """Let someone go: their sessions end at once. Raises ``StaffUnknown``."""
    issuer = await queries.issuer(session, issuer_key)
    if issuer is None:
        raise IssuerUnknown(issuer_key)
    key = addresses.key_of(email, pointer="/email")
    person = await queries.person(session, issuer.issuer_group, key)
    work = person and await account_queries.works_for(session, issuer.issuer, person.id)
    if person is None or not work:
        raise StaffUnknown
    at = now()
    work.until = at
    await proving.withdraw(session, person.id, CredentialKind.STAFF, at=at)
    await starting.end(session, person.id)
    await auditing.note(session, "staff_removed", actor=BY, subject=person.id, issuer=issuer.issuer)
    return person.id


async def accept(
    transactions: Transactions,
    keys: Sequence[bytes],
    passwords: Passwords,
    proof: str,
    password: str,
    visitor: Visitor,
) -> Started:
    """Let someone in who was invited, with the password they choose.

    The password is looked at first: one that is refused uses nothing up.
    """
    credential_id = credentials.read(proof, keys, CredentialKind.STAFF.value)
    if credential_id is None:
        raise ProofUnknown
    async with transactions() as session:
        person = await _invited(session, credential_id)
        words = await account_queries.words_about(session, person.id)
    strength.check(password, second_factor=False, words=words)
    kept = await passwords.hash(password)
    async with transactions() as session:
        return await _let_in(session, credential_id, kept, visitor)


async def _invited(session: AsyncSession, credential_id: UUID) -> Person:
    found = await account_queries.credential(session, credential_id, CredentialKind.STAFF)
    person_id = found.person_id if found and found.is_usable(now()) else None
    person = (await queries.people(session, [person_id])).get(person_id) if person_id else None
    if person is None:
        raise ProofUnusable
    return person


async def _let_in(
    session: AsyncSession, credential_id: UUID, kept: str, visitor: Visitor
) -> Started:
    at = now()
    used, person = await proving.use_and_hold(session, credential_id, CredentialKind.STAFF, at)
    if person.registered:
        raise ProofUnusable
    if await account_queries.works_for(session, used.issuer, person.id) is None:
        raise ProofUnusable
    session.add(
        Account(person_id=person.id, password_hash=kept, password_changed_at=at, registered_at=at)
    )
    person.registered = True
    person.version += 1
    await session.flush()
    await outbox.say(session, snapshots.of_person(person))
    await auditing.note(
        session, "staff_accepted", actor=person.id, subject=person.id, issuer=used.issuer
    )
    return await starting.start(session, person, used.issuer, visitor, strength=1, staff=True)


async def _proof(session: AsyncSession, person: Person, issuer: str) -> Credential | None:
    """Return what they choose a password by; None for who has one."""
    if person.registered:
        return None
    await proving.withdraw(session, person.id, CredentialKind.STAFF, at=now())
    return await proving.send(
        session,
        CredentialKind.STAFF,
        person,
        issuer,
        person.email,
        details={},
        link_for=INVITED_FOR,
        code_for=None,
    )
