"""Who is signed in, for the doors of what people do for themselves."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Security

from chassis import web
from chassis.identifiers import now
from chassis.tokens import Caller, Unauthenticated, whose_token
from identity import account_queries, scopes, starting
from identity.errors import ProofNeeded, SecondFactorNeeded

PROOF_LASTS = timedelta(minutes=5)


@dataclass(frozen=True)
class SignedIn:
    """A person, by one of their sessions."""

    person_id: UUID
    session_id: UUID
    strength: int
    group: str
    issuer: str
    staff: bool
    proved_at: datetime

    def proved_lately(self, at: datetime) -> None:
        """Raise ``ProofNeeded`` unless it was proved lately who it is."""
        if at > self.proved_at + PROOF_LASTS:
            raise ProofNeeded

    @property
    def must_enrol(self) -> bool:
        """Say whether nothing may be done but getting a second factor."""
        return starting.must_enrol(staff=self.staff, strength=self.strength)


async def _enrolling(
    caller: Annotated[Caller, Security(whose_token, scopes=[scopes.ME])], session: web.Session
) -> SignedIn:
    """Look the session up: identity takes nobody's word for it that it lives."""
    claimed = caller.signed_in()
    found = await account_queries.session_by_id(session, claimed.session_id)
    if found is None:
        raise Unauthenticated("this session has ended")
    row, person = found
    if (
        person.id != claimed.person_id
        or person.state != "active"
        or not row.lives(now(), starting.idle_of(row))
    ):
        raise Unauthenticated("this session has ended")
    return SignedIn(
        person_id=person.id,
        session_id=row.id,
        strength=row.strength,
        group=person.issuer_group,
        issuer=row.issuer,
        staff=row.staff,
        proved_at=row.proved_at,
    )


async def _signed(who: Annotated[SignedIn, Depends(_enrolling)]) -> SignedIn:
    if who.must_enrol:
        raise SecondFactorNeeded
    return who


async def _enrolling_apart(
    caller: Annotated[Caller, Security(whose_token, scopes=[scopes.ME])],
    transactions: web.Transactions,
) -> SignedIn:
    async with transactions() as session:
        return await _enrolling(caller, session)


async def _signed_apart(who: Annotated[SignedIn, Depends(_enrolling_apart)]) -> SignedIn:
    return await _signed(who)


Enrolling = Annotated[SignedIn, Depends(_enrolling)]
"""Who is signed in, if only to get a second factor."""

Signed = Annotated[SignedIn, Depends(_signed)]
"""Who is signed in, as strongly as they must be."""

EnrollingApart = Annotated[SignedIn, Depends(_enrolling_apart)]
"""As ``Enrolling``, for a route that opens its own transactions: none is held meanwhile."""

SignedApart = Annotated[SignedIn, Depends(_signed_apart)]
"""As ``Signed``, for such a route."""
