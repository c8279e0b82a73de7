"""The questions notifications asks its tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from contracts.identity import CustomerNumberChanged
from notifications.models import CustomerNumber, Issuer, Letter, Notice, Person

LATE = timedelta(days=30)
"""How long after its publication a document still finds a reader who becomes known late."""


@dataclass(frozen=True)
class Dossier:
    """A letter and all that is known about what to write in it."""

    letter: Letter
    notice: Notice
    person: Person
    issuer: Issuer
    snapshot: CustomerNumberChanged


async def hold_number(session: AsyncSession, customer_number: str) -> None:
    """Let documents and snapshots of one customer number pass one after the other.

    Else a document and a snapshot that arrive at once would not see each other.
    """
    key = sa.func.hashtextextended(customer_number, 0)
    await session.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))


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
    known = await session.get(CustomerNumber, customer_number)
    return _read(known) if known else None


def _read(known: CustomerNumber) -> CustomerNumberChanged:
    return CustomerNumberChanged.model_validate(known.snapshot)


async def notice(session: AsyncSession, document_id: UUID) -> Notice | None:
    """Find the notice of a document."""
    return await session.get(Notice, document_id)


async def recent_notices(
    session: AsyncSession, customer_number: str, at: datetime
) -> Sequence[Notice]:
    """Find the documents of a customer number that late readers are still told of."""
    found = sa.select(Notice).where(
        Notice.customer_number == customer_number, Notice.published_at > at - LATE
    )
    return (await session.scalars(found.order_by(Notice.published_at))).all()


async def owe(session: AsyncSession, letters: Sequence[dict[str, Any]]) -> Sequence[UUID]:
    """Owe these letters, unless they are owed already; return the ids of the new ones."""
    if not letters:
        return ()
    new = insert(Letter).values(list(letters)).on_conflict_do_nothing().returning(Letter.id)
    return (await session.scalars(new)).all()


async def people_known(session: AsyncSession, ids: Sequence[UUID]) -> set[UUID]:
    """Return which of these people identity has told us of."""
    return set(await session.scalars(sa.select(Person.person_id).where(Person.person_id.in_(ids))))


async def dossiers_due(session: AsyncSession, at: datetime, limit: int) -> Sequence[Dossier]:
    """Find letters to send now whose reader, issuer and customer number are known, and hold them.

    Letters that another transaction holds, or that are leased, are passed over.
    """
    due = (
        sa.select(Letter, Notice, Person, Issuer, CustomerNumber)
        .join(Notice, Notice.document_id == Letter.document_id)
        .join(Person, Person.person_id == Letter.person_id)
        .join(Issuer, Issuer.issuer == Notice.issuer)
        .join(CustomerNumber, CustomerNumber.customer_number == Notice.customer_number)
        .where(
            Letter.due_at <= at,
            sa.or_(Letter.leased_until.is_(None), Letter.leased_until < at),
        )
        .order_by(Letter.due_at)
        .limit(limit)
        .with_for_update(of=Letter, skip_locked=True)
    )
    return [
        Dossier(letter, notice, person, issuer, _read(number))
        for letter, notice, person, issuer, number in await session.execute(due)
    ]


async def person(session: AsyncSession, person_id: UUID) -> Person | None:
    """Find a person."""
    return await session.get(Person, person_id)


async def letter_claimed(session: AsyncSession, letter_id: UUID, claim: int) -> Letter | None:
    """Find a letter that is still ours, and hold it; None when another has claimed it since."""
    found = sa.select(Letter).filter_by(id=letter_id, claim=claim).with_for_update()
    return (await session.scalars(found)).one_or_none()


async def lengthen_leases(
    session: AsyncSession, claims: Sequence[tuple[UUID, int]], until: datetime
) -> None:
    """Lease letters for longer that are still ours and still being sent."""
    await session.execute(
        sa.update(Letter)
        .where(
            sa.tuple_(Letter.id, Letter.claim).in_(claims),
            Letter.leased_until.is_not(None),
        )
        .values(leased_until=until)
    )


async def letters_of(session: AsyncSession, issuer: str, document_id: UUID) -> Sequence[Letter]:
    """Find the letters for a document of an issuer, the first owed first."""
    found = (
        sa.select(Letter)
        .join(Notice, Notice.document_id == Letter.document_id)
        .where(Letter.document_id == document_id, Notice.issuer == issuer)
        .order_by(Letter.id)
    )
    return (await session.scalars(found)).all()


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
        .where(Notice.issuer == issuer, Notice.published_at < before, Notice.settled.is_(False))
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
        .where(
            Notice.published_at < before, Notice.reported_at.is_(None), Notice.settled.is_(False)
        )
        .order_by(Notice.published_at)
        .limit(limit)
        .with_for_update(of=Notice, skip_locked=True)
    )
    return [(row[0], row[1], row[2]) for row in await session.execute(found)]
