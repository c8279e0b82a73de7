"""Know who is who: keep identity's newest snapshots. Older ones that arrive late change nothing."""

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.identifiers import now
from chassis.working import needed
from contracts.identity import IssuerChanged, PersonChanged
from notifications import claim_queries, mailbox_queries, queries
from notifications.models import SENDING, Issuer, Person


async def know_issuer(session: AsyncSession, event: IssuerChanged) -> None:
    """Keep how an issuer looks and signs."""
    values = {
        "issuer": event.issuer,
        "version": event.version,
        "name": event.name,
        "accent": event.accent,
        "sender": event.sender,
        "language": event.language,
        "palette": event.palette.model_dump() if event.palette else None,
    }
    if await queries.keep_if_newer(session, Issuer, values):
        needed(session, SENDING)


async def know_person(session: AsyncSession, event: PersonChanged) -> None:
    """Keep how a person is reached; letters that waited for them can go."""
    if event.state == "erased":
        await mailbox_queries.forget_mail_of(session, event.person_id)
    values = {
        "person_id": event.person_id,
        "version": event.version,
        "email": event.email,
        "language": event.language,
        "first_name": event.first_name,
        "last_name": event.last_name,
        "registered": event.registered,
        "state": event.state,
    }
    if await queries.keep_if_newer(session, Person, values):
        await claim_queries.wake(session, event.person_id, now())
        needed(session, SENDING)
