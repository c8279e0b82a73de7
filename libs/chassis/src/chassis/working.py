"""Work that waits on the world: claimed with a lease, done outside any transaction, settled.

    claim   (transaction)   these are mine until the lease ends
    act     (no transaction) ask the world; ``mark`` before the step that cannot be taken back
    settle  (transaction)   what came of it

Claims, marks and settlements of several pieces share a transaction when they come at once. A
process that dies leaves its claims; another takes them when the lease ends. Whoever marks or
settles compares the claim's own number, so that a late one changes nothing.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextvars import Context
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, Generic, TypeVar

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from chassis import metrics, tracing, trail
from chassis.database import Database, has_collided, is_away
from chassis.handling import G
from chassis.together import Together
from chassis.waiting import is_set_within

log = structlog.get_logger()

C = TypeVar("C")
R = TypeVar("R")

Mark = Callable[[], Awaitable[None]]

NEEDED = "work_needed"
"""Set in ``session.info`` by ``needed``: names of work that may have something to claim."""

_POLL_SECONDS = 0.5
_AWAY_SECONDS = 1.0
_HANDS = 3
"""How many times what is done at once may be in hand: what is claimed ahead waits its turn."""
_TOGETHER = 64
"""Most marks, or settlements, in one transaction."""
_BREATH_SECONDS = 0.02
"""How long a settlement waits for others, and at least between two claims: the world has answered,
and nobody waits for our note of it. A mark waits a quarter of it."""


class ClaimLost(Exception):
    """Another process has claimed the piece since: it is not ours to finish any more."""


@dataclass(frozen=True)
class Work(Generic[G, C, R]):
    """One kind of work: how it is claimed, done, marked and settled.

    ``claim`` leases at most so many pieces; ``mark`` says of each whether it is still ours;
    ``renew`` leases those that are still ours anew, for no time at all to give them back;
    ``trail_of`` says which conversation a piece belongs to. So many are done ``at_once``.
    """

    name: str
    claim: Callable[[AsyncSession, int], Awaitable[Sequence[C]]]
    act: Callable[[C, G, Mark], Awaitable[R]]
    mark: Callable[[AsyncSession, Sequence[C]], Awaitable[Sequence[bool]]]
    settle: Callable[[AsyncSession, Sequence[tuple[C, R]]], Awaitable[None]]
    renew: Callable[[AsyncSession, Sequence[C], timedelta], Awaitable[None]]
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
        self._most_in_hand = _HANDS * work.at_once
        self._woken = asyncio.Event()
        self._has_room = asyncio.Event()
        self._ahead: deque[Any] = deque()
        self._being_done: dict[asyncio.Task[None], Any] = {}
        self._marks = Together(self._mark, at_most=_TOGETHER, breath=_BREATH_SECONDS / 4)
        self._settlements = Together(
            self._settle,
            at_most=_TOGETHER,
            breath=_BREATH_SECONDS,
            apart=lambda error, _size: not is_away(error),
        )
        metrics.expect_work(work.name)
        database.after_commit(self._wake)

    async def run(self, stopping: asyncio.Event) -> None:
        """Work until told to stop; what was claimed ahead is given back then."""
        while not stopping.is_set():
            wanted = self._most_in_hand - self._in_hand
            # One question claims many, so it waits until it is worth asking.
            if wanted < self._work.at_once:
                self._has_room.clear()
                await self._has_room.wait()
                continue
            claimed = await self._claim(wanted)
            self._ahead.extend(claimed)
            self._begin(stopping)
            if len(claimed) < wanted:
                await self._rest()
        await self._give_back()

    async def keep_leases(self) -> None:
        """Renew the leases of what is in hand, well before they end, until cancelled."""
        while True:
            await asyncio.sleep(self._work.lease.total_seconds() / 3)
            if pieces := [*self._being_done.values(), *self._ahead]:
                await self._lease(pieces, self._work.lease)

    async def drain(self) -> None:
        """Wait for what is being done."""
        if self._being_done:
            await asyncio.wait(self._being_done)

    @property
    def _in_hand(self) -> int:
        return len(self._being_done) + len(self._ahead)

    def _begin(self, stopping: asyncio.Event) -> None:
        while self._ahead and len(self._being_done) < self._work.at_once:
            if stopping.is_set():
                break
            piece = self._ahead.popleft()
            task = asyncio.create_task(self._do(piece, stopping), context=Context())
            self._being_done[task] = piece
            task.add_done_callback(partial(self._go_on, stopping))
        if self._most_in_hand - self._in_hand >= self._work.at_once:
            self._has_room.set()

    def _go_on(self, stopping: asyncio.Event, done: asyncio.Task[None]) -> None:
        del self._being_done[done]
        self._begin(stopping)

    async def _claim(self, wanted: int) -> Sequence[Any]:
        try:
            async with self._database.transaction() as session:
                return await self._work.claim(session, wanted)
        except Exception as error:
            if not (is_away(error) or has_collided(error)):
                log.exception("claim_failed", work=self._work.name)
            await asyncio.sleep(_AWAY_SECONDS)
            return ()

    async def _give_back(self) -> None:
        if pieces := list(self._ahead):
            self._ahead.clear()
            await self._lease(pieces, timedelta())

    async def _lease(self, pieces: Sequence[Any], lease: timedelta) -> None:
        try:
            async with self._database.transaction() as session:
                await self._work.renew(session, pieces, lease)
        except Exception as error:
            if not is_away(error):
                log.exception("leases_not_renewed", work=self._work.name)

    async def _do(self, piece: Any, stopping: asyncio.Event) -> None:
        name = self._work.name
        began = time.perf_counter()
        outcome = "failed"
        came_by = self._work.trail_of(piece)
        with (
            trail.follow(came_by),
            tracing.entry(came_by.traceparent, f"work {name}", "internal") as span,
            metrics.working.labels(name).track_inprogress(),
        ):
            try:
                result = await self._work.act(piece, self._gateways, lambda: self._marked(piece))
                await self._settled(piece, result, stopping)
                outcome = "done"
            except ClaimLost:
                span.failed("ClaimLost")
                log.warning("claim_lost", work=name)
            except Exception as error:
                # The lease ends, and the piece is claimed again.
                span.failed(type(error).__name__)
                if is_away(error):
                    log.warning("work_interrupted", work=name, error=repr(error)[:200])
                else:
                    log.exception("work_failed", work=name)
            finally:
                metrics.worked.labels(name, outcome).observe(time.perf_counter() - began)

    async def _marked(self, piece: Any) -> None:
        if not await self._marks.ask(piece):
            raise ClaimLost

    async def _mark(self, pieces: Sequence[Any]) -> Sequence[bool]:
        async with self._database.transaction() as session:
            return await self._work.mark(session, pieces)

    async def _settled(self, piece: Any, result: Any, stopping: asyncio.Event) -> None:
        """Settle, waiting for the database: what the world has answered must not be forgotten."""
        while True:
            try:
                await self._settlements.ask((piece, result))
            except Exception as error:
                away = is_away(error) and not stopping.is_set()
                if not (away or has_collided(error)):
                    raise
            else:
                return
            await asyncio.sleep(_AWAY_SECONDS)

    async def _settle(self, done: Sequence[tuple[Any, Any]]) -> Sequence[Exception | None]:
        async with self._database.transaction() as session:
            await self._work.settle(session, done)
        return [None] * len(done)

    async def _rest(self) -> None:
        await asyncio.sleep(_BREATH_SECONDS)
        await is_set_within(self._woken, _POLL_SECONDS)
        self._woken.clear()

    def _wake(self, info: dict[Any, Any]) -> None:
        if self._work.name in info.get(NEEDED, ()):
            self._woken.set()
