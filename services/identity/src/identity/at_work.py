"""Who is at work, for the door of the desk."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Security

from chassis import web
from chassis.identifiers import now
from chassis.tokens import Caller, Unauthenticated, whose_token
from identity import account_queries, scopes, starting


@dataclass(frozen=True)
class AtWork:
    """Somebody who works for an issuer, by one of their sessions, with two factors."""

    person_id: UUID
    session_id: UUID
    strength: int
    issuer: str
    group: str


async def _at_work(
    caller: Annotated[Caller, Security(whose_token, scopes=[scopes.DESK])], session: web.Session
) -> AtWork:
    """Look up the session and the work: identity takes nobody's word for either."""
    claimed = caller.staff
    found = claimed and await account_queries.session_by_id(session, claimed.session_id)
    if not claimed or not found:
        raise Unauthenticated("this session has ended")
    row, person = found
    if (
        (person.id, row.issuer) != (claimed.person_id, claimed.issuer)
        or person.state != "active"
        or not row.staff
        or starting.must_enrol(staff=True, strength=row.strength)
        or not row.lives(now(), starting.idle_of(row))
        or await account_queries.works_for(session, row.issuer, person.id) is None
    ):
        raise Unauthenticated("this session has ended")
    return AtWork(
        person_id=person.id,
        session_id=row.id,
        strength=row.strength,
        issuer=row.issuer,
        group=person.issuer_group,
    )


Staff = Annotated[AtWork, Depends(_at_work)]
"""Who is at work for an issuer: what they do is only to its own customers."""
