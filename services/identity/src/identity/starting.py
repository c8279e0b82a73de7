"""Start sessions, and end them: signing in, and out."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

import sqlalchemy as sa
from pydantic import BaseModel, IPvAnyAddress, StringConstraints
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from chassis import outbox
from chassis.identifiers import new_id, now
from contracts.identity import SessionsEnded
from contracts.text import Line
from identity import account_queries, measures, queries
from identity.accounts import Device, Session
from identity.models import Person

SECRET_BYTES = 32
LASTS, LASTS_FOR_STAFF = timedelta(days=30), timedelta(hours=12)
IDLE, IDLE_FOR_STAFF = timedelta(hours=12), timedelta(minutes=30)

FORMER_LASTS = timedelta(seconds=10)
"""How long a browser's other tabs may still come with the cookie of before."""

SECOND_FACTOR = "second_factor"

Opaque = Annotated[str, StringConstraints(min_length=1, max_length=200)]
"""A secret as a browser keeps it, or whatever it sends instead."""


class Visitor(BaseModel):
    """Who asks, as the portal sees them: from where, with what, and whether it is known."""

    address: IPvAnyAddress
    browser: Line = "unknown"
    device: Opaque | None = None


class Started(BaseModel):
    """Someone is signed in: what their browser keeps, and what they must do before all else."""

    session: str
    device: str
    person_id: UUID
    issuer: str
    language: str
    staff: bool
    must: Literal["second_factor"] | None


async def start(
    session: AsyncSession,
    person: Person,
    issuer: str,
    visitor: Visitor,
    *,
    strength: int,
    staff: bool,
) -> Started:
    """Sign a person in with a browser: always a new session, whatever the browser had."""
    at = now()
    token = secrets.token_urlsafe(SECRET_BYTES)
    session.add(
        Session(
            id=new_id(),
            token_sha256=hash_of(token),
            person_id=person.id,
            issuer=issuer,
            staff=staff,
            strength=strength,
            browser=visitor.browser,
            started_at=at,
            seen_at=at,
            proved_at=at,
            ends_at=at + (LASTS_FOR_STAFF if staff else LASTS),
        )
    )
    device = await _device(session, person.id, visitor.device)
    door = await queries.issuer(session, issuer)
    measures.sessions.labels("started").inc()
    return Started(
        session=token,
        device=device,
        person_id=person.id,
        issuer=issuer,
        language=person.language or (door.language if door else "nl"),
        staff=staff,
        must=SECOND_FACTOR if must_enrol(staff=staff, strength=strength) else None,
    )


async def end(
    session: AsyncSession, person_id: UUID, *, but: UUID | None = None, only: UUID | None = None
) -> int:
    """End a person's sessions: all, all but one, or one only. Returns how many there were.

    Whoever believes their tokens is told to believe them no more.
    """
    at = now()
    which = [Session.person_id == person_id, Session.ended_at.is_(None)]
    if but is not None:
        which.append(Session.id != but)
    if only is not None:
        which.append(Session.id == only)
    ended = sa.update(Session).where(*which).values(ended_at=at).returning(Session.id)
    ids = tuple((await session.scalars(ended)).all())
    if ids:
        measures.sessions.labels("ended").inc(len(ids))
        await outbox.say(session, SessionsEnded(person_id=person_id, sessions=ids, ended_at=at))
    return len(ids)


async def rename(session: AsyncSession, session_id: UUID, at: datetime) -> str | None:
    """Give a session another cookie, and return it: whoever has a copy of the old one is out.

    None where that was done a moment ago: of two tabs at once, both keep what the first was given.
    """
    token = secrets.token_urlsafe(SECRET_BYTES)
    renamed = (
        sa.update(Session)
        .where(
            Session.id == session_id,
            Session.ended_at.is_(None),
            sa.or_(Session.former_until.is_(None), Session.former_until <= at),
        )
        .values(
            token_sha256=hash_of(token),
            former_sha256=Session.token_sha256,
            former_until=at + FORMER_LASTS,
        )
        .returning(Session.id)
        .execution_options(synchronize_session=False)
    )
    return token if await session.scalar(renamed) else None


def must_enrol(*, staff: bool, strength: int) -> bool:
    """Say whether a session is good for nothing but getting a second factor."""
    return staff and strength < 2  # noqa: PLR2004 (a password alone is 1)


def idle_of(session: Session) -> timedelta:
    """Return how long a session may be left alone."""
    return IDLE_FOR_STAFF if session.staff else IDLE


def hash_of(secret: str) -> bytes:
    """Return what is kept of a secret of 256 bits: one hash will do."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).digest()


async def _device(session: AsyncSession, person_id: UUID, given: str | None) -> str:
    """Remember the browser; one that was known to be this person's keeps its name."""
    known = given and await account_queries.device(session, hash_of(given), person_id)
    token = given if given and known else secrets.token_urlsafe(SECRET_BYTES)
    row = {"token_sha256": hash_of(token), "person_id": person_id, "seen_at": now()}
    await session.execute(
        insert(Device)
        .values(row)
        .on_conflict_do_update(index_elements=[Device.token_sha256], set_={"seen_at": now()})
    )
    return token
