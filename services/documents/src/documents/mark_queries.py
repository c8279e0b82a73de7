"""Questions about what people have not read yet: a row for each document and person."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.rows import as_arrays, rows_given
from documents.models import Claim, CustomerNumber, Document
from documents.queries import shown_to
from documents.reader import Reader
from documents.readership import Person, Unread

_COLUMNS = ["person_id", "customer_number", "document_id", "issue_date", "published_at"]
_READERS = rows_given("readers", person_id=sa.Uuid())
_GIVEN = rows_given("given", customer_number=sa.Text(), document_id=sa.Uuid())
_IDS = sa.any_(sa.bindparam("ids", type_=sa.ARRAY(sa.Uuid())))
_NUMBERS = sa.any_(sa.bindparam("numbers", type_=sa.ARRAY(sa.Text())))


@dataclass(frozen=True)
class Known:
    """What is known of a customer number when a document of it comes."""

    country: str | None = None
    readers: tuple[UUID, ...] = ()
    """Who reads here: nothing is kept of those who are known to have no account."""


async def known_of(session: AsyncSession, customer_numbers: Iterable[str]) -> dict[str, Known]:
    """Find what is known of customer numbers."""
    guest = sa.exists().where(Person.person_id == Claim.person_id, sa.not_(Person.registered))
    number = CustomerNumber.customer_number
    readers = sa.select(Claim.person_id).where(Claim.customer_number == number, sa.not_(guest))
    found = sa.select(
        number,
        CustomerNumber.country,
        sa.func.array(readers.scalar_subquery(), type_=sa.ARRAY(sa.Uuid())),
    ).where(number == _NUMBERS)
    rows = await session.execute(found, {"numbers": sorted(set(customer_numbers))})
    return {number: Known(country, tuple(people)) for number, country, people in rows}


async def mark_new(session: AsyncSession, people: Collection[UUID], document: Document) -> None:
    """Note that people have not read a document that is new."""
    columns: tuple[Any, ...] = (
        sa.literal(document.customer_number),
        sa.literal(document.id),
        sa.literal(document.issue_date),
        sa.literal(document.published_at),
    )
    rows = sa.select(_READERS.c.person_id, *columns)
    given = as_arrays("readers", _READERS.c.keys(), [(each,) for each in people])
    await session.execute(_noted(rows), given)


async def mark_unread(session: AsyncSession, person_id: UUID, ids: Sequence[UUID]) -> None:
    """Note that a person wants to read documents again; of others than theirs nothing is noted."""
    mine = sa.and_(
        Claim.customer_number == Document.customer_number, Claim.issuer == Document.issuer
    )
    shown = shown_to(Reader(person_id=person_id))
    rows = (
        sa.select(
            Claim.person_id,
            Document.customer_number,
            Document.id,
            Document.issue_date,
            Document.published_at,
        )
        .join(Claim, mine)
        .where(Document.id == _IDS, Claim.person_id == person_id, *shown)
    )
    await session.execute(_noted(rows), {"ids": list(ids)})


async def mark_read(session: AsyncSession, person_id: UUID, ids: Sequence[UUID]) -> None:
    """Note that a person has read documents."""
    await session.execute(
        sa.delete(Unread).where(
            Unread.person_id == person_id,
            Unread.customer_number == Document.customer_number,
            Unread.document_id == Document.id,
            Document.id == _IDS,
        ),
        {"ids": list(ids)},
    )


async def unread_among(
    session: AsyncSession, person_id: UUID, documents: Sequence[Document]
) -> frozenset[UUID]:
    """Find which of these documents a person has not read."""
    if not documents:
        return frozenset()
    is_given = sa.and_(
        Unread.customer_number == _GIVEN.c.customer_number,
        Unread.document_id == _GIVEN.c.document_id,
    )
    found = (
        sa.select(Unread.document_id).join(_GIVEN, is_given).where(Unread.person_id == person_id)
    )
    rows = [(each.customer_number, each.id) for each in documents]
    given = as_arrays("given", _GIVEN.c.keys(), rows)
    return frozenset(await session.scalars(found, given))


async def unread_by_number(session: AsyncSession, reader: Reader) -> Sequence[tuple[str, int]]:
    """Count what a person has not read, by customer number; where there is nothing is left out."""
    mine = sa.and_(
        Claim.person_id == Unread.person_id, Claim.customer_number == Unread.customer_number
    )
    found = (
        sa.select(Unread.customer_number, sa.func.count())
        .join(Claim, mine)
        .where(Unread.person_id == reader.person_id)
        .group_by(Unread.customer_number)
        .order_by(Unread.customer_number)
    )
    if reader.issuer:
        found = found.where(Claim.issuer == reader.issuer)
    return [(number, count) for number, count in await session.execute(found)]


async def forget_marks(
    session: AsyncSession, people: Collection[UUID], customer_number: str | None = None
) -> None:
    """Forget what people have not read, of one customer number or of all."""
    gone = sa.delete(Unread).where(Unread.person_id == _IDS)
    if customer_number is not None:
        gone = gone.where(Unread.customer_number == customer_number)
    await session.execute(gone, {"ids": list(people)})


def _noted(rows: sa.Select[*tuple[Any, ...]]) -> Any:
    noted = insert(cast("sa.Table", Unread.__table__)).from_select(_COLUMNS, rows)
    return noted.on_conflict_do_nothing()
