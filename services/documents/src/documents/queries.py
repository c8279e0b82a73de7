"""The questions documents asks its tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from documents.models import Document

_NEWEST_FIRST = (Document.issue_date.desc(), Document.published_at.desc(), Document.id.desc())


Place = tuple[date, datetime, UUID]
"""Where a document stands among those newest first: its issue date, publication and id."""


@dataclass(frozen=True)
class Wanted:
    """Which documents of an issuer are asked for."""

    issuer: str
    customer_number: str | None = None
    number: str | None = None
    type: str | None = None


async def hold_number(session: AsyncSession, issuer: str, kind: str, number: str) -> None:
    """Let no other transaction publish under this number meanwhile."""
    key = sa.func.hashtextextended(f"{issuer}\n{kind}\n{number}", 0)
    await session.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))


async def documents_numbered(
    session: AsyncSession, issuer: str, kind: str, number: str
) -> Sequence[Document]:
    """Find what was published under a number before: nearly always none, or the same again.

    What this transaction has added counts too, and is not written down for the question's sake:
    documents that share a transaction are written down together.
    """
    wanted = {"issuer": issuer, "type": kind, "number": number}
    found = sa.select(Document).filter_by(**wanted).order_by(Document.published_at)
    with session.no_autoflush:
        kept = (await session.scalars(found)).all()
    added = (each for each in session.new if isinstance(each, Document))
    key = (issuer, kind, number)
    return [*kept, *(each for each in added if (each.issuer, each.type, each.number) == key)]


async def document(session: AsyncSession, document_id: UUID) -> Document | None:
    """Find a document with its files."""
    return await session.get(Document, document_id, options=[selectinload(Document.files)])


async def newest_document(
    session: AsyncSession, issuer: str, customer_number: str
) -> Document | None:
    """Find the newest document of a customer number, credit notes included."""
    found = (
        sa.select(Document)
        .filter_by(issuer=issuer, customer_number=customer_number)
        .order_by(*_NEWEST_FIRST)
        .limit(1)
        .options(selectinload(Document.files))
    )
    return (await session.scalars(found)).one_or_none()


async def documents_page(
    session: AsyncSession, wanted: Wanted, after: Place | None, limit: int
) -> Sequence[Document]:
    """Find a page of documents, newest first."""
    page = sa.select(Document).where(Document.issuer == wanted.issuer)
    for column, value in (
        (Document.customer_number, wanted.customer_number),
        (Document.number, wanted.number),
        (Document.type, wanted.type),
    ):
        if value is not None:
            page = page.where(column == value)
    if after is not None:
        place = sa.tuple_(Document.issue_date, Document.published_at, Document.id)
        page = page.where(place < after)
    page = page.order_by(*_NEWEST_FIRST).limit(limit).options(selectinload(Document.files))
    return (await session.scalars(page)).all()
