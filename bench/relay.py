"""The outbox's relay beside bare pipelined publishing of the same messages.

The relay takes rows from a real table, publishes them and deletes what was confirmed. Bare is
aio-pika alone: the same messages, ready in memory, 200 at a time on one channel with confirms, to
the same quorum queue. What the relay costs above it is the table. In turn; medians.

    python bench/relay.py [--full]
"""

import argparse
import asyncio
import json
import signal
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlsplit

import aio_pika
import asyncpg
import sqlalchemy as sa
import uvloop
from aio_pika.abc import AbstractChannel
from uuid_utils.compat import uuid7

from chassis import mailboxes, metrics
from chassis.database import Database
from chassis.publishing_line import PublishingLine
from chassis.relay import Relay
from localrun.addresses import Addresses
from localrun.testing import running

HERE = Path(__file__).parent
RUN = HERE.parent / ".run"
RESULTS = HERE / "results"
BAR = 0.7
BATCH = 200
_NAME = "bench.relay"
_KEY = "documents.document-published.v1"
_BODY_BYTES = 1000
_QUICK, _FULL = (10_000, 5), (50_000, 7)
_INSERTED_AT_ONCE = 1000


async def measure(messages: int, rounds: int) -> dict[str, Any]:
    """Measure both in turn and print the table."""
    with running(RUN) as suite:
        async with _places(suite.addresses) as (database, channel):
            url = suite.addresses.amqp
            user = urlsplit(url).username or ""
            line = PublishingLine(url, user=user, name=_NAME)
            await line.open()
            relay = Relay(database, line)
            took: dict[str, list[float]] = {"relay": [], "bare": []}
            for turn in range(rounds + 1):
                rows = [_row() for _ in range(messages if turn else BATCH * 5)]
                await _say(database, rows)
                relayed = await _relayed(relay, len(rows))
                await _all_there(channel, len(rows))
                published = await _published(channel, rows, user)
                await _all_there(channel, len(rows))
                if turn:  # the first warms up
                    took["relay"].append(len(rows) / relayed)
                    took["bare"].append(len(rows) / published)
            await line.close()
    middle = {name: median(figures) for name, figures in took.items()}
    ratio = middle["relay"] / middle["bare"]
    print(f"{messages} messages of {_BODY_BYTES} bytes, {rounds} rounds, medians")
    for name, figure in middle.items():
        print(f"{name:<6}{figure:>8.0f} messages/s")
    print(f"relay / bare {ratio:.2f}   bar: at least {BAR}")
    return {"messages": messages, "bar": BAR, "ratio": ratio, "medians": middle, "rounds": took}


@asynccontextmanager
async def _places(addresses: Addresses) -> AsyncIterator[tuple[Database, AbstractChannel]]:
    """Make a database with an outbox, and a queue to relay to."""
    server = await asyncpg.connect(addresses.postgres)
    await server.execute("create database bench_relay")
    await server.close()
    url = addresses.postgres.rpartition("/")[0].replace("postgresql", "postgresql+asyncpg", 1)
    database = Database(f"{url}/bench_relay")
    async with database.engine.begin() as connection:
        await connection.run_sync(mailboxes.tables.create_all)
    broker = await aio_pika.connect(addresses.amqp)
    async with broker:
        channel = await broker.channel()
        exchange = await channel.declare_exchange(_NAME, durable=True)
        queue = await channel.declare_queue(
            _NAME, durable=True, arguments={"x-queue-type": "quorum"}
        )
        await queue.bind(exchange, _KEY)
        yield database, channel
    await database.close()


def _row() -> dict[str, Any]:
    said_at = datetime.now(UTC)
    return {
        "message_id": uuid7(),
        "exchange": _NAME,
        "routing_key": _KEY,
        "type": _KEY,
        "correlation_id": str(uuid7()),
        "headers": {"causation_id": str(uuid7()), "cloudEvents:specversion": "1.0"},
        "body": b"x" * _BODY_BYTES,
        "said_at": said_at,
        "not_before": said_at,
    }


async def _say(database: Database, rows: Sequence[dict[str, Any]]) -> None:
    async with database.transaction() as session:
        for start in range(0, len(rows), _INSERTED_AT_ONCE):
            part = list(rows[start : start + _INSERTED_AT_ONCE])
            await session.execute(sa.insert(mailboxes.outbox), part)
    async with database.engine.connect() as connection:
        alone = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await alone.execute(sa.text("vacuum analyze outbox"))
        await alone.execute(sa.text("checkpoint"))


async def _relayed(relay: Relay, count: int) -> float:
    """Return how long the relay takes for what is in the outbox."""
    stopping = asyncio.Event()
    wanted = metrics.relayed._value.get() + count
    began = time.perf_counter()
    working = asyncio.create_task(relay.run(stopping))
    # It counts before its commit, which the end below waits for.
    while metrics.relayed._value.get() < wanted:  # noqa: ASYNC110
        await asyncio.sleep(0.005)
    stopping.set()
    await working
    return time.perf_counter() - began


async def _published(channel: AbstractChannel, rows: Sequence[dict[str, Any]], user: str) -> float:
    """Return how long bare publishing takes for the same messages."""
    exchange = await channel.get_exchange(_NAME, ensure=False)
    ready = [
        aio_pika.Message(
            row["body"],
            headers=row["headers"],
            message_id=str(row["message_id"]),
            correlation_id=row["correlation_id"],
            type=row["type"],
            timestamp=row["said_at"],
            content_type="application/json",
            delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
            user_id=user,
        )
        for row in rows
    ]
    began = time.perf_counter()
    for start in range(0, len(ready), BATCH):
        batch = ready[start : start + BATCH]
        await asyncio.gather(*(exchange.publish(each, _KEY) for each in batch))
    return time.perf_counter() - began


async def _all_there(channel: AbstractChannel, count: int) -> None:
    """Throw away what was published, if it is all there."""
    queue = await channel.get_queue(_NAME, ensure=False)
    purged = await queue.purge()
    if purged.message_count != count:
        raise RuntimeError(f"{purged.message_count} messages came, not {count}")


def main() -> None:
    """Measure and keep the figures."""
    wanted = argparse.ArgumentParser(description="the relay beside bare publishing")
    wanted.add_argument("--full", action="store_true", help="with large sizes")
    size = _FULL if wanted.parse_args().full else _QUICK
    # Told to end, it ends what it has started.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    kept = uvloop.run(measure(*size))
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "relay.json").write_text(json.dumps(kept, indent=2) + "\n")


if __name__ == "__main__":
    main()
