"""Write down what happens to a document, in the transaction that does it, each event over the last.

Whoever changes, adds or takes away an event breaks the chain of its document; whoever writes a
chain anew breaks the head of its day.
"""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis import trail
from chassis.identifiers import now
from documents import custody_queries, seals
from documents.custody import IMPORTED, PUBLISHED, RECEIVED, DocumentEvent
from documents.errors import DocumentUnknown
from documents.models import Document, DocumentFile
from documents.seals import Event

_ENDS = "ends_of_chains"


@dataclass(frozen=True)
class _End:
    """Where the next event of a document goes."""

    issuer: str
    last: Event | None


def begin(session: AsyncSession, document: Document, references: Iterable[tuple[str, str]]) -> None:
    """Begin the chain of a document that is archived now: what came in, and what became of it."""
    _ends(session)[document.id] = _End(document.issuer, None)
    _add(session, document.id, RECEIVED, received(document, references))
    _add(session, document.id, IMPORTED if document.imported else PUBLISHED, {})


def received(document: Document, references: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Return the facts of the first event of a document: all that is to stay as it is now."""
    return {
        "document": facts_of(document, references),
        "retain_until": document.retain_until,
        "correlation_id": trail.current().correlation_id,
    }


async def note(session: AsyncSession, document_id: UUID, act: str, /, **facts: Any) -> None:
    """Add an event to the chain of a document; until the commit nobody else adds to it.

    ``facts`` may name people by their ids: they are forgotten with the document.
    """
    await note_each(session, act, {document_id: facts})


async def note_each(
    session: AsyncSession, act: str, facts: Mapping[UUID, Mapping[str, Any]]
) -> None:
    """Add an event to the chains of several documents; of one that has none it is the first."""
    ends = _ends(session)
    if unknown := facts.keys() - ends.keys():
        for document_id, (issuer, last) in (
            await custody_queries.hold_chains(session, unknown)
        ).items():
            ends[document_id] = _End(issuer, event_of(last) if last else None)
    for document_id, told in facts.items():
        if document_id not in ends:
            raise DocumentUnknown(document_id)
        _add(session, document_id, act, told)


def last(session: AsyncSession, document_id: UUID) -> Event:
    """Return the last event that this transaction wrote of a document."""
    end = _ends(session)[document_id].last
    if end is None:
        raise DocumentUnknown(document_id)
    return end


def facts_of(document: Document, references: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Return what the archive says of a document, to be compared with what it said before."""
    return {
        "issuer": document.issuer,
        "customer_number": document.customer_number,
        "number": document.number,
        "type": document.type,
        "content_sha256": document.content_sha256,
        "issue_date": document.issue_date.isoformat(),
        "due_date": document.due_date.isoformat() if document.due_date else None,
        "currency": document.currency,
        "total_incl_vat": _plain(document.total_incl_vat),
        "amount_due": _plain(document.amount_due),
        "payment_reference": document.payment_reference,
        "published_at": seals.moment(document.published_at),
        "imported": bool(document.imported),
        "references": sorted([kind, value] for kind, value in references),
        "files": [_file(each) for each in document.files],
    }


def event_of(row: DocumentEvent) -> Event:
    """Return an event as it is checked."""
    return Event(
        document_id=row.document_id,
        issuer=row.issuer,
        sequence=row.sequence,
        at=row.at,
        act=row.act,
        facts=row.facts,
        facts_sha256=row.facts_sha256,
        sha256=row.sha256,
    )


def _file(file: DocumentFile) -> dict[str, Any]:
    return {
        "position": file.position,
        "role": file.role,
        "name": file.name,
        "media_type": file.media_type,
        "sha256": file.sha256,
        "size": file.size,
        "pages": file.pages,
    }


def _ends(session: AsyncSession) -> dict[UUID, _End]:
    ends: dict[UUID, _End] = session.info.setdefault(_ENDS, {})
    return ends


def _add(session: AsyncSession, document_id: UUID, act: str, facts: Mapping[str, Any]) -> None:
    """Add an event; a grain of salt, so that nobody can guess what was forgotten."""
    end = _ends(session)[document_id]
    told = {key: _plain(value) for key, value in facts.items()} | {"salt": secrets.token_hex(16)}
    event = seals.following(end.last, document_id, end.issuer, now(), act, told)
    _ends(session)[document_id] = _End(end.issuer, event)
    session.add(
        DocumentEvent(
            document_id=event.document_id,
            sequence=event.sequence,
            issuer=event.issuer,
            at=event.at,
            act=event.act,
            facts=event.facts,
            facts_sha256=event.facts_sha256,
            sha256=event.sha256,
        )
    )


def _plain(value: Any) -> Any:
    """Return a fact as JSON has it, and as a database gives it back."""
    if isinstance(value, Decimal):
        return format(value.copy_abs() if value.is_zero() else value, "f")
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
