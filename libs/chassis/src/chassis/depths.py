"""How far behind a service is: what waits in its outbox, on its queues, and what is parked.

Besides, whatever a service has of its own that waits, such as letters.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

import aio_pika
import sqlalchemy as sa
import structlog
from aio_pika.abc import AbstractChannel, AbstractConnection
from aio_pika.exceptions import AMQPError, ChannelInvalidStateError
from sqlalchemy.ext.asyncio import AsyncSession

from chassis import metrics
from chassis.database import Database, is_away
from chassis.identifiers import now
from chassis.listening import with_heartbeat
from chassis.mailboxes import outbox
from chassis.topology import parked_queue_of
from chassis.waiting import is_set_within

log = structlog.get_logger()

Count = Callable[[AsyncSession], Awaitable[None]]
"""Measures what a service has of its own, within a transaction."""

_EVERY_SECONDS = 10


async def keep_measuring(
    database: Database,
    amqp_url: str,
    queues: Sequence[str],
    stopping: asyncio.Event,
    count: Count | None = None,
) -> None:
    """Measure every few seconds, until told to stop. One that fails leaves the others alone."""
    _watch_connections(database)
    metrics.expect_messages(queues)
    line = _Line(amqp_url)

    async def own() -> None:
        if count is not None:
            async with database.transaction() as session:
                await count(session)

    measures: dict[str, Callable[[], Awaitable[None]]] = {
        "outbox": lambda: _measure_outbox(database),
        "queues": lambda: _measure_queues(line, queues),
        "own": own,
    }
    try:
        while not stopping.is_set():
            for what, measure in measures.items():
                await _try(what, measure)
            await is_set_within(stopping, _EVERY_SECONDS)
    finally:
        await line.close()


async def _try(what: str, measure: Callable[[], Awaitable[None]]) -> None:
    try:
        await measure()
    except (AMQPError, ChannelInvalidStateError, OSError, TimeoutError):
        log.debug("depths_not_measured", what=what)
    except Exception as error:
        if not is_away(error):
            log.exception("depths_not_measured", what=what)
    else:
        metrics.measured.labels(what).set_to_current_time()


def _watch_connections(database: Database) -> None:
    """Let whoever scrapes look at the pool itself, at that moment."""
    metrics.connections_most.set(database.most_connections)
    metrics.connections_used.set_function(database.connections_used)
    metrics.connections_awaited.set_function(database.connections_awaited)


async def _measure_outbox(database: Database) -> None:
    async with database.transaction() as session:
        waiting, oldest = (
            await session.execute(sa.select(sa.func.count(), sa.func.min(outbox.c.said_at)))
        ).one()
    metrics.outbox_depth.set(waiting)
    metrics.outbox_age.set((now() - oldest).total_seconds() if oldest else 0)


async def _measure_queues(line: "_Line", queues: Sequence[str]) -> None:
    for queue in queues:
        metrics.queue_depth.labels(queue).set(await line.depth(queue))
        metrics.parked.labels(queue).set(await line.depth(parked_queue_of(queue)))


class _Line:
    """A plain connection that stays open: a robust one answers from what it remembers."""

    def __init__(self, amqp_url: str) -> None:
        self._url = with_heartbeat(amqp_url)
        self._connection: AbstractConnection | None = None
        self._channel: AbstractChannel | None = None

    async def depth(self, queue: str) -> int:
        """Return how many messages wait. Whatever goes wrong, the next one asks on a new line."""
        try:
            async with asyncio.timeout(5):
                channel = self._channel or await self._open()
                declared = await channel.declare_queue(queue, passive=True)
        except BaseException:
            await self.close()
            raise
        return declared.declaration_result.message_count or 0

    async def close(self) -> None:
        """Hang up."""
        connection, self._connection, self._channel = self._connection, None, None
        if connection is not None:
            with suppress(AMQPError, OSError):
                await connection.close()

    async def _open(self) -> AbstractChannel:
        self._connection = await aio_pika.connect(
            self._url, client_properties={"connection_name": "depths"}, timeout=5
        )
        self._channel = await self._connection.channel()
        return self._channel
