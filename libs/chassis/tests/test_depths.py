"""How far behind a service is: its outbox, its queues, what is parked."""

import asyncio
from datetime import timedelta

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
