"""How late the event loop is: whether one thing keeps the others waiting."""

import asyncio
import time

from chassis import metrics
from chassis.waiting import is_set_within

_EVERY_SECONDS = 0.5


async def keep_measuring(stopping: asyncio.Event) -> None:
    """Ask to be woken, and measure by how much that was late, until told to stop."""
    while True:
        asked = time.perf_counter()
        if await is_set_within(stopping, _EVERY_SECONDS):
            return
        late = time.perf_counter() - asked - _EVERY_SECONDS
        metrics.loop_late.observe(max(0.0, late))
