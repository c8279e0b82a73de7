"""A port of a service's own: opened when it can be had, told of while it cannot, closed first."""

import asyncio
import dataclasses

import pytest
import sqlalchemy as sa

from chassis.ports import keep_trying_to_open
from chassis.testing import eventually


class Hatch:
    """A port that cannot be had a few times, and notes what is done to it."""

    name = "hatch"

    def __init__(self, away=0):
        self.away = away
        self.noted = []
        self.is_open = False

    async def open(self):
        if self.away > 0:
            self.away -= 1
            raise OSError("taken")
        self.is_open = True
        self.noted.append("opened")

    async def close(self):
        self.is_open = False
        self.noted.append("closed")

    async def trouble(self):
        return None if self.is_open else "the hatch is shut"


@pytest.fixture
def no_pause(monkeypatch):
    monkeypatch.setattr("chassis.ports._AGAIN_SECONDS", 0.01)


@pytest.mark.usefixtures("no_pause")
async def test_a_port_that_is_taken_is_tried_again():
    hatch = Hatch(away=3)

    await keep_trying_to_open(hatch, asyncio.Event())

    assert hatch.noted == ["opened"]


@pytest.mark.usefixtures("no_pause")
async def test_who_is_told_to_stop_tries_no_more():
    hatch, stopping = Hatch(away=10_000), asyncio.Event()
    trying = asyncio.create_task(keep_trying_to_open(hatch, stopping))

    stopping.set()

    await asyncio.wait_for(trying, 5)
    assert not hatch.is_open


async def test_a_port_that_opened_while_the_process_stopped_is_closed():
    stopping = asyncio.Event()

    class Slow(Hatch):
        async def open(self):
            stopping.set()
            await super().open()

    hatch = Slow()
    await keep_trying_to_open(hatch, stopping)

    assert hatch.noted == ["opened", "closed"]


async def test_a_process_opens_its_ports_says_when_it_cannot_and_closes_them_first(
    broker, run, service
):
    """The port is given transactions of the service's own database."""
    hatch, given = Hatch(away=1), []

    def ports(settings, transactions, gateways):
        given.append((settings, transactions, gateways))
        return (hatch,)

    running = await run(broker, service=dataclasses.replace(service, ports=ports), ready=False)

    await eventually(running.ready, what="being ready")
    (_, transactions, hall) = given[0]
    async with transactions() as session:
        assert await session.scalar(sa.text("select 1")) == 1
    assert hall is running.hall
    hatch.is_open = False
    shut = await running.http.get("/health/ready")
    assert shut.status_code == 503
    assert shut.json()["reasons"] == {"hatch": "the hatch is shut"}

    await running.stop()

    assert hatch.noted == ["opened", "closed"]


@pytest.mark.long
async def test_a_line_that_was_idle_for_a_while_still_answers(broker, run):
    """A client that keeps a line for a minute never asks just as the process hangs up."""
    running = await run(broker)
    reader, writer = await asyncio.open_connection("127.0.0.1", running.http.base_url.port)
    for pause in (0, 7):
        await asyncio.sleep(pause)
        writer.write(b"GET /health/live HTTP/1.1\r\nHost: toy\r\n\r\n")
        assert (await asyncio.wait_for(reader.readuntil(b"\r\n"), 5)) == b"HTTP/1.1 200 OK\r\n"
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(each for each in head.lower().split(b"\r\n") if b"content-length" in each)
        await reader.readexactly(int(length.partition(b":")[2]))
    writer.close()
