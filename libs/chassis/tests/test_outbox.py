"""Saying something is writing a row, in the transaction that makes it true."""

from datetime import datetime
from uuid import uuid4

import pytest

from chassis import outbox
from chassis.mailboxes import outbox as table
from chassis.testing import said


async def test_what_is_rolled_back_was_never_said(database, toy, rows):
    async def speak_and_fail():
        async with database.transaction() as session:
            await outbox.say(session, toy.ParcelWeighed(parcel="a", grams=1))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await speak_and_fail()

    assert await rows(table) == 0


async def test_what_a_savepoint_takes_back_was_never_said(database, toy):
    async with database.transaction() as session:
        await outbox.say(session, toy.ParcelWeighed(parcel="before", grams=1))
        savepoint = await session.begin_nested()
        await outbox.say(session, toy.ParcelWeighed(parcel="taken back", grams=1))
        await savepoint.rollback()
        await outbox.say(session, toy.ParcelWeighed(parcel="after", grams=1))

    async with database.transaction() as session:
        parcels = {each.read(toy.ParcelWeighed).parcel for each in await said(session)}
    assert parcels == {"before", "after"}


async def test_an_event_travels_as_its_data_with_a_cloud_event_around_it(session, toy, a_trail):
    event = toy.ParcelWeighed(parcel="a", grams=1)

    await outbox.say(session, event)

    [row] = await said(session)
    assert (row.exchange, row.routing_key) == ("events", "toy.parcel-weighed.v1")
    assert row.body == event.body()
    assert row.correlation_id == a_trail.correlation_id
    assert row.headers["causation_id"] == a_trail.causation_id
    assert row.headers["cloudEvents:id"] == str(row.message_id)
    assert datetime.fromisoformat(row.headers["cloudEvents:time"]).tzinfo is not None


async def test_an_answer_goes_to_the_issuer_that_asked(session, toy):
    await outbox.answer(session, "dl5", toy.Weighed(command_id=uuid4(), grams=1))

    [row] = await said(session)
    assert (row.exchange, row.routing_key, row.name) == ("outcomes", "dl5", "toy.weighed.v1")
    assert not any(name.startswith("cloudEvents") for name in row.headers)


async def test_what_is_said_outside_any_conversation_starts_one(session, toy):
    await outbox.say(session, toy.Tidy())

    [row] = await said(session)
    assert row.correlation_id
    assert set(row.headers) == {"traceparent"}


async def test_ids_follow_the_order_in_which_things_were_said(session, toy):
    events = [toy.ParcelWeighed(parcel=str(number), grams=1) for number in range(5)]

    await outbox.say(session, *events)

    rows = await said(session)
    assert [row.read(toy.ParcelWeighed) for row in rows] == events
    assert sorted(row.message_id for row in rows) == [row.message_id for row in rows]


async def test_saying_nothing_says_nothing(session):
    await outbox.say(session)

    assert await said(session) == []
