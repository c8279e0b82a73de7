"""Keep what is tried within bounds: a bucket that empties drop by drop (GCRA), in one statement."""

import hashlib
import ipaddress
import math
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.failures import TooOften
from identity import account_queries, measures
from identity.accounts import Throttle

_NETWORK = 64
"""Who has one IPv6 address has as many as a network of this size holds."""


async def by_visitor(session: AsyncSession, address: object, at: datetime) -> None:
    """Count what a visitor tries: 30 at once, then one every two seconds."""
    key = network_of(str(address))
    await spend(session, "visitor", key, burst=30, every=timedelta(seconds=2), at=at)


async def by_mailbox(session: AsyncSession, group: str, email_key: str, at: datetime) -> None:
    """Count the mails that anybody can have sent to an address: 5 an hour."""
    key = f"{group}\n{email_key}"
    await spend(session, "mailbox", key, burst=5, every=timedelta(minutes=12), at=at)


async def by_account(session: AsyncSession, group: str, email_key: str, at: datetime) -> None:
    """Count the tries to sign in with an address: 10 at once, then one a minute."""
    key = f"{group}\n{email_key}"
    await spend(session, "account", key, burst=10, every=timedelta(minutes=1), at=at)


async def by_device(session: AsyncSession, token_sha256: bytes, at: datetime) -> None:
    """Count the tries of a browser that is known, which strangers' tries do not keep out."""
    key = token_sha256.hex()
    await spend(session, "device", key, burst=10, every=timedelta(minutes=1), at=at)


async def by_voter(session: AsyncSession, address: object, at: datetime) -> None:
    """Count the votes on help articles that come from one place: 20 at once, then one a minute."""
    key = network_of(str(address))
    await spend(session, "help_vote", key, burst=20, every=timedelta(minutes=1), at=at)


async def spend(
    session: AsyncSession, bucket: str, key: str, *, burst: int, every: timedelta, at: datetime
) -> None:
    """Take one try out of a bucket: ``burst`` at once, then one ``every`` so often.

    To be called in a short transaction of its own, before the work. Raises ``TooOften``, and then
    nothing was taken.
    """
    name = hashlib.sha256(f"{bucket}\n{key}".encode(errors="surrogatepass")).digest()
    filled = sa.func.greatest(Throttle.empty_at, at, type_=Throttle.empty_at.type) + every
    taken = (
        insert(Throttle)
        .values(key=name, empty_at=at + every)
        .on_conflict_do_update(
            index_elements=[Throttle.key],
            set_={"empty_at": filled},
            where=filled <= at + every * burst,
        )
        .returning(Throttle.empty_at)
    )
    if await session.scalar(taken) is not None:
        return
    measures.throttled.labels(bucket).inc()
    empty_at = await account_queries.throttled_until(session, name)
    wait = (empty_at or at) + every - every * burst - at
    raise TooOften(
        "this was tried too often; it may be tried again in a while",
        seconds=max(1, math.ceil(wait.total_seconds())),
    )


def network_of(address: str) -> str:
    """Return by what a visitor's address is counted: itself, or the network of an IPv6 address."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((int(parsed), _NETWORK), strict=False))
