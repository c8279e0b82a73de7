"""A billing system's line to the broker that outlives the broker.

What was not confirmed is published again under the same id, and answers are read all the time.
"""

import asyncio
import json
from collections.abc import Awaitable
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

import aio_pika
import aiormq.exceptions
from aio_pika.abc import AbstractConnection, AbstractExchange, AbstractIncomingMessage
from aio_pika.exceptions import AMQPError, DeliveryError

from localrun.billing_system import Outcome

_CONFIRM_SECONDS = 15
_PAUSE_SECONDS = 0.2
_READ_AHEAD = 500
# What notifications tells an issuer is no answer to a command: a reader who could not be reached.
_NEWS = "notifications."
# What a client meets while the broker goes, is away, or comes back.
_AWAY = (AMQPError, aiormq.exceptions.AMQPException, OSError, TimeoutError, RuntimeError)


class SteadyLine:
    """An issuer's own broker user on two connections: one to ask, one to read what became of it.

    ``outcomes`` holds the outcome of each command by its id, as it comes; ``contradicted`` the
    ids of those that were later told otherwise; ``news`` what else the issuer was told. Nobody
    else may read the issuer's ``out.`` queue meanwhile: they would take answers from each other.
    """

    def __init__(self, issuer: dict[str, str]) -> None:
        """Take what ``add-issuer`` printed."""
        self.outcomes: dict[str, Outcome] = {}
        self.contradicted: set[str] = set()
        self.news: list[Outcome] = []
        self.repeated = 0
        """How often something had to be published again."""
        self._issuer = issuer
        self._url = issuer["amqp_url"]
        self._connecting = asyncio.Lock()
        self._connection: AbstractConnection | None = None
        self._exchange: AbstractExchange | None = None
        self._awaited: dict[str, asyncio.Future[Outcome]] = {}
        self._reading: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Begin to read."""
        self._reading = asyncio.create_task(self._keep_reading(), name="outcomes")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Log out."""
        if self._reading is not None:
            self._reading.cancel()
            with suppress(asyncio.CancelledError):
                await self._reading
        await self._drop(self._exchange)

    async def publish(self, routing_key: str, body: bytes, message_id: str) -> None:
        """Publish a command, persistent, as often as it takes until the broker confirms it."""
        message = aio_pika.Message(
            body,
            message_id=message_id,
            user_id=self._issuer["issuer"],
            content_type="application/json",
            delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
        )
        while True:
            exchange = await self._connected()
            try:
                async with asyncio.timeout(_CONFIRM_SECONDS):
                    await exchange.publish(message, routing_key)
                    return
            except DeliveryError:
                # The line is good, the queue was not: a broker that has just come back.
                pass
            except _AWAY:
                await self._drop(exchange)
            self.repeated += 1
            await asyncio.sleep(_PAUSE_SECONDS)

    async def ask(self, routing_key: str, body: bytes, message_id: str) -> Outcome:
        """Publish a command and wait for its outcome."""
        awaited: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._awaited[message_id] = awaited
        await self.publish(routing_key, body, message_id)
        return await awaited

    async def _connected(self) -> AbstractExchange:
        """Return the line; while the broker is away, one tries to connect and the others wait."""
        async with self._connecting:
            while self._exchange is None:
                try:
                    await self._connect()
                except _AWAY:
                    await asyncio.sleep(_PAUSE_SECONDS)
            return self._exchange

    async def _connect(self) -> None:
        connection = await aio_pika.connect(self._url, timeout=_CONFIRM_SECONDS)
        try:
            channel = await connection.channel(on_return_raises=True)
            exchange = await channel.get_exchange(self._issuer["exchange"], ensure=False)
        except BaseException:
            await _quietly(connection.close())
            raise
        self._connection, self._exchange = connection, exchange

    async def _drop(self, exchange: AbstractExchange | None) -> None:
        """Forget a connection that failed, unless another has long taken its place."""
        if exchange is not self._exchange or self._connection is None:
            return
        connection, self._connection, self._exchange = self._connection, None, None
        await _quietly(connection.close())

    async def _keep_reading(self) -> None:
        while True:
            with suppress(*_AWAY):
                await self._read_while_it_lasts()
            await asyncio.sleep(_PAUSE_SECONDS)

    async def _read_while_it_lasts(self) -> None:
        connection = await aio_pika.connect(self._url, timeout=_CONFIRM_SECONDS)
        gone = asyncio.Event()
        connection.close_callbacks.add(lambda *_: gone.set())
        try:
            channel = await connection.channel()
            channel.close_callbacks.add(lambda *_: gone.set())
            await channel.set_qos(prefetch_count=_READ_AHEAD)
            queue = await channel.get_queue(self._issuer["outcomes"], ensure=False)
            await queue.consume(self._note)
            await gone.wait()
        finally:
            await _quietly(connection.close())

    async def _note(self, message: AbstractIncomingMessage) -> None:
        outcome = Outcome(message.type or "", json.loads(message.body))
        asked = message.correlation_id or ""
        if outcome.kind.startswith(_NEWS):
            self.news.append(outcome)
        elif self.outcomes.setdefault(asked, outcome) != outcome:
            self.contradicted.add(asked)
        awaited = self._awaited.pop(asked, None)
        if awaited is not None and not awaited.done():
            awaited.set_result(outcome)
        # An answer that cannot be acknowledged any more comes again.
        await _quietly(message.ack())


async def _quietly(ending: Awaitable[Any]) -> None:
    with suppress(*_AWAY):
        await ending
