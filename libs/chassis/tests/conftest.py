"""A toy service that nobody deploys, to see on real servers what the chassis promises.

It weighs parcels: one command, one event it says, one it hears, one task it gives itself.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import aio_pika
import httpx
import pytest
import sqlalchemy as sa
import structlog
from aio_pika.abc import AbstractIncomingMessage
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from chassis import mailboxes, outbox, repeated_requests, revocations
from chassis.declaring import BrokerAdmin
from chassis.failures import Invalid
from chassis.handling import Delivery, Handlers
from chassis.identifiers import new_id
from chassis.process import Process
from chassis.service import Service
from chassis.settings import ServiceSettings, prefixed
from chassis.testing import Vhost, address, eventually
from chassis.topology import of_issuer, rights_of_issuer, rights_of_service
from contracts.message import Command, Event, Outcome, Task
from contracts.refusal import Refused


class Weigh(Command, owner="toy"):
    """Weigh a parcel."""

    parcel: str
    grams: int


class Weighed(Outcome, owner="toy"):
    """A parcel was weighed."""

    command_id: UUID
    grams: int


class WeighRefused(Refused, owner="toy"):
    """A parcel was not weighed."""


class CommandRefused(Refused, owner="toy"):
    """Nobody knows the command."""


class ParcelWeighed(Event, owner="toy", subject="parcel"):
    """A parcel has a weight."""

    parcel: str
    grams: int


class LorryArrived(Event, owner="yard", subject="lorry"):
    """A lorry stands in the yard."""

    lorry: str


class Tidy(Task, owner="toy"):
    """Sweep the floor."""


metadata = sa.MetaData()
parcels = sa.Table(
    "parcels",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("parcel", sa.Text, nullable=False),
    sa.Column("grams", sa.Integer, nullable=False),
    sa.Column("by", sa.Text),
    sa.Column("claim", sa.Integer, nullable=False, server_default="0"),
    sa.Column("until", sa.DateTime(timezone=True)),
    sa.Column("result", sa.Text),
)
mailboxes.with_mailboxes(metadata)
repeated_requests.with_answered_requests(metadata)
revocations.with_ended_sessions(metadata)


async def nothing(_message: Any, _delivery: Any) -> None:
    """Let the handler go on."""


@dataclass
class Hall:
    """The toy's gateway: ``meanwhile`` is what happens in the middle of a handler."""

    meanwhile: Callable[[Any, Any], Awaitable[None]] = nothing
    seen: list[Any] = field(default_factory=list)


handlers: Handlers[Hall] = Handlers()
handlers.answers_unrouted(CommandRefused)


async def _keep(delivery: Delivery[Hall], parcel: str, grams: int) -> None:
    row = {"parcel": parcel, "grams": grams, "by": delivery.sender}
    await delivery.session.execute(sa.insert(parcels).values(row))


@handlers.handles(Weigh, refused=WeighRefused)
async def weigh(command: Weigh, delivery: Delivery[Hall]) -> None:
    """A billing system sends a parcel."""
    await _keep(delivery, command.parcel, command.grams)
    await delivery.gateways.meanwhile(command, delivery)
    delivery.gateways.seen.append(delivery)
    if command.grams < 0:
        raise Invalid("a parcel weighs something", rule="weight", pointer="/grams")
    weighed = Weighed(command_id=delivery.message_id, grams=command.grams)
    await outbox.answer(delivery.session, delivery.sender, weighed)
    event = ParcelWeighed(parcel=command.parcel, grams=command.grams)
    await outbox.say(delivery.session, event)


@handlers.handles(LorryArrived)
async def lorry_arrived(event: LorryArrived, delivery: Delivery[Hall]) -> None:
    """The yard tells."""
    await _keep(delivery, event.lorry, 0)
    await delivery.gateways.meanwhile(event, delivery)
    delivery.gateways.seen.append(delivery)


@handlers.handles(Tidy)
async def tidy(task: Tidy, delivery: Delivery[Hall]) -> None:
    """It is time."""
    await _keep(delivery, "broom", 0)
    await delivery.gateways.meanwhile(task, delivery)
    delivery.gateways.seen.append(delivery)


class Settings(ServiceSettings):
    """The toy's knobs."""

    model_config = prefixed("toy")


@asynccontextmanager
async def _hall(_settings: Settings) -> AsyncIterator[Hall]:
    yield Hall()


SERVICE = Service(
    name="toy",
    purpose="Weighs parcels.",
    settings=Settings,
    gateways=_hall,
    handlers=handlers,
    metadata=metadata,
)

_hears_weight: Handlers[None] = Handlers()


@_hears_weight.handles(ParcelWeighed)
async def parcel_weighed(_event: ParcelWeighed, _delivery: Delivery[None]) -> None:
    """The other service listens to the toy."""


@asynccontextmanager
async def _no_gateways(_settings: Settings) -> AsyncIterator[None]:
    yield None


YARD = Service(
    name="yard",
    purpose="Hears what parcels weigh.",
    settings=Settings,
    gateways=_no_gateways,
    handlers=_hears_weight,
    metadata=metadata,
)


@pytest.fixture(autouse=True)
def _plain_log() -> None:
    """Tell of exceptions in a few lines: a picture with locals takes seconds to draw."""
    plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    merge = structlog.contextvars.merge_contextvars
    structlog.configure(processors=[merge, structlog.processors.add_log_level, plain])


@pytest.fixture
def toy() -> SimpleNamespace:
    """Return the toy's words and tables."""
    return SimpleNamespace(
        Weigh=Weigh,
        Weighed=Weighed,
        WeighRefused=WeighRefused,
        CommandRefused=CommandRefused,
        ParcelWeighed=ParcelWeighed,
        LorryArrived=LorryArrived,
        Tidy=Tidy,
        Hall=Hall,
        Settings=Settings,
        parcels=parcels,
        metadata=metadata,
        yard=YARD,
    )


@pytest.fixture
def service() -> Service[Any, Any]:
    """Say which service is under test."""
    return SERVICE


@pytest.fixture
def gateways() -> Hall:
    """Return the toy's hall."""
    return Hall()


class Gate:
    """A way through to a server, that can be shut as if the server were gone."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._lines: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self.port = 0

    async def open(self) -> None:
        """Let through; always on the same port."""
        self._server = await asyncio.start_server(self._through, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def shut(self) -> None:
        """Refuse whoever comes, and cut off who is there."""
        if self._server is not None:
            self._server.close()
        for each in list(self._lines):
            each.transport.abort()
        await asyncio.sleep(0)

    async def _through(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        self._lines.add(back)
        try:
            far, onward = await asyncio.open_connection(*self._target)
            self._lines.add(onward)
            await asyncio.gather(self._carry(near, onward), self._carry(far, back))
        finally:
            self._lines.discard(back)

    async def _carry(self, source: asyncio.StreamReader, to: asyncio.StreamWriter) -> None:
        try:
            while some := await source.read(65536):
                to.write(some)
                await to.drain()
        except OSError:
            pass
        finally:
            self._lines.discard(to)
            to.transport.abort()


@pytest.fixture
async def gate(database_url) -> AsyncIterator[Gate]:
    """Return an open gate to the database's server."""
    server = sa.make_url(database_url)
    made = Gate(str(server.host), server.port or 5432)
    await made.open()
    yield made
    await made.shut()
    await asyncio.sleep(0.02)


@pytest.fixture
def url_through(gate, database_url) -> str:
    """Return the address of the toy's database through the gate."""
    url = sa.make_url(database_url).set(host="127.0.0.1", port=gate.port)
    return str(url.render_as_string(hide_password=False))


_made: list[str] = []


@pytest.fixture
def database_url() -> str:
    """Return a database with the toy's tables, made once."""
    if not _made:
        _made.append(asyncio.run(_make_database()))
    return _made[0]


async def _make_database() -> str:
    server = sa.make_url(address("DATABASE_URL")).set(drivername="postgresql+asyncpg")
    name = f"test_toy_{new_id().hex[-8:]}"
    engine = create_async_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    async with engine.connect() as connection:
        await connection.execute(sa.text(f"create database {name}"))
    await engine.dispose()
    url = server.set(database=name)
    engine = create_async_engine(url, poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    await engine.dispose()
    return url.render_as_string(hide_password=False)


@pytest.fixture
def rows(database, toy):
    """Return a function that counts the parcels kept, or the rows of another table."""

    async def count(table: sa.Table | None = None) -> int:
        async with database.transaction() as session:
            counted = sa.select(sa.func.count()).select_from(
                toy.parcels if table is None else table
            )
            return int(await session.scalar(counted) or 0)

    return count


@dataclass(frozen=True)
class Broker:
    """A vhost as a deploy step leaves it: the toy, the yard, the issuers dl5 and dl7."""

    vhost: Vhost
    admin: BrokerAdmin
    stack: AsyncExitStack

    def url(self, user: str) -> str:
        """Return the address for a user. Users are the broker's, not the vhost's: one password."""
        return self.vhost.url_of(user, f"{user}-secret")

    async def channel(self, user: str) -> aio_pika.abc.AbstractChannel:
        """Return a confirming channel of a connection of this user."""
        connection = await self.stack.enter_async_context(await aio_pika.connect(self.url(user)))
        return await connection.channel(on_return_raises=True)

    async def ask(self, body: bytes, *, user: str = "test-dl5", **how: Any) -> str:
        """Publish a command as a billing system does; return its message id."""
        channel = await self.channel(user)
        message_id = how.pop("message_id", str(new_id()))
        exchange = await channel.get_exchange(how.pop("exchange", f"in.{user}"), ensure=False)
        key = how.pop("key", Weigh.routing_key)
        message = aio_pika.Message(
            body,
            message_id=message_id,
            **{"user_id": user, "content_type": "application/json"} | how,
        )
        await exchange.publish(message, key)
        return message_id

    async def take(self, queue: str, *, seconds: float = 10) -> AbstractIncomingMessage:
        """Take the next message of a queue, as the admin."""
        connection = await aio_pika.connect(self.vhost.amqp_url)
        async with connection:
            channel = await connection.channel()
            taken: list[AbstractIncomingMessage] = []

            async def arrived() -> bool:
                bound = await channel.get_queue(queue, ensure=False)
                message = await bound.get(fail=False, no_ack=True)
                taken.extend([message] if message else [])
                return bool(taken)

            await eventually(arrived, seconds=seconds, what=f"a message on {queue}")
            return taken[0]

    async def waiting(self, queue: str) -> int:
        """Return how many messages are ready on a queue."""
        async with await aio_pika.connect(self.vhost.amqp_url) as connection:
            channel = await connection.channel()
            declared = await channel.declare_queue(queue, passive=True)
            return declared.declaration_result.message_count or 0


ISSUERS = ("test-dl5", "test-dl7")


@pytest.fixture
async def broker(vhost) -> AsyncIterator[Broker]:
    """Return a broker on which everything was declared."""
    async with vhost.admin() as admin, AsyncExitStack() as stack:
        await admin.declare(SERVICE.topology() + YARD.topology())
        for name in (SERVICE.name, YARD.name):
            await admin.declare_user(name, f"{name}-secret", rights_of_service(name))
        for name in ISSUERS:
            await admin.declare(of_issuer(name))
            await admin.declare_user(name, f"{name}-secret", rights_of_issuer(name))
        yield Broker(vhost, admin, stack)


@dataclass
class Running:
    """A running process of the toy."""

    process: Process
    http: httpx.AsyncClient
    stopping: asyncio.Event
    task: asyncio.Task[None]
    hall: Hall

    async def ready(self) -> bool:
        """Say whether it is ready."""
        try:
            return (await self.http.get("/health/ready")).status_code == 200
        except httpx.HTTPError:
            return False

    async def stop(self) -> None:
        """Stop it as a signal would."""
        self.stopping.set()
        await self.task


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
async def run(
    database_url,
    database,  # noqa: ARG001 (it is emptied afterwards)
) -> AsyncIterator[Callable[..., Awaitable[Running]]]:
    """Return a function that starts the toy as it is deployed; all are stopped at the end."""
    started: list[Running] = []
    async with AsyncExitStack() as stack:

        async def start(
            broker: Broker,
            *,
            service: Service[Any, Any] = SERVICE,
            ready: bool = True,
            **knobs: Any,
        ) -> Running:
            given = {
                "http_port": _free_port(),
                "identity_url": "http://identity.test",
                "database_url": database_url,
                "amqp_url": broker.url(service.name),
                "retry_pauses": ["1s", "1s"],
                "outage_patience_seconds": 5,
                "graceful_seconds": 5,
                "database_connections": 5,
                "inbox_kept": timedelta(days=1),
            }
            settings = Settings(**given | knobs)
            outside = await stack.enter_async_context(httpx.AsyncClient(timeout=5))
            hall, stopping = knobs.pop("hall", Hall()), asyncio.Event()
            process = Process(service, settings, hall, outside, stopping)
            http = await stack.enter_async_context(
                httpx.AsyncClient(base_url=f"http://127.0.0.1:{settings.http_port}", timeout=5)
            )
            running = Running(process, http, stopping, asyncio.create_task(process.run()), hall)
            started.append(running)
            if ready:
                await eventually(running.ready, what="being ready")
            return running

        yield start
        for each in started:
            await each.stop()
