"""From the outbox to the broker: after the commit, never lost, and nobody in the way of others."""

import asyncio
import time
from contextlib import asynccontextmanager

import httpx
import pytest
import sqlalchemy as sa

from chassis import outbox
from chassis.identifiers import new_id
from chassis.mailboxes import outbox as table
from chassis.publishing_line import BrokerAway, PublishingLine
from chassis.relay import BATCH, Relay
from chassis.testing import eventually

LISTENER = "yard.toy.parcel-weighed.v1"


@pytest.fixture
async def line(broker):
    opened = PublishingLine(broker.url("toy"), user="toy", name="toy speaks")
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
def say(database, toy):
    """Return a function that says so many events, in one committed transaction."""

    async def speak(count=1, **how):
        async with database.transaction() as session:
            events = [toy.ParcelWeighed(parcel=str(each), grams=1) for each in range(count)]
            await outbox.say(session, *events)
            if how:
                await session.execute(sa.update(table).values(**how))

    return speak


@asynccontextmanager
async def running(*relays):
    stopping = asyncio.Event()
    tasks = [asyncio.create_task(each.run(stopping)) for each in relays]
    yield
    stopping.set()
    await asyncio.gather(*tasks)


def emptied(rows):
    async def is_empty():
        return await rows(table) == 0

    return is_empty


async def test_a_commit_wakes_the_relay(broker, line, database, say, rows, monkeypatch):
    monkeypatch.setattr("chassis.relay._POLL_SECONDS", 4)

    async with running(Relay(database, line)):
        await asyncio.sleep(0.2)
        began = time.monotonic()
        await say()
        await eventually(emptied(rows), seconds=5)
        took = time.monotonic() - began

    assert took < 1
    assert await broker.waiting(LISTENER) == 1


async def test_nothing_leaves_before_the_commit(broker, line, database, toy):
    async with running(Relay(database, line)):
        async with database.transaction() as session:
            await outbox.say(session, toy.ParcelWeighed(parcel="a", grams=1))
            await asyncio.sleep(0.5)
            before = await broker.waiting(LISTENER)

        await broker.take(LISTENER, seconds=1)

    assert before == 0


async def test_more_than_a_batch_is_relayed_by_two_without_a_second_copy(
    broker, line, database, say, rows
):
    other = PublishingLine(broker.url("toy"), user="toy", name="toy speaks too")
    await other.open()
    count = 2 * BATCH + 50
    await say(count)

    async with running(Relay(database, line), Relay(database, other)):
        await eventually(emptied(rows), seconds=20)

    assert await broker.waiting(LISTENER) == count
    await other.close()


async def test_what_the_broker_will_not_take_is_put_off_and_the_others_go(
    broker, line, database, say, toy, rows
):
    async with database.transaction() as session:
        await outbox.say(session, toy.Tidy())
        await outbox.post(session)
        await session.execute(sa.update(table).values(routing_key="toy.nobody-hears.v1"))
    await say(3)

    await Relay(database, line).relay_once()

    async with database.transaction() as session:
        [left] = (await session.execute(sa.select(table))).mappings()
    assert left["type"] == "toy.tidy.v1"
    assert left["attempts"] == 1
    assert left["not_before"] > left["said_at"]
    assert "NO_ROUTE" in left["error"]
    assert await broker.waiting(LISTENER) == 3
    assert await Relay(database, line).relay_once() == 0
    assert await rows(table) == 1


async def test_one_id_is_never_in_flight_twice(line, database, toy, rows):
    said_under = new_id()
    for _ in range(2):
        async with database.transaction() as session:
            await outbox.say_once(session, said_under, toy.Tidy())
            await outbox.post(session)
            await session.execute(sa.update(table).values(routing_key="toy.nobody-hears.v1"))

    await Relay(database, line).relay_once()

    assert await rows(table) == 2


async def test_a_row_the_broker_forbids_does_not_stop_the_others(
    broker, line, database, say, toy, rows
):
    async with database.transaction() as session:
        await outbox.say(session, toy.LorryArrived(lorry="not the toy's to say"))
    await say(3)

    async with running(Relay(database, line)):
        await eventually(lambda: _left(rows, 1), seconds=15, what="relaying the others")

    assert await broker.waiting(LISTENER) >= 3
    async with database.transaction() as session:
        [left] = (await session.execute(sa.select(table))).mappings()
    assert left["type"] == "yard.lorry-arrived.v1"
    assert left["attempts"] >= 1


async def _left(rows, count):
    return await rows(table) == count


async def test_a_row_stays_while_the_broker_is_away_and_is_not_put_off(database, say):
    never_opened = PublishingLine("amqp://127.0.0.1:1/", user="toy", name="toy speaks")
    await say()

    taken = await Relay(database, never_opened).relay_once()

    async with database.transaction() as session:
        [left] = (await session.execute(sa.select(table))).mappings()
    assert taken == -1
    assert left["attempts"] == 0


async def test_a_relay_goes_on_after_its_connection_was_closed(broker, line, database, say, rows):
    async with (
        httpx.AsyncClient(base_url=f"{broker.vhost.admin_url}/api/", timeout=10) as http,
        running(Relay(database, line)),
    ):
        await _cut(http, broker.vhost.name, "toy speaks")
        await say(5)
        await eventually(emptied(rows), seconds=15)

    assert await broker.waiting(LISTENER) == 5


async def _cut(http, vhost, name):
    """Close a connection as an admin would; the broker lists it only after a while."""

    async def closed():
        listed = (await http.get(f"vhosts/{vhost}/connections")).json()
        found = [
            each["name"]
            for each in listed
            if each.get("client_properties", {}).get("connection_name") == name
        ]
        for each in found:
            await http.delete(f"connections/{each}")
        return bool(found)

    await eventually(closed, seconds=20, what="the connection being listed")


async def test_a_line_that_is_not_open_says_so():
    line = PublishingLine("amqp://127.0.0.1:1/", user="toy", name="toy speaks")

    with pytest.raises(BrokerAway):
        await line.publish("events", "toy.tidy.v1", None)
    await line.close()
