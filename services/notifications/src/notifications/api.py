"""The door for HTTP: what became of each mail, sending one again, and stopped addresses."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Security
from pydantic import BaseModel

from chassis import web
from chassis.tokens import Caller, who_calls
from contracts.customer_number import CustomerNumber
from contracts.text import Line
from notifications import reading, resending
from notifications.attachments import TOO_LARGE, kinds_of
from notifications.errors import ListOfNothing
from notifications.letter_queries import LetterAbout
from notifications.lines import masked
from notifications.reasons import code_of
from notifications.resending import By

router = web.router()

Machine = Annotated[Caller, Security(who_calls, scopes=["notifications:read"])]
Sender = Annotated[Caller, Security(who_calls, scopes=["notifications:write"])]


class LetterState(BaseModel):
    """What became of one mail.

    ``state`` is owed, deferred, unknown, sent, refused, bounced or withdrawn. ``reason_code`` is
    a fate of the relay's answer (bad_address, inactive, mailbox_full, policy, too_large, our_bug,
    deferred, deferred_slow), or archive_away, unanswered or no_right; ``reason`` has the words.
    ``address``: where it last went, or would go, all but its first letter and domain left out.
    ``attached``: the files that went with it; ``link_only`` that they were too large for that.
    """

    letter_id: UUID
    person_id: UUID
    kind: str
    state: str
    reason: str | None
    reason_code: str | None
    address: str | None
    attached: list[str]
    link_only: bool
    updated_at: datetime


class LetterOfNumber(LetterState):
    """What became of one mail, and which document it tells of."""

    document_id: UUID
    number: str
    role: str
    published_at: datetime


class LetterPage(BaseModel):
    """A page of the mails about a customer number, those of the newest document first."""

    items: list[LetterOfNumber]
    next_cursor: str | None


class Resending(BaseModel):
    """Why a mail is to be sent again; it stands in the letter's history."""

    reason: Line


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
async def letters(
    caller: Machine,
    session: web.Session,
    document_id: UUID | None = None,
    customer_number: CustomerNumber | None = None,
    cursor: Annotated[str | None, Query(max_length=400)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> list[LetterState] | LetterPage:
    """List the mails for a document of your own, the first owed first; or for a customer number.

    Those for a customer number come page by page, those of the newest document first.
    """
    issuer = caller.working_for()
    if customer_number is None and document_id is not None:
        found = await reading.letters(session, issuer, document_id)
        return [LetterState(**_shown(each)) for each in found]
    if customer_number is None or document_id is not None:
        raise ListOfNothing
    page = await reading.letters_of_number(session, issuer, customer_number, cursor, limit)
    return LetterPage(
        items=[_of_number(each) for each in page.letters], next_cursor=page.next_cursor
    )


@router.post("/v1/letters/{letter_id}/resend", status_code=202)
async def resend(
    letter_id: UUID, wanted: Resending, caller: Sender, session: web.Session
) -> LetterOfNumber:
    """Send a mail about a document of your own again: one that failed, or was sent a while ago."""
    who = f"staff {caller.staff.person_id}" if caller.staff else caller.subject
    by = By(who, issuer=caller.working_for(), reason=wanted.reason)
    return _of_number(await resending.resend(session, letter_id, by))


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


def _shown(about: LetterAbout) -> dict[str, Any]:
    letter = about.letter
    address = letter.sent_to or about.email
    return {
        "letter_id": letter.id,
        "person_id": letter.person_id,
        "kind": letter.kind,
        "state": letter.state,
        "reason": letter.reason,
        "reason_code": code_of(letter.state, letter.reason),
        "address": masked(address) if address else None,
        "attached": list(kinds_of(letter.attached)),
        "link_only": letter.attached == TOO_LARGE,
        "updated_at": letter.updated_at,
    }


def _of_number(about: LetterAbout) -> LetterOfNumber:
    return LetterOfNumber(
        **_shown(about),
        document_id=about.notice.document_id,
        number=about.notice.number,
        role=about.letter.role or "",
        published_at=about.notice.published_at,
    )
