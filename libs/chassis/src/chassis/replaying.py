"""Replay: parked messages go back to the queue they came from, once their cause is mended."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import aio_pika
from aio_pika.abc import AbstractIncomingMessage

from chassis import fates
from chassis.publishing_line import PublishingLine
from chassis.senders import SENDER
from chassis.topology import RETURNS, parked_queue_of

_X = "x-"


@dataclass(frozen=True)
class Parked:
    """One parked message, as ops see it."""

    queue: str
    message_id: str | None
    reason: str | None
    detail: str | None
    attempts: int | None
    first_seen: str | None
    failed_at: str | None
    sender: str | None


async def replay(
    url: str,
    *,
    service: str,
    queues: list[str],
    message_id: str | None = None,
    reason: str | None = None,
    dry_run: bool = False,
) -> list[Parked]:
    """Send parked messages back to their own queue; return them. ``dry_run`` only looks.

    Chosen by ``message_id`` or ``reason``, else all. Each is acknowledged only once its copy is
    confirmed: twice, perhaps, but never lost.
    """
    line = PublishingLine(url, user=service, name=f"{service} replays")
    await line.open()
    connection = await aio_pika.connect(url)
    found: list[Parked] = []
    try:
        channel = await connection.channel()
        for name in queues:
            queue = await channel.get_queue(parked_queue_of(name), ensure=False)
            held: list[AbstractIncomingMessage] = []
            while (message := await queue.get(fail=False)) is not None:
                parked = _seen(name, message)
                wanted = message_id in {None, parked.message_id} and reason in {
                    None,
                    parked.reason,
                }
                if not wanted or dry_run:
                    held.append(message)
                else:
                    await line.publish(RETURNS, name, _fresh(message))
                    await message.ack()
                if wanted:
                    found.append(parked)
            for message in held:
                await message.nack(requeue=True)
    finally:
        await connection.close()
        await line.close()
    return found


def _fresh(message: AbstractIncomingMessage) -> aio_pika.Message:
    """Copy a message as if it had just come: its sender stays, its attempts start anew."""
    kept = {
        name: value
        for name, value in message.headers.items()
        if not name.startswith(_X) or name == SENDER or name.startswith("x-origin-")
    }
    return aio_pika.Message(
        message.body,
        headers=kept | {fates.REPLAYED_AT: datetime.now(UTC).isoformat()},
        message_id=message.message_id,
        correlation_id=message.correlation_id,
        content_type=message.content_type,
        type=message.type,
        timestamp=message.timestamp,
    )


def _seen(queue: str, message: AbstractIncomingMessage) -> Parked:
    def text(name: str) -> str | None:
        value: Any = message.headers.get(name)
        return str(value) if value is not None else None

    attempts = message.headers.get(fates.ATTEMPT)
    return Parked(
        queue=queue,
        message_id=message.message_id,
        reason=text(fates.REASON) or text("x-first-death-reason"),
        detail=text(fates.DETAIL),
        attempts=attempts if isinstance(attempts, int) else None,
        first_seen=text(fates.FIRST_SEEN),
        failed_at=text(fates.FAILED_AT),
        sender=text(SENDER),
    )
