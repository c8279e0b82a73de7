"""Questions about people's claims: who may read what, and the documents that are theirs to read."""

from collections.abc import Collection, Sequence
from typing import cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from documents.models import Claim, CustomerNumber, Document
from documents.queries import NEWEST_FIRST, Place, Wanted, beyond

_TYPES = ("invoice", "credit_note")

_READERS = (
    sa.func.unnest(sa.bindparam("of_readers", type_=sa.ARRAY(sa.Uuid())))
    .table_valued(sa.column("person_id", sa.Uuid()), name="reader")
    .render_derived()
)
_NUMBER = sa.bindparam("of_number", type_=sa.Text)
_ISSUER = sa.bindparam("of_issuer", type_=sa.Text)
_LOST = sa.delete(Claim).where(
    Claim.customer_number == _NUMBER,
    sa.not_(sa.exists().where(_READERS.c.person_id == Claim.person_id)),
)
_KEPT = sa.exists().where(Claim.customer_number == _NUMBER, Claim.person_id == _READERS.c.person_id)
_GAINED = (
    insert(cast("sa.Table", Claim.__table__))
    .from_select(
        ["person_id", "customer_number", "issuer"],
        sa.select(_READERS.c.person_id, _NUMBER, _ISSUER).where(sa.not_(_KEPT)),
    )
    .on_conflict_do_nothing()
)


async def keep_if_newer(session: AsyncSession, customer_number: str, version: int) -> bool:
    """Note which snapshot of a customer number is the last, and hold it; False if it is older."""
    upsert = insert(CustomerNumber).values(customer_number=customer_number, version=version)
    kept = await session.execute(
        upsert.on_conflict_do_update(
            index_elements=[CustomerNumber.customer_number],
            set_={"version": upsert.excluded.version},
            where=CustomerNumber.version <= upsert.excluded.version,
        ).returning(sa.literal(1))
    )
    return kept.scalar() is not None


async def keep_claims(
    session: AsyncSession, customer_number: str, issuer: str, readers: Collection[UUID]
) -> None:
    """Let exactly these people read the documents of a number; rows that are right stay."""
    of = {"of_number": customer_number, "of_readers": list(readers)}
    await session.execute(_LOST, of)
    await session.execute(_GAINED, of | {"of_issuer": issuer})


async def has_claim(session: AsyncSession, person_id: UUID, document: Document) -> bool:
    """Say whether a document is one person's to read."""
    claim = await session.get(Claim, (person_id, document.customer_number))
    return claim is not None and claim.issuer == document.issuer


async def documents_of_person(
    session: AsyncSession, person_id: UUID, wanted: Wanted, after: Place | None, limit: int
) -> Sequence[Document]:
    """Find a page of the documents a person may read, newest first."""
    numbered = wanted.number is not None
    found = _numbered(person_id, wanted) if numbered else _newest(person_id, wanted, after, limit)
    if numbered and after is not None:
        found = found.where(beyond(after))
    page = found.order_by(*NEWEST_FIRST).limit(limit).options(selectinload(Document.files))
    return (await session.scalars(page)).all()


def _newest(
    person_id: UUID, wanted: Wanted, after: Place | None, limit: int
) -> sa.Select[Document]:
    """Select the newest of all that a person may read, by the newest of each customer number.

    Only as many numbers as the page is long can have something on it: those whose newest document
    is the newest. So of a person's 500 numbers 450 are looked at once, and no further.
    """
    own = sa.select(Document.id, Document.issue_date, Document.published_at)
    own = own.order_by(*NEWEST_FIRST)
    if wanted.type is not None:
        own = own.where(Document.type == wanted.type)
    if after is not None:
        own = own.where(beyond(after))
    first = own.where(Document.customer_number == Claim.customer_number).limit(1).lateral("first")
    heads = (
        _claims(person_id, wanted)
        .join(first, sa.true())
        .order_by(*_newest_first(first))
        .limit(limit)
        .cte("heads")
    )
    few = own.where(Document.customer_number == heads.c.customer_number).limit(limit).lateral("few")
    shown = (
        sa.select(few.c.id, heads.c.issuer)
        .join(few, sa.true())
        .order_by(*_newest_first(few))
        .limit(limit)
        .subquery("shown")
    )
    return sa.select(Document).join(
        shown, sa.and_(Document.id == shown.c.id, Document.issuer == shown.c.issuer)
    )


def _numbered(person_id: UUID, wanted: Wanted) -> sa.Select[Document]:
    """Select what a person may read of one number of a document: there are few of each."""
    claims = _claims(person_id, wanted).subquery("held")
    types = _TYPES if wanted.type is None else (wanted.type,)
    return (
        sa.select(Document)
        .join(
            claims,
            sa.and_(
                Document.customer_number == claims.c.customer_number,
                Document.issuer == claims.c.issuer,
            ),
        )
        .where(Document.number == wanted.number, Document.type.in_(types))
    )


def _claims(person_id: UUID, wanted: Wanted) -> sa.Select[str, str]:
    held = sa.select(Claim.customer_number, Claim.issuer).where(Claim.person_id == person_id)
    if wanted.customer_number is not None:
        held = held.where(Claim.customer_number == wanted.customer_number)
    return held


def _newest_first(rows: sa.FromClause) -> tuple[sa.UnaryExpression[object], ...]:
    return rows.c.issue_date.desc(), rows.c.published_at.desc(), rows.c.id.desc()
