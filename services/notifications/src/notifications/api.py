"""The door for HTTP: what became of each mail, and which addresses are stopped."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query, Security
from pydantic import BaseModel

from chassis import web
from chassis.tokens import Caller, who_calls
from notifications import reading

router = web.router()

Machine = Annotated[Caller, Security(who_calls, scopes=["notifications:read"])]


class LetterState(BaseModel):
    """What became of one mail.

    ``state`` is owed, deferred, unknown, sent, refused, bounced or withdrawn.
    """

    letter_id: UUID
    person_id: UUID
    kind: str
    state: str
    reason: str | None
    updated_at: datetime


class UnreadDocument(BaseModel):
    """A document nobody could be told of yet; ``missing`` is customer_number or person."""

    document_id: UUID
    customer_number: str
    number: str
    published_at: datetime
    missing: str


class UnreadPage(BaseModel):
    """A page of them, the oldest first."""

    items: list[UnreadDocument]
    next_cursor: str | None


class StoppedAddress(BaseModel):
    """An address no letter goes to any more; ``fate`` is bad_address or inactive."""

    address: str
    fate: str
    reason: str
    since: datetime


class StoppedPage(BaseModel):
    """A page of them, the longest stopped first."""

    items: list[StoppedAddress]
    next_cursor: str | None


@router.get("/v1/letters")
async def letters(document_id: UUID, caller: Machine, session: web.Session) -> list[LetterState]:
    """List the mails for a document of your own, the first owed first."""
    found = await reading.letters(session, caller.working_for(), document_id)
    return [
        LetterState(
            letter_id=each.id,
            person_id=each.person_id,
            kind=each.kind,
            state=each.state,
            reason=each.reason,
            updated_at=each.updated_at,
        )
        for each in found
    ]


@router.get("/v1/unknown-recipients")
async def unknown_recipients(
    caller: Machine,
    session: web.Session,
    cursor: Annotated[str | None, Query(max_length=300)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> UnreadPage:
    """List documents of your own that have had no known reader for a day, the oldest first."""
    page = await reading.without_reader(session, caller.working_for(), cursor, limit)
    return UnreadPage(
        items=[
            UnreadDocument(
                document_id=each.notice.document_id,
                customer_number=each.notice.customer_number,
                number=each.notice.number,
                published_at=each.notice.published_at,
                missing=each.missing,
            )
            for each in page.unread
        ],
        next_cursor=page.next_cursor,
    )


@router.get("/v1/addresses")
async def addresses(
    caller: Machine,
    session: web.Session,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> StoppedPage:
    """List addresses of your own readers that no letter goes to any more, with the reason."""
    page = await reading.stopped_addresses(session, caller.working_for(), cursor, limit)
    return StoppedPage(
        items=[
            StoppedAddress(
                address=each.address, fate=each.fate, reason=each.reason, since=each.stopped_at
            )
            for each in page.mailboxes
            if each.stopped_at
        ],
        next_cursor=page.next_cursor,
    )
