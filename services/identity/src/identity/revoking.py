"""Revoke the links in the mails of a claim: the claim goes on, under another ticket."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.identifiers import new_id
from identity.models import Ticket

_NOT_TAKEN_ALONG = ("id", "until")


async def revoke(session: AsyncSession, tickets: Sequence[Ticket], at: datetime) -> list[Ticket]:
    """Let claims go on as they were, with no link that was made before. Telling is the caller's.

    Whoever calls holds the customer numbers.
    """
    for each in tickets:
        each.end(at)
    await session.flush()
    new = [Ticket(id=new_id(), until=None, **_of(each)) for each in tickets]
    session.add_all(new)
    await session.flush()
    return new


def _of(ticket: Ticket) -> dict[str, object]:
    columns = Ticket.__table__.columns.keys()
    return {name: getattr(ticket, name) for name in columns if name not in _NOT_TAKEN_ALONG}
