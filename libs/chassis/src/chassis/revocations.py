"""Sessions that were ended while tokens of theirs are still good: those are refused.

Whoever signs people in says which sessions have ended, and each service that takes people's tokens
keeps that, as one of its own tables, until the last of these tokens is too old anyway.
"""

import asyncio
import math
import time
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.database import NAMES, Database
from chassis.identifiers import now
from chassis.rows import delete_some

TOKENS_LIVE = timedelta(minutes=6)
"""A little longer than a person's token is good."""

_FRESH_SECONDS = 1.0

tables = sa.MetaData(naming_convention=NAMES)

ended_sessions = sa.Table(
    "ended_sessions",
    tables,
    sa.Column("session_id", sa.Uuid, primary_key=True),
    sa.Column("kept_until", sa.DateTime(timezone=True), nullable=False, index=True),
)
"""The sessions whose tokens are good for nothing, and from when on there are none."""


def with_ended_sessions(metadata: sa.MetaData) -> sa.MetaData:
    """Give a service that takes people's tokens the table it needs, as its own."""
    for table in tables.sorted_tables:
        table.to_metadata(metadata)
    return metadata


def in_tables(metadata: sa.MetaData | None) -> bool:
    """Say whether a service was given that table."""
    return metadata is not None and ended_sessions.name in metadata.tables


async def keep(session: AsyncSession, sessions: Collection[UUID], ended_at: datetime) -> None:
    """Keep which sessions have ended, as long as a token of theirs may be shown."""
    kept_until = ended_at + TOKENS_LIVE
    if not sessions or kept_until < now():
        return
    # In one order everywhere, so that two processes never wait for each other.
    ended = sa.func.unnest(sa.literal(sorted(set(sessions)), sa.ARRAY(sa.Uuid())))
    rows = sa.select(ended, sa.literal(kept_until, sa.DateTime(timezone=True)))
    new = insert(ended_sessions).from_select(["session_id", "kept_until"], rows)
    await session.execute(new.on_conflict_do_nothing())


async def forget(session: AsyncSession, *, at_most: int) -> int:
    """Forget the sessions that no good token is left of; return how many were forgotten."""
    old = ended_sessions.c.kept_until < now()
    return await delete_some(session, ended_sessions, old, at_most=at_most)


def of(database: Database | None, metadata: sa.MetaData | None) -> "Revocations | None":
    """Return what knows the ended sessions of a service; None where it was not given the table."""
    return Revocations(database) if database is not None and in_tables(metadata) else None


class Revocations:
    """Knows which sessions have ended: as of now, or of a second ago."""

    def __init__(self, database: Database) -> None:
        """Know of none before somebody asks."""
        self._database = database
        self._ended: frozenset[UUID] = frozenset()
        self._asked_at = -math.inf
        self._asking: asyncio.Task[None] | None = None

    async def has_ended(self, session_id: UUID) -> bool:
        """Say whether a session has ended. Raises what the database raises: then nobody knows."""
        if time.monotonic() - self._asked_at >= _FRESH_SECONDS:
            # Who comes meanwhile waits for the same answer, also for the same outage.
            if self._asking is None or self._asking.done():
                self._asking = asyncio.create_task(self._ask())
            await asyncio.shield(self._asking)
        return session_id in self._ended

    async def _ask(self) -> None:
        # What is committed while it is asked may be missing: it counts from before that.
        asked_at = time.monotonic()
        live = sa.select(ended_sessions.c.session_id).where(ended_sessions.c.kept_until >= now())
        async with self._database.transaction() as session:
            self._ended = frozenset(await session.scalars(live))
        self._asked_at = asked_at
