"""How far behind a service is: what waits in its outbox, on its queues, and what is parked."""

import asyncio
from collections.abc import Sequence

import aio_pika
import sqlalchemy as sa
import structlog
from aio_pika.exceptions import AMQPError

from chassis import metrics
from chassis.database import Database, is_away
from chassis.identifiers import now
from chassis.mailboxes import outbox
from chassis.topology import parked_queue_of
from chassis.waiting import is_set_within

log = structlog.get_logger()

_EVERY_SECONDS = 10


async def keep_measuring(
    database: Database, amqp_url: str, queues: Sequence[str], stopping: asyncio.Event
) -> None:
    """Measure every few seconds, until told to stop."""
    while not stopping.is_set():
        try:
            await _measure_outbox(database)
            await _measure_queues(amqp_url, queues)
        except (AMQPError, OSError, TimeoutError):
            log.debug("depths_not_measured")
        except Exception as error:
            if not is_away(error):
                log.exception("depths_not_measured")
        await is_set_within(stopping, _EVERY_SECONDS)


async def _measure_outbox(database: Database) -> None:
    async with database.transaction() as session:
        waiting, oldest = (
            await session.execute(sa.select(sa.func.count(), sa.func.min(outbox.c.said_at)))
        ).one()
    metrics.outbox_depth.set(waiting)
    metrics.outbox_age.set((now() - oldest).total_seconds() if oldest else 0)


async def _measure_queues(amqp_url: str, queues: Sequence[str]) -> None:
    """Ask on a plain connection: a robust one answers from what it remembers."""
    connection = await aio_pika.connect(
        amqp_url, client_properties={"connection_name": "depths"}, timeout=5
    )
    async with connection:
        channel = await connection.channel()
        for queue in queues:
            metrics.queue_depth.labels(queue).set(await _depth(channel, queue))
            metrics.parked.labels(queue).set(await _depth(channel, parked_queue_of(queue)))


async def _depth(channel: aio_pika.abc.AbstractChannel, queue: str) -> int:
    declared = await channel.declare_queue(queue, passive=True)
    return declared.declaration_result.message_count or 0
