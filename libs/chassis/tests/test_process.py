"""A process as it is deployed, on a real broker: from a billing system's command to its answer."""

import asyncio
import contextlib
from uuid import UUID

import httpx
import pytest

from chassis.identifiers import new_id
from chassis.outbox import say, say_to
from chassis.replaying import replay
from chassis.testing import eventually

QUEUE = "toy.toy.weigh.v1"
PARKED = f"{QUEUE}.parked"
LISTENER = "yard.toy.parcel-weighed.v1"


async def test_a_command_is_answered_and_its_event_is_told(broker, run, toy):
    await run(broker)

    message_id = await broker.ask(toy.Weigh(parcel="a", grams=3).body(), correlation_id="order-7")

    answer = await broker.take("out.test-dl5")
    event = await broker.take(LISTENER)
    assert toy.Weighed.read(answer.body).command_id == UUID(message_id)
    assert (answer.type, answer.user_id) == ("toy.weighed.v1", "toy")
    assert answer.correlation_id == event.correlation_id == "order-7"
    assert answer.headers["causation_id"] == event.headers["causation_id"] == message_id
    assert event.headers["cloudEvents:specversion"] == "1.0"
    assert event.headers["cloudEvents:id"] == event.message_id
    assert event.headers["cloudEvents:source"] == "/toy"
    assert event.headers["cloudEvents:type"] == "toy.parcel-weighed.v1"
    assert event.headers["cloudEvents:subject"] == "a"
    assert event.headers["cloudEvents:time"]
    assert toy.ParcelWeighed.read(event.body) == toy.ParcelWeighed(parcel="a", grams=3)


async def test_without_a_correlation_id_the_conversation_is_named_after_the_command(
    broker, run, toy
):
    await run(broker)

    message_id = await broker.ask(toy.Weigh(parcel="a", grams=3).body())

    assert (await broker.take("out.test-dl5")).correlation_id == message_id


async def test_a_refused_command_is_parked_with_its_whole_story(broker, run, toy):
    await run(broker)

    await broker.ask(
        toy.Weigh(parcel="a", grams=-1).body(),
        headers={"x-sender": "test-dl7", "x-attempt": 9, "colour": "blue"},
    )

    answer = await broker.take("out.test-dl5")
    parked = await broker.take(PARKED)
    told = parked.headers
    assert toy.WeighRefused.read(answer.body).problems[0].pointer == "/grams"
    assert told["x-reason"] == "Invalid"
    assert told["x-detail"] == "a parcel weighs something"
    assert told["x-handler"] == "toy.weigh.v1"
    assert told["x-attempt"] == 1
    assert told["x-first-seen"] <= told["x-failed-at"]
    assert told["x-sender"] == "test-dl5"
    assert told["x-origin-exchange"] == "in.test-dl5"
    assert told["x-origin-queue"] == QUEUE
    assert told["colour"] == "blue"
    assert parked.delivery_mode == 2


async def test_an_unknown_command_is_answered(broker, run, toy):
    await run(broker)

    await broker.ask(b"{}", key="toy.levitate.v1")

    answer = await broker.take("out.test-dl5")
    assert toy.CommandRefused.read(answer.body).problems[0].rule == "unknown_command"


async def test_a_command_without_a_user_arrives_and_is_refused(broker, run, toy, rows):
    await run(broker)

    await broker.ask(toy.Weigh(parcel="a", grams=3).body(), user_id=None)

    answer = await broker.take("out.test-dl5")
    assert toy.WeighRefused.read(answer.body).problems[0].rule == "user_id_missing"
    assert await rows() == 0


async def test_a_retry_comes_back_to_its_own_queue_only(broker, run, toy, rows):
    running = await run(broker)
    tries = []

    async def stumble_once(_event, delivery):
        tries.append(delivery)
        if len(tries) == 1:
            raise KeyError("not yet")

    running.hall.meanwhile = stumble_once

    await broker.ask(toy.Weigh(parcel="a", grams=3).body())

    await eventually(lambda: _is(broker.waiting("retry.1s"), 1), what="waiting for its turn")
    answer = await broker.take("out.test-dl5")
    assert answer.type == "toy.weighed.v1"
    assert [each.sender for each in tries] == ["test-dl5", "test-dl5"]
    assert await rows() == 1
    assert await broker.waiting("toy.commands.unrouted") == 0
    assert await broker.waiting(LISTENER) == 1


async def _is(awaitable, value):
    return await awaitable == value


async def test_a_defect_is_parked_after_its_pauses_and_replayed_once_it_is_mended(
    broker, run, toy, rows
):
    running = await run(broker, retry_pauses=["1s"])

    async def stumble(_command, _delivery):
        raise KeyError("kwik kwak")

    mended, running.hall.meanwhile = running.hall.meanwhile, stumble
    message_id = await broker.ask(toy.Weigh(parcel="a", grams=3).body())
    await eventually(lambda: _is(broker.waiting(PARKED), 1), what="being parked")
    running.hall.meanwhile = mended

    [found] = await replay(broker.url("toy"), service="toy", queues=[QUEUE])

    answer = await broker.take("out.test-dl5")
    assert (found.message_id, found.reason, found.attempts) == (message_id, "KeyError", 2)
    assert found.sender == "test-dl5"
    assert toy.Weighed.read(answer.body).command_id == UUID(message_id)
    assert await rows() == 1
    assert await broker.waiting(PARKED) == 0


async def test_a_replay_of_what_is_still_refused_ends(broker, run, toy):
    await run(broker)
    for _ in range(5):
        await broker.ask(toy.Weigh(parcel="a", grams=-1).body())
    await eventually(lambda: _is(broker.waiting(PARKED), 5), what="being parked")

    async with asyncio.timeout(10):
        found = await replay(broker.url("toy"), service="toy", queues=[QUEUE])

    assert len(found) == 5
    await eventually(lambda: _is(broker.waiting(PARKED), 5), what="being parked again")


async def test_one_unreadable_message_does_not_cut_the_line_for_the_others(broker, run, toy, rows):
    await run(broker)
    properties = {"timestamp": 2**64 - 1, "message_id": str(new_id())}
    poison = {
        "properties": properties,
        "routing_key": toy.Weigh.routing_key,
        "payload": toy.Weigh(parcel="a", grams=3).body().decode(),
        "payload_encoding": "string",
    }

    async with httpx.AsyncClient(base_url=broker.vhost.admin_url) as http:
        path = f"/api/exchanges/{broker.vhost.name}/in.test-dl5/publish"
        published = await http.post(path, json=poison)
    await broker.ask(toy.Weigh(parcel="b", grams=3).body())

    assert published.json() == {"routed": True}
    answers = [await broker.take("out.test-dl5", seconds=5) for _ in range(2)]
    assert {each.type for each in answers} == {"toy.weigh-refused.v1", "toy.weighed.v1"}
    assert await rows() == 1
    assert await broker.waiting(PARKED) == 1


async def test_the_broker_itself_refuses_twenty_megabytes(broker, toy):
    body = toy.Weigh(parcel="a" * 20_000_000, grams=3).body()

    refusal = ""
    try:
        await broker.ask(body)
    except Exception as error:  # noqa: BLE001 (what a library makes of a closed channel)
        refusal = str(error)

    if not refusal and await broker.waiting(QUEUE):
        pytest.skip("this broker has no max_message_size")
    assert "message size" in refusal


async def test_what_is_in_hand_is_finished_and_the_rest_goes_back(broker, run, toy, rows):
    running = await run(broker)
    entered, go_on = asyncio.Event(), asyncio.Event()

    async def hold(_command, _delivery):
        entered.set()
        await go_on.wait()

    running.hall.meanwhile = hold
    for number in range(3):
        await broker.ask(toy.Weigh(parcel=str(number), grams=3).body())
    await entered.wait()
    await eventually(lambda: _is(broker.waiting(QUEUE), 0), what="all being in hand")

    running.stopping.set()
    await asyncio.sleep(0.2)
    await broker.ask(toy.Weigh(parcel="late", grams=3).body())
    go_on.set()
    await running.task

    assert await rows() == 3
    assert await broker.waiting(QUEUE) == 1
    assert await broker.waiting("out.test-dl5") == 3


async def test_a_stop_during_an_outage_gives_its_messages_back(broker, run, toy, gate, url_through):
    running = await run(broker, database_url=url_through, outage_patience_seconds=60)
    await gate.shut()
    await broker.ask(toy.Weigh(parcel="a", grams=3).body())
    await eventually(lambda: _is(broker.waiting(QUEUE), 0), what="being in hand")

    running.stopping.set()
    async with asyncio.timeout(15):
        await running.task

    await eventually(lambda: _is(broker.waiting(QUEUE), 1), what="being back")
    assert (await broker.take(QUEUE)).headers["x-delivery-count"] == 1
    assert await broker.waiting("retry.1s") == 0


async def test_ready_says_what_is_wrong_while_the_database_is_away(broker, run, gate, url_through):
    running = await run(broker, database_url=url_through)

    await gate.shut()
    away = await running.http.get("/health/ready")
    await gate.open()

    assert away.status_code == 503
    assert away.json()["reasons"] == {"database": "the database cannot be reached"}
    assert (await running.http.get("/health/live")).status_code == 200
    await eventually(running.ready, what="being ready again")


async def test_a_process_starts_before_its_broker_and_says_so(broker, run):
    nowhere = broker.url("toy").replace(broker.url("toy").rpartition("@")[2], "127.0.0.1:1/x")

    running = await run(broker, amqp_url=nowhere, ready=False)

    async def answers():
        with contextlib.suppress(httpx.HTTPError):
            return (await running.http.get("/health/ready")).status_code == 503
        return False

    await eventually(answers, what="saying it is not ready")
    reasons = (await running.http.get("/health/ready")).json()["reasons"]
    assert set(reasons) == {"listening", "speaking"}


async def test_an_event_said_to_one_listener_reaches_no_other(broker, run, toy, database):
    await run(broker)

    async with database.transaction() as session:
        await say_to(session, "yard.toy.parcel-weighed.v1", toy.ParcelWeighed(parcel="a", grams=1))

    again = await broker.take(LISTENER)
    assert again.exchange == "returns"
    assert await broker.waiting("unheard") == 0


async def test_a_task_given_to_itself_is_done(broker, run, toy, database, rows):
    running = await run(broker)

    async with database.transaction() as session:
        await say(session, toy.Tidy())

    await eventually(lambda: _is(rows(), 1), what="tidying")
    assert running.hall.seen[0].sender == "toy"
