"""The questions notifications asks its tables."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.identifiers import new_id
from chassis.rows import as_arrays, rows_given
from contracts.identity import CustomerNumberChanged
from notifications.models import (
    CustomerNumber,
    Issuer,
    Letter,
    LetterHistory,
    Notice,
    Person,
    Report,
    State,
)

TIME = sa.DateTime(timezone=True)

# They are held in the order in which they are given.
_HOLD = sa.select(
    sa.func.pg_advisory_xact_lock(
        sa.func.hashtextextended(rows_given("held", number=sa.Text()).c.number, 0)
    )
)
LATE = timedelta(days=30)
"""How long after its publication a document still finds a reader who becomes known late."""


async def hold_numbers(session: AsyncSession, customer_numbers: Iterable[str]) -> None:
    """Let documents and snapshots of a customer number pass one after the other.

    Else a document and a snapshot that arrive at once would not see each other.
    """
    await session.execute(
        _HOLD, as_arrays("held", ["number"], [(each,) for each in sorted(set(customer_numbers))])
    )


async def keep_if_newer(
    session: AsyncSession, noun: type[Issuer | Person | CustomerNumber], values: dict[str, Any]
) -> bool:
    """Keep a snapshot unless a newer one is known; return whether it was kept."""
    key = [column.name for column in noun.__table__.primary_key]
    upsert = insert(noun).values(**values)
    kept = await session.execute(
        upsert.on_conflict_do_update(
            index_elements=key,
            set_={name: upsert.excluded[name] for name in values if name not in key},
            where=noun.version <= upsert.excluded.version,
        ).returning(sa.literal(1))
    )
    return kept.scalar() is not None


async def snapshot(session: AsyncSession, customer_number: str) -> CustomerNumberChanged | None:
    """Return what identity last said of a customer number."""
    return next(iter(await snapshots(session, [customer_number])), None)


async def snapshots(
    session: AsyncSession, customer_numbers: Sequence[str]
) -> Sequence[CustomerNumberChanged]:
    """Return what identity last said of customer numbers, of those it spoke of."""
    if not customer_numbers:
        return ()
    found = sa.select(CustomerNumber.snapshot).where(
        CustomerNumber.customer_number.in_(customer_numbers)
    )
    return [CustomerNumberChanged.model_validate(each) for each in await session.scalars(found)]


_NOTICES = cast("sa.Table", Notice.__table__)
_NEW = rows_given("new", **{column.name: column.type for column in _NOTICES.c})
_KEEP = (
    insert(_NOTICES)
    .from_select(_NOTICES.c.keys(), sa.select(*_NEW.c))
    .on_conflict_do_nothing()
    .returning(_NOTICES.c.document_id)
)


async def keep_notices(session: AsyncSession, notices: Sequence[Notice]) -> set[UUID]:
    """Keep the notices of documents, unless they are kept already; return which are new."""
    names = _NEW.c.keys()
    rows = [[getattr(each, name) for name in names] for each in notices]
    return set(await session.scalars(_KEEP, as_arrays("new", names, rows)))


async def recent_notices(
    session: AsyncSession, customer_number: str, at: datetime
) -> Sequence[Notice]:
    """Find the documents of a customer number that late readers are still told of."""
    found = sa.select(Notice).where(
        Notice.customer_number == customer_number, Notice.published_at > at - LATE
    )
    return (await session.scalars(found.order_by(Notice.published_at))).all()


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody to be written to about a document, not before a time."""

    event_id: UUID
    document_id: UUID
    person_id: UUID
    role: str
    ticket: UUID
    due_at: datetime


_LETTERS = cast("sa.Table", Letter.__table__)
_READERS = rows_given(
    "reader",
    event_id=sa.Uuid(),
    document_id=sa.Uuid(),
    person_id=sa.Uuid(),
    role=sa.Text(),
    ticket=sa.Uuid(),
    due_at=TIME,
    id=sa.Uuid(),
)
_OWE = (
    insert(_LETTERS)
    .from_select(
        [*_READERS.c.keys(), "kind", "state", "linked_on", "tries", "claim", "updated_at"],
        sa.select(
            *_READERS.c,
            sa.bindparam("of_kind", type_=sa.Text),
            sa.literal(State.OWED.value),
            sa.bindparam("today", type_=sa.Date),
            sa.literal(0),
            sa.literal(0),
            sa.bindparam("at", type_=TIME),
        ),
    )
    .on_conflict_do_nothing()
    .returning(_LETTERS.c.document_id)
)


async def owe(
    session: AsyncSession, kind: str, readers: Sequence[Reader], at: datetime
) -> Counter[UUID]:
    """Owe readers a letter each, unless it is owed; count the new ones of each document."""
    if not readers:
        return Counter()
    rows = [(*astuple(each), new_id()) for each in readers]
    given = as_arrays("reader", _READERS.c.keys(), rows)
    given |= {"of_kind": kind, "today": at.date(), "at": at}
    return Counter(await session.scalars(_OWE, given))


async def people_known(session: AsyncSession, ids: Collection[UUID]) -> set[UUID]:
    """Return which of these people identity has told us of."""
    wanted = sa.bindparam("ids", list(ids), type_=sa.ARRAY(sa.Uuid))
    known = sa.select(Person.person_id).where(Person.person_id == sa.any_(wanted))
    return set(await session.scalars(known))


async def people(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, Person]:
    """Find people that identity has told us of."""
    if not ids:
        return {}
    found = await session.scalars(sa.select(Person).where(Person.person_id.in_(ids)))
    return {each.person_id: each for each in found}


_NUMBER_KNOWN = (
    sa.select(CustomerNumber.customer_number)
    .where(CustomerNumber.customer_number == Notice.customer_number)
    .exists()
)
_PERSON_UNKNOWN = (
    sa.select(Letter.id)
    .join(Person, Person.person_id == Letter.person_id, isouter=True)
    .where(Letter.document_id == Notice.document_id, Person.person_id.is_(None))
    .exists()
)

Place = tuple[datetime, UUID]
"""Where a document stands among those published longest ago: its publication and id."""


async def notices_without_reader(
    session: AsyncSession, issuer: str, before: datetime, after: Place | None, limit: int
) -> Sequence[tuple[Notice, bool]]:
    """Find documents of an issuer that somebody unknown should be told of, the oldest first.

    With each stands whether its customer number is known: then a person is not.
    """
    found = (
        sa.select(Notice, _NUMBER_KNOWN)
        .where(Notice.issuer == issuer, Notice.published_at < before, sa.not_(Notice.settled))
        .where(sa.or_(~_NUMBER_KNOWN, _PERSON_UNKNOWN))
        .order_by(Notice.published_at, Notice.document_id)
        .limit(limit)
    )
    if after is not None:
        found = found.where(sa.tuple_(Notice.published_at, Notice.document_id) > after)
    return [(row[0], row[1]) for row in await session.execute(found)]


async def open_notices_before(
    session: AsyncSession, before: datetime, limit: int
) -> Sequence[tuple[Notice, bool, bool]]:
    """Find and hold documents of that long ago that somebody unknown should have been told of.

    With each stands whether its customer number is known by now, and whether a person is not.
    """
    found = (
        sa.select(Notice, _NUMBER_KNOWN, _PERSON_UNKNOWN)
        .where(Notice.published_at < before, Notice.reported_at.is_(None), sa.not_(Notice.settled))
        .order_by(Notice.published_at)
        .limit(limit)
        .with_for_update(of=Notice, skip_locked=True)
    )
    return [(row[0], row[1], row[2]) for row in await session.execute(found)]


async def letters_waiting(session: AsyncSession, at_most: int) -> dict[str, int]:
    """Count letters that are not settled, by state; of those with a time, the first so many.

    Each part has an index of only such letters, so those that were sent cost nothing.
    """
    timed = sa.select(Letter.state).where(Letter.due_at.is_not(None)).limit(at_most)
    of_documents = timed.where(Letter.document_id.is_not(None))
    of_accounts = timed.where(Letter.document_id.is_(None))
    held = sa.select(Letter.state).where(Letter.state == State.UNKNOWN, Letter.due_at.is_(None))
    waiting = sa.union_all(of_documents, of_accounts, held.limit(at_most)).subquery()
    counted = sa.select(waiting.c.state, sa.func.count()).group_by(waiting.c.state)
    return {str(state): count for state, count in await session.execute(counted)}


async def oldest_letter_due(session: AsyncSession, at: datetime) -> datetime | None:
    """Find since when a letter about a document could have been sent that nobody is sending."""
    due = (
        sa.select(Letter.due_at)
        .join(Person, Person.person_id == Letter.person_id)
        .where(
            Letter.document_id.is_not(None),
            Letter.due_at <= at,
            sa.or_(Letter.leased_until.is_(None), Letter.leased_until < at),
        )
        .order_by(Letter.due_at)
        .limit(1)
    )
    return await session.scalar(due)


async def forget_notices(session: AsyncSession, before: datetime, at_most: int) -> int:
    """Delete documents published before a time that have no letter due, with all of their letters.

    Returns how many there were, the oldest first.
    """
    due = sa.select(Letter.id).where(
        Letter.document_id == Notice.document_id, Letter.due_at.is_not(None)
    )
    old = (
        sa.select(Notice.document_id)
        .where(Notice.published_at < before, ~due.exists())
        .order_by(Notice.published_at)
        .limit(at_most)
        .with_for_update(skip_locked=True)
    )
    documents = (await session.scalars(old)).all()
    if not documents:
        return 0
    letters = sa.select(Letter.id).where(Letter.document_id.in_(documents))
    for of_letters in (Report, LetterHistory):
        await session.execute(sa.delete(of_letters).where(of_letters.letter_id.in_(letters)))
    await session.execute(sa.delete(Letter).where(Letter.document_id.in_(documents)))
    await session.execute(sa.delete(Notice).where(Notice.document_id.in_(documents)))
    return len(documents)
