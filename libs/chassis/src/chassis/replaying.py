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
_STORY = ("x-origin-", fates.TRIED_IN)


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
            queue = await channel.declare_queue(parked_queue_of(name), passive=True)
            held: list[AbstractIncomingMessage] = []
            # No more than lay there: what fails again at once must not go round and round.
            for _ in range(queue.declaration_result.message_count or 0):
                message = await queue.get(fail=False)
                if message is None:
                    break
                parked = _seen(name, message)
                wanted = message_id in {None, parked.message_id} and reason in {
                    None,
                    parked.reason,
                }
                if not wanted or dry_run:
                    held.append(message)
                else:
                    await line.publish(RETURNS, name, _fresh(message, service))
                    await message.ack()
                if wanted:
                    found.append(parked)
            for message in held:
                await message.nack(requeue=True)
    finally:
        await connection.close()
        await line.close()
    return found


def _fresh(message: AbstractIncomingMessage, service: str) -> aio_pika.Message:
    """Copy a message as if it had just come: its sender stays, its attempts start anew."""
    ours = message.user_id == service and fates.REASON in message.headers
    kept = {
        name: value
        for name, value in message.headers.items()
        if not name.lower().startswith(_X) or (ours and name.startswith(_STORY))
    }
    sender = message.headers.get(SENDER) if ours else _proven_sender(message)
    if sender is not None:
        kept[SENDER] = sender
    return aio_pika.Message(
        message.body,
        headers=kept | {fates.REPLAYED_AT: datetime.now(UTC).isoformat()},
        message_id=message.message_id,
        correlation_id=message.correlation_id,
        content_type=message.content_type,
        content_encoding=message.content_encoding,
        type=message.type,
        timestamp=message.timestamp,
    )


def _proven_sender(message: AbstractIncomingMessage) -> str | None:
    """Return who sent a message that the broker itself parked; its headers prove nothing.

    A system of an issuer, ``dl5.sap``, speaks for the issuer.
    """
    return message.user_id.partition(".")[0] if message.user_id else None


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
