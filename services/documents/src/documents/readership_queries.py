"""Questions about those who read: who has an account, which numbers are theirs, what they look for.

And the words of documents, by which they find them.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.identifiers import new_id, now
from documents import search_words
from documents.models import Claim, CustomerNumber, Document
from documents.queries import shown_to
from documents.reader import Reader
from documents.readership import DocumentText, Person, SavedFilter


class OwnNumber(NamedTuple):
    """A customer number that a person may read, and how far its history is here."""

    customer_number: str
    issuer: str
    version: int
    known_at: datetime
    first_issue_date: date | None
    documents: int


async def keep_person_if_newer(
    session: AsyncSession, person_id: UUID, version: int, *, registered: bool
) -> None:
    """Keep whether somebody has an account, unless something newer is known."""
    upsert = insert(Person).values(person_id=person_id, version=version, registered=registered)
    await session.execute(
        upsert.on_conflict_do_update(
            index_elements=[Person.person_id],
            set_={"version": upsert.excluded.version, "registered": upsert.excluded.registered},
            where=Person.version <= upsert.excluded.version,
        )
    )


async def own_numbers(
    session: AsyncSession, reader: Reader, after: str | None, limit: int, at_most: int
) -> Sequence[OwnNumber]:
    """Find a page of the customer numbers of a person; documents are counted up to a limit."""
    own = [
        Document.customer_number == Claim.customer_number,
        Document.issuer == Claim.issuer,
        *shown_to(reader),
    ]
    first = sa.select(Document.issue_date).where(*own).order_by(Document.issue_date).limit(1)
    some = sa.select(sa.literal(1)).where(*own).correlate(Claim).limit(at_most).subquery()
    found = (
        sa.select(
            Claim.customer_number,
            Claim.issuer,
            CustomerNumber.version,
            CustomerNumber.known_at,
            first.correlate(Claim).scalar_subquery(),
            sa.select(sa.func.count()).select_from(some).scalar_subquery(),
        )
        .join(CustomerNumber, CustomerNumber.customer_number == Claim.customer_number)
        .where(Claim.person_id == reader.person_id)
        .order_by(Claim.customer_number)
        .limit(limit)
    )
    if reader.issuer:
        found = found.where(Claim.issuer == reader.issuer)
    if after is not None:
        found = found.where(Claim.customer_number > after)
    return [OwnNumber(*each) for each in await session.execute(found)]


async def saved_filters(session: AsyncSession, person_id: UUID) -> Sequence[SavedFilter]:
    """Find what a person saved to look for again."""
    found = sa.select(SavedFilter).filter_by(person_id=person_id).order_by(SavedFilter.name)
    return (await session.scalars(found)).all()


async def hold_filters(session: AsyncSession, person_id: UUID) -> None:
    """Let nobody else save a filter of this person meanwhile."""
    name = sa.func.hashtextextended(f"saved_filters\n{person_id}", 0)
    await session.execute(sa.select(sa.func.pg_advisory_xact_lock(name)))


async def save_filter(
    session: AsyncSession, person_id: UUID, name: str, query: dict[str, Any]
) -> SavedFilter:
    """Save what a person looks for; what had this name before is replaced."""
    saved = insert(SavedFilter).values(
        id=new_id(), person_id=person_id, name=name, query=query, saved_at=now()
    )
    saved = saved.on_conflict_do_update(
        index_elements=[SavedFilter.person_id, SavedFilter.name],
        set_={"query": saved.excluded.query, "saved_at": saved.excluded.saved_at},
    )
    found = await session.scalars(
        saved.returning(SavedFilter), execution_options={"populate_existing": True}
    )
    return found.one()


async def forget_filter(session: AsyncSession, person_id: UUID, filter_id: UUID) -> bool:
    """Forget a saved filter of a person; False where they have none like it."""
    gone = sa.delete(SavedFilter).where(
        SavedFilter.id == filter_id, SavedFilter.person_id == person_id
    )
    found = await session.execute(gone.returning(SavedFilter.id))
    return found.scalar() is not None


async def forget_reader(session: AsyncSession, person_id: UUID) -> None:
    """Forget what a person may read and what they looked for."""
    for table in (Claim, SavedFilter):
        await session.execute(sa.delete(table).where(table.person_id == person_id))


async def keep_words(session: AsyncSession, document: Document, text: str) -> None:
    """Let a document be found by words, beside those it is found by already."""
    owners = (document.issuer, document.customer_number)
    words = search_words.lexemes(text, document.number, owners)
    kept = insert(cast("sa.Table", DocumentText.__table__)).values(
        document_id=document.id, words=words
    )
    both = DocumentText.words.op("||")(kept.excluded.words)
    await session.execute(
        kept.on_conflict_do_update(index_elements=[DocumentText.document_id], set_={"words": both})
    )
