"""Look as a customer does: a token that shows what they see of one issuer, and changes nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from chassis import outbox
from chassis.identifiers import new_id, now
from chassis.sessions import VIEW
from contracts.identity import SessionsEnded
from identity import auditing, desk_queries
from identity.errors import NobodyThere, NotRegistered, ViewOver, ViewUnknown
from identity.mint import Mint
from identity.models import Person, Role, Ticket
from identity.views import View

LASTS = timedelta(minutes=30)
TOKEN_LASTS = timedelta(minutes=5)
KEPT = timedelta(days=1)
"""How long a view is kept after its time: by then the audit has its end."""

ENDED = "desk_view_ended"
_SHOWN_AT = "documents"
_AT_MOST = 1_000


@dataclass(frozen=True)
class Viewer:
    """Who of an issuer's staff looks, by which session."""

    staff_id: UUID
    session_id: UUID
    strength: int
    issuer: str


class ViewToken(BaseModel):
    """What shows documents as a customer sees them; it can be renewed ``until`` then."""

    view_id: UUID
    token: str
    token_until: datetime
    until: datetime


class StartedView(ViewToken):
    """A view that begins, and whose it is."""

    person_id: UUID
    name: str


async def start(
    session: AsyncSession,
    mint: Mint,
    viewer: Viewer,
    customer_number: str,
    person_id: UUID,
    reason: str,
) -> StartedView:
    """Begin to look as somebody who has a claim on a number and an account.

    Raises ``NobodyThere`` or ``NotRegistered``.
    """
    at = now()
    person = await _person(session, viewer.issuer, customer_number, person_id)
    view = View(
        id=new_id(),
        staff_id=viewer.staff_id,
        session_id=viewer.session_id,
        issuer=viewer.issuer,
        person_id=person.id,
        customer_number=customer_number,
        started_at=at,
        until=at + LASTS,
    )
    session.add(view)
    await session.flush()
    await auditing.note(
        session,
        "desk_view_started",
        actor=viewer.staff_id,
        subject=person.id,
        issuer=viewer.issuer,
        customer_number=customer_number,
        reason=reason,
        view=view.id,
        until=view.until.isoformat(),
    )
    made = _token(mint, viewer, view, at)
    return StartedView(
        **made.model_dump(), person_id=person.id, name=person.full_name or person.email
    )


async def renew(session: AsyncSession, mint: Mint, viewer: Viewer, view_id: UUID) -> ViewToken:
    """Look on, while the view lasts and the customer has the claim.

    Raises ``ViewUnknown``, ``ViewOver``, ``NobodyThere`` or ``NotRegistered``.
    """
    at = now()
    view = await _view(session, viewer, view_id)
    if not view.lives(at):
        raise ViewOver
    await _person(session, viewer.issuer, view.customer_number, view.person_id)
    return _token(mint, viewer, view, at)


async def end(session: AsyncSession, viewer: Viewer, view_id: UUID) -> None:
    """Look no more: the token is good for nothing, too. Raises ``ViewUnknown``."""
    at = now()
    view = await _view(session, viewer, view_id)
    if view.ended_at is not None:
        return
    if view.lives(at):
        ended = SessionsEnded(person_id=view.staff_id, sessions=(view.id,), ended_at=at)
        await outbox.say(session, ended)
    await _end(session, view, min(at, view.until), "closed")


async def end_old(session: AsyncSession) -> int:
    """Write down the end of views that nobody closed, and forget those of long ago."""
    at = now()
    old = await desk_queries.views_to_end(session, at, _AT_MOST)
    for view, of in old:
        left = of.ended_at if of and of.ended_at and of.ended_at < view.until else None
        await _end(session, view, left or view.until, "signed_out" if left else "time")
    await session.flush()
    await desk_queries.forget_views(session, at - KEPT, _AT_MOST)
    return len(old)


async def _end(session: AsyncSession, view: View, at: datetime, why: str) -> None:
    view.ended_at = at
    await auditing.note(
        session,
        ENDED,
        actor=view.staff_id,
        subject=view.person_id,
        issuer=view.issuer,
        customer_number=view.customer_number,
        view=view.id,
        ended_at=at.isoformat(),
        why=why,
    )


async def _view(session: AsyncSession, viewer: Viewer, view_id: UUID) -> View:
    view = await desk_queries.view_to_change(session, view_id, viewer.session_id)
    if view is None:
        raise ViewUnknown
    return view


async def _person(
    session: AsyncSession, issuer: str, customer_number: str, person_id: UUID
) -> Person:
    found = await desk_queries.claim(session, issuer, customer_number, person_id)
    if found is None or not _sees(found[0]):
        raise NobodyThere
    if not found[1].registered:
        raise NotRegistered
    return found[1]


def _sees(claim: Ticket) -> bool:
    return claim.portal or claim.role is Role.MAIN


def _token(mint: Mint, viewer: Viewer, view: View, at: datetime) -> ViewToken:
    lifetime = min(TOKEN_LASTS, view.until - at)
    token = mint.strike(
        subject=str(view.person_id),
        audience=[_SHOWN_AT],
        scopes=[VIEW],
        now=at,
        lifetime=lifetime,
        claims={
            "sid": str(viewer.session_id),
            "acr": str(viewer.strength),
            "issuer": view.issuer,
            "act": {"sub": str(view.staff_id)},
            "view": str(view.id),
        },
    )
    return ViewToken(view_id=view.id, token=token, token_until=at + lifetime, until=view.until)
