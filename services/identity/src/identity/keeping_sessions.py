"""Keep sessions: who is signed in by a cookie, tokens for what they do, and signing out."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.identifiers import now
from identity import account_queries, auditing, looks, scopes, starting
from identity.accounts import Session, Staff
from identity.errors import SessionUnknown
from identity.looks import IssuerLook
from identity.mint import Mint
from identity.models import Person

TOKEN_LASTS = timedelta(minutes=5)
_SEEN_EVERY = timedelta(minutes=1)
_ENROLLING = "identity"


class Resolved(BaseModel):
    """Who is signed in, by whose door, and a token for each service asked for."""

    session_id: UUID
    person_id: UUID
    issuer: IssuerLook
    email: str
    first_name: str | None
    last_name: str | None
    language: str
    strength: int
    staff: bool
    must: Literal["second_factor"] | None
    proved_at: datetime
    main_contact_of: int
    tokens: dict[str, str]
    admin: bool = False
    """Of who is at work: whether they decide for others too."""
    desk_tokens: dict[str, str] = {}
    """Where the desk was asked for, by staff with two factors: a token for each service."""


async def resolve(
    session: AsyncSession,
    mint: Mint,
    cookie: str,
    audiences: Iterable[str],
    *,
    desk: bool = False,
) -> Resolved:
    """Find who is signed in; with ``desk``, also what they may do as staff.

    Raises ``SessionUnknown``, whatever became of the session.
    """
    at = now()
    token = starting.hash_of(cookie)
    found = await account_queries.session_at_work(session, token)
    if found is None and (renamed := await account_queries.session_renamed(session, token, at)):
        found = await account_queries.session_at_work(session, renamed)
    if found is None:
        raise SessionUnknown
    signed_in, person, issuer, main_contact_of = found
    if person.state != "active" or not signed_in.lives(at, starting.idle_of(signed_in)):
        raise SessionUnknown
    if at - signed_in.seen_at >= _SEEN_EVERY:
        await account_queries.note_seen(session, signed_in.id, at)
    must = starting.must_enrol(staff=signed_in.staff, strength=signed_in.strength)
    wanted = [each for each in audiences if each == _ENROLLING or not must]
    work = await _work(session, signed_in) if desk else None
    return Resolved(
        session_id=signed_in.id,
        person_id=person.id,
        issuer=looks.look_of(issuer),
        email=person.email,
        first_name=person.first_name,
        last_name=person.last_name,
        language=person.language or issuer.language,
        strength=signed_in.strength,
        staff=signed_in.staff,
        must=starting.SECOND_FACTOR if must else None,
        proved_at=signed_in.proved_at,
        main_contact_of=main_contact_of,
        tokens={each: _token(mint, each, signed_in, person, at) for each in wanted},
        admin=work is not None and work.admin,
        desk_tokens=_desk_tokens(mint, signed_in, work, at) if work else {},
    )


async def end(session: AsyncSession, cookie: str) -> None:
    """Sign out; who is not signed in is signed out already."""
    token = starting.hash_of(cookie)
    found = await account_queries.session_of(session, token)
    if found is None and (renamed := await account_queries.session_renamed(session, token, now())):
        found = await account_queries.session_of(session, renamed)
    if found is None:
        return
    signed_in, person, issuer = found
    if await starting.end(session, person.id, only=signed_in.id):
        await auditing.note(
            session, "signed_out", actor=person.id, subject=person.id, issuer=issuer.issuer
        )


def _token(mint: Mint, audience: str, signed_in: Session, person: Person, at: datetime) -> str:
    """Strike a token for one service; what the person may see there is its own to know."""
    return mint.strike(
        subject=str(person.id),
        audience=[audience],
        scopes=[scopes.ME],
        now=at,
        lifetime=TOKEN_LASTS,
        claims={
            "sid": str(signed_in.id),
            "acr": str(signed_in.strength),
            "proved_at": int(signed_in.proved_at.timestamp()),
            "group": person.issuer_group,
        },
    )


async def _work(session: AsyncSession, signed_in: Session) -> Staff | None:
    """Find what somebody does for the issuer by whose door they came, with two factors."""
    if not signed_in.staff or starting.must_enrol(staff=True, strength=signed_in.strength):
        return None
    return await account_queries.works_for(session, signed_in.issuer, signed_in.person_id)


def _desk_tokens(mint: Mint, signed_in: Session, work: Staff, at: datetime) -> dict[str, str]:
    """Strike tokens with which staff act as their issuer, and as no other."""
    told = {
        "sid": str(signed_in.id),
        "acr": str(signed_in.strength),
        "issuer": signed_in.issuer,
    }
    return {
        audience: mint.strike(
            subject=str(signed_in.person_id),
            audience=[audience],
            scopes=sorted(scopes.at_work(audience, admin=work.admin)),
            now=at,
            lifetime=TOKEN_LASTS,
            claims=told,
        )
        for audience in scopes.AT_WORK
    }
