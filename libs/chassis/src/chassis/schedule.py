"""Time as a message: at each beat a service says a task to itself.

Every replica says it, under the same id, so that it is obeyed once.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog

from chassis import metrics, outbox, tracing
from chassis.database import Database, is_away
from chassis.identifiers import derived_id
from chassis.topology import queue_of
from chassis.waiting import is_set_within
from contracts.message import Task

log = structlog.get_logger()


@dataclass(frozen=True)
class Every:
    """A task, and how often. Beats are counted from the epoch, so all replicas agree on them."""

    interval: timedelta
    task: Task


async def keep_time(schedule: Sequence[Every], database: Database, stopping: asyncio.Event) -> None:
    """Say each task at each of its beats, until told to stop."""
    said: dict[str, int] = {}
    for each in schedule:
        queue = queue_of(each.task.owner, type(each.task))
        metrics.expect_task(queue, each.interval.total_seconds())
    while not stopping.is_set():
        for each in schedule:
            beat = int(time.time() / each.interval.total_seconds())
            key = f"{each.task.routing_key} {each.interval}"
            if said.get(key) != beat and await _say(each.task, each.interval, beat, database):
                said[key] = beat
        await is_set_within(stopping, 1)


async def _say(task: Task, interval: timedelta, beat: int, database: Database) -> bool:
    try:
        with tracing.entry(None, f"say {task.routing_key}", "internal"):
            async with database.transaction() as session:
                await outbox.say_once(session, derived_id(task.routing_key, interval, beat), task)
    except Exception as error:
        if not is_away(error):
            log.exception("beat_missed", task=task.routing_key)
        return False
    return True
