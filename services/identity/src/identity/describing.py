"""Describe a person to themselves, and take over what they say of themselves."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from chassis import outbox
from chassis.identifiers import now
from identity import (
    account_queries,
    auditing,
    factor_queries,
    person_queries,
    queries,
    snapshots,
    starting,
)
from identity.errors import SessionUnknown


class KnownFactor(BaseModel):
    """A second factor, without its secret."""

    id: UUID
    kind: str
    name: str
    made_at: datetime
    used_at: datetime | None


class PendingMove(BaseModel):
    """A change of address that waits for its confirmation."""

    address: str
    until: datetime


class Work(BaseModel):
    """An issuer a person works for."""

    issuer: str
    name: str
    admin: bool


class Me(BaseModel):
    """What a person is told of themselves."""

    person_id: UUID
    email: str
    language: str | None
    first_name: str | None
    last_name: str | None
    registered_at: datetime
    password_changed_at: datetime | None
    second_factors: list[KnownFactor]
    recovery_codes_left: int
    email_change: PendingMove | None
    staff: list[Work]
    main_contact_of: int


class KnownSession(BaseModel):
    """A browser somebody is signed in with."""

    id: UUID
    browser: str
    started_at: datetime
    seen_at: datetime
    current: bool


async def describe(session: AsyncSession, person_id: UUID) -> Me:
    """Describe a person to themselves."""
    person = (await queries.people(session, [person_id])).get(person_id)
    account = await account_queries.account(session, person_id)
    if person is None or account is None:
        raise SessionUnknown
    pending = await person_queries.pending_move(session, person_id, now())
    return Me(
        person_id=person.id,
        email=person.email,
        language=person.language,
        first_name=person.first_name,
        last_name=person.last_name,
        registered_at=account.registered_at,
        password_changed_at=account.password_changed_at,
        second_factors=[
            KnownFactor(
                id=each.id,
                kind=each.kind.value,
                name=each.name,
                made_at=each.made_at,
                used_at=each.used_at,
            )
            for each in await factor_queries.factors(session, person_id)
        ],
        recovery_codes_left=await factor_queries.recovery_codes_left(session, person_id),
        email_change=pending and PendingMove(address=pending.address, until=pending.link_until),
        staff=[
            Work(issuer=role.issuer, name=issuer.name, admin=role.admin)
            for role, issuer in await person_queries.roles_as_staff(session, person_id)
        ],
        main_contact_of=await person_queries.main_contact_of(session, person_id),
    )


async def settle(session: AsyncSession, person_id: UUID, issuer: str, **said: str | None) -> Me:
    """Take over what a person says of themselves: from then on no issuer changes it."""
    person = await account_queries.person_to_hold(session, person_id)
    if person is None:
        raise SessionUnknown
    if person.settle(**said):
        await session.flush()
        await outbox.say(session, snapshots.of_person(person))
        fields = sorted(field for field, value in said.items() if value is not None)
        await auditing.note(
            session,
            "details_changed",
            actor=person_id,
            subject=person_id,
            issuer=issuer,
            fields=fields,
        )
    await session.flush()
    return await describe(session, person_id)


async def sessions(session: AsyncSession, person_id: UUID, current: UUID) -> list[KnownSession]:
    """Describe where a person is signed in, the newest first."""
    at = now()
    return [
        KnownSession(
            id=each.id,
            browser=each.browser,
            started_at=each.started_at,
            seen_at=each.seen_at,
            current=each.id == current,
        )
        for each in await person_queries.sessions(session, person_id)
        if each.lives(at, starting.idle_of(each))
    ]
