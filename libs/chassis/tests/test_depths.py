"""How far behind a service is: its outbox, its queues, what is parked."""

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta

import aio_pika
import pytest
import sqlalchemy as sa
from prometheus_client import REGISTRY

from chassis import depths, outbox
from chassis.identifiers import now
from chassis.mailboxes import outbox as table
from chassis.testing import eventually

QUEUE = "toy.toy.weigh.v1"


def measured(name, **labels):
    return REGISTRY.get_sample_value(name, labels)


async def test_what_waits_is_measured(broker, database, toy, service):
    await broker.ask(toy.Weigh(parcel="a", grams=1).body())
    async with database.transaction() as session:
        await outbox.say(session, toy.Tidy())
    async with database.transaction() as session:
        await session.execute(sa.update(table).values(said_at=now() - timedelta(minutes=5)))
    stopping = asyncio.Event()

    keeping = asyncio.create_task(
        depths.keep_measuring(database, broker.url("toy"), service.queues(), stopping)
    )

    async def seen():
        return measured("postkamer_queue_messages", queue=QUEUE) == 1

    await eventually(seen, what="measuring")
    stopping.set()
    await keeping
    assert measured("postkamer_outbox_messages") == 1
    assert measured("postkamer_outbox_oldest_seconds") > 299
    assert measured("postkamer_parked_messages", queue=QUEUE) == 0
    assert measured("postkamer_database_connections_most") == database.most_connections


@pytest.fixture
def measuring(broker, database, service, monkeypatch):
    """Return a function that measures many times a second, for as long as it is entered."""
    monkeypatch.setattr(depths, "_EVERY_SECONDS", 0.05)

    @asynccontextmanager
    async def measuring(url=None, count=None):
        at = url or broker.url("toy")
        stopping = asyncio.Event()
        keeping = asyncio.create_task(
            depths.keep_measuring(database, at, service.queues(), stopping, count)
        )
        try:
            yield
        finally:
            stopping.set()
            await keeping

    return measuring


@pytest.fixture
def lines(monkeypatch):
    """Return the connections that were opened to measure."""
    opened = []
    connect = aio_pika.connect

    async def remembered(*arguments, **options):
        line = await connect(*arguments, **options)
        if options.get("client_properties") == {"connection_name": "depths"}:
            opened.append(line)
        return line

    monkeypatch.setattr(aio_pika, "connect", remembered)
    return opened


async def test_one_connection_is_enough_and_a_new_one_follows_when_it_is_cut(
    broker, toy, measuring, lines
):
    async def waiting(messages):
        await eventually(lambda: holds(messages), what=f"measuring {messages}")

    async def holds(messages):
        return measured("postkamer_queue_messages", queue=QUEUE) == messages

    async with measuring():
        for turn in range(1, 4):
            await broker.ask(toy.Weigh(parcel="a", grams=1).body())
            await waiting(turn)
        assert len(lines) == 1

        await lines[0].close()
        await broker.ask(toy.Weigh(parcel="a", grams=1).body())
        await waiting(4)

    assert len(lines) == 2
    assert all(line.is_closed for line in lines)


async def test_what_a_service_has_of_its_own_is_measured_though_the_broker_is_away(measuring):
    asked = []

    async def count(session):
        asked.append(await session.scalar(sa.text("select 1")))

    before = now().timestamp()
    async with measuring("amqp://nobody:nothing@127.0.0.1:1/", count):

        async def seen():
            return len(asked) > 1

        await eventually(seen, what="counting")

    assert measured("postkamer_measured_timestamp_seconds", what="own") >= before
    assert measured("postkamer_measured_timestamp_seconds", what="outbox") >= before
    assert (measured("postkamer_measured_timestamp_seconds", what="queues") or 0) < before
