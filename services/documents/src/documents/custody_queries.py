"""The questions of custody: what happened to documents, and how long their issuers keep them."""

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from documents.custody import FOR_READERS, DocumentEvent, RetentionPolicy
from documents.models import CustomerNumber, Document, DocumentReference
from documents.retention import Policy

_THESE = sa.func.any(sa.bindparam("these", type_=sa.ARRAY(sa.Uuid())))
_HOLD = (
    sa.select(Document.id, Document.issuer)
    .where(Document.id == _THESE)
    .order_by(Document.id)
    .with_for_update(key_share=True)
)
_LAST = (
    sa.select(DocumentEvent)
    .where(DocumentEvent.document_id == _THESE)
    .ext(distinct_on(DocumentEvent.document_id))
    .order_by(DocumentEvent.document_id, DocumentEvent.sequence.desc())
)


async def only_one(session: AsyncSession, job: int) -> bool:
    """Say whether nobody else does a job; until the transaction ends nobody else may."""
    return bool(await session.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(job))))


async def hold_chains(
    session: AsyncSession, document_ids: Collection[UUID]
) -> dict[UUID, tuple[str, DocumentEvent | None]]:
    """Find whose documents are and the last event of each, and let nobody else add one."""
    these = {"these": list(document_ids)}
    issuers = dict((await session.execute(_HOLD, these)).all())
    last = {each.document_id: each for each in await session.scalars(_LAST, these)}
    return {document_id: (issuer, last.get(document_id)) for document_id, issuer in issuers.items()}


async def document_to_change(session: AsyncSession, document_id: UUID) -> Document | None:
    """Find a document that nobody else changes until the commit."""
    return await session.get(Document, document_id, with_for_update={"key_share": True})


async def events_page(
    session: AsyncSession, document_id: UUID, after: int, limit: int, *, of_readers: bool
) -> Sequence[DocumentEvent]:
    """Find a page of what happened to a document, the oldest first."""
    found = (
        sa.select(DocumentEvent)
        .where(DocumentEvent.document_id == document_id, DocumentEvent.sequence > after)
        .order_by(DocumentEvent.sequence)
        .limit(limit)
    )
    if of_readers:
        found = found.where(DocumentEvent.act.in_(FOR_READERS))
    return (await session.scalars(found)).all()


async def events_of(
    session: AsyncSession, document_ids: Collection[UUID]
) -> dict[UUID, list[DocumentEvent]]:
    """Find all that happened to documents, in the order in which it did."""
    events: dict[UUID, list[DocumentEvent]] = {each: [] for each in document_ids}
    found = (
        sa.select(DocumentEvent)
        .where(DocumentEvent.document_id == _THESE)
        .order_by(DocumentEvent.document_id, DocumentEvent.sequence)
        .execution_options(populate_existing=True)
    )
    for each in await session.scalars(found, {"these": list(document_ids)}):
        events[each.document_id].append(each)
    return events


async def references_of(
    session: AsyncSession, document_ids: Collection[UUID]
) -> dict[UUID, list[tuple[str, str]]]:
    """Find what documents refer to."""
    references: dict[UUID, list[tuple[str, str]]] = {each: [] for each in document_ids}
    found = sa.select(
        DocumentReference.document_id, DocumentReference.kind, DocumentReference.value
    ).where(DocumentReference.document_id == _THESE)
    for document_id, kind, value in await session.execute(found, {"these": list(document_ids)}):
        references[document_id].append((kind, value))
    return references


async def policies(session: AsyncSession, issuers: Iterable[str]) -> dict[str, Policy]:
    """Find how long issuers keep documents; one that never said so keeps to the default."""
    wanted = set(issuers)
    found = (
        sa.select(RetentionPolicy)
        .where(RetentionPolicy.issuer.in_(wanted))
        .ext(distinct_on(RetentionPolicy.issuer))
        .order_by(RetentionPolicy.issuer, RetentionPolicy.version.desc())
    )
    said = {each.issuer: each.policy() for each in await session.scalars(found)}
    return {issuer: said.get(issuer, Policy()) for issuer in wanted}


async def last_policy(session: AsyncSession, issuer: str) -> RetentionPolicy | None:
    """Find what an issuer said last of how long it keeps documents."""
    found = sa.select(RetentionPolicy).filter_by(issuer=issuer)
    return await session.scalar(found.order_by(RetentionPolicy.version.desc()).limit(1))


async def documents_of(
    session: AsyncSession,
    issuer: str,
    customer_number: str | None,
    after: UUID | None,
    limit: int,
) -> Sequence[tuple[Document, str | None]]:
    """Find documents of an issuer with their customers' countries, in the order of their ids."""
    found = (
        sa.select(Document, CustomerNumber.country)
        .outerjoin(CustomerNumber, CustomerNumber.customer_number == Document.customer_number)
        .where(Document.issuer == issuer)
        .order_by(Document.id)
        .limit(limit)
    )
    if customer_number is not None:
        found = found.where(Document.customer_number == customer_number)
    if after is not None:
        found = found.where(Document.id > after)
    return (await session.execute(found)).all()
