"""Who may do what on a real broker: every user against every exchange and queue there is.

The pairs come from the topology; only what is allowed is written down here.
"""

import re
from collections.abc import Awaitable, Callable

import aio_pika
import pytest
from aio_pika.exceptions import ChannelPreconditionFailed, DeliveryError
from aiormq.exceptions import ChannelAccessRefused

from chassis.identifiers import new_id
from chassis.testing import eventually
from chassis.topology import of_issuer

OUTSIDERS = ("test-dl5", "test-dl7")
BUILT_IN = ("", "amq.topic", "amq.direct", "amq.fanout", "amq.headers")
A_SERVICE_WRITES = re.compile(r"events|tasks|retry\.\w+|returns|outcomes|parked")


@pytest.fixture
def everything(service, toy):
    parts = [of_issuer(each) for each in OUTSIDERS]
    return sum(parts, start=service.topology() + toy.yard.topology())


@pytest.fixture
async def allows(broker):
    """Return a function that says whether a user may do a thing on a channel of its own."""
    connections: dict[str, aio_pika.abc.AbstractConnection] = {}

    async def ask(user: str, do: Callable[[aio_pika.abc.AbstractChannel], Awaitable[object]]):
        if user not in connections:
            connections[user] = await broker.stack.enter_async_context(
                await aio_pika.connect(broker.url(user))
            )
        channel = await connections[user].channel(on_return_raises=True)
        try:
            await do(channel)
        except ChannelAccessRefused:
            return False
        except DeliveryError:
            pass  # taken, though nobody listens
        await channel.close()
        return True

    return ask


def publishing(exchange: str, key: str = "anything", **how):
    async def publish(channel):
        target = (
            await channel.get_exchange(exchange, ensure=False)
            if exchange
            else channel.default_exchange
        )
        await target.publish(aio_pika.Message(b"{}", **how), key)

    return publish


def reading(queue: str):
    async def read(channel):
        await (await channel.get_queue(queue, ensure=False)).get(fail=False)

    return read


async def test_an_issuer_writes_to_its_own_door_and_reads_its_own_answers_only(allows, everything):
    exchanges = [*BUILT_IN, *(each.name for each in everything.exchanges)]
    queues = [each.name for each in everything.queues]

    for user in OUTSIDERS:
        may_write = {each for each in exchanges if await allows(user, publishing(each))}
        may_read = {each for each in queues if await allows(user, reading(each))}

        assert may_write == {f"in.{user}"}
        assert may_read == {f"out.{user}"}


async def test_a_service_writes_what_the_house_says_and_reads_its_own_queues_only(
    allows, everything
):
    exchanges = [*BUILT_IN, *(each.name for each in everything.exchanges)]
    queues = [each.name for each in everything.queues]

    for user in ("toy", "yard"):
        key = f"{user}.anything.v1"
        may_write = {each for each in exchanges if await allows(user, publishing(each, key))}
        may_read = {each for each in queues if await allows(user, reading(each))}

        assert may_write == {each for each in exchanges if A_SERVICE_WRITES.fullmatch(each)}
        assert may_read == {each for each in queues if each.startswith(f"{user}.")}


async def test_a_service_says_its_own_events_only(allows, everything, toy):
    keys = {each.key for each in everything.bindings if each.source == "events"}
    keys |= {toy.ParcelWeighed.routing_key, "toyota.parcel-weighed.v1", "yard.toy.v1", "toy"}

    for user in ("toy", "yard"):
        said = {key for key in keys if await allows(user, publishing("events", key))}

        assert said == {key for key in keys if key.startswith(f"{user}.")}


@pytest.mark.parametrize("user", [*OUTSIDERS, "toy"])
async def test_nobody_but_a_deploy_step_declares_binds_or_deletes(allows, user):
    own = f"out.{user}" if user in OUTSIDERS else "toy.toy.tidy.v1"

    async def declare_queue(channel):
        await channel.declare_queue(f"{own}.mine", durable=True)

    async def declare_nameless(channel):
        await channel.declare_queue(exclusive=True)

    async def declare_exchange(channel):
        await channel.declare_exchange(f"in.{user}.mine")

    async def delete(channel):
        await channel.queue_delete(own)

    async def bind_own_queue(channel):
        queue = await channel.get_queue(own, ensure=False)
        await queue.bind("tasks", "#")

    async def bind_tasks_to_own_door(channel):
        tasks = await channel.get_exchange("tasks", ensure=False)
        await tasks.bind(f"in.{user}", "#")

    steps = [declare_queue, declare_nameless, declare_exchange, delete, bind_own_queue]
    for step in [*steps, bind_tasks_to_own_door]:
        assert not await allows(user, step), step.__name__


async def test_no_task_is_reached_from_an_issuers_door(broker, allows, everything):
    """Done 7: every Task key, as the key and as CC and BCC header."""
    tasks = {each.key: each.queue for each in everything.bindings if each.source == "tasks"}
    exchange, user = "in.test-dl5", "test-dl5"
    unrouted = "toy.commands.unrouted"

    sent = 0
    for key in [*tasks, "#", "*.*.*"]:
        for headers, first in (({}, key), ({"CC": [key]}, "no.such.v1"), ({"BCC": [key]}, "a.b")):
            how = {"headers": headers, "user_id": user, "message_id": str(new_id())}
            assert await allows(user, publishing(exchange, first, **how))
            sent += 1

    async def all_arrived():
        return await broker.waiting(unrouted) == sent

    await eventually(all_arrived, what="each arriving among the unknown commands")
    assert tasks
    assert [await broker.waiting(queue) for queue in tasks.values()] == [0] * len(tasks)


async def test_nobody_speaks_under_anothers_name(broker):
    channel = await broker.channel("test-dl5")

    with pytest.raises(ChannelPreconditionFailed, match="user_id"):
        await publishing("in.test-dl5", "toy.weigh.v1", user_id="test-dl7")(channel)
