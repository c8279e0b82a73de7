"""Child processes that do dangerous jobs, a few at a time, each with limits, replaced at need.

A child whose answer is late, missing or no answer is killed: half an answer must never be taken
for the next job's.
"""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, Self

import structlog

from documents import frames, measures
from documents.errors import TooHard, WorkersAway
from documents.frames import Garbled

log = structlog.get_logger()

_START_SECONDS = 60
_GONE = (EOFError, ConnectionError, Garbled)
_PROGRAM = (sys.executable, "-I", "-m", "documents.worker")
# Nothing of our own environment, which has secrets. Threads would each reserve memory.
_ENVIRONMENT = {"LANG": "C.UTF-8", "MALLOC_ARENA_MAX": "2", "RAYON_NUM_THREADS": "2"}


@dataclass(frozen=True)
class Limits:
    """How many children there are, and what each may take; ``jobs`` is its working life.

    Who asks waits for a free one for so many seconds of ``patience``.
    """

    children: int
    seconds: float
    memory_mib: int
    jobs: int
    patience: float = 120


@dataclass(frozen=True)
class Answer:
    """What a child answered."""

    header: dict[str, Any]
    parts: list[bytes]


class Crew:
    """The children of one kind: each place has a child, or waits for one to be started."""

    def __init__(
        self,
        kind: str,
        limits: Limits,
        program: Sequence[str] = _PROGRAM,
        *,
        at_need: bool = False,
    ) -> None:
        """Describe them; none runs yet. ``program`` is given the kind and its memory in MiB.

        ``at_need``: the first job of each waits for its start, and one that is never needed never
        runs.
        """
        self._kind = kind
        self._limits = limits
        self._command = (*program, kind, str(limits.memory_mib))
        self._at_need = at_need
        self._places: asyncio.LifoQueue[_Child | None] = asyncio.LifoQueue()
        self._filling: set[asyncio.Task[None]] = set()
        self._children: set[_Child] = set()
        self._hello: dict[str, Any] | None = None

    def start(self) -> None:
        """Start the children, without waiting for them."""
        for _ in range(self._limits.children):
            self._free_place()

    async def do(self, job: dict[str, Any], *parts: bytes) -> Answer:
        """Have a job done. Raises ``TooHard``; ``WorkersAway`` when nobody could even try."""
        began = time.perf_counter()
        outcome = "failed"
        try:
            answer = await self._do(job, parts)
            outcome = "done"
        except TooHard:
            outcome = "too_hard"
            raise
        finally:
            measures.jobs.labels(self._kind, outcome).observe(time.perf_counter() - began)
        return answer

    async def _do(self, job: dict[str, Any], parts: Sequence[bytes]) -> Answer:
        try:
            return await self._try(job, parts)
        except _GONE as gone:
            # Another may have killed it: who is the end of two is guilty.
            measures.workers_died.labels(self._kind).inc()
            log.warning("worker_died", kind=self._kind, how=type(gone).__name__)
        try:
            return await self._try(job, parts)
        except _GONE as gone:
            measures.workers_died.labels(self._kind).inc()
            raise TooHard("it was the end of its worker") from gone

    async def hello(self) -> dict[str, Any]:
        """Return what the children say of themselves when they start."""
        if self._hello is None:
            async with self._lent() as child:
                self._hello = child.hello
        return self._hello

    async def close(self) -> None:
        """End the children, and wait for their end."""
        for task in self._filling:
            task.cancel()
        await asyncio.gather(*self._filling, return_exceptions=True)
        await asyncio.gather(*(child.end() for child in self._children))

    async def _try(self, job: dict[str, Any], parts: Sequence[bytes]) -> Answer:
        async with self._lent() as child:
            try:
                async with asyncio.timeout(self._limits.seconds):
                    return await child.do(job, parts)
            except TimeoutError as late:
                raise TooHard(f"it took more than {self._limits.seconds:g} s") from late

    @asynccontextmanager
    async def _lent(self) -> "AsyncIterator[_Child]":
        child = await self._free_child()
        try:
            yield child
        except BaseException:
            child.kill()
            raise
        finally:
            if child.well and child.jobs < self._limits.jobs:
                self._places.put_nowait(child)
            else:
                child.kill()
                self._free_place()

    async def _free_child(self) -> "_Child":
        try:
            async with asyncio.timeout(self._limits.patience):
                child = await self._places.get()
        except TimeoutError as late:
            raise WorkersAway("every worker is busy") from late
        if child is not None and child.well:
            return child
        try:
            return await self._started()
        except BaseException:
            self._places.put_nowait(None)
            raise

    async def _started(self) -> "_Child":
        self._children -= {each for each in self._children if not each.runs}
        try:
            async with asyncio.timeout(_START_SECONDS):
                child = await _Child.start(self._command, self._children)
        except (OSError, *_GONE) as error:
            log.exception("worker_not_started", kind=self._kind)
            raise WorkersAway("no worker can be started") from error
        return child

    def _free_place(self) -> None:
        if self._at_need:
            self._places.put_nowait(None)
        else:
            self._fill()

    def _fill(self) -> None:
        """Start a child for an empty place, before a job has to wait for it."""
        task = asyncio.create_task(self._fill_place())
        self._filling.add(task)
        task.add_done_callback(self._filling.discard)

    async def _fill_place(self) -> None:
        child = None
        with suppress(WorkersAway):
            child = await self._started()
        self._places.put_nowait(child)


class _Child:
    """One process, and the pipes to it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._killed = False
        self.hello: dict[str, Any] = {}
        self.jobs = 0

    @classmethod
    async def start(cls, command: Sequence[str], known: "set[_Child]") -> Self:
        """Start a process, note it among those ``known``, and wait until it can work."""
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=_ENVIRONMENT,
        )
        child = cls(process)
        known.add(child)
        try:
            child.hello = (await child._answer()).header
        except BaseException:
            child.kill()
            raise
        return child

    @property
    def runs(self) -> bool:
        return self._process.returncode is None

    @property
    def well(self) -> bool:
        """Say whether it may be given a job."""
        return self.runs and not self._killed

    async def do(self, job: dict[str, Any], parts: Sequence[bytes]) -> Answer:
        """Give it a job and return its answer."""
        assert self._process.stdin is not None  # noqa: S101 (it was given a pipe)
        self.jobs += 1
        self._process.stdin.write(frames.written(job, parts))
        await self._process.stdin.drain()
        answer = await self._answer()
        if answer.header.get("answer") in {"too_large", "failed"}:
            # Whoever ran out of something is not to be trusted with the next one.
            self.kill()
        return answer

    async def _answer(self) -> Answer:
        assert self._process.stdout is not None  # noqa: S101 (as above)
        read = self._process.stdout.readexactly
        header, body = frames.lengths(await read(frames.LENGTHS.size))
        return Answer(*frames.read(await read(header), await read(body)))

    def kill(self) -> None:
        """End it at once."""
        self._killed = True
        with suppress(ProcessLookupError):
            self._process.kill()

    async def end(self) -> None:
        """End it and wait for its end."""
        self.kill()
        await self._process.wait()
