"""The questions of the desk: an issuer's customers, who reads their documents, and who looked."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from chassis.rows import delete_some
from identity.accounts import Session, Staff
from identity.models import CustomerNumber, Person, Role, Ticket, customer_numbers, people
from identity.trails import AuditEntry, Pseudonym
from identity.views import View

views = cast("sa.Table", View.__table__)
_Main = aliased(Ticket, name="main_claims")
_FORMER_AT_MOST = 50
_LINES_AT_MOST = 50

_OF_NUMBER, _OF_PERSON = customer_numbers.c.words, people.c.words


@dataclass(frozen=True)
class CustomerFound:
    """A customer number, who answers for it, and with how many it is shared."""

    number: CustomerNumber
    main_contact: Person | None
    shared: int


async def words_of(session: AsyncSession, text: str) -> list[str]:
    """Return the words of a text as they are looked for: small, and without accents."""
    return list(await session.scalar(sa.select(sa.func.words_of(text))) or [])


async def customers_with(
    session: AsyncSession, issuer: str, group: str, words: Sequence[str], after: str, limit: int
) -> list[CustomerFound]:
    """Page through an issuer's customer numbers that have all words, by number.

    A word begins one of the customer's (in number, name, address), or one of somebody's with a
    claim on the number (in name, e-mail address). An index is asked for the first word.
    """
    # One plan for any word would serve neither the rare nor the common one.
    await session.execute(sa.text("set local plan_cache_mode = force_custom_plan"))
    some = _numbers(issuer, after).where(*(_number_or_reader_has(each) for each in words[1:]))
    if not words:
        return await _described(session, await _first(session, some, limit))
    by_number = some.where(_has(_OF_NUMBER, words[0]))
    by_reader = _by_reader(issuer, group, words, after)
    numbers = {
        each for found in (by_number, by_reader) for each in await _first(session, found, limit)
    }
    return await _described(session, sorted(numbers)[:limit])


async def _first(session: AsyncSession, some: sa.Select[str], limit: int) -> Sequence[str]:
    found = some.order_by(CustomerNumber.customer_number).limit(limit)
    return (await session.scalars(found)).all()


def _numbers(issuer: str, after: str) -> sa.Select[str]:
    return sa.select(CustomerNumber.customer_number).where(
        CustomerNumber.issuer == issuer, CustomerNumber.customer_number > after
    )


def _by_reader(issuer: str, group: str, words: Sequence[str], after: str) -> sa.Select[str]:
    first, *others = words
    return (
        _numbers(issuer, after)
        .distinct()
        .join(Ticket, Ticket.customer_number == CustomerNumber.customer_number)
        .join(Person, Person.id == Ticket.person_id)
        .where(
            Ticket.until.is_(None),
            Person.issuer_group == group,
            Person.state == "active",
            _has(_OF_PERSON, first),
            *(sa.or_(_has(_OF_NUMBER, each), _has(_OF_PERSON, each)) for each in others),
        )
    )


def _number_or_reader_has(word: str) -> sa.ColumnElement[bool]:
    reader = (
        sa.exists()
        .where(
            Ticket.customer_number == CustomerNumber.customer_number,
            Ticket.until.is_(None),
            Person.id == Ticket.person_id,
            Person.state == "active",
            _has(_OF_PERSON, word),
        )
        .correlate(CustomerNumber)
    )
    return sa.or_(_has(_OF_NUMBER, word), reader)


def _has(words: sa.ColumnElement[Any], word: str) -> sa.ColumnElement[bool]:
    """Say whether one of the words begins with another, as ``words_of`` made it."""
    begins = sa.cast(sa.cast(f"'{word}':*", sa.Text), TSQUERY)
    return words.bool_op("@@")(begins)


async def _described(session: AsyncSession, numbers: Sequence[str]) -> list[CustomerFound]:
    shared = (
        sa.select(sa.func.count())
        .where(
            Ticket.customer_number == CustomerNumber.customer_number,
            Ticket.role == Role.SHARED,
            Ticket.until.is_(None),
        )
        .correlate(CustomerNumber)
        .scalar_subquery()
    )
    its_main_claim = sa.and_(
        _Main.customer_number == CustomerNumber.customer_number,
        _Main.until.is_(None),
        _Main.role == Role.MAIN,
    )
    found = (
        sa.select(CustomerNumber, Person, shared)
        .outerjoin(_Main, its_main_claim)
        .outerjoin(Person, Person.id == _Main.person_id)
        .where(CustomerNumber.customer_number.in_(numbers))
        .order_by(CustomerNumber.customer_number)
    )
    return [CustomerFound(*row) for row in await session.execute(found)]


async def customer(session: AsyncSession, issuer: str, number: str) -> CustomerFound | None:
    """Find a customer number of an issuer."""
    found = await _described(session, [number])
    return found[0] if found and found[0].number.issuer == issuer else None


async def claim(
    session: AsyncSession, issuer: str, number: str, person_id: UUID
) -> tuple[Ticket, Person] | None:
    """Find somebody's claim on a customer number of an issuer."""
    found = (
        sa.select(Ticket, Person)
        .join(Person, Person.id == Ticket.person_id)
        .join(CustomerNumber, CustomerNumber.customer_number == Ticket.customer_number)
        .where(
            CustomerNumber.issuer == issuer,
            Ticket.customer_number == number,
            Ticket.person_id == person_id,
            Ticket.until.is_(None),
            Person.state == "active",
        )
        .execution_options(populate_existing=True)
    )
    row = (await session.execute(found)).one_or_none()
    return (row[0], row[1]) if row else None


async def claims_at(session: AsyncSession, issuer: str, person_id: UUID) -> list[Ticket]:
    """Find somebody's claims on an issuer's customer numbers."""
    found = (
        sa.select(Ticket)
        .join(CustomerNumber, CustomerNumber.customer_number == Ticket.customer_number)
        .where(
            CustomerNumber.issuer == issuer,
            Ticket.person_id == person_id,
            Ticket.until.is_(None),
        )
        .order_by(Ticket.customer_number)
        .execution_options(populate_existing=True)
    )
    return list(await session.scalars(found))


async def is_known_elsewhere(session: AsyncSession, issuer: str, person_id: UUID) -> bool:
    """Say whether somebody has a claim at another issuer, or works for one."""
    claims = (
        sa.select(sa.true())
        .join_from(Ticket, CustomerNumber, CustomerNumber.customer_number == Ticket.customer_number)
        .where(
            Ticket.person_id == person_id,
            Ticket.until.is_(None),
            CustomerNumber.issuer != issuer,
        )
    )
    work = sa.select(sa.true()).where(Staff.person_id == person_id, Staff.until.is_(None))
    return await session.scalar(sa.union_all(claims, work).limit(1)) is not None


async def former_readers(
    session: AsyncSession, number: str, since: datetime
) -> list[tuple[Ticket, Person]]:
    """Find whose claim on a customer number ended lately and who has none now, the last first."""
    goes_on = (
        sa.exists()
        .where(
            _Main.customer_number == Ticket.customer_number,
            _Main.person_id == Ticket.person_id,
            _Main.until.is_(None),
        )
        .correlate(Ticket)
    )
    found = (
        sa.select(Ticket, Person)
        .join(Person, Person.id == Ticket.person_id)
        .where(
            Ticket.customer_number == number,
            Ticket.until > since,
            Person.state == "active",
            ~goes_on,
        )
        .order_by(Ticket.until.desc(), Ticket.id)
        .limit(_FORMER_AT_MOST)
    )
    return [(ticket, person) for ticket, person in await session.execute(found)]


async def acts_on(session: AsyncSession, issuer: str, number: str) -> Sequence[AuditEntry]:
    """Find what the desk did on a customer number, the newest first."""
    found = (
        sa.select(AuditEntry)
        .where(
            sa.text("act like 'desk%'"),
            sa.text("facts ->> 'customer_number' = :number").bindparams(number=number),
            AuditEntry.issuer == issuer,
        )
        .order_by(AuditEntry.id.desc())
        .limit(_LINES_AT_MOST)
    )
    return (await session.scalars(found)).all()


async def people_behind(session: AsyncSession, pseudonyms: Collection[UUID]) -> dict[str, Person]:
    """Find who is meant by pseudonyms of the audit; who was erased is nobody any more."""
    found = (
        sa.select(Pseudonym.pseudonym, Person)
        .join(Person, Person.id == Pseudonym.person_id)
        .where(Pseudonym.pseudonym.in_(pseudonyms))
    )
    return {str(pseudonym): person for pseudonym, person in await session.execute(found)}


async def view_to_change(session: AsyncSession, view_id: UUID, session_id: UUID) -> View | None:
    """Find a view of somebody's session, and hold it."""
    found = sa.select(View).filter_by(id=view_id, session_id=session_id).with_for_update()
    return await session.scalar(found, execution_options={"populate_existing": True})


async def views_to_end(
    session: AsyncSession, at: datetime, at_most: int
) -> list[tuple[View, Session | None]]:
    """Find views that nobody ended and that go on no more, each with its session, and hold them."""
    found = (
        sa.select(View, Session)
        .outerjoin(Session, Session.id == View.session_id)
        .where(View.ended_at.is_(None), View.until <= at)
        .order_by(View.until)
        .limit(at_most)
        .with_for_update(of=View, skip_locked=True)
    )
    return [(view, of) for view, of in await session.execute(found)]


async def forget_views(session: AsyncSession, before: datetime, at_most: int) -> int:
    """Delete views that ended before a moment; the audit keeps what is to be kept."""
    old = sa.and_(View.ended_at.is_not(None), View.until < before)
    return await delete_some(session, views, old, at_most=at_most)


async def people_to_hold(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, Person]:
    """Find people and hold them, always in the same order."""
    found = (
        sa.select(Person)
        .where(Person.id.in_(sorted(ids)))
        .order_by(Person.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {each.id: each for each in await session.scalars(found)}
