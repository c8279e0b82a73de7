"""A billing system as an issuer would have one: it asks on its own exchange and reads its answers.

Used by the demo and by the tests that play an outsider.
"""

import asyncio
import json
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import aio_pika
from aio_pika.abc import AbstractConnection, AbstractExchange, AbstractIncomingMessage
from uuid_utils.compat import uuid7

from chassis import conventions, tracing, trail

_PATIENCE_SECONDS = 60


@dataclass(frozen=True)
class Outcome:
    """What became of a command: ``kind`` is the type of the message that says so."""

    kind: str
    body: dict[str, Any]


class BillingSystem:
    """A connection of one issuer's own broker user."""

    def __init__(self, amqp_url: str, exchange: str, outcomes: str) -> None:
        """Take what ``add-issuer`` printed."""
        self._url = amqp_url
        self._exchange_name = exchange
        self._outcomes_name = outcomes
        self._user = amqp_url.split("://", 1)[1].split(":", 1)[0]
        self._connection: AbstractConnection | None = None
        self._exchange: AbstractExchange | None = None
        self._outcomes: dict[str, asyncio.Future[Outcome]] = {}
        self.heard: list[Outcome] = []
        """Every outcome that came, in its order, whoever had asked."""

    async def __aenter__(self) -> Self:
        """Log in."""
        await self.log_in()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Log out."""
        await self.log_out()

    async def log_in(self) -> None:
        """Connect, and read answers as they come; again, after the broker was away."""
        self._connection = await aio_pika.connect(self._url)
        channel = await self._connection.channel(on_return_raises=True)
        self._exchange = await channel.get_exchange(self._exchange_name, ensure=False)
        queue = await channel.get_queue(self._outcomes_name, ensure=False)
        await queue.consume(self._read)

    async def log_out(self) -> None:
        """Disconnect."""
        if self._connection is not None:
            await self._connection.close()

    async def ask(
        self, routing_key: str, body: dict[str, Any] | bytes, **properties: Any
    ) -> tuple[str, dict[str, Any]]:
        """Publish a command and return its outcome: the type, and the body."""
        outcome = await self.outcome(await self.publish(routing_key, body, **properties))
        return outcome.kind, outcome.body

    async def publish(
        self, routing_key: str, body: dict[str, Any] | bytes, **properties: Any
    ) -> str:
        """Publish a command, persistent and confirmed, and return its id.

        ``properties`` are those of the message that should be others than usual; None leaves one
        out.
        """
        if self._exchange is None:
            raise RuntimeError("not logged in")
        usual: dict[str, Any] = {
            "message_id": str(uuid7()),
            "user_id": self._user,
            "content_type": "application/json",
            "delivery_mode": aio_pika.DeliveryMode.PERSISTENT,
        }
        chosen = usual | properties
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        known_as = str(chosen.get("correlation_id") or chosen["message_id"])
        with tracing.step(f"publish {routing_key}", "producer") as span:
            if span.told:
                target = (self._exchange_name, routing_key)
                ids = (chosen["message_id"], known_as)
                span.note(conventions.of_published(*target, *ids, len(content)))
            headers = trail.current().in_messages() | (chosen.pop("headers", None) or {})
            message = aio_pika.Message(content, headers=headers, **chosen)
            await self._exchange.publish(message, routing_key)
        return known_as

    async def outcome(self, command_id: str) -> Outcome:
        """Wait for the outcome of a command, by its id or, if it had one, its correlation id.

        A command that is asked again under the same id has the outcome it had at first. Raises
        ``TimeoutError``.
        """
        async with asyncio.timeout(_PATIENCE_SECONDS):
            return await asyncio.shield(self._awaited(command_id))

    def _awaited(self, command_id: str) -> asyncio.Future[Outcome]:
        return self._outcomes.setdefault(command_id, asyncio.get_running_loop().create_future())

    async def _read(self, message: AbstractIncomingMessage) -> None:
        async with message.process():
            outcome = Outcome(message.type or "", json.loads(message.body))
            self.heard.append(outcome)
            awaited = self._awaited(message.correlation_id or "")
            if not awaited.done():
                awaited.set_result(outcome)
