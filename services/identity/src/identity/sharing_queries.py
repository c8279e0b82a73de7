"""The questions a main contact has: my numbers, who shares them, and where nobody looks."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from identity.accounts import StandingShare
from identity.models import CustomerNumber, Issuer, Person, Role, Ticket

LATELY = timedelta(days=30)
"""How long somebody who was a shared user can be one again without being invited anew."""

_Main = aliased(Ticket, name="main_claims")
_Contact = aliased(Person, name="contacts")
_Other = aliased(Ticket, name="other_claims")


@dataclass(frozen=True)
class NumberFound:
    """A customer number, my claim on it, and who answers for it."""

    number: CustomerNumber
    issuer_name: str
    mine: Ticket
    main_contact: Person | None


@dataclass(frozen=True)
class Counted:
    """How many shared users see a number's documents, and how many are mailed about them."""

    portal: int
    mail: int


@dataclass(frozen=True)
class PersonFound:
    """Somebody I share with: how many numbers, and whether those to come as well."""

    person: Person
    numbers: int
    future: StandingShare | None


async def own_numbers(
    session: AsyncSession, me: UUID, search: str, after: str, limit: int
) -> list[NumberFound]:
    """Page through the customer numbers that somebody has a claim on."""
    found = _own_numbers(me).where(CustomerNumber.customer_number > after)
    if search:
        found = found.where(_named(search))
    page = found.order_by(CustomerNumber.customer_number).limit(limit)
    return [NumberFound(*row) for row in await session.execute(page)]


async def own_number(session: AsyncSession, me: UUID, number: str) -> NumberFound | None:
    """Find a customer number that somebody has a claim on."""
    found = _own_numbers(me).where(CustomerNumber.customer_number == number)
    row = (await session.execute(found)).one_or_none()
    return NumberFound(*row) if row else None


def _own_numbers(me: UUID) -> sa.Select[CustomerNumber, str, Ticket, Person]:
    its_main_claim = sa.and_(
        _Main.customer_number == CustomerNumber.customer_number,
        _Main.until.is_(None),
        _Main.role == Role.MAIN,
    )
    return (
        sa.select(CustomerNumber, Issuer.name, Ticket, _Contact)
        .join(Ticket, Ticket.customer_number == CustomerNumber.customer_number)
        .join(Issuer, Issuer.issuer == CustomerNumber.issuer)
        .outerjoin(_Main, its_main_claim)
        .outerjoin(_Contact, _Contact.id == _Main.person_id)
        .where(Ticket.person_id == me, Ticket.until.is_(None))
    )


def _named(search: str) -> sa.ColumnElement[bool]:
    return sa.or_(
        CustomerNumber.customer_number.icontains(search, autoescape=True),
        CustomerNumber.name.icontains(search, autoescape=True),
    )


async def counted(session: AsyncSession, numbers: Sequence[str]) -> dict[str, Counted]:
    """Count the shared users of some customer numbers, by switch."""
    count = sa.func.count()
    found = await session.execute(
        sa.select(
            Ticket.customer_number,
            count.filter(Ticket.portal.is_(True)),
            count.filter(Ticket.mail.is_(True)),
        )
        .where(Ticket.customer_number == sa.any_(_texts(numbers)), *_shared(Ticket))
        .group_by(Ticket.customer_number)
    )
    return {number: Counted(portal, mail) for number, portal, mail in found}


async def shared_users_of(
    session: AsyncSession, number: str, after: UUID, limit: int
) -> list[tuple[Ticket, Person]]:
    """Page through the shared users of a customer number."""
    found = (
        sa.select(Ticket, Person)
        .join(Person, Person.id == Ticket.person_id)
        .where(Ticket.customer_number == number, *_shared(Ticket), Ticket.person_id > after)
        .order_by(Ticket.person_id)
        .limit(limit)
    )
    return [(ticket, person) for ticket, person in await session.execute(found)]


async def main_claims(
    session: AsyncSession, me: UUID, numbers: Collection[str] | None = None
) -> dict[str, datetime]:
    """Find the customer numbers that somebody answers for, and since when; of these, or all."""
    found = sa.select(Ticket.customer_number, Ticket.since).where(*_answers_for(Ticket, me))
    if numbers is not None:
        found = found.where(Ticket.customer_number == sa.any_(_texts(numbers)))
    return dict((await session.execute(found)).all())


async def numbers_to_change(
    session: AsyncSession, numbers: Collection[str]
) -> dict[str, CustomerNumber]:
    """Find customer numbers and hold them, always in the same order."""
    found = (
        sa.select(CustomerNumber)
        .where(CustomerNumber.customer_number == sa.any_(_texts(numbers)))
        .order_by(CustomerNumber.customer_number)
        .with_for_update()
    )
    held = await session.scalars(found, execution_options={"populate_existing": True})
    return {each.customer_number: each for each in held}


async def claims_of(
    session: AsyncSession, numbers: Collection[str], people: Collection[UUID]
) -> dict[tuple[str, UUID], Ticket]:
    """Find the live claims of some people on some customer numbers."""
    found = sa.select(Ticket).where(
        Ticket.customer_number == sa.any_(_texts(numbers)),
        Ticket.person_id == sa.any_(_ids(people)),
        Ticket.until.is_(None),
    )
    claims = await session.scalars(found, execution_options={"populate_existing": True})
    return {(each.customer_number, each.person_id): each for each in claims}


async def shared_with(
    session: AsyncSession, me: UUID, search: str, after: UUID, limit: int
) -> list[PersonFound]:
    """Page through the people that a main contact shares with, those known longest first."""
    found = _shared_with(me).where(Person.id > after)
    if search:
        found = found.where(_called(search))
    page = found.order_by(Person.id).limit(limit)
    return [PersonFound(*row) for row in await session.execute(page)]


async def shared_with_one(session: AsyncSession, me: UUID, person_id: UUID) -> PersonFound | None:
    """Find somebody that a main contact shares with."""
    row = (await session.execute(_shared_with(me).where(Person.id == person_id))).one_or_none()
    return PersonFound(*row) if row else None


def _shared_with(me: UUID) -> sa.Select[Any]:
    shares = _shares_of(me).cte("shares")
    numbers = (
        sa.select(shares.c.person_id, sa.func.count(shares.c.customer_number).label("numbers"))
        .group_by(shares.c.person_id)
        .cte("numbers")
    )
    return (
        sa.select(Person, numbers.c.numbers, StandingShare)
        .join(numbers, numbers.c.person_id == Person.id)
        .outerjoin(
            StandingShare,
            sa.and_(StandingShare.person_id == Person.id, StandingShare.main_contact == me),
        )
        .where(Person.state == "active")
    )


def _shares_of(me: UUID) -> sa.CompoundSelect[Any]:
    """Return who shares which of somebody's numbers; no number: those still to come."""
    granted = (
        sa.select(Ticket.person_id, Ticket.customer_number)
        .join(_Main, _Main.customer_number == Ticket.customer_number)
        .where(*_answers_for(_Main, me), *_shared(Ticket))
    )
    standing = sa.select(StandingShare.person_id, sa.null().cast(sa.Text)).where(
        StandingShare.main_contact == me
    )
    return sa.union_all(granted, standing)


def _called(search: str) -> sa.ColumnElement[bool]:
    name = sa.func.concat_ws(" ", Person.first_name, Person.last_name)
    return sa.or_(
        name.icontains(search, autoescape=True), Person.email.icontains(search, autoescape=True)
    )


async def people_shared_with(session: AsyncSession, me: UUID) -> int:
    """Count the people that a main contact shares with."""
    shares = _shares_of(me).subquery()
    active = (
        sa.select(sa.func.count(shares.c.person_id.distinct()))
        .join(Person, Person.id == shares.c.person_id)
        .where(Person.state == "active")
    )
    return await session.scalar(active) or 0


async def known_lately(
    session: AsyncSession, me: UUID, people: Collection[UUID], at: datetime
) -> set[UUID]:
    """Say which of these people a main contact shares with, or did until lately."""
    given = sa.any_(_ids(people))
    now_or_lately = (
        sa.select(Ticket.person_id)
        .join(_Main, _Main.customer_number == Ticket.customer_number)
        .where(
            *_answers_for(_Main, me),
            Ticket.person_id == given,
            Ticket.role == Role.SHARED,
            sa.or_(
                Ticket.until.is_(None),
                sa.and_(Ticket.until > at - LATELY, Ticket.until >= _Main.since),
            ),
        )
    )
    standing = sa.select(StandingShare.person_id).where(
        StandingShare.main_contact == me, StandingShare.person_id == given
    )
    found = sa.select(Person.id).where(
        Person.id.in_(sa.union(now_or_lately, standing)), Person.state == "active"
    )
    return set(await session.scalars(found))


async def people_to_grant(session: AsyncSession, people: Collection[UUID]) -> set[UUID]:
    """Say which people may be granted something, and keep them from being erased meanwhile."""
    found = (
        sa.select(Person.id)
        .where(Person.id == sa.any_(_ids(people)), Person.state == "active")
        .order_by(Person.id)
        .with_for_update(read=True)
    )
    return set(await session.scalars(found))


async def person_to_describe(session: AsyncSession, person_id: UUID) -> Person:
    """Find a person, and hold them."""
    return await session.get_one(Person, person_id, with_for_update=True)


async def is_known_to_others(session: AsyncSession, me: UUID, person_id: UUID) -> bool:
    """Say whether a person has a claim on a number that another answers for."""
    mine = (
        sa.exists()
        .where(_Main.customer_number == _Other.customer_number)
        .where(*_answers_for(_Main, me))
    )
    found = sa.select(_Other.id).where(_Other.person_id == person_id, _Other.until.is_(None), ~mine)
    return await session.scalar(found.limit(1)) is not None


async def shared_numbers(session: AsyncSession, me: UUID, person_id: UUID) -> list[str]:
    """Find the numbers that a main contact shares with somebody."""
    found = (
        sa.select(Ticket.customer_number)
        .join(_Main, _Main.customer_number == Ticket.customer_number)
        .where(*_answers_for(_Main, me), *_shared(Ticket), Ticket.person_id == person_id)
    )
    return list(await session.scalars(found))


@dataclass(frozen=True)
class RowFound:
    """A customer number that somebody answers for, as a row of the matrix."""

    customer_number: str
    name: str
    issuer: str
    issuer_name: str
    claim: UUID
    since: datetime


async def matrix_rows(
    session: AsyncSession,
    me: UUID,
    *,
    search: str,
    gaps_among: int | None,
    only: UUID | None,
    after: str,
    limit: int,
) -> list[RowFound]:
    """Page through the numbers somebody answers for.

    With ``gaps_among`` people: only where fewer of them see its documents, or ``only`` does not.
    """
    rows = _rows(me).where(CustomerNumber.customer_number > after)
    if search:
        rows = rows.where(_named(search))
    if gaps_among is not None:
        rows = rows.where(_lookers(only) < gaps_among)
    page = rows.order_by(CustomerNumber.customer_number).limit(limit)
    return [RowFound(*row) for row in await session.execute(page)]


async def gaps(
    session: AsyncSession, me: UUID, among: int, only: UUID | None
) -> tuple[int, RowFound | None]:
    """Count the numbers that not everyone sees, and find the newest of them."""
    found = _rows(me).where(_lookers(only) < among).add_columns(sa.func.count().over())
    newest = found.order_by(Ticket.id.desc()).limit(1)
    row = (await session.execute(newest)).one_or_none()
    return (row[-1], RowFound(*row[:-1])) if row else (0, None)


def _rows(me: UUID) -> sa.Select[str, str, str, str, UUID, datetime]:
    return (
        sa.select(
            CustomerNumber.customer_number,
            CustomerNumber.name,
            CustomerNumber.issuer,
            Issuer.name.label("issuer_name"),
            Ticket.id,
            Ticket.since,
        )
        .join(Ticket, Ticket.customer_number == CustomerNumber.customer_number)
        .join(Issuer, Issuer.issuer == CustomerNumber.issuer)
        .where(*_answers_for(Ticket, me))
    )


def _lookers(only: UUID | None) -> sa.ScalarSelect[int]:
    """Count who sees a number's documents in the portal, beside its main contact."""
    found = sa.select(sa.func.count()).where(
        _Other.customer_number == CustomerNumber.customer_number,
        *_shared(_Other),
        _Other.portal.is_(True),
    )
    if only is not None:
        found = found.where(_Other.person_id == only)
    return found.correlate(CustomerNumber).scalar_subquery()


async def standing_shares(session: AsyncSession, me: UUID) -> list[StandingShare]:
    """Find whom a main contact shares each new number with."""
    found = (
        sa.select(StandingShare)
        .join(Person, Person.id == StandingShare.person_id)
        .where(StandingShare.main_contact == me, Person.state == "active")
        .order_by(StandingShare.person_id)
    )
    return list(await session.scalars(found))


async def standing_share(session: AsyncSession, me: UUID, person_id: UUID) -> StandingShare | None:
    """Find whether a main contact shares each new number with somebody."""
    return await session.get(StandingShare, (me, person_id), populate_existing=True)


async def keep_standing_share(
    session: AsyncSession, me: UUID, person_id: UUID, *, portal: bool, mail: bool, at: datetime
) -> None:
    """Share each new number of a main contact with somebody, from the start."""
    key = {"main_contact": me, "person_id": person_id}
    switches = {"portal": portal, "mail": mail}
    kept = insert(StandingShare).values(**key, **switches, since=at)
    await session.execute(
        kept.on_conflict_do_update(index_elements=list(key), set_=switches),
        execution_options={"populate_existing": True},
    )


async def drop_standing_share(session: AsyncSession, me: UUID, person_id: UUID) -> bool:
    """Share new numbers with somebody no more; return whether they were."""
    gone = (
        sa.delete(StandingShare)
        .where(StandingShare.main_contact == me, StandingShare.person_id == person_id)
        .returning(StandingShare.person_id)
    )
    return (await session.execute(gone)).one_or_none() is not None


def _answers_for(claim: type[Ticket], me: UUID) -> tuple[sa.ColumnElement[bool], ...]:
    return (claim.person_id == me, claim.role == Role.MAIN, claim.until.is_(None))


def _shared(claim: type[Ticket]) -> tuple[sa.ColumnElement[bool], ...]:
    return (claim.role == Role.SHARED, claim.until.is_(None))


def _texts(values: Collection[str]) -> sa.BindParameter[list[str]]:
    """Give texts as one parameter, however many they are."""
    return sa.literal(list(values), sa.ARRAY(sa.Text()))


def _ids(values: Collection[UUID]) -> sa.BindParameter[list[UUID]]:
    return sa.literal(list(values), sa.ARRAY(sa.Uuid()))
