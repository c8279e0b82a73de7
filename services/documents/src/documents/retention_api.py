"""The door for HTTP to what is kept how long: policies, holds, and deletions of two people."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response, Security
from pydantic import BaseModel, Field, StringConstraints, TypeAdapter

from chassis import cursors, web
from chassis.repeated_requests import who_calls_once
from chassis.tokens import Caller, who_calls
from contracts.people import Country
from contracts.text import Line
from documents import deleting, deletion_queries, holding, retaining
from documents.callers import READ
from documents.custody import Deletion
from documents.errors import DeletionUnknown
from documents.retention import Policy

router = web.router()

ARCHIVE = "documents:archive"

IssuersReader = Annotated[Caller, Security(who_calls, scopes=[READ])]
Archivist = Annotated[Caller, Security(who_calls, scopes=[ARCHIVE])]
Proposer = Annotated[Caller, Security(who_calls_once, scopes=[ARCHIVE])]
Cursor = Annotated[str | None, Query(max_length=300)]
Limit = Annotated[int, Query(ge=1, le=200)]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Years = Annotated[int, Field(ge=1, le=100)]

_IDS = TypeAdapter(UUID)


class Retention(BaseModel):
    """For how many years documents are kept, to the end of the year, and how long readers see them.

    ``by_country`` is by the customer's country; where it says nothing, the default counts.
    """

    default_years: Years = 10
    by_country: Annotated[dict[Country, Years], Field(max_length=60)] = {}
    visible_years: Years | None = None


class Reason(BaseModel):
    """Why, in words."""

    reason: Line


class HeldDocument(BaseModel):
    """A document that is not deleted however old it is, and why."""

    document_id: UUID
    reason: str
    held_by: str
    held_at: datetime


class HeldPage(BaseModel):
    """A page of documents that are held."""

    items: list[HeldDocument]
    next_cursor: str | None


class Until(BaseModel):
    """Documents that were to be kept until this day, or less long."""

    until: date


class Digest(BaseModel):
    """Which list is meant."""

    digest: Sha256


class ProposedDeletion(BaseModel):
    """A list of documents that may go; ``digest`` is the hash of the list."""

    deletion_id: UUID
    until: date
    state: str
    documents: int
    digest: str
    proposed_by: str
    proposed_at: datetime
    approved_by: str | None
    approved_at: datetime | None
    done_at: datetime | None
    deleted: int


class DeletionPage(BaseModel):
    """A page of deletions, the newest first."""

    items: list[ProposedDeletion]
    next_cursor: str | None


class ListedDocument(BaseModel):
    """A document on a list."""

    document_id: UUID
    content_sha256: str


class ListedPage(BaseModel):
    """A page of a list."""

    items: list[ListedDocument]
    next_cursor: str | None


class Buried(BaseModel):
    """A document was here, and was rightly deleted."""

    document_id: UUID
    number_sha256: str
    content_sha256: str
    deletion_id: UUID
    deleted_at: datetime


class BuriedPage(BaseModel):
    """A page of documents that were deleted."""

    items: list[Buried]
    next_cursor: str | None


@router.get("/v1/retention")
async def retention(caller: IssuersReader, session: web.Session) -> Retention:
    """Return for how long your documents are kept."""
    return _retention(await retaining.policy(session, caller.working_for()))


@router.put("/v1/retention")
async def set_retention(wanted: Retention, caller: Archivist, session: web.Session) -> Retention:
    """Keep your documents for so long from now on; what was promised before is never shortened."""
    policy = Policy(wanted.default_years, dict(wanted.by_country), wanted.visible_years)
    await retaining.set_policy(session, caller.working_for(), policy, caller.subject)
    return _retention(policy)


@router.put("/v1/documents/{document_id}/hold", status_code=204, response_class=Response)
async def hold(document_id: UUID, why: Reason, caller: Archivist, session: web.Session) -> None:
    """Hold a document: it is not deleted, however old it is."""
    await holding.hold(
        session, caller.working_for(), document_id, reason=why.reason, by=caller.subject
    )


@router.delete("/v1/documents/{document_id}/hold", status_code=204, response_class=Response)
async def release(document_id: UUID, reason: Line, caller: Archivist, session: web.Session) -> None:
    """Let a held document go; it is kept until its day all the same."""
    await holding.release(
        session, caller.working_for(), document_id, reason=reason, by=caller.subject
    )


@router.get("/v1/holds")
async def holds(
    caller: Archivist, session: web.Session, cursor: Cursor = None, limit: Limit = 50
) -> HeldPage:
    """Return the documents you hold."""
    after = cursors.read(_IDS, cursor) if cursor else None
    rows = await deletion_queries.holds_page(session, caller.working_for(), after, limit + 1)
    shown, next_cursor = cursors.cut(rows, limit, _IDS, lambda each: each.document_id)
    return HeldPage(
        items=[
            HeldDocument(
                document_id=each.document_id,
                reason=each.reason,
                held_by=each.held_by,
                held_at=each.held_at,
            )
            for each in shown
        ],
        next_cursor=next_cursor,
    )


@router.post("/v1/deletions", status_code=201)
async def propose(wanted: Until, caller: Proposer, session: web.Session) -> ProposedDeletion:
    """List the documents that were kept long enough, for somebody else to approve."""
    issuer = caller.working_for()
    return _deletion(await deleting.propose(session, issuer, wanted.until, caller.subject))


@router.get("/v1/deletions")
async def deletions(
    caller: Archivist, session: web.Session, cursor: Cursor = None, limit: Limit = 50
) -> DeletionPage:
    """Return your lists of documents that may go, and what became of them."""
    before = cursors.read(_IDS, cursor) if cursor else None
    rows = await deletion_queries.deletions_page(session, caller.working_for(), before, limit + 1)
    shown, next_cursor = cursors.cut(rows, limit, _IDS, lambda each: each.id)
    return DeletionPage(
        items=[_deletion(each) for each in shown],
        next_cursor=next_cursor,
    )


@router.get("/v1/deletions/{deletion_id}")
async def deletion(deletion_id: UUID, caller: Archivist, session: web.Session) -> ProposedDeletion:
    """Return one of them."""
    return _deletion(await _found(session, deletion_id, caller))


@router.get("/v1/deletions/{deletion_id}/documents")
async def listed(
    deletion_id: UUID,
    caller: Archivist,
    session: web.Session,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> ListedPage:
    """Return the documents that still stand on a list."""
    found = await _found(session, deletion_id, caller)
    after = cursors.read(_IDS, cursor) if cursor else None
    rows = await deletion_queries.items_page(session, found.id, after, limit + 1)
    shown, next_cursor = cursors.cut(rows, limit, _IDS, lambda each: each[0])
    return ListedPage(
        items=[
            ListedDocument(document_id=document_id, content_sha256=content_sha256)
            for document_id, content_sha256 in shown
        ],
        next_cursor=next_cursor,
    )


@router.post("/v1/deletions/{deletion_id}/approve")
async def approve(
    deletion_id: UUID, of: Digest, caller: Archivist, session: web.Session
) -> ProposedDeletion:
    """Have the documents on a list deleted; not by who proposed it."""
    issuer = caller.working_for()
    done = await deleting.approve(session, issuer, deletion_id, of.digest, caller.subject)
    return _deletion(done)


@router.delete("/v1/deletions/{deletion_id}", status_code=204, response_class=Response)
async def withdraw(deletion_id: UUID, caller: Archivist, session: web.Session) -> None:
    """Put a list away that nobody approved."""
    await deleting.withdraw(session, caller.working_for(), deletion_id)


@router.get("/v1/tombstones")
async def tombstones(
    caller: IssuersReader,
    session: web.Session,
    type: Annotated[str | None, Query(max_length=40)] = None,  # noqa: A002 (the word of the interface)
    number: Line | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> BuriedPage:
    """Return what was deleted; of one type and number, if you say which."""
    issuer = caller.working_for()
    of = deleting.number_sha256(issuer, type, number) if type and number else None
    after = cursors.read(_IDS, cursor) if cursor else None
    rows = await deletion_queries.tombstones_page(session, issuer, of, after, limit + 1)
    shown, next_cursor = cursors.cut(rows, limit, _IDS, lambda each: each.document_id)
    return BuriedPage(
        items=[
            Buried(
                document_id=each.document_id,
                number_sha256=each.number_sha256,
                content_sha256=each.content_sha256,
                deletion_id=each.deletion_id,
                deleted_at=each.deleted_at,
            )
            for each in shown
        ],
        next_cursor=next_cursor,
    )


async def _found(session: web.Session, deletion_id: UUID, caller: Caller) -> Deletion:
    found = await deletion_queries.deletion(session, deletion_id, caller.working_for())
    if found is None:
        raise DeletionUnknown
    return found


def _retention(policy: Policy) -> Retention:
    return Retention(
        default_years=policy.default_years,
        by_country=dict(policy.by_country),
        visible_years=policy.visible_years,
    )


def _deletion(deletion: Deletion) -> ProposedDeletion:
    return ProposedDeletion(
        deletion_id=deletion.id,
        until=deletion.until,
        state=deletion.state,
        documents=deletion.documents,
        digest=deletion.digest,
        proposed_by=deletion.proposed_by,
        proposed_at=deletion.proposed_at,
        approved_by=deletion.approved_by,
        approved_at=deletion.approved_at,
        done_at=deletion.done_at,
        deleted=deletion.deleted,
    )
