"""The relay: takes what was said from the outbox to the broker, in batches, until confirmed."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import aio_pika
import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from chassis import conventions, metrics, traceparent, tracing
from chassis.database import Database, is_away
from chassis.identifiers import now
from chassis.mailboxes import outbox
from chassis.outbox import SPOKE
from chassis.publishing_line import BrokerAway, LineCut, PublishingLine
from chassis.waiting import is_set_within

log = structlog.get_logger()

BATCH = 200
"""Rows per transaction: beyond this, more confirms in flight bring nothing."""

_POLL_SECONDS = 0.2
_AWAY_SECONDS = 0.5
_LONGEST_PAUSE = timedelta(minutes=5)

_CLAIM = (
    sa.select(outbox)
    .where(outbox.c.not_before <= sa.bindparam("at"))
    .order_by(outbox.c.id)
    .limit(sa.bindparam("at_most"))
    .with_for_update(skip_locked=True)
)


class Relay:
    """One per process; several share an outbox through ``SKIP LOCKED``, so no order is promised."""

    def __init__(self, database: Database, line: PublishingLine) -> None:
        """Watch the commits of this process, to wake up at once when something was said."""
        self._database = database
        self._line = line
        self._woken = asyncio.Event()
        self._plenty = asyncio.Event()
        self._in_flight: set[UUID] = set()
        self._one_by_one = 0
        self.watch(database)

    def watch(self, database: Database) -> None:
        """Wake up after each commit there that said something."""
        database.after_commit(self._wake)

    async def run(self, stopping: asyncio.Event) -> None:
        """Relay until told to stop; what is left waits for the next process."""
        async with asyncio.TaskGroup() as hands:
            hands.create_task(self._help(stopping))
            while not stopping.is_set():
                at_most = self._at_most
                taken = await self._try_once()
                if taken < at_most:
                    self._plenty.clear()
                    await self._wait(_POLL_SECONDS if taken >= 0 else _AWAY_SECONDS)
                elif at_most == BATCH:
                    self._plenty.set()
            self._plenty.set()
        await self._try_once()

    async def _help(self, stopping: asyncio.Event) -> None:
        """Take every other batch while there is plenty, to publish while the database is asked."""
        while True:
            await self._plenty.wait()
            if stopping.is_set():
                return
            if await self._try_once() < BATCH:
                self._plenty.clear()

    async def _try_once(self) -> int:
        if not self._line.is_open:
            return -1
        try:
            return await self.relay_once()
        except Exception as error:
            if not (is_away(error) or isinstance(error, BrokerAway)):
                log.exception("relay_failed")
            return -1

    @property
    def _at_most(self) -> int:
        """Return the size of the next batch: 1 while looking for the row that cuts the line."""
        return 1 if self._one_by_one else BATCH

    async def relay_once(self) -> int:
        """Relay one batch: claim, publish, delete what was confirmed.

        Returns how many rows it took, or -1 when the broker went away meanwhile.
        A crash in between rolls the claim back: said twice, perhaps, but never lost.
        """
        limits = {"at": now(), "at_most": self._at_most}
        async with self._database.transaction() as session:
            claimed = (await session.execute(_CLAIM, limits)).mappings().all()
            # A return is matched by message id, so none may be in flight twice on one channel.
            ready = {row["message_id"]: row for row in claimed}
            rows = [row for id_, row in ready.items() if id_ not in self._in_flight]
            if not rows:
                return 0
            said = await self._publish_all(rows)
            done = [row["id"] for row, error in zip(rows, said, strict=True) if error is None]
            if done:
                await session.execute(sa.delete(outbox).where(outbox.c.id.in_(done)))
                metrics.relayed.inc(len(done))
            await self._put_off(session, rows, said)
        if len(rows) == 1:
            self._one_by_one = max(0, self._one_by_one - 1)
        elif any(isinstance(error, LineCut) for error in said):
            self._one_by_one = len(rows)
        return -1 if any(isinstance(error, BrokerAway) for error in said) else len(rows)

    async def _publish_all(self, rows: Sequence[sa.RowMapping]) -> list[BaseException | None]:
        """Publish rows at once; return for each what went wrong, if anything."""
        ids = {row["message_id"] for row in rows}
        self._in_flight |= ids
        try:
            return await asyncio.gather(*map(self._publish, rows), return_exceptions=True)
        finally:
            self._in_flight -= ids

    async def _put_off(
        self,
        session: AsyncSession,
        rows: Sequence[sa.RowMapping],
        said: Sequence[BaseException | None],
    ) -> None:
        for row, error in zip(rows, said, strict=True):
            forbidden = isinstance(error, LineCut) and len(rows) == 1
            if error is None or (isinstance(error, BrokerAway) and not forbidden):
                continue
            metrics.relay_refused.inc()
            log.error("relay_refused", routing_key=row["routing_key"], error=repr(error)[:300])
            pause = min(_LONGEST_PAUSE, timedelta(seconds=2 ** min(row["attempts"], 10)))
            await session.execute(
                sa.update(outbox)
                .where(outbox.c.id == row["id"])
                .values(attempts=row["attempts"] + 1, not_before=now() + pause, error=repr(error))
            )

    async def _publish(self, row: sa.RowMapping) -> None:
        """Publish a row, as a part of what was being done when it was said."""
        headers = row["headers"]
        said_in = headers.get(traceparent.HEADER)
        with tracing.entry(said_in, f"publish {row['type']}", "producer") as span:
            if span.told:
                span.note(_told(row))
                headers = headers | {traceparent.HEADER: span.traceparent}
            await self._line.publish(
                row["exchange"],
                row["routing_key"],
                aio_pika.Message(
                    row["body"],
                    headers=headers,
                    message_id=str(row["message_id"]),
                    correlation_id=row["correlation_id"],
                    type=row["type"],
                    timestamp=row["said_at"],
                    content_type="application/json",
                ),
            )

    async def _wait(self, seconds: float) -> None:
        await is_set_within(self._woken, seconds)
        self._woken.clear()

    def _wake(self, info: dict[Any, Any]) -> None:
        if info.pop(SPOKE, False):
            self._woken.set()


def _told(row: sa.RowMapping) -> tracing.Attributes:
    return conventions.of_published(
        row["exchange"],
        row["routing_key"],
        row["message_id"],
        row["correlation_id"],
        len(row["body"]),
    )
