"""Tick the matrix: who sees which number in the portal, and who is mailed about it."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.identifiers import now
from identity import granting_claims, sharing_queries
from identity.errors import SharedUserUnknown
from identity.granting_claims import Wish


async def tick(session: AsyncSession, me: UUID, wishes: Sequence[Wish]) -> int:
    """Change who has what of one's numbers: all of it, or none. Returns how much it changed.

    Only people whom one shares with, or did until lately: so a removal can be undone, and nobody
    learns by an id who somebody is. Where one thing is wished twice, the last wish counts.
    """
    at = now()
    numbers = await granting_claims.own(session, me, {each.customer_number for each in wishes})
    people = {each.person_id for each in wishes}
    if people - {me} - await sharing_queries.known_lately(session, me, people, at):
        raise SharedUserUnknown
    last = {(each.customer_number, each.person_id): each for each in wishes}
    turned = await granting_claims.turn(session, numbers, list(last.values()), at, by=me)
    return turned.count
