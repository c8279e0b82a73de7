"""The door for HTTP: what became of each mail."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Security
from pydantic import BaseModel

from chassis import web
from chassis.failures import NotFound
from chassis.tokens import Caller, who_calls
from notifications import reading

router = web.router()

Machine = Annotated[Caller, Security(who_calls, scopes=["notifications:read"])]


class LetterState(BaseModel):
    """What became of one mail: ``state`` is owed, deferred, unknown, sent, refused or withdrawn."""

    letter_id: UUID
    person_id: UUID
    kind: str
    state: str
    reason: str | None
    updated_at: datetime


@router.get("/v1/letters")
async def letters(document_id: UUID, caller: Machine, session: web.Session) -> list[LetterState]:
    """List the mails for a document of your own, the first owed first."""
    if caller.issuer is None:
        raise NotFound("there is nothing here for you", rule="no_issuer")
    found = await reading.letters(session, caller.issuer, document_id)
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
