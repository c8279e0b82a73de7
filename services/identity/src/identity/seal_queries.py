"""The questions about the seals of the audit, and about what is forgotten in the end."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.rows import delete_some
from identity.accounts import Challenge, Credential, Device, Session, Throttle
from identity.trails import AuditEntry, AuditSeal

_ONE_JOB = 0x7365616C

sessions, credentials, challenges, devices, throttles = (
    cast("sa.Table", noun.__table__) for noun in (Session, Credential, Challenge, Device, Throttle)
)


async def may_seal(session: AsyncSession) -> bool:
    """Say whether nobody else is sealing; until the transaction ends nobody else may."""
    lock = sa.select(sa.func.pg_try_advisory_xact_lock(_ONE_JOB))
    return bool(await session.scalar(lock))


async def last_seal(session: AsyncSession) -> AuditSeal | None:
    """Find the newest seal."""
    found = sa.select(AuditSeal).order_by(AuditSeal.last_entry.desc()).limit(1)
    return await session.scalar(found)


async def last_entry(session: AsyncSession) -> int:
    """Find the newest entry that can be seen."""
    return int(await session.scalar(sa.select(sa.func.max(AuditEntry.id))) or 0)


async def writers(session: AsyncSession) -> set[str]:
    """Find the transactions that have written to the audit and have not ended.

    An entry takes its number while its transaction holds this lock, so one with a smaller number
    than an entry that can be seen is either to be seen too or is written by one of these.
    """
    found = await session.execute(
        sa.text(
            "select virtualtransaction from pg_locks where locktype = 'relation'"
            " and database = (select oid from pg_database where datname = current_database())"
            " and relation = 'audit_entries'::regclass and mode = 'RowExclusiveLock'"
            " and granted and pid <> pg_backend_pid()"
        )
    )
    return {str(each) for (each,) in found}


async def entries(
    session: AsyncSession, after: int, up_to: int | None, at_most: int | None = None
) -> Sequence[AuditEntry]:
    """Find the entries between two numbers, in their order."""
    found = sa.select(AuditEntry).where(AuditEntry.id > after).order_by(AuditEntry.id)
    if up_to is not None:
        found = found.where(AuditEntry.id <= up_to)
    found = found.limit(at_most).execution_options(populate_existing=True)
    return (await session.scalars(found)).all()


async def seals(session: AsyncSession, after: int, at_most: int) -> Sequence[AuditSeal]:
    """Page through the seals, the oldest first."""
    found = sa.select(AuditSeal).where(AuditSeal.last_entry > after).order_by(AuditSeal.last_entry)
    found = found.limit(at_most).execution_options(populate_existing=True)
    return (await session.scalars(found)).all()


async def forget_audit(session: AsyncSession, at_most: int) -> int:
    """Have the database forget the entries of so many seals, where they are old enough.

    How old that is, is not this service's to say: it can change nothing in the audit.
    """
    return int(await session.scalar(sa.select(sa.func.forget_audit_entries(at_most))) or 0)


async def forget_sessions(session: AsyncSession, before: datetime, at_most: int) -> int:
    """Delete sessions that ended, or could last no longer, before a moment."""
    old = sa.or_(Session.ended_at < before, Session.ends_at < before)
    return await delete_some(session, sessions, old, at_most=at_most)


async def forget_credentials(session: AsyncSession, before: datetime, at_most: int) -> int:
    """Delete proofs of a mailbox whose links were of no use any more before a moment."""
    old = Credential.link_until < before
    return await delete_some(session, credentials, old, at_most=at_most)


async def forget_challenges(session: AsyncSession, before: datetime, at_most: int) -> int:
    """Delete challenges that could be answered no more before a moment."""
    old = Challenge.expires_at < before
    return await delete_some(session, challenges, old, at_most=at_most)


async def forget_devices(session: AsyncSession, before: datetime, at_most: int) -> int:
    """Delete browsers that nobody signed in with since a moment."""
    old = Device.seen_at < before
    return await delete_some(session, devices, old, at_most=at_most)


async def forget_throttles(session: AsyncSession, before: datetime, at_most: int) -> int:
    """Delete buckets that were empty before a moment: there are none where nobody tries."""
    old = Throttle.empty_at < before
    return await delete_some(session, throttles, old, at_most=at_most)
