"""Many rows in one statement: given as its parameters, or deleted a few at a time.

Given rows are an array per column, whatever their number: a statement with a place for each value
would be another one for each number of rows, compiled and planned anew each time.
"""

from collections.abc import Iterable, Sequence
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.selectable import TableValuedAlias


def rows_given(name: str, **columns: sa.types.TypeEngine[Any]) -> TableValuedAlias:
    """Return rows to select from, which ``as_arrays`` gives when the statement is executed."""
    arrays = (
        sa.bindparam(f"{name}_{column}", type_=ARRAY(kind)) for column, kind in columns.items()
    )
    names = (sa.column(column, kind) for column, kind in columns.items())
    return sa.func.unnest(*arrays).table_valued(*names, name=name).render_derived()


def as_arrays(name: str, columns: Iterable[str], rows: Iterable[Sequence[Any]]) -> dict[str, Any]:
    """Return rows as the parameters of a statement: the values of each column, in their order."""
    values = list(zip(*rows, strict=True))
    return {f"{name}_{column}": list(each) for column, each in zip(columns, values, strict=True)}


async def delete_some(
    session: AsyncSession, table: sa.Table, old: sa.ColumnElement[bool], *, at_most: int
) -> int:
    """Delete rows of a table, at most so many; return how many there were.

    They are found once and deleted where they lie, so the rest of the table is not read.
    """
    place: sa.ColumnElement[Any] = sa.literal_column("ctid")
    found = sa.select(place).select_from(table).where(old).limit(at_most)
    gone = place == sa.any_(sa.func.array(found.scalar_subquery()))
    deleted = await session.execute(sa.delete(table).where(gone))
    return cast("sa.CursorResult[None]", deleted).rowcount
