"""Questions about people's claims: who may read what."""

from collections.abc import Collection, Sequence
from typing import NamedTuple, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.identifiers import now
from documents.models import Claim, CustomerNumber, Document

_READERS = (
    sa.func.unnest(sa.bindparam("of_readers", type_=sa.ARRAY(sa.Uuid())))
    .table_valued(sa.column("person_id", sa.Uuid()), name="reader")
    .render_derived()
)
_NUMBER = sa.bindparam("of_number", type_=sa.Text)
_ISSUER = sa.bindparam("of_issuer", type_=sa.Text)
_LOST = (
    sa.delete(Claim)
    .where(
        Claim.customer_number == _NUMBER,
        sa.not_(sa.exists().where(_READERS.c.person_id == Claim.person_id)),
    )
    .returning(Claim.person_id)
)
_KEPT = sa.exists().where(Claim.customer_number == _NUMBER, Claim.person_id == _READERS.c.person_id)
_GAINED = (
    insert(cast("sa.Table", Claim.__table__))
    .from_select(
        ["person_id", "customer_number", "issuer"],
        sa.select(_READERS.c.person_id, _NUMBER, _ISSUER).where(sa.not_(_KEPT)),
    )
    .on_conflict_do_nothing()
    .returning(Claim.person_id)
)


class Changed(NamedTuple):
    """Who may read the documents of a number no longer, and who may from now on."""

    lost: Sequence[UUID]
    gained: Sequence[UUID]


async def keep_if_newer(
    session: AsyncSession, customer_number: str, version: int, country: str
) -> bool:
    """Note which snapshot of a customer number is the last, and hold it; False if it is older."""
    upsert = insert(CustomerNumber).values(
        customer_number=customer_number, version=version, known_at=now(), country=country
    )
    kept = await session.execute(
        upsert.on_conflict_do_update(
            index_elements=[CustomerNumber.customer_number],
            set_={
                "version": upsert.excluded.version,
                "known_at": upsert.excluded.known_at,
                "country": upsert.excluded.country,
            },
            where=CustomerNumber.version <= upsert.excluded.version,
        ).returning(sa.literal(1))
    )
    return kept.scalar() is not None


async def keep_claims(
    session: AsyncSession, customer_number: str, issuer: str, readers: Collection[UUID]
) -> Changed:
    """Let exactly these people read the documents of a number; rows that are right stay."""
    of = {"of_number": customer_number, "of_readers": list(readers)}
    lost = await session.scalars(_LOST, of)
    gained = await session.scalars(_GAINED, of | {"of_issuer": issuer})
    return Changed(lost.all(), gained.all())


async def has_claim(session: AsyncSession, person_id: UUID, document: Document) -> bool:
    """Say whether a document is one person's to read."""
    claim = await session.get(Claim, (person_id, document.customer_number))
    return claim is not None and claim.issuer == document.issuer
