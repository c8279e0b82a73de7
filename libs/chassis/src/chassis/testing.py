"""Fixtures for tests of services: a real database and broker, tokens, messages on the doormat.

A service's ``conftest.py`` only says which service it is, by a fixture ``service``, and which
gateways its tests use, by a fixture ``gateways``. Servers come from ``DATABASE_URL``,
``AMQP_URL`` and ``AMQP_ADMIN_URL``; ``make test`` gives them.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa
from aio_pika.abc import AbstractIncomingMessage
from fastapi import FastAPI
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet
from prometheus_client import REGISTRY
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, create_async_engine
from sqlalchemy.pool import NullPool

from chassis import mailboxes, migrating, outbox, revocations, tracing, trail, web
from chassis.database import Database
from chassis.declaring import BrokerAdmin
from chassis.doormat import Doormat, Tolerance
from chassis.fates import Fates
from chassis.identifiers import new_id
from chassis.service import Service
from chassis.sessions import DESK, PERSON, VIEW
from chassis.tokens import ALGORITHM, TOKEN_TYPE, Tokens
from chassis.topology import queue_of, unrouted_queue_of
from contracts.message import Message

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

_ISSUED_BY = "http://identity.test"
_migrated: dict[str, str] = {}


def address(name: str) -> str:
    """Return the address of a server that tests may use, or say how to get one."""
    found = os.environ.get(name)  # noqa: TID251 (tests get their servers from the environment)
    if not found:
        pytest.fail(f"{name} is not set; `make test` starts the servers that tests need")
    return found


@asynccontextmanager
async def deployed(service: str, metadata: sa.MetaData) -> AsyncIterator[Database]:
    """Make a database as deployed, an owner that migrates and who runs it; yield the latter's."""
    async with migrating.scratch_database(address("DATABASE_URL")) as url:
        admin = create_async_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        name = sa.make_url(url).database
        owner, runs = f"{name}_o", f"{name}_r"
        async with admin.connect() as connection:
            for role in (owner, runs):
                await connection.execute(sa.text(f"create role {role} login password 'x'"))
            rights = f"alter default privileges for role {owner} in schema public grant"
            for statement in (
                f"grant create on database {name} to {owner}",
                f"grant create, usage on schema public to {owner}",
                f"grant usage on schema public to {runs}",
                f"{rights} select, insert, update, delete on tables to {runs}",
                f"{rights} usage on sequences to {runs}",
            ):
                await connection.execute(sa.text(statement))
        urls = [
            sa.make_url(url)
            .set(username=role, password="x")  # noqa: S106 - of a database that is thrown away
            .render_as_string(hide_password=False)
            for role in (owner, runs)
        ]
        await migrating.upgrade(urls[0], service, metadata)
        database = Database(urls[1], connections=2)
        yield database
        await database.close()
        async with admin.connect() as connection:
            for role in (runs, owner):
                await connection.execute(sa.text(f"drop owned by {role} cascade"))
                await connection.execute(sa.text(f"drop role {role}"))
        await admin.dispose()


@pytest.fixture
def gateways() -> Any:
    """Return the gateways of the service under test; a service's conftest says which."""
    return None


@pytest.fixture
def database_url(service: Service[Any, Any]) -> str:
    """Return a database with this service's tables, made once; empty if it keeps none."""
    if service.metadata is None:
        return ""
    if service.name not in _migrated:
        _migrated[service.name] = asyncio.run(_migrated_database(service))
    return _migrated[service.name]


async def _migrated_database(service: Service[Any, Any]) -> str:
    server = sa.make_url(address("DATABASE_URL")).set(drivername="postgresql+asyncpg")
    name = f"test_{service.name}_{new_id().hex[-8:]}"
    engine = create_async_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    async with engine.connect() as connection:
        await connection.execute(sa.text(f"create database {name}"))
    await engine.dispose()
    url = server.set(database=name).render_as_string(hide_password=False)
    await migrating.upgrade(url, service.name, service.metadata or sa.MetaData())
    return url


@pytest.fixture
async def database(service: Service[Any, Any], database_url: str) -> AsyncIterator[Database | None]:
    """Return a database to commit to, emptied afterwards; None for a service that keeps none."""
    if not database_url:
        yield None
        return
    database = Database(database_url, connections=5)
    yield database
    async with database.engine.begin() as connection:
        await empty(connection, service.metadata)
    await database.close()


async def empty(connection: AsyncConnection, metadata: sa.MetaData | None) -> None:
    """Take every row out of every table: while there are few, that is faster than to truncate."""
    if metadata is None or not metadata.tables:
        return
    steps = ["set local session_replication_role = replica"]  # no trigger, no foreign key
    for table in metadata.sorted_tables:
        steps.append(f"delete from {table.name}")  # noqa: S608 - a name of ours
        steps += [
            f"perform setval(pg_get_serial_sequence('{table.name}', '{column.name}'), 1, false)"
            for column in table.columns
            if column.identity is not None
        ]
    await connection.execute(sa.text(f"do $$ begin {'; '.join(steps)}; end $$"))


@pytest.fixture
async def session(database_url: str) -> AsyncIterator[AsyncSession]:
    """Return a session whose work is rolled back after the test."""
    engine = create_async_engine(database_url, poolclass=NullPool)
    async with engine.connect() as connection:
        outer = await connection.begin()
        async with AsyncSession(
            bind=connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
        ) as session:
            yield session
        await outer.rollback()
    await engine.dispose()


@dataclass(frozen=True)
class Said:
    """One message in the outbox: to whom, and what."""

    exchange: str
    routing_key: str
    name: str
    message_id: UUID
    correlation_id: str
    headers: dict[str, Any]
    body: bytes

    def read(self, message: type[Message]) -> Any:
        """Read it as this message."""
        assert self.name == message.routing_key, f"it is a {self.name}"
        return message.read(self.body)


async def said(session: AsyncSession, *only: type[Message]) -> list[Said]:
    """Return what was said in a session and not yet relayed, in order; ``only`` these messages."""
    await outbox.post(session)
    table = mailboxes.outbox
    rows = await session.execute(sa.select(table).order_by(table.c.id))
    kinds = {each.routing_key for each in only}
    return [
        Said(
            exchange=row["exchange"],
            routing_key=row["routing_key"],
            name=row["type"],
            message_id=row["message_id"],
            correlation_id=row["correlation_id"],
            headers=row["headers"],
            body=row["body"],
        )
        for row in rows.mappings()
        if not kinds or row["type"] in kinds
    ]


@dataclass
class Delivered:
    """A message as the broker would deliver it."""

    body: bytes
    exchange: str
    routing_key: str
    user_id: str | None
    message_id: str | None
    correlation_id: str | None = None
    headers: dict[str, Any] = field(default_factory=dict)
    content_type: str | None = "application/json"
    content_encoding: str | None = None
    type: str | None = None
    timestamp: datetime | None = None


@dataclass
class RecordingFates:
    """Instead of copies on a broker: what became of messages, with the reason."""

    retried: list[BaseException] = field(default_factory=list)
    parked: list[BaseException] = field(default_factory=list)

    async def retry(self, _message: Any, **how: Any) -> None:
        """Remember it."""
        self.retried.append(how["error"])

    async def park(self, _message: Any, **how: Any) -> None:
        """Remember it."""
        self.parked.append(how["error"])


class Hearing:
    """Puts messages on the doormat of the service under test, each in a transaction of its own."""

    def __init__(self, service: Service[Any, Any], database: Database, gateways: Any) -> None:
        self._service = service
        self._database = database
        self._gateways = gateways
        self.fates = RecordingFates()

    async def __call__(
        self,
        message: Message | bytes,
        *,
        of: type[Message] | None = None,
        sender: str = "dl5",
        user_id: str | None = "",
        message_id: UUID | str | None = None,
        correlation_id: str | None = None,
        exchange: str | None = None,
        headers: dict[str, Any] | None = None,
    ) -> Delivered:
        """Hear a message from an issuer (commands) or from its owner (events, tasks).

        ``of`` says which message bytes are; without it they are a command nobody knows.
        """
        kind = type(message) if isinstance(message, Message) else of
        body = message.body() if isinstance(message, Message) else message
        is_command = kind is None or kind.exchange == "commands"
        speaker = sender if is_command else cast("type[Message]", kind).owner
        delivered = Delivered(
            body=body,
            exchange=exchange
            or (f"in.{sender}" if is_command else cast("type[Message]", kind).exchange),
            routing_key=kind.routing_key if kind else "nobody.knows.v1",
            user_id=speaker if user_id == "" else user_id,
            message_id=str(message_id or new_id()),
            correlation_id=correlation_id,
            headers=headers or {},
        )
        await self.receive(delivered, kind)
        return delivered

    async def receive(self, delivered: Delivered, kind: type[Message] | None) -> None:
        """Hear exactly this delivery."""
        await self._doormat(kind).receive(cast("AbstractIncomingMessage", delivered))

    def _doormat(self, kind: type[Message] | None) -> Doormat[Any]:
        handlers = self._service.handlers
        assert handlers is not None
        handler = next((each for each in handlers.all if each.message is kind), None)
        name = self._service.name
        return Doormat(
            service=name,
            queue=queue_of(name, kind) if kind else unrouted_queue_of(name),
            handler=handler,
            refused=handler.refused if handler else handlers.refuses_unrouted,
            database=self._database,
            gateways=self._gateways,
            fates=cast("Fates", self.fates),
            tolerance=Tolerance(("1s", "5s"), outage_patience_seconds=0),
            stopping=asyncio.Event(),
        )


@pytest.fixture
def hear(service: Service[Any, Any], database: Database, gateways: Any) -> Hearing:
    """Return what puts messages on the service's doormat."""
    return Hearing(service, database, gateways)


class Keyring:
    """Signs tokens as identity would, and lets a service check them."""

    def __init__(self) -> None:
        self.key = ECKey.generate_key("P-256")
        self.key.ensure_kid()

    def token(self, *scopes: str, audience: str, **claims: Any) -> str:
        """Return a token for an audience; claims such as ``issuer`` may be added or overruled."""
        now = datetime.now(UTC)
        body = {
            "iss": _ISSUED_BY,
            "sub": "tester",
            "aud": [audience],
            "scope": " ".join(scopes),
            "iat": int(now.timestamp()),
            "exp": int((now + timedelta(minutes=5)).timestamp()),
        }
        header = {"alg": ALGORITHM, "typ": TOKEN_TYPE, "kid": self.key.kid}
        return jwt.encode(header, body | claims, self.key)

    def tokens(self, audience: str) -> Tokens:
        """Return what checks tokens, with these keys where identity would publish its own."""
        published = KeySet([self.key]).as_dict(private=False)
        transport = httpx.MockTransport(lambda _request: httpx.Response(200, json=published))
        http = httpx.AsyncClient(transport=transport)
        return Tokens(_ISSUED_BY, issuer=_ISSUED_BY, audience=audience, http=http)


@pytest.fixture
def keyring() -> Keyring:
    """Return keys that tokens are signed and checked with."""
    return Keyring()


def person_claims(person_id: UUID) -> dict[str, Any]:
    """Return what a token of a person says beside its scope."""
    return {
        "sub": str(person_id),
        "sid": str(new_id()),
        "acr": "1",
        "proved_at": int(datetime.now(UTC).timestamp()),
        "group": "dl5",
    }


def staff_claims(person_id: UUID, issuer: str) -> dict[str, Any]:
    """Return what a token of somebody at work for an issuer says beside its scopes."""
    return {"sub": str(person_id), "sid": str(new_id()), "acr": "2", "issuer": issuer}


def viewing_claims(person_id: UUID, staff_id: UUID, issuer: str) -> dict[str, Any]:
    """Return what a token says of staff who look as a person does, beside its scope."""
    act = {"act": {"sub": str(staff_id)}, "view": str(new_id())}
    return staff_claims(person_id, issuer) | act


@dataclass(frozen=True)
class Web:
    """The service's routes, and a way to call them as someone."""

    app: FastAPI
    http: httpx.AsyncClient
    keyring: Keyring
    audience: str

    def bearer(self, *scopes: str, **claims: Any) -> dict[str, str]:
        """Return the header of a caller with these scopes."""
        token = self.keyring.token(*scopes, audience=self.audience, **claims)
        return {"Authorization": f"Bearer {token}"}

    def signed_in(self, person_id: UUID, **claims: Any) -> dict[str, str]:
        """Return the header of a person who is signed in, by a session of its own."""
        return self.bearer(PERSON, **(person_claims(person_id) | claims))

    def at_work(self, issuer: str, *scopes: str, **claims: Any) -> dict[str, str]:
        """Return the header of somebody at work for an issuer, who may do what scopes say."""
        return self.bearer(DESK, *scopes, **(staff_claims(new_id(), issuer) | claims))

    def viewing(self, person_id: UUID, issuer: str, **claims: Any) -> dict[str, str]:
        """Return the header of an issuer's staff, looking as a person does."""
        return self.bearer(VIEW, **(viewing_claims(person_id, new_id(), issuer) | claims))


@pytest.fixture
async def web_door(
    service: Service[Any, Any], database: Database | None, gateways: Any, keyring: Keyring
) -> AsyncIterator[Web]:
    """Return the service's HTTP door, with its own database, and tokens of the keyring."""
    app = web.make_app(
        title=service.name, description=service.purpose, version="1", routers=[*service.api]
    )
    app.state.gateways = gateways
    app.state.tokens = keyring.tokens(service.name)
    app.state.database = database
    app.state.revocations = revocations.of(database, service.metadata)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://service.test") as http:
        yield Web(app, http, keyring, service.name)


@pytest.fixture
def a_trail() -> Iterator[trail.Trail]:
    """Follow a trail during the test."""
    followed = trail.Trail(str(new_id()), str(new_id()))
    with trail.follow(followed):
        yield followed


class Spans:
    """What was recorded: spans that have ended, in the order in which they started."""

    def __init__(self, exporter: "InMemorySpanExporter") -> None:
        self._exporter = exporter

    def all(self) -> "list[ReadableSpan]":
        """Return them all."""
        return sorted(self._exporter.get_finished_spans(), key=lambda each: each.start_time or 0)

    def named(self, name: str) -> "list[ReadableSpan]":
        """Return those of one name."""
        return [each for each in self.all() if each.name == name]


@pytest.fixture
def spans() -> Iterator[Spans]:
    """Record spans during the test; return what a collector would be told."""
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor  # noqa: PLC0415 (few tests do)
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import (  # noqa: PLC0415
        InMemorySpanExporter,
    )

    from chassis.recording import Recording  # noqa: PLC0415

    exporter = InMemorySpanExporter()
    with tracing.recorded_by(Recording("test", SimpleSpanProcessor(exporter))):
        yield Spans(exporter)


@dataclass(frozen=True)
class Vhost:
    """A vhost of a test's own: its addresses, and its admin."""

    name: str
    admin_url: str
    amqp_url: str

    def admin(self) -> BrokerAdmin:
        """Return its admin."""
        return BrokerAdmin(self.admin_url, self.name)

    def url_of(self, user: str, password: str) -> str:
        """Return the address of the vhost for a user."""
        parts = urlsplit(self.amqp_url)
        return f"amqp://{user}:{password}@{parts.hostname}:{parts.port}/{self.name}"


@pytest.fixture
async def vhost() -> AsyncIterator[Vhost]:
    """Return an empty vhost on the real broker; it is dropped afterwards."""
    parts = urlsplit(address("AMQP_URL"))
    name = f"test-{new_id().hex}"
    url = f"amqp://{parts.username}:{parts.password}@{parts.hostname}:{parts.port}/{name}"
    made = Vhost(name, address("AMQP_ADMIN_URL"), url)
    async with made.admin() as admin:
        await admin.declare_vhost()
        yield made
        await admin.drop_vhost()


async def eventually(
    holds: Callable[[], Awaitable[bool]], *, seconds: float = 10, what: str = "it"
) -> None:
    """Wait until something holds; fail when it does not in time."""
    deadline = asyncio.get_running_loop().time() + seconds
    while not await holds():
        if asyncio.get_running_loop().time() > deadline:
            pytest.fail(f"{what} did not happen within {seconds} s")
        await asyncio.sleep(0.05)


def problems(answer: httpx.Response) -> Sequence[tuple[str, str]]:
    """Return the pointers and rules of a problem document."""
    return [(each["pointer"], each["rule"]) for each in answer.json().get("problems", [])]


def figure(name: str, **labels: str) -> float:
    """Return a figure as Prometheus would be told it now; 0 for what was not counted yet."""
    return REGISTRY.get_sample_value(name, labels) or 0.0
