"""The traps of FastStream, aio-pika and the broker, and why none of them can bite here.

| trap | why it cannot bite |
| --- | --- |
| subscribers share a channel without prefetch | one channel and prefetch per queue: tested |
| a hostile ``reply_to`` gets handlers' results | ``no_reply`` on every subscriber: tested |
| a lost or looping message, by ack policy | reject with a dead letter: tested |
| a message dropped between consume-ok and ``running`` | marked running before: tested |
| acks wait behind publishing under an alarm | two connections: tested |
| half-open TCP is noticed after three minutes | heartbeat 10 s in both addresses: tested |
| an unauthenticated ``/asyncapi/try`` publishes | our own page, read-only: tested |
| ``timeout=`` ignored, unroutable not told | nothing is published through FastStream: tested |
| ``persist=False`` by default | the publishing line sets it on all: tested |
| one id in flight twice on one channel | the relay leaves the second behind: ``test_relay`` |
| a forbidden message closes the channel for all | rows go one by one then: ``test_relay`` |
| properties that pamqp cannot read cut the line | read leniently: ``test_process`` |
| in-flight work lost at stop, prefetched work kept | ``test_process`` |
| passive declare on a robust channel is cached | ``depths`` and ``replay`` use a plain one |
| the ping says yes under an alarm | readiness asks the connections: ``test_process`` |
| a decoder that knows one content type | the doormat reads the bytes: ``test_doormat`` |
| thread hops for injected parameters, slow INFO logs | nothing injected, ``logger=None`` |
| x-death and delivery counts are believed | only our own ``x-attempt`` is: ``test_doormat`` |
| a dead letter needs its target first | parked before work queues: ``test_topology`` |
| TTL per message blocks behind longer ones | fixed TTL per retry queue: ``test_topology`` |
| NOTIFY inside transactions halves commits | woken in process, else polled: ``test_relay`` |
"""

import asyncio
import re
from importlib.resources import files

import httpx
import pytest
from aio_pika import Message

from chassis.handling import Handlers
from chassis.listening import Listening
from chassis.replaying import replay
from chassis.testing import eventually
from contracts.message import Message as Spoken

QUEUE = "toy.toy.weigh.v1"


class Counting:
    """Lies where a doormat would, and counts."""

    def __init__(self):
        self.count = 0

    async def receive(self, _raw):
        self.count += 1


async def _is(awaitable, value):
    return await awaitable == value


async def test_nothing_that_waits_is_dropped_while_a_listener_starts(broker, toy):
    channel = await broker.channel("test-dl5")
    door = await channel.get_exchange("in.test-dl5", ensure=False)
    counting = Counting()
    handlers = Handlers()
    handlers.handles(toy.Weigh)(None)

    for start in range(1, 11):
        await asyncio.gather(*(door.publish(Message(b"{}"), "toy.weigh.v1") for _ in range(50)))
        listening = Listening(
            broker.url("toy"), service="toy", handlers=handlers, graceful_seconds=5
        )
        listening.through({QUEUE: counting})
        await listening.start()
        await eventually(lambda start=start: _counted(counting, 50 * start), what="hearing all")
        await listening.stop()

        assert await broker.waiting(QUEUE) == 0


async def _counted(counting, count):
    return counting.count == count


async def test_a_full_hand_on_one_queue_leaves_the_others_free(broker, run, toy):
    running = await run(broker, database_connections=25)
    holding, go_on = [], asyncio.Event()

    async def hold_parcels(message: Spoken, _delivery):
        if isinstance(message, toy.Weigh):
            holding.append(message)
            await go_on.wait()

    running.hall.meanwhile = hold_parcels
    channel = await broker.channel("test-dl5")
    door = await channel.get_exchange("in.test-dl5", ensure=False)
    for number in range(60):
        body = toy.Weigh(parcel=str(number), grams=1).body()
        how = {"message_id": f"00000000-0000-7000-8000-{number:012}", "user_id": "test-dl5"}
        await door.publish(Message(body, **how), "toy.weigh.v1")
    await broker.ask(b"{}", key="toy.levitate.v1")

    answer = await broker.take("out.test-dl5")

    assert answer.type == "toy.command-refused.v1"
    assert await broker.waiting(QUEUE) >= 20
    assert len(holding) <= 32
    go_on.set()
    await eventually(lambda: _is(broker.waiting("out.test-dl5"), 60), what="answering the rest")


async def test_nobody_gets_answers_by_asking_for_them_elsewhere(broker, run, toy):
    await run(broker)

    await broker.ask(toy.Weigh(parcel="a", grams=1).body(), reply_to="out.test-dl7")

    answer = await broker.take("out.test-dl5")
    assert answer.type == "toy.weighed.v1"
    assert answer.delivery_mode == 2
    assert await broker.waiting("out.test-dl7") == 0


async def test_a_message_that_cannot_even_be_put_aside_is_parked_by_the_broker_and_replayable(
    broker, run, toy
):
    running = await run(broker)

    async def stumble(_command, _delivery):
        raise KeyError("kwik kwak")

    mended, running.hall.meanwhile = running.hall.meanwhile, stumble
    async with httpx.AsyncClient(base_url=f"{broker.vhost.admin_url}/api/") as http:
        path = f"bindings/{broker.vhost.name}/e/retry.1s/q/retry.1s/~"
        assert (await http.delete(path)).is_success
    await broker.ask(toy.Weigh(parcel="a", grams=1).body(), headers={"x-sender": "test-dl7"})
    await eventually(lambda: _is(broker.waiting(f"{QUEUE}.parked"), 1), what="being parked")
    running.hall.meanwhile = mended

    [found] = await replay(broker.url("toy"), service="toy", queues=[QUEUE])

    answer = await broker.take("out.test-dl5")
    assert found.reason == "rejected"
    assert answer.type == "toy.weighed.v1"
    assert running.hall.seen[0].sender == "test-dl5"


async def test_speaking_and_listening_are_two_connections_with_a_heartbeat(broker, run):
    await run(broker)
    seen = {}

    async with httpx.AsyncClient(base_url=f"{broker.vhost.admin_url}/api/") as http:

        async def both():
            listed = (await http.get(f"vhosts/{broker.vhost.name}/connections")).json()
            for each in listed:
                name = each.get("client_properties", {}).get("connection_name")
                seen[name] = each.get("timeout")
            return {"toy speaks", "toy listens"} <= set(seen)

        await eventually(both, seconds=20, what="both connections")

    assert (seen["toy speaks"], seen["toy listens"]) == (10, 10)


async def test_the_pages_only_show(broker, run, service):
    running = await run(broker)

    document = (await running.http.get("/asyncapi.json")).json()
    page = (await running.http.get("/asyncapi")).text
    tried = [
        (await running.http.post(path, json={})).status_code
        for path in ("/asyncapi/try", "/asyncapi", "/asyncapi.json", "/try")
    ]

    assert document["asyncapi"].startswith("3.")
    assert all(queue in page for queue in service.queues())
    assert not re.search(r"<script|https?://|src=", page)
    assert set(tried) <= {404, 405}


@pytest.mark.parametrize("word", [r"\.publish\(", r"\.publisher\(", r"\.request\("])
def test_faststream_only_listens(word):
    sources = {
        each.name: each.read_text() for each in files("chassis").iterdir() if each.suffix == ".py"
    }

    imports = re.compile("^(from|import) faststream", re.MULTILINE)
    users = {name for name, text in sources.items() if imports.search(text)}

    assert users == {"listening.py"}
    assert not re.search(word, sources["listening.py"])
