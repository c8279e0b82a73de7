"""A billing system as an issuer would have one: it asks on its own exchange and reads its answers.

Used by the demo and by the tests that play an outsider.
"""

import asyncio
import json
from types import TracebackType
from typing import Any, Self
from uuid import UUID

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractExchange, AbstractQueue
from uuid_utils.compat import uuid7


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
        self._queue: AbstractQueue | None = None
        self._channel: AbstractChannel | None = None
        self._outcomes: dict[str, asyncio.Future[tuple[str, dict[str, Any]]]] = {}

    async def __aenter__(self) -> Self:
        """Log in, and read answers as they come."""
        self._connection = await aio_pika.connect(self._url)
        self._channel = await self._connection.channel(on_return_raises=True)
        self._exchange = await self._channel.get_exchange(self._exchange_name, ensure=False)
        self._queue = await self._channel.get_queue(self._outcomes_name, ensure=False)
        await self._queue.consume(self._read)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Log out."""
        if self._connection is not None:
            await self._connection.close()

    async def ask(
        self, routing_key: str, body: dict[str, Any] | bytes, *, message_id: UUID | None = None
    ) -> tuple[str, dict[str, Any]]:
        """Publish a command and return its outcome: the type, and the body."""
        command_id = message_id or uuid7()
        outcome = self._outcome(str(command_id))
        await self.publish(routing_key, body, message_id=command_id)
        async with asyncio.timeout(60):
            return await outcome

    async def publish(
        self, routing_key: str, body: dict[str, Any] | bytes, *, message_id: UUID | None = None
    ) -> UUID:
        """Publish a command, persistent and confirmed, and return its id."""
        if self._exchange is None:
            raise RuntimeError("not logged in")
        command_id = message_id or uuid7()
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        message = aio_pika.Message(
            content,
            message_id=str(command_id),
            user_id=self._user,
            content_type="application/json",
            delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
        )
        await self._exchange.publish(message, routing_key)
        return command_id

    def _outcome(self, command_id: str) -> asyncio.Future[tuple[str, dict[str, Any]]]:
        return self._outcomes.setdefault(command_id, asyncio.get_running_loop().create_future())

    async def _read(self, message: aio_pika.abc.AbstractIncomingMessage) -> None:
        async with message.process():
            outcome = self._outcome(message.correlation_id or "")
            if not outcome.done():
                outcome.set_result((message.type or "", json.loads(message.body)))
