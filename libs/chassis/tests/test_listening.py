"""Listening begins as soon as the broker lets it, however often it goes away amid the beginning."""

import asyncio

import pytest

from chassis.listening import Listening, keep_trying


@pytest.fixture
def listening(service):
    return Listening(
        "amqp://nobody@127.0.0.1:1", service="toy", handlers=service.handlers, graceful_seconds=1
    )


@pytest.mark.parametrize(
    "error", [ConnectionError("away"), TimeoutError(), RuntimeError("Connection was not opened")]
)
async def test_a_start_that_the_broker_breaks_off_is_tried_again(error, monkeypatch):
    monkeypatch.setattr("chassis.listening._RECONNECT_SECONDS", 0.01)
    tries = []

    async def start():
        tries.append(1)
        if len(tries) < 3:
            raise error

    assert await keep_trying("listening", start, asyncio.Event())
    assert len(tries) == 3


async def test_nothing_is_tried_once_it_is_time_to_stop():
    stopping = asyncio.Event()
    stopping.set()

    assert not await keep_trying("listening", pytest.fail, stopping)


async def test_what_began_before_a_start_broke_off_is_ended(listening, monkeypatch):
    done = []

    async def break_off():
        done.append("started")
        raise RuntimeError("<Channel> closed")

    async def stop():
        done.append("stopped")

    monkeypatch.setattr(listening._broker, "start", break_off)
    monkeypatch.setattr(listening._broker, "stop", stop)

    with pytest.raises(RuntimeError):
        await listening.start()

    assert done == ["started", "stopped"]
    assert await listening.trouble() is not None
