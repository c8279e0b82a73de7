"""Publishes a file of ready messages, in a process of its own, and says when each was published.

It reads what is wanted as a line of JSON: url, exchange, routing_key, user, file, rate. The
messages are in memory and the line is open before it prints "ready"; it begins when it reads
another line. All candidates are loaded by it, so what it costs is the same for each.
"""

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

import aio_pika
import uvloop
from aio_pika.abc import AbstractExchange

_WINDOW = 200
"""Messages that the broker has not confirmed yet."""


def _messages(wanted: dict[str, Any]) -> list[aio_pika.Message]:
    return [
        aio_pika.Message(
            body.encode(),
            message_id=message_id,
            correlation_id=message_id,
            headers=headers,
            user_id=wanted.get("user"),
            content_type="application/json",
            content_encoding="utf-8",
            delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
        )
        for message_id, headers, body in map(
            json.loads, Path(wanted["file"]).read_text().splitlines()
        )
    ]


async def main(wanted: dict[str, Any]) -> None:
    """Publish every message, persistent and confirmed, at a rate or as fast as it goes."""
    messages = _messages(wanted)
    connection = await aio_pika.connect(wanted["url"])
    async with connection:
        channel = await connection.channel(on_return_raises=True)
        exchange = channel.default_exchange
        if wanted["exchange"]:
            exchange = await channel.get_exchange(wanted["exchange"], ensure=False)
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        began = await _publish(exchange, wanted["routing_key"], messages, wanted["rate"])
    print(json.dumps(began), flush=True)


async def _publish(
    exchange: AbstractExchange,
    routing_key: str,
    messages: list[aio_pika.Message],
    rate: float | None,
) -> dict[str, float]:
    """Return when each was published, by its id; at a rate, when it was due."""
    free = asyncio.Semaphore(_WINDOW)
    began: dict[str, float] = {}
    started = time.monotonic()

    async def publish(message: aio_pika.Message) -> None:
        try:
            await exchange.publish(message, routing_key)
        finally:
            free.release()

    async with asyncio.TaskGroup() as publishing:
        for position, message in enumerate(messages):
            due = started + position / rate if rate else None
            if due:
                await asyncio.sleep(max(0, due - time.monotonic()))
            await free.acquire()
            began[str(message.message_id)] = due or time.monotonic()
            publishing.create_task(publish(message))
    return began


if __name__ == "__main__":
    uvloop.run(main(json.loads(sys.stdin.readline())))
