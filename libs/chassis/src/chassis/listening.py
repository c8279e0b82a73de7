"""Listens on the broker for one service: FastStream consumes, the doormat decides.

Each queue has its own channel with a prefetch, so that none can starve or stop another. Nothing is
declared here: a running service has no right to. Nothing is published here either.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog
from aio_pika.abc import AbstractIncomingMessage
from aio_pika.exceptions import AMQPError
from faststream import AckPolicy, BaseMiddleware
from faststream.rabbit import Channel, RabbitBroker, RabbitQueue
from faststream.rabbit.message import RabbitMessage
from faststream.response import PublishCommand
from faststream.specification import AsyncAPI

from chassis.doormat import Doormat, Stopping
from chassis.handling import Handlers
from chassis.lenient import read_leniently
from chassis.topology import queue_of, unrouted_queue_of
from chassis.waiting import is_set_within

log = structlog.get_logger()

_RECONNECT_SECONDS = 1
_HEARTBEAT_SECONDS = 10


class Listening:
    """The consuming side of a process: one connection, one channel per queue."""

    def __init__(
        self, url: str, *, service: str, handlers: Handlers[Any], graceful_seconds: float
    ) -> None:
        """Describe every subscription; nothing is connected yet."""
        read_leniently()
        self._doormats: dict[str, Doormat[Any]] = {}
        self._consuming = False
        self._broker = RabbitBroker(
            with_heartbeat(url),
            reconnect_interval=_RECONNECT_SECONDS,
            graceful_timeout=graceful_seconds,
            middlewares=(self._middleware(),),
            ack_policy=AckPolicy.REJECT_ON_ERROR,
            apply_types=False,
            client_properties={"name": f"{service} listens"},  # type: ignore[arg-type]
            logger=None,
        )
        for handler in handlers.all:
            self._subscribe(queue_of(service, handler.message), handler.message, handler.prefetch)
        if handlers.refuses_unrouted:
            self._subscribe(unrouted_queue_of(service), bytes, 10)

    def through(self, doormats: Mapping[str, Doormat[Any]]) -> None:
        """Let the messages of each queue pass this doormat."""
        self._doormats = dict(doormats)

    async def start(self) -> None:
        """Connect and consume. Raises ``OSError`` or an AMQP error while that cannot be.

        A broker that goes down amid it is a bare ``RuntimeError`` of the client's.
        """
        for subscriber in self._broker.subscribers:
            # A message that arrives between the broker's consume-ok and FastStream's own mark
            # would be dropped on the floor, neither handled nor given back.
            subscriber.running = True
        try:
            await self._broker.start()
        except BaseException:
            # What did start would mend itself later, beside what is started anew.
            await self.stop()
            raise
        self._consuming = True

    async def stop(self) -> None:
        """Take no more, let what is in hand finish within the grace, close."""
        try:
            await self._broker.stop()
        except (OSError, AMQPError) as error:
            log.warning("listening_stopped_hard", error=repr(error))

    async def trouble(self) -> str | None:
        """Say why no message can be received at this moment, or None."""
        connection = self._broker._connection  # noqa: SLF001 (no public way to ask)
        if connection is None or not connection.connected.is_set():
            return "the broker cannot be reached"
        return None if self._consuming else "not every queue is being consumed yet"

    def asyncapi(self, title: str, version: str, description: str) -> dict[str, Any]:
        """Return the AsyncAPI 3 document of what this service hears."""
        spec = AsyncAPI(self._broker, title=title, version=version, description=description)
        document: dict[str, Any] = spec.to_specification().to_jsonable()
        return document

    def _subscribe(self, queue: str, shape: type[Any], prefetch: int) -> None:
        async def hear(message: Any) -> None:
            """Never runs: the doormat hears first."""

        hear.__annotations__["message"] = shape
        hear.__name__ = queue
        self._broker.subscriber(
            RabbitQueue(queue, declare=False),
            channel=Channel(prefetch_count=prefetch),
            no_reply=True,
            title=queue,
            description=shape.__doc__,
        )(hear)

    def _middleware(self) -> type[BaseMiddleware[PublishCommand, AbstractIncomingMessage]]:
        doormat_of = self._doormat_of

        class Welcome(BaseMiddleware[PublishCommand, AbstractIncomingMessage]):
            """Takes each message to its doormat."""

            async def consume_scope(
                self,
                call_next: Callable[[Any], Awaitable[Any]],  # noqa: ARG002 (the doormat decides)
                msg: RabbitMessage,  # type: ignore[override]
            ) -> Any:
                queue = self.context.get("handler_").queue.name
                try:
                    await doormat_of(queue).receive(msg.raw_message)
                except Stopping as stopping:
                    # Left unanswered until the channel closes, it goes back once. A nack would
                    # bring it here again and again, until its delivery limit parks it.
                    raise asyncio.CancelledError from stopping

        return Welcome

    def _doormat_of(self, queue: str) -> Doormat[Any]:
        return self._doormats[queue]


def with_heartbeat(url: str) -> str:
    """Return the address with a heartbeat, so that a silent broker is noticed in half a minute."""
    if "heartbeat=" in url:
        return url
    return f"{url}{'&' if '?' in url else '?'}heartbeat={_HEARTBEAT_SECONDS}"


async def keep_trying(
    what: str, start: Callable[[], Awaitable[None]], stopping: asyncio.Event
) -> bool:
    """Start something that needs the broker, as soon as it is there. False when told to stop."""
    while not stopping.is_set():
        try:
            await start()
        except (OSError, AMQPError, TimeoutError, RuntimeError) as error:
            log.warning("broker_awaited", what=what, error=repr(error)[:200])
            await is_set_within(stopping, _RECONNECT_SECONDS)
        else:
            return True
    return False
