"""What is counted, where: a figure that is wrong hides what it should show."""

import asyncio
import time

import pytest

from chassis import lateness, metrics
from chassis.database import Database
from chassis.failures import TryLater
from chassis.testing import eventually, figure
from chassis.waiting import is_set_within

QUEUE = "toy.toy.weigh.v1"


def _counts(thing):
    return hasattr(thing, "_labelnames")


def outcomes():
    kinds = ("done", "duplicate", "refused", "retried", "parked")
    return {
        kind: figure("postkamer_message_seconds_count", queue=QUEUE, outcome=kind) for kind in kinds
    }


def test_what_may_become_of_a_message_is_counted_from_0():
    metrics.expect_messages(["toy.new.v1"])

    text = metrics.failures.collect()[0].samples
    assert {each.labels["fate"] for each in text if each.labels["queue"] == "toy.new.v1"} == {
        "retried",
        "parked",
    }
    assert "KeysAway" in {each.labels["error"] for each in text}
    assert figure("postkamer_message_seconds_count", queue="toy.new.v1", outcome="done") == 0
    assert figure("postkamer_messages_refused_total", queue="toy.new.v1", rule="missing") == 0


async def test_a_refused_message_is_counted_under_the_rule_it_breaks(hear, toy):
    def refused(rule):
        return figure("postkamer_messages_refused_total", queue=QUEUE, rule=rule)

    before = refused("weight"), outcomes()["refused"]

    await hear(toy.Weigh(parcel="a", grams=-1))

    assert (refused("weight") - before[0], outcomes()["refused"] - before[1]) == (1, 1)


async def test_a_try_that_failed_is_counted_by_its_error_and_what_became_of_it(hear, toy, gateways):
    class ScaleAway(TryLater):
        """The scale is not there."""

    async def away(_command, _delivery):
        raise ScaleAway

    def failed():
        found = {"queue": QUEUE, "fate": "retried", "error": "ScaleAway"}
        return figure("postkamer_message_failures_total", **found)

    gateways.meanwhile = away
    before = failed(), outcomes()["retried"]

    await hear(toy.Weigh(parcel="a", grams=1))

    assert (failed() - before[0], outcomes()["retried"] - before[1]) == (1, 1)


async def test_when_a_task_was_done_is_known_of_tasks_and_of_nothing_else(hear, toy):
    queue = "toy.toy.tidy.v1"
    metrics.expect_task(queue, 600)
    metrics.task_done.labels(queue).set(1)
    began = time.time()

    await hear(toy.Weigh(parcel="a", grams=1))
    assert figure("postkamer_task_done_timestamp_seconds", queue=queue) == 1

    await hear(toy.Tidy())
    assert figure("postkamer_task_done_timestamp_seconds", queue=queue) >= began
    assert figure("postkamer_task_interval_seconds", queue=queue) == 600
    assert QUEUE not in {each.labels["queue"] for each in metrics.task_done.collect()[0].samples}


async def test_a_loop_that_is_held_up_is_late(monkeypatch):
    monkeypatch.setattr(lateness, "_EVERY_SECONDS", 0.01)

    def late():
        total = figure("postkamer_event_loop_late_seconds_count")
        return total - figure("postkamer_event_loop_late_seconds_bucket", le="0.25")

    stopping = asyncio.Event()
    measuring = asyncio.create_task(lateness.keep_measuring(stopping))
    before = late()

    await asyncio.sleep(0.05)
    time.sleep(0.4)  # noqa: ASYNC251 (it is what must not be done)
    await asyncio.sleep(0.05)
    stopping.set()
    await measuring

    assert late() > before


async def test_connections_in_use_and_those_who_wait_for_one_are_seen(database_url):
    pool = Database(database_url, connections=1)
    let_go = asyncio.Event()

    async def use():
        async with pool.transaction() as session:
            await session.connection()
            await is_set_within(let_go, 10)

    async def two_wait():
        return pool.connections_awaited() == 2

    users = [asyncio.create_task(use()) for _ in range(3)]
    await eventually(two_wait, what="waiting")
    assert pool.connections_used() == pool.most_connections == 1

    let_go.set()
    await asyncio.gather(*users)
    assert pool.connections_awaited() == pool.connections_used() == 0
    await pool.close()


@pytest.mark.parametrize("metric", [each for each in vars(metrics).values() if _counts(each)])
def test_no_label_is_one_for_people_or_things(metric):
    assert set(metric._labelnames) <= {
        "queue",
        "outcome",
        "rule",
        "fate",
        "error",
        "what",
        "work",
        "method",
        "route",
        "status",
        "why",
        "check",
    }
