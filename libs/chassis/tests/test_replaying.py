"""Parked messages are shown, chosen and sent back; each is kept until its copy is confirmed."""

import aio_pika
import pytest

from chassis.publishing_line import PublishingLine
from chassis.replaying import replay
from chassis.testing import eventually

QUEUE = "toy.toy.weigh.v1"


@pytest.fixture
def park(broker):
    """Return a function that parks a message as the toy does."""

    async def put(message_id, reason, user="toy", **headers):
        line = PublishingLine(broker.url(user), user=user, name="test")
        await line.open()
        told = {"x-reason": reason, "x-attempt": 3, "x-sender": "dl5", "colour": "blue"}
        message = aio_pika.Message(b"{}", message_id=message_id, headers=told | headers)
        await line.publish("parked", QUEUE, message)
        await line.close()

    return put


@pytest.fixture
def again(broker):
    """Return a function that replays as the toy's command line does."""

    async def ask(**how):
        return await replay(broker.url("toy"), service="toy", queues=[QUEUE], **how)

    return ask


async def test_looking_takes_nothing_away(broker, park, again):
    await park("one", "KeyError")

    for _ in range(3):
        [seen] = await again(dry_run=True)

    assert (seen.queue, seen.message_id, seen.reason, seen.attempts) == (
        QUEUE,
        "one",
        "KeyError",
        3,
    )
    assert await broker.waiting(f"{QUEUE}.parked") == 1
    assert await broker.waiting(QUEUE) == 0


async def test_only_the_chosen_ones_go_back(broker, park, again):
    for message_id, reason in (("one", "KeyError"), ("two", "Invalid"), ("three", "Invalid")):
        await park(message_id, reason)

    by_id = await again(message_id="two")
    by_reason = await again(reason="Invalid")

    assert [each.message_id for each in by_id] == ["two"]
    assert [each.message_id for each in by_reason] == ["three"]
    await eventually(lambda: _is(broker.waiting(f"{QUEUE}.parked"), 1), what="leaving the other")
    assert await broker.waiting(QUEUE) == 2


async def _is(awaitable, value):
    return await awaitable == value


async def test_a_replayed_message_starts_anew_but_keeps_its_sender(broker, park, again):
    await park("one", "KeyError")

    await again()

    copy = await broker.take(QUEUE)
    assert copy.exchange == "returns"
    assert copy.user_id == "toy"
    assert copy.headers["x-sender"] == "dl5"
    assert copy.headers["colour"] == "blue"
    assert copy.headers["x-replayed-at"]
    assert "x-attempt" not in copy.headers
    assert "x-reason" not in copy.headers


async def test_a_sender_is_not_taken_from_what_another_wrote(broker, park, again):
    await park("one", "KeyError", user="yard")

    await again()

    assert (await broker.take(QUEUE)).headers["x-sender"] == "yard"


async def test_nothing_parked_is_nothing_replayed(again):
    assert await again() == []
