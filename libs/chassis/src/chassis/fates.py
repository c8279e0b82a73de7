"""What becomes of a message that could not be handled: it waits and returns, or it is parked.

A copy is published and confirmed before the original is acknowledged: twice, perhaps, but never
lost. The copy carries why, how often and since when; who sent it; and nothing of its payload.
"""

from datetime import UTC, datetime
from typing import Any

import aio_pika
from aio_pika.abc import AbstractIncomingMessage

from chassis import traceparent, trail
from chassis.database import in_words
from chassis.identifiers import now
from chassis.publishing_line import PublishingLine
from chassis.senders import SENDER
from chassis.topology import PARKED, retry_exchange

ATTEMPT = "x-attempt"
FIRST_SEEN = "x-first-seen"
ORIGIN_EXCHANGE = "x-origin-exchange"
ORIGIN_QUEUE = "x-origin-queue"
ORIGIN_KEY = "x-origin-routing-key"
REASON = "x-reason"
DETAIL = "x-detail"
HANDLER = "x-handler"
FAILED_AT = "x-failed-at"
REPLAYED_AT = "x-replayed-at"
TRIED_IN = "x-tried-in"
"""Where in its trace it was last tried; ``traceparent`` stays that of whoever sent it."""

_PLAIN = (str, int, float, bool, datetime, bytes)


class Fates:
    """Decides nothing; carries out what was decided, over the publishing line."""

    def __init__(self, line: PublishingLine) -> None:
        """Use this line."""
        self._line = line

    async def retry(
        self,
        message: AbstractIncomingMessage,
        *,
        queue: str,
        pause: str,
        attempt: int,
        sender: str | None,
        error: BaseException,
    ) -> None:
        """Give a message back to this one queue after a pause."""
        copy = _copy(message, queue=queue, sender=sender, error=error, attempt=attempt)
        await self._line.publish(retry_exchange(pause), queue, copy)

    async def park(
        self,
        message: AbstractIncomingMessage,
        *,
        queue: str,
        attempt: int,
        sender: str | None,
        error: BaseException,
        handler: str,
    ) -> None:
        """Put a message aside with its reason, for people to see and to replay."""
        copy = _copy(message, queue=queue, sender=sender, error=error, attempt=attempt)
        copy.headers[HANDLER] = handler
        await self._line.publish(PARKED, queue, copy)


def attempts_of(message: AbstractIncomingMessage) -> int:
    """Return how often a message was tried before, as its own copy tells."""
    attempt = message.headers.get(ATTEMPT)
    return attempt if message.exchange == "returns" and isinstance(attempt, int) else 0


def tried_in(message: AbstractIncomingMessage) -> str | None:
    """Return where in its trace a message was tried before, as its own copy tells."""
    came_back = message.exchange == "returns"
    return traceparent.read(message.headers.get(TRIED_IN)) if came_back else None


def _copy(
    message: AbstractIncomingMessage,
    *,
    queue: str,
    sender: str | None,
    error: BaseException,
    attempt: int,
) -> aio_pika.Message:
    came_back = message.exchange == "returns"
    known = message.headers if came_back else {}
    headers: dict[str, Any] = {
        name: value
        for name, value in message.headers.items()
        if isinstance(value, _PLAIN) and not name.lower().startswith("x-")
    }
    headers |= {
        ATTEMPT: attempt,
        FIRST_SEEN: known.get(FIRST_SEEN, now().isoformat()),
        ORIGIN_EXCHANGE: known.get(ORIGIN_EXCHANGE, message.exchange or ""),
        ORIGIN_KEY: known.get(ORIGIN_KEY, message.routing_key or ""),
        ORIGIN_QUEUE: queue,
        REASON: type(error).__name__,
        DETAIL: in_words(error)[:500],
        FAILED_AT: now().isoformat(),
    }
    if sender is not None:
        headers[SENDER] = sender
    if here := trail.current().traceparent:
        headers[traceparent.HEADER] = traceparent.read(headers.get(traceparent.HEADER)) or here
        headers[TRIED_IN] = here
    return aio_pika.Message(
        message.body,
        headers=headers,
        message_id=message.message_id,
        correlation_id=message.correlation_id,
        content_type=message.content_type,
        content_encoding=message.content_encoding,
        type=message.type,
        timestamp=message.timestamp or datetime.now(UTC),
    )
