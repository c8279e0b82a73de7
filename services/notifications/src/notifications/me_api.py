"""The door for HTTP for someone who is signed in: the mails that went to them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query, Security
from pydantic import BaseModel

from chassis import web
from chassis.tokens import PERSON, Caller, who_calls
from notifications import reading

router = web.router()

Person = Annotated[Caller, Security(who_calls, scopes=[PERSON])]


class MyLetter(BaseModel):
    """One mail to the person who asks.

    ``state`` is sent, unknown, refused or bounced; what is not sent yet is not listed. Of a mail
    about a document, ``number`` is the document's.
    """

    letter_id: UUID
    issuer: str
    kind: str
    customer_number: str | None
    document_id: UUID | None
    number: str | None
    sent_to: str | None
    state: str
    updated_at: datetime


class MyLetters(BaseModel):
    """A page of them, the newest first."""

    items: list[MyLetter]
    next_cursor: str | None


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
        items=[
            MyLetter(
                letter_id=each.letter.id,
                issuer=each.issuer,
                kind=each.letter.kind,
                customer_number=each.notice.customer_number if each.notice else None,
                document_id=each.letter.document_id,
                number=each.notice.number if each.notice else None,
                sent_to=each.letter.sent_to,
                state=each.letter.state,
                updated_at=each.letter.updated_at,
            )
            for each in page.letters
        ],
        next_cursor=page.next_cursor,
    )
