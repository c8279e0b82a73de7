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
# The tables themselves: statements on them need nothing of the mapper, which takes time for each.
_LETTERS, _HISTORY, _NOTICES, _ISSUERS, _PEOPLE, _NUMBERS = (
    cast("sa.Table", each.__table__)
    for each in (Letter, LetterHistory, Notice, Issuer, Person, CustomerNumber)
)


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
    attached: str | None
    resent: int
    linked_on: date
    tries: int
    claim: int
    marked_at: datetime | None
    updated_at: datetime
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
    ``attached`` is what went with it; None that it was not tried.
    """

    letter_id: UUID
    claim: int
    state: State
    tries: int
    detail: str
    reason: str | None = None
    due_at: datetime | None = None
    stays_marked: bool = False
    attached: str | None = None


_FIRST = (
    sa.select(_LETTERS.c.id)
    .where(
        _LETTERS.c.document_id.is_not(None),
        _LETTERS.c.due_at <= sa.bindparam("at", type_=_TIME),
        sa.or_(
            _LETTERS.c.leased_until.is_(None),
            _LETTERS.c.leased_until < sa.bindparam("at", type_=_TIME),
        ),
    )
    .order_by(_LETTERS.c.due_at)
    .limit(sa.bindparam("at_most", type_=sa.Integer))
    .with_for_update(skip_locked=True)
    .cte("first")
)
_DUE = (
    sa.select(
        _LETTERS.c.id.label("letter_id"),
        _LETTERS.c.document_id,
        _LETTERS.c.person_id,
        _LETTERS.c.role,
        _LETTERS.c.ticket,
        _LETTERS.c.sender,
        _LETTERS.c.attached,
        _LETTERS.c.resent,
        _LETTERS.c.linked_on,
        _LETTERS.c.tries,
        _LETTERS.c.claim,
        _LETTERS.c.marked_at,
        _LETTERS.c.updated_at,
        _NOTICES.c.event_id,
        _NOTICES.c.customer_number,
        _NOTICES.c.number,
        _NOTICES.c.type,
        _NOTICES.c.issue_date,
        _NOTICES.c.due_date,
        _NOTICES.c.currency,
        _NOTICES.c.total_incl_vat,
        _NOTICES.c.amount_due,
        _NOTICES.c.payment_reference,
        _NOTICES.c.published_at,
        _NOTICES.c.correlation_id,
        _NOTICES.c.traceparent,
        _NOTICES.c.issuer,
        _ISSUERS.c.name.label("issuer_name"),
        _ISSUERS.c.sender.label("issuer_sender"),
        _ISSUERS.c.language.label("issuer_language"),
        _ISSUERS.c.accent,
        _ISSUERS.c.palette,
        _PEOPLE.c.state.label("person_state"),
        _PEOPLE.c.email,
        _PEOPLE.c.language,
        _PEOPLE.c.first_name,
        _PEOPLE.c.last_name,
        _PEOPLE.c.registered,
        _NUMBERS.c.version,
    )
    .select_from(_FIRST)
    .join(_LETTERS, _LETTERS.c.id == _FIRST.c.id)
    .join(_NOTICES, _NOTICES.c.document_id == _LETTERS.c.document_id)
    .join(_ISSUERS, _ISSUERS.c.issuer == _NOTICES.c.issuer, isouter=True)
    .join(_PEOPLE, _PEOPLE.c.person_id == _LETTERS.c.person_id, isouter=True)
    .join(_NUMBERS, _NUMBERS.c.customer_number == _NOTICES.c.customer_number, isouter=True)
    .order_by(_LETTERS.c.due_at)
)


async def due(session: AsyncSession, at: datetime, at_most: int) -> list[Due]:
    """Find letters about documents that are due, the longest first, and hold them.

    Those that another transaction holds, or that are leased, are passed over.
    """
    found = await session.execute(_DUE, {"at": at, "at_most": at_most})
    return [Due(**row) for row in found.mappings()]


_TAKEN = rows_given("taken", id=sa.Uuid(), sender=sa.Text(), sent_to=sa.Text())
_TAKE = (
    sa.update(_LETTERS)
    .where(_LETTERS.c.id == _TAKEN.c.id)
    .values(
        claim=_LETTERS.c.claim + 1,
        leased_until=sa.bindparam("until", type_=_TIME),
        sender=_TAKEN.c.sender,
        # One that the relay may have already went where it went.
        sent_to=sa.case(
            (_LETTERS.c.marked_at.is_(None), _TAKEN.c.sent_to), else_=_LETTERS.c.sent_to
        ),
    )
)


async def take(
    session: AsyncSession, letters: Sequence[tuple[UUID, str, str]], until: datetime
) -> None:
    """Claim letters that are held, each with its sender and recipient, until the lease ends."""
    if letters:
        given = as_arrays("taken", _TAKEN.c.keys(), letters)
        await session.execute(_TAKE, given | {"until": until})


_PUT_OFF = rows_given("put_off", id=sa.Uuid(), until=_TIME)
_WAIT = sa.update(_LETTERS).where(_LETTERS.c.id == _PUT_OFF.c.id).values(due_at=_PUT_OFF.c.until)


async def put_off(session: AsyncSession, times: Mapping[UUID, datetime]) -> None:
    """Let letters that are held wait, each until its time, as they stand."""
    if times:
        given = as_arrays("put_off", _PUT_OFF.c.keys(), times.items())
        await session.execute(_WAIT, given)


async def wake(session: AsyncSession, person_id: UUID, at: datetime) -> None:
    """Let the letters of a person about documents that were never tried wait no longer."""
    await session.execute(
        sa.update(_LETTERS)
        .where(
            _LETTERS.c.person_id == person_id,
            _LETTERS.c.document_id.is_not(None),
            _LETTERS.c.state == State.OWED,
            _LETTERS.c.due_at > at,
        )
        .values(due_at=at)
    )


_HELD = rows_given("held", id=sa.Uuid(), claim=sa.Integer())
_IS_HELD = sa.and_(_LETTERS.c.id == _HELD.c.id, _LETTERS.c.claim == _HELD.c.claim)
_MARK = (
    sa.update(_LETTERS)
    .where(_IS_HELD)
    .values(marked_at=sa.bindparam("at", type_=_TIME))
    .returning(_LETTERS.c.id, _LETTERS.c.claim)
)
_LEASE = (
    sa.update(_LETTERS)
    .where(_IS_HELD, _LETTERS.c.leased_until.is_not(None))
    .values(leased_until=sa.bindparam("until", type_=_TIME))
)


async def mark(session: AsyncSession, claims: Iterable[Claim], at: datetime) -> set[Claim]:
    """Mark letters that are still ours; return which."""
    marked = await session.execute(_MARK, _given(claims) | {"at": at})
    return {(letter_id, claim) for letter_id, claim in marked}


async def lease(session: AsyncSession, claims: Iterable[Claim], until: datetime) -> None:
    """Lease letters until another time that are still ours and still being sent."""
    given = _given(claims) | {"until": until}
    await session.execute(_LEASE, given)


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
    attached=sa.Text(),
)
_CHANGED = (
    sa.update(_LETTERS)
    .where(_LETTERS.c.id == _CHANGE.c.letter_id, _LETTERS.c.claim == _CHANGE.c.claim)
    .values(
        state=_CHANGE.c.state,
        tries=_CHANGE.c.tries,
        reason=_CHANGE.c.reason,
        due_at=_CHANGE.c.due_at,
        marked_at=sa.case((_CHANGE.c.stays_marked, _LETTERS.c.marked_at)),
        attached=sa.func.coalesce(_CHANGE.c.attached, _LETTERS.c.attached),
        leased_until=None,
        updated_at=sa.bindparam("at", type_=_TIME),
    )
    .returning(_CHANGE.c.letter_id, _CHANGE.c.state, _CHANGE.c.detail)
    .cte("changed")
)
_CHANGE_AND_WRITE_DOWN = (
    insert(_HISTORY)
    .from_select(
        ["letter_id", "at", "state", "detail"],
        sa.select(
            _CHANGED.c.letter_id,
            sa.bindparam("at", type_=_TIME),
            _CHANGED.c.state,
            _CHANGED.c.detail,
        ),
    )
    .returning(_HISTORY.c.letter_id)
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
