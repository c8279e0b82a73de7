"""The questions documents asks its tables."""

from collections.abc import Iterable
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from chassis.identifiers import now
from chassis.rows import as_arrays, rows_given
from documents.models import Document
from documents.reader import Reader

NEWEST_FIRST = (Document.issue_date.desc(), Document.published_at.desc(), Document.id.desc())

Number = tuple[str, str, str]
"""What no two documents of an issuer should share: the issuer, the type and the number."""

_NUMBERS = rows_given("given", issuer=sa.Text(), type=sa.Text(), number=sa.Text())
_NAME = _NUMBERS.c.issuer + "\n" + _NUMBERS.c.type + "\n" + _NUMBERS.c.number
# They are held in the order in which they are given.
_HOLD = sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(_NAME, 0)))
_NUMBERED = (
    sa.select(Document)
    .join(
        _NUMBERS,
        sa.and_(
            Document.issuer == _NUMBERS.c.issuer,
            Document.type == _NUMBERS.c.type,
            Document.number == _NUMBERS.c.number,
        ),
    )
    .order_by(Document.published_at)
)


async def hold_numbers(session: AsyncSession, numbers: Iterable[Number]) -> None:
    """Let no other transaction publish under these numbers meanwhile."""
    given = as_arrays("given", _NUMBERS.c.keys(), sorted(set(numbers)))
    await session.execute(_HOLD, given)


async def documents_numbered(
    session: AsyncSession, numbers: Iterable[Number]
) -> dict[Number, list[Document]]:
    """Find what was published under numbers before: nearly always nothing, or the same again."""
    wanted = set(numbers)
    found: dict[Number, list[Document]] = {each: [] for each in wanted}
    for each in await session.scalars(_NUMBERED, as_arrays("given", _NUMBERS.c.keys(), wanted)):
        found[each.issuer, each.type, each.number].append(each)
    return found


async def document(session: AsyncSession, document_id: UUID) -> Document | None:
    """Find a document with its files."""
    return await session.get(Document, document_id, options=[selectinload(Document.files)])


async def newest_document(
    session: AsyncSession, issuer: str, customer_number: str
) -> Document | None:
    """Find the newest document of a customer number that is shown, credit notes included."""
    found = (
        sa.select(Document)
        .filter_by(issuer=issuer, customer_number=customer_number)
        .where(*shown_to(Reader(issuer, newest_of=customer_number)))
        .order_by(*NEWEST_FIRST)
        .limit(1)
        .options(selectinload(Document.files))
    )
    return (await session.scalars(found)).one_or_none()


def shown_to(reader: Reader) -> list[sa.ColumnElement[bool]]:
    """Say of a document whether its readers still see it; its issuer sees it while it is there."""
    if reader.person_id is None and reader.newest_of is None:
        return []
    until = Document.visible_until
    return [sa.or_(until.is_(None), until >= now().date())]
