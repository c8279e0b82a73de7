"""What the heads of a day come to, from the events as they stand: to make and to check them."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from documents import head_queries, seals
from documents.custody import ArchiveHead
from documents.seals import Head


async def made(
    session: AsyncSession,
    former: Mapping[str, ArchiveHead],
    day: date,
    after: int,
    up_to: int,
) -> dict[str, Head]:
    """Return the heads over the events between two numbers, of every issuer that ever had one."""
    heads = {issuer: Head(each.sha256, issuer, day) for issuer, each in former.items()}
    async for some in head_queries.places(session, after, up_to):
        for issuer, place in some:
            if issuer not in heads:
                heads[issuer] = Head(seals.FIRST, issuer, day)
            heads[issuer].add(place)
    return heads
