"""Work that waits on the world: claimed with a lease, done outside any transaction, settled.

    claim   (transaction)   these are mine until the lease ends
    act     (no transaction) ask the world; ``mark`` before the step that cannot be taken back
    settle  (transaction)   what came of it

A process that dies leaves its claims; another takes them when the lease ends. Whoever settles
compares the claim's own number, so that a late one changes nothing.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Generic, TypeVar

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from chassis import metrics, tracing, trail
from chassis.database import Database, has_collided, is_away
from chassis.handling import G
from chassis.waiting import is_set_within

log = structlog.get_logger()

C = TypeVar("C")
R = TypeVar("R")

Mark = Callable[[], Awaitable[None]]

NEEDED = "work_needed"
"""Set in ``session.info`` by ``needed``: names of work that may have something to claim."""

_POLL_SECONDS = 0.5
_AWAY_SECONDS = 1.0


@dataclass(frozen=True)
class Work(Generic[G, C, R]):
    """One kind of work: how it is claimed, done, marked and settled.

    ``claim`` returns at most so many items, leased for ``lease``; ``renew`` lengthens the lease of
    those still being done; ``trail_of`` says which conversation an item belongs to.
    """

    name: str
    claim: Callable[[AsyncSession, int], Awaitable[Sequence[C]]]
    act: Callable[[C, G, Mark], Awaitable[R]]
    mark: Callable[[AsyncSession, C], Awaitable[None]]
    settle: Callable[[AsyncSession, C, R], Awaitable[None]]
    renew: Callable[[AsyncSession, Sequence[C]], Awaitable[None]]
    lease: timedelta
    trail_of: Callable[[C], trail.Trail]
    at_once: int


def needed(session: AsyncSession, name: str) -> None:
    """Wake this process's workers after the commit: there is something to claim."""
    session.info.setdefault(NEEDED, set()).add(name)


class Workers(Generic[G]):
    """The workers of one process for one kind of work."""

    def __init__(self, work: Work[G, Any, Any], database: Database, gateways: G) -> None:
        """Watch the commits of this process, to start at once when work was made."""
        self._work = work
        self._database = database
        self._gateways = gateways
        self._woken = asyncio.Event()
        self._running: dict[asyncio.Task[None], Any] = {}
        database.after_commit(self._wake)

    async def run(self, stopping: asyncio.Event) -> None:
        """Work until told to stop."""
        while not stopping.is_set():
            free = self._work.at_once - len(self._running)
            if free == 0:
                await asyncio.wait(self._running, return_when=asyncio.FIRST_COMPLETED)
                continue
            claimed = await self._claim(free)
            for item in claimed:
                task = asyncio.create_task(self._do(item, stopping))
                self._running[task] = item
                task.add_done_callback(self._running.pop)
            if len(claimed) < free:
                await self._rest()

    async def keep_leases(self) -> None:
        """Renew the leases of what is being done, well before they end, until cancelled."""
        while True:
            await asyncio.sleep(self._work.lease.total_seconds() / 3)
            items = list(self._running.values())
            if not items:
                continue
            try:
                async with self._database.transaction() as session:
                    await self._work.renew(session, items)
            except Exception as error:
                if not is_away(error):
                    log.exception("leases_not_renewed", work=self._work.name)

    async def drain(self) -> None:
        """Wait for what is being done."""
        if self._running:
            await asyncio.wait(self._running)

    async def _claim(self, free: int) -> Sequence[Any]:
        try:
            async with self._database.transaction() as session:
                return await self._work.claim(session, free)
        except Exception as error:
            if not (is_away(error) or has_collided(error)):
                log.exception("claim_failed", work=self._work.name)
            await asyncio.sleep(_AWAY_SECONDS)
            return ()

    async def _do(self, item: Any, stopping: asyncio.Event) -> None:
        name = self._work.name
        began = time.perf_counter()
        outcome = "failed"
        came_by = self._work.trail_of(item)
        with (
            trail.follow(came_by),
            tracing.entry(came_by.traceparent, f"work {name}", "internal") as span,
            metrics.working.labels(name).track_inprogress(),
        ):
            try:
                result = await self._work.act(item, self._gateways, lambda: self._mark(item))
                await self._settle(item, result, stopping)
                outcome = "done"
            except Exception as error:
                # The lease ends, and the item is claimed again.
                span.failed(type(error).__name__)
                if is_away(error):
                    log.warning("work_interrupted", work=name, error=repr(error)[:200])
                else:
                    log.exception("work_failed", work=name)
            finally:
                metrics.worked.labels(name, outcome).observe(time.perf_counter() - began)

    async def _mark(self, item: Any) -> None:
        async with self._database.transaction() as session:
            await self._work.mark(session, item)

    async def _settle(self, item: Any, result: Any, stopping: asyncio.Event) -> None:
        """Settle, waiting for the database: what the world has answered must not be forgotten."""
        while True:
            try:
                async with self._database.transaction() as session:
                    await self._work.settle(session, item, result)
                    return
            except Exception as error:
                away = is_away(error) and not stopping.is_set()
                if not (away or has_collided(error)):
                    raise
            await asyncio.sleep(_AWAY_SECONDS)

    async def _rest(self) -> None:
        await is_set_within(self._woken, _POLL_SECONDS)
        self._woken.clear()

    def _wake(self, info: dict[Any, Any]) -> None:
        if self._work.name in info.get(NEEDED, ()):
            self._woken.set()
