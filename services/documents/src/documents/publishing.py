"""Publish documents: into the archive, once, and told to whoever listens, unless of the past."""

from collections.abc import Iterable, Mapping
from typing import Self
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from chassis import outbox
from chassis.identifiers import new_id, now
from chassis.working import needed
from contracts.documents import DocumentPublished
from contracts.money import Money
from documents import (
    chain,
    custody,
    custody_queries,
    mark_queries,
    measures,
    queries,
    retention,
    search_words,
)
from documents.mark_queries import Known
from documents.models import NUMBER_REUSED, Document, DocumentFile, DocumentReference
from documents.queries import Number
from documents.readership import DocumentText
from documents.received import Received
from documents.retention import Policy
from documents.verdicts import STUDYING, Study

log = structlog.get_logger()


class Shelf:
    """What lies under the numbers that are about to be used, held until the transaction ends.

    And what is known of the customers whose documents come, and of how long they are kept.
    """

    def __init__(
        self,
        found: Mapping[Number, list[Document]],
        known: Mapping[str, Known],
        policies: Mapping[str, Policy],
    ) -> None:
        """Know what was found."""
        self._found = found
        self._known = known
        self._policies = policies

    @classmethod
    async def of(cls, session: AsyncSession, given: Iterable[tuple[str, str, Received]]) -> Self:
        """Hold the numbers of what issuers have given for customers, and look what lies there."""
        given = list(given)
        numbers = {_number(issuer, received) for issuer, _, received in given}
        await queries.hold_numbers(session, numbers)
        return cls(
            await queries.documents_numbered(session, numbers),
            await mark_queries.known_of(session, (number for _, number, _ in given)),
            await custody_queries.policies(session, (issuer for issuer, _, _ in given)),
        )

    def namesakes(self, issuer: str, received: Received) -> list[Document]:
        """Return what has the same number, the oldest first; what is added to it is found next."""
        return self._found[_number(issuer, received)]

    def readers(self, customer_number: str) -> tuple[UUID, ...]:
        """Return who has not read what comes for a customer number."""
        return self._known.get(customer_number, Known()).readers

    def keep(self, document: Document) -> None:
        """Set how long a document is kept and shown, by what its issuer said."""
        policy = self._policies.get(document.issuer, Policy())
        country = self._known.get(document.customer_number, Known()).country
        document.retain_until = retention.retain_until(document.issue_date, country, policy)
        document.visible_until = retention.visible_until(document.issue_date, policy)


def _number(issuer: str, received: Received) -> Number:
    return issuer, received.facts.type, received.facts.number


async def publish(
    session: AsyncSession, shelf: Shelf, issuer: str, customer_number: str, received: Received
) -> tuple[Document, bool]:
    """Archive a received document and announce it.

    Returns the document, and whether it was there before, published or imported: then nothing is
    announced.
    """
    document, already = await _archive(
        session, shelf, issuer, customer_number, received, imported=False
    )
    if not already:
        if readers := shelf.readers(customer_number):
            await mark_queries.mark_new(session, readers, document)
        await outbox.say(session, _published(document))
    return document, already


async def import_(
    session: AsyncSession, shelf: Shelf, issuer: str, customer_number: str, received: Received
) -> tuple[Document, bool]:
    """Archive a received document of the past, and tell nobody, now or later.

    It counts as read.
    """
    return await _archive(session, shelf, issuer, customer_number, received, imported=True)


async def _archive(
    session: AsyncSession,
    shelf: Shelf,
    issuer: str,
    customer_number: str,
    received: Received,
    *,
    imported: bool,
) -> tuple[Document, bool]:
    facts = received.facts
    namesakes = shelf.namesakes(issuer, received)
    for namesake in namesakes:
        if namesake.content_sha256 == received.content_sha256:
            measures.archived.labels("known").inc()
            return namesake, True

    document = _archived(issuer, customer_number, received, imported=imported)
    shelf.keep(document)
    chain.begin(session, document, facts.references)
    for namesake in namesakes:
        namesake.flag(NUMBER_REUSED)
        document.flag(NUMBER_REUSED)
        await chain.note(session, namesake.id, custody.NUMBER_REUSED, document_id=document.id)
    namesakes.append(document)
    session.add(document)
    session.add_all(
        DocumentReference(document_id=document.id, kind=kind, value=value)
        for kind, value in facts.references
    )
    words = search_words.lexemes(received.words, facts.number, (issuer, customer_number))
    session.add(DocumentText(document_id=document.id, words=words))
    kinds = (each.media_type for each in document.files)
    session.add(Study.of(document.id, kinds, imported=imported))
    needed(session, STUDYING)
    measures.new_document("imported" if imported else "published", document.flags)
    log.info(
        "document_imported" if imported else "document_published",
        document_id=str(document.id),
        issuer=issuer,
        flags=document.flags,
    )
    return document, False


def _archived(issuer: str, customer_number: str, received: Received, *, imported: bool) -> Document:
    facts = received.facts
    document = Document(
        id=new_id(),
        issuer=issuer,
        customer_number=customer_number,
        number=facts.number,
        type=facts.type,
        content_sha256=received.content_sha256,
        issue_date=facts.issue_date,
        due_date=facts.due_date,
        currency=facts.currency,
        total_incl_vat=facts.total_incl_vat,
        amount_due=facts.amount_due,
        payment_reference=facts.payment_reference,
        published_at=now(),
        imported=imported,
        flags=[*facts.flags, *received.flags],
    )
    document.files = [
        DocumentFile(
            position=position,
            role=file.role,
            name=file.name,
            media_type=file.media_type,
            sha256=file.sha256,
            size=file.size,
            pages=file.pages,
        )
        for position, file in enumerate(received.files)
    ]
    return document


def _published(document: Document) -> DocumentPublished:
    return DocumentPublished(
        document_id=document.id,
        issuer=document.issuer,
        customer_number=document.customer_number,
        number=document.number,
        type=document.type,
        issue_date=document.issue_date,
        due_date=document.due_date,
        total_incl_vat=Money(currency=document.currency, amount=document.total_incl_vat),
        amount_due=Money(currency=document.currency, amount=document.amount_due),
        payment_reference=document.payment_reference,
        media_types=tuple(dict.fromkeys(file.media_type for file in document.files)),
        published_at=document.published_at,
        flags=tuple(document.flags),
    )
