"""The door for HTTP for someone who is signed in: the mails that went to them, and where to."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Security
from pydantic import BaseModel

from chassis import web
from chassis.sessions import PERSON
from chassis.tokens import Caller, who_calls
from notifications import reading, resending
from notifications.attachments import kinds_of
from notifications.models import Letter, Mailbox, PausedDomain
from notifications.person_queries import LetterTo
from notifications.reading import OwnAddress
from notifications.reasons import code_of
from notifications.replies import Fate
from notifications.resending import By

router = web.router()

Person = Annotated[Caller, Security(who_calls, scopes=[PERSON])]


class MyLetter(BaseModel):
    """One mail to the person who asks.

    ``state`` is sent, unknown, refused or bounced; what is not sent yet is not listed. Of a mail
    about a document, ``number`` is the document's. ``reason_code`` says why it did not arrive.
    """

    letter_id: UUID
    issuer: str
    kind: str
    customer_number: str | None
    document_id: UUID | None
    number: str | None
    sent_to: str | None
    state: str
    reason_code: str | None
    attached: list[str]
    updated_at: datetime


class MyLetters(BaseModel):
    """A page of them, the newest first."""

    items: list[MyLetter]
    next_cursor: str | None


class MyAddress(BaseModel):
    """Where your mails go.

    ``state`` is in_use; stopped, since servers said that it takes no mail: none goes there any
    more; or paused, while its servers take none from us: mails wait ``until`` then.
    """

    address: str
    state: Literal["in_use", "stopped", "paused"]
    reason_code: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class MyAddresses(BaseModel):
    """Every address of yours that mails go to."""

    items: list[MyAddress]


class Resent(BaseModel):
    """A mail is on its way again."""

    letter_id: UUID


@router.get("/v1/me/addresses")
async def my_addresses(caller: Person, session: web.Session) -> MyAddresses:
    """Say where your mails go, and whether anything stands in their way."""
    own = await reading.own_address(session, caller.signed_in().person_id)
    return MyAddresses(items=[_address(own)] if own else [])


@router.post("/v1/me/letters/{letter_id}/resend", status_code=202)
async def resend(letter_id: UUID, caller: Person, session: web.Session) -> Resent:
    """Have a mail about a document sent to you again."""
    by = By("its reader", reader=caller.signed_in().person_id)
    found = await resending.resend(session, letter_id, by)
    return Resent(letter_id=found.letter.id)


@router.get("/v1/me/letters")
async def my_letters(
    caller: Person,
    session: web.Session,
    cursor: Annotated[str | None, Query(max_length=300)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> MyLetters:
    """List the mails that went to you, the newest first."""
    page = await reading.letters_to(session, caller.signed_in().person_id, cursor, limit)
    return MyLetters(
        items=[_letter(each.letter, each) for each in page.letters], next_cursor=page.next_cursor
    )


def _letter(letter: Letter, to: LetterTo) -> MyLetter:
    return MyLetter(
        letter_id=letter.id,
        issuer=to.issuer,
        kind=letter.kind,
        customer_number=to.notice.customer_number if to.notice else None,
        document_id=letter.document_id,
        number=to.notice.number if to.notice else None,
        sent_to=letter.sent_to,
        state=letter.state,
        reason_code=code_of(letter.state, letter.reason),
        attached=list(kinds_of(letter.attached)),
        updated_at=letter.updated_at,
    )


def _address(own: OwnAddress) -> MyAddress:
    match own.hindrance:
        case Mailbox() as stopped:
            return MyAddress(
                address=own.address,
                state="stopped",
                reason_code=stopped.fate,
                since=stopped.stopped_at,
            )
        case PausedDomain() as paused:
            return MyAddress(
                address=own.address,
                state="paused",
                reason_code=Fate.POLICY,
                until=paused.until,
            )
        case _:
            return MyAddress(address=own.address, state="in_use")
