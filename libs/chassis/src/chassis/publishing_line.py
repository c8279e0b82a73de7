"""The line on which a process publishes: its own connection, apart from the one it consumes on.

A broker under alarm stops reading from connections that publish; acknowledgements must not
wait behind that (docs/decisions/0004).
"""

import asyncio
from contextlib import suppress

import aio_pika
import structlog
from aio_pika.abc import AbstractChannel, AbstractExchange, AbstractRobustConnection

log = structlog.get_logger()

CONFIRM_SECONDS = 10
"""How long the broker may take to confirm."""


class BrokerAway(ConnectionError):
    """The broker cannot be reached, or does not confirm."""


class LineCut(BrokerAway):
    """The broker closed the channel over a message it forbids: this one, or one beside it."""


class PublishingLine:
    """A connection with one channel that confirms, and raises what cannot be routed."""

    def __init__(self, url: str, *, user: str, name: str) -> None:
        """Describe the line; ``user`` is the broker user, which every message must carry."""
        self._url = url
        self._user = user
        self._name = name
        self._connection: AbstractRobustConnection | None = None
        self._channel: AbstractChannel | None = None
        self._exchanges: dict[str, AbstractExchange] = {}
        self._closing = False

    async def open(self) -> None:
        """Connect. Raises ``OSError`` or an AMQP error while the broker is away."""
        connection = await aio_pika.connect_robust(
            self._url, reconnect_interval=1, client_properties={"connection_name": self._name}
        )
        connection.close_callbacks.add(self._tell_away)
        connection.reconnect_callbacks.add(self._tell_back)
        channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
        self._connection, self._channel = connection, channel

    @property
    def is_open(self) -> bool:
        """Say whether messages can be published at this moment."""
        return (
            self._connection is not None
            and self._connection.connected.is_set()
            and self._channel is not None
            and not self._channel.is_closed
        )

    async def publish(self, exchange: str, routing_key: str, message: aio_pika.Message) -> None:
        """Publish and wait for the confirm.

        Raises ``BrokerAway`` when there is no line, ``LineCut`` when the broker closes it over
        what is published, ``aio_pika.exceptions.DeliveryError`` when it takes the message but
        will not keep it (no queue, or a full one).
        """
        if self._channel is None or not self.is_open:
            raise BrokerAway
        message.user_id = self._user
        message.delivery_mode = aio_pika.DeliveryMode.PERSISTENT
        try:
            target = self._exchanges.get(exchange)
            if target is None:
                target = await self._channel.get_exchange(exchange, ensure=False)
                self._exchanges[exchange] = target
            async with asyncio.timeout(CONFIRM_SECONDS):
                await target.publish(message, routing_key)
        except aio_pika.exceptions.DeliveryError:
            raise
        except aio_pika.exceptions.ChannelClosed as error:
            raise LineCut(str(error)) from error
        except (OSError, TimeoutError, aio_pika.exceptions.AMQPError) as error:
            raise BrokerAway from error

    async def close(self) -> None:
        """Close the line."""
        self._closing = True
        if self._connection is not None:
            with suppress(OSError, aio_pika.exceptions.AMQPError):
                await self._connection.close()

    def _tell_away(self, _connection: object, error: BaseException | None) -> None:
        if not self._closing:
            log.warning("broker_away", line=self._name, error=repr(error)[:200])

    def _tell_back(self, _connection: object) -> None:
        log.info("broker_back", line=self._name)
