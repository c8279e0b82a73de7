"""Letters by the batch: found due, claimed, marked, leased and changed, each in one statement."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.rows import as_arrays, rows_given
from notifications.models import (
    CustomerNumber,
    Issuer,
    Letter,
    LetterHistory,
    Notice,
    Person,
    State,
)

Claim = tuple[UUID, int]
"""A letter, and the number of the claim on it."""

_TIME = sa.DateTime(timezone=True)


@dataclass(frozen=True, slots=True)
class Due:
    """A letter that is to be sent now, and what is known for it.

    What identity has not told of yet is None: the version of the customer number's snapshot, the
    issuer's name, the person's state.
    """

    letter_id: UUID
    document_id: UUID
    person_id: UUID
    role: str
    ticket: UUID
    sender: str | None
    linked_on: date
    tries: int
    claim: int
    marked_at: datetime | None
    event_id: UUID
    customer_number: str
    number: str
    type: str
    issue_date: date
    due_date: date | None
    currency: str
    total_incl_vat: Decimal
    amount_due: Decimal
    payment_reference: str | None
    published_at: datetime
    correlation_id: str
    traceparent: str | None
    issuer: str
    issuer_name: str | None
    issuer_sender: str | None
    issuer_language: str | None
    accent: str | None
    palette: Mapping[str, Any] | None
    person_state: str | None
    email: str | None
    language: str | None
    first_name: str | None
    last_name: str | None
    registered: bool | None
    version: int | None

    @property
    def is_known(self) -> bool:
        """Whether identity has told of everyone this letter speaks of."""
        return None not in (self.issuer_name, self.person_state, self.version)


@dataclass(frozen=True, slots=True)
class Change:
    """How a letter stands from now on: ``claim`` is the one that may say so.

    ``detail`` is what its history tells. A letter that stays marked may be with the relay.
    """

    letter_id: UUID
    claim: int
    state: State
    tries: int
    detail: str
    reason: str | None = None
    due_at: datetime | None = None
    stays_marked: bool = False


_FIRST = (
    sa.select(Letter.id)
    .where(
        Letter.due_at <= sa.bindparam("at", type_=_TIME),
        sa.or_(
            Letter.leased_until.is_(None), Letter.leased_until < sa.bindparam("at", type_=_TIME)
        ),
    )
    .order_by(Letter.due_at)
    .limit(sa.bindparam("at_most", type_=sa.Integer))
    .with_for_update(skip_locked=True)
    .cte("first")
)
_DUE = (
    sa.select(
        Letter.id.label("letter_id"),
        Letter.document_id,
        Letter.person_id,
        Letter.role,
        Letter.ticket,
        Letter.sender,
        Letter.linked_on,
        Letter.tries,
        Letter.claim,
        Letter.marked_at,
        Notice.event_id,
        Notice.customer_number,
        Notice.number,
        Notice.type,
        Notice.issue_date,
        Notice.due_date,
        Notice.currency,
        Notice.total_incl_vat,
        Notice.amount_due,
        Notice.payment_reference,
        Notice.published_at,
        Notice.correlation_id,
        Notice.traceparent,
        Notice.issuer,
        Issuer.name.label("issuer_name"),
        Issuer.sender.label("issuer_sender"),
        Issuer.language.label("issuer_language"),
        Issuer.accent,
        Issuer.palette,
        Person.state.label("person_state"),
        Person.email,
        Person.language,
        Person.first_name,
        Person.last_name,
        Person.registered,
        CustomerNumber.version,
    )
    .select_from(_FIRST)
    .join(Letter, Letter.id == _FIRST.c.id)
    .join(Notice, Notice.document_id == Letter.document_id)
    .join(Issuer, Issuer.issuer == Notice.issuer, isouter=True)
    .join(Person, Person.person_id == Letter.person_id, isouter=True)
    .join(CustomerNumber, CustomerNumber.customer_number == Notice.customer_number, isouter=True)
    .order_by(Letter.due_at)
)


async def due(session: AsyncSession, at: datetime, at_most: int) -> list[Due]:
    """Find letters that are due, the longest first, and hold them.

    Those that another transaction holds, or that are leased, are passed over.
    """
    found = await session.execute(_DUE, {"at": at, "at_most": at_most})
    return [Due(**row) for row in found.mappings()]


_TAKEN = rows_given("taken", id=sa.Uuid(), sender=sa.Text(), sent_to=sa.Text())
_TAKE = (
    sa.update(Letter)
    .where(Letter.id == _TAKEN.c.id)
    .values(
        claim=Letter.claim + 1,
        leased_until=sa.bindparam("until", type_=_TIME),
        sender=_TAKEN.c.sender,
        # One that the relay may have already went where it went.
        sent_to=sa.case((Letter.marked_at.is_(None), _TAKEN.c.sent_to), else_=Letter.sent_to),
    )
)


async def take(
    session: AsyncSession, letters: Sequence[tuple[UUID, str, str]], until: datetime
) -> None:
    """Claim letters that are held, each with its sender and recipient, until the lease ends."""
    if letters:
        given = as_arrays("taken", _TAKEN.c.keys(), letters)
        await session.execute(
            _TAKE, given | {"until": until}, execution_options={"synchronize_session": False}
        )


_PUT_OFF = rows_given("put_off", id=sa.Uuid(), until=_TIME)
_WAIT = sa.update(Letter).where(Letter.id == _PUT_OFF.c.id).values(due_at=_PUT_OFF.c.until)


async def put_off(session: AsyncSession, times: Mapping[UUID, datetime]) -> None:
    """Let letters that are held wait, each until its time, as they stand."""
    if times:
        given = as_arrays("put_off", _PUT_OFF.c.keys(), times.items())
        await session.execute(_WAIT, given, execution_options={"synchronize_session": False})


async def wake(session: AsyncSession, person_id: UUID, at: datetime) -> None:
    """Let the letters of a person that were never tried wait no longer."""
    await session.execute(
        sa.update(Letter)
        .where(Letter.person_id == person_id, Letter.state == State.OWED, Letter.due_at > at)
        .values(due_at=at)
    )


_HELD = rows_given("held", id=sa.Uuid(), claim=sa.Integer())
_IS_HELD = sa.and_(Letter.id == _HELD.c.id, Letter.claim == _HELD.c.claim)
_MARK = (
    sa.update(Letter)
    .where(_IS_HELD)
    .values(marked_at=sa.bindparam("at", type_=_TIME))
    .returning(Letter.id, Letter.claim)
)
_LEASE = (
    sa.update(Letter)
    .where(_IS_HELD, Letter.leased_until.is_not(None))
    .values(leased_until=sa.bindparam("until", type_=_TIME))
)


async def mark(session: AsyncSession, claims: Iterable[Claim], at: datetime) -> set[Claim]:
    """Mark letters that are still ours; return which."""
    marked = await session.execute(_MARK, _given(claims) | {"at": at})
    return {(letter_id, claim) for letter_id, claim in marked}


async def lease(session: AsyncSession, claims: Iterable[Claim], until: datetime) -> None:
    """Lease letters until another time that are still ours and still being sent."""
    given = _given(claims) | {"until": until}
    await session.execute(_LEASE, given, execution_options={"synchronize_session": False})


def _given(claims: Iterable[Claim]) -> dict[str, Any]:
    # In one order everywhere, so that two processes never wait for each other.
    return as_arrays("held", _HELD.c.keys(), sorted(claims))


_CHANGE = rows_given(
    "change",
    letter_id=sa.Uuid(),
    claim=sa.Integer(),
    state=sa.Text(),
    tries=sa.Integer(),
    detail=sa.Text(),
    reason=sa.Text(),
    due_at=_TIME,
    stays_marked=sa.Boolean(),
)
_CHANGED = (
    sa.update(Letter)
    .where(Letter.id == _CHANGE.c.letter_id, Letter.claim == _CHANGE.c.claim)
    .values(
        state=_CHANGE.c.state,
        tries=_CHANGE.c.tries,
        reason=_CHANGE.c.reason,
        due_at=_CHANGE.c.due_at,
        marked_at=sa.case((_CHANGE.c.stays_marked, Letter.marked_at)),
        leased_until=None,
        updated_at=sa.bindparam("at", type_=_TIME),
    )
    .returning(_CHANGE.c.letter_id, _CHANGE.c.state, _CHANGE.c.detail)
    .cte("changed")
)
_CHANGE_AND_WRITE_DOWN = (
    insert(cast("sa.Table", LetterHistory.__table__))
    .from_select(
        ["letter_id", "at", "state", "detail"],
        sa.select(
            _CHANGED.c.letter_id,
            sa.bindparam("at", type_=_TIME),
            _CHANGED.c.state,
            _CHANGED.c.detail,
        ),
    )
    .returning(LetterHistory.letter_id)
)


async def change(session: AsyncSession, changes: Sequence[Change], at: datetime) -> set[Claim]:
    """Let letters that are still ours stand differently, and write it down; return which."""
    if not changes:
        return set()
    ordered = sorted(changes, key=lambda each: (each.letter_id, each.claim))
    given = as_arrays("change", _CHANGE.c.keys(), map(astuple, ordered))
    changed = await session.scalars(_CHANGE_AND_WRITE_DOWN, given | {"at": at})
    # Of two claims on one letter, only the later can still be ours.
    claims = {each.letter_id: each.claim for each in ordered}
    return {(letter_id, claims[letter_id]) for letter_id in changed}
