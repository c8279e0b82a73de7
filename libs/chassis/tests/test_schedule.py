"""Time as a message: every replica says a beat, and it is obeyed once."""

import asyncio
from datetime import timedelta

from chassis import schedule
from chassis.database import Database
from chassis.schedule import Every
from chassis.testing import said


async def keep_time_for(seconds, every, *databases):
    stopping = asyncio.Event()
    keeping = [schedule.keep_time(every, each, stopping) for each in databases]
    asyncio.get_running_loop().call_later(seconds, stopping.set)
    await asyncio.gather(*keeping)


async def test_two_replicas_say_a_beat_under_one_id(database, toy):
    every = [Every(timedelta(days=1000), toy.Tidy())]

    await keep_time_for(1.2, every, database, database)

    async with database.transaction() as session:
        beats = await said(session, toy.Tidy)
    assert len(beats) == 2
    assert len({each.message_id for each in beats}) == 1


async def test_a_beat_heard_from_two_replicas_is_obeyed_once(database, toy, hear, rows):
    every = [Every(timedelta(days=1000), toy.Tidy())]
    await keep_time_for(0.2, every, database, database)
    async with database.transaction() as session:
        beats = await said(session, toy.Tidy)

    for each in beats:
        await hear(toy.Tidy(), message_id=each.message_id)

    assert await rows() == 1


async def test_each_beat_has_an_id_of_its_own(database, toy):
    await keep_time_for(1.2, [Every(timedelta(seconds=0.5), toy.Tidy())], database)

    async with database.transaction() as session:
        beats = await said(session, toy.Tidy)
    assert len({each.message_id for each in beats}) == len(beats) >= 2


async def test_a_beat_missed_during_an_outage_is_said_afterwards(database, gate, url_through, toy):
    through = Database(url_through, connections=1)
    await gate.shut()
    asyncio.get_running_loop().call_later(0.4, lambda: asyncio.ensure_future(gate.open()))

    await keep_time_for(2.5, [Every(timedelta(days=1000), toy.Tidy())], through)

    async with database.transaction() as session:
        assert len(await said(session, toy.Tidy)) == 1
    await through.close()
