"""Publish documents: into the archive, once, and told to whoever listens, unless of the past."""

from collections.abc import Iterable, Mapping
from typing import Self

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from chassis import outbox
from chassis.identifiers import new_id, now
from contracts.documents import DocumentPublished
from contracts.money import Money
from documents import measures, queries
from documents.models import NUMBER_REUSED, Document, DocumentFile, DocumentReference
from documents.queries import Number
from documents.received import Received

log = structlog.get_logger()


class Shelf:
    """What lies under the numbers that are about to be used, held until the transaction ends."""

    def __init__(self, found: Mapping[Number, list[Document]]) -> None:
        """Know what was found."""
        self._found = found

    @classmethod
    async def of(cls, session: AsyncSession, given: Iterable[tuple[str, Received]]) -> Self:
        """Hold the numbers of what issuers have given, and look what lies there."""
        numbers = {_number(issuer, received) for issuer, received in given}
        await queries.hold_numbers(session, numbers)
        return cls(await queries.documents_numbered(session, numbers))

    def namesakes(self, issuer: str, received: Received) -> list[Document]:
        """Return what has the same number, the oldest first; what is added to it is found next."""
        return self._found[_number(issuer, received)]


def _number(issuer: str, received: Received) -> Number:
    return issuer, received.facts.type, received.facts.number


async def publish(
    session: AsyncSession, shelf: Shelf, issuer: str, customer_number: str, received: Received
) -> tuple[Document, bool]:
    """Archive a received document and announce it.

    Returns the document, and whether it was there before, published or imported: then nothing is
    announced.
    """
    document, already = _archive(session, shelf, issuer, customer_number, received, imported=False)
    if not already:
        await outbox.say(session, _published(document))
    return document, already


def import_(
    session: AsyncSession, shelf: Shelf, issuer: str, customer_number: str, received: Received
) -> tuple[Document, bool]:
    """Archive a received document of the past, and tell nobody, now or later."""
    return _archive(session, shelf, issuer, customer_number, received, imported=True)


def _archive(
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
    for namesake in namesakes:
        namesake.flag(NUMBER_REUSED)
        document.flag(NUMBER_REUSED)
    namesakes.append(document)
    session.add(document)
    session.add_all(
        DocumentReference(document_id=document.id, kind=kind, value=value)
        for kind, value in facts.references
    )
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
