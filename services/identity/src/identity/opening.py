"""Open mail links: from a link to what a guest may see, or to sign in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.identifiers import now
from identity import account_queries, links, measures, scopes
from identity.errors import LinkUnknown
from identity.mint import Mint
from identity.models import Issuer, Role

LIFETIME = timedelta(minutes=5)


@dataclass(frozen=True)
class Opened:
    """Whose page it is, how it looks and speaks, and a token for the newest document."""

    issuer: Issuer
    customer_number: str
    language: str
    registered: bool
    email: str
    first_name: str | None
    last_name: str | None
    role: Role
    token: str
    lifetime: timedelta


async def open_link(session: AsyncSession, mint: Mint, keys: Sequence[bytes], link: str) -> Opened:
    """Open a link. It is not used up: a scanner may open it before its reader does."""
    try:
        opened = await _open(session, mint, keys, link)
    except LinkUnknown:
        measures.links.labels("refused").inc()
        raise
    measures.links.labels("opened").inc()
    return opened


async def _open(session: AsyncSession, mint: Mint, keys: Sequence[bytes], link: str) -> Opened:
    at = now()
    ticket_id = links.ticket_of(link, keys, at)
    found = ticket_id and await account_queries.holder_of(session, ticket_id)
    if not found:
        raise LinkUnknown
    ticket, person, issuer = found
    token = mint.strike(
        subject=str(person.id),
        audience=["documents"],
        scopes=[scopes.NEWEST],
        now=at,
        lifetime=LIFETIME,
        claims={"issuer": issuer.issuer, "customer_number": ticket.customer_number},
    )
    return Opened(
        issuer=issuer,
        customer_number=ticket.customer_number,
        language=person.language or issuer.language,
        registered=person.registered,
        email=person.email,
        first_name=person.first_name,
        last_name=person.last_name,
        role=ticket.role,
        token=token,
        lifetime=LIFETIME,
    )
