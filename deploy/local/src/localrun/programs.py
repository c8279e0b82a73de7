"""Child processes: started in a session of their own, watched, started again, and ended."""

import asyncio
import contextlib
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from localrun.loglines import readable
from localrun.roster import Roster
from localrun.terminal import Terminal

_SHORTEST_PAUSE = 0.5
_LONGEST_PAUSE = 10.0
_STEADY_SECONDS = 30.0
_LONGEST_LINE = 1 << 20
_LARGEST_LOG = 20 << 20


@dataclass(frozen=True)
class Program:
    """Something that should be running. ``ask`` is the signal after which it ends in good order.

    The output of a ``quiet`` one goes to its log file only. One with a ``lifeline`` can tell by the
    end of its standard input that we are gone.
    """

    name: str
    command: Sequence[str | Path]
    environment: Mapping[str, str]
    ask: signal.Signals = signal.SIGTERM
    patience: float = 20.0
    quiet: bool = False
    lifeline: bool = False


class Supervisor:
    """Keeps programs running, and ends them in the reverse order of their starting."""

    def __init__(self, roster: Roster, terminal: Terminal, logs: Path) -> None:
        """Nothing runs yet. ``logs`` becomes the folder of one ``<name>.log`` each."""
        self._roster = roster
        self._terminal = terminal
        self._logs = logs
        logs.mkdir(exist_ok=True)
        self._groups: list[list[_Child]] = []

    def start(self, *programs: Program) -> None:
        """Start programs side by side; they will also be ended side by side."""
        self._groups.append(
            [_Child(each, self._roster, self._terminal, self._logs) for each in programs]
        )

    async def stop(self) -> None:
        """End everything, the last started first."""
        while self._groups:
            await asyncio.gather(*(child.end() for child in self._groups.pop()))


class _Child:
    """One program and, while it runs, its process."""

    def __init__(self, program: Program, roster: Roster, terminal: Terminal, logs: Path) -> None:
        self._program = program
        self._roster = roster
        self._terminal = terminal
        self._log = _log_file(logs / f"{program.name}.log")
        self._process: asyncio.subprocess.Process | None = None
        self._ending = False
        self._keeping = asyncio.create_task(self._keep_running(), name=program.name)

    async def end(self) -> None:
        self._ending = True
        if self._process is None:
            self._keeping.cancel()
        else:
            _signal(self._process.pid, self._program.ask)
        _, late = await asyncio.wait([self._keeping], timeout=self._program.patience)
        if late and self._process:
            _kill_group(self._process.pid)
        with contextlib.suppress(asyncio.CancelledError):
            await self._keeping
        self._log.close()

    async def _keep_running(self) -> None:
        pause = _SHORTEST_PAUSE
        loop = asyncio.get_running_loop()
        while True:
            started = loop.time()
            try:
                ending = _ending(await self._run_once())
            except OSError as missing:
                ending = str(missing)
            if self._ending:
                return
            if loop.time() - started > _STEADY_SECONDS:
                pause = _SHORTEST_PAUSE
            self._terminal.line(
                self._program.name,
                f"is down ({ending}), starts again in {pause:g} s; see {self._log.name}",
            )
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    async def _run_once(self) -> int:
        output = self._log if self._program.quiet else subprocess.PIPE
        self._process = process = await asyncio.create_subprocess_exec(
            *self._program.command,
            env=self._program.environment,
            stdin=subprocess.PIPE if self._program.lifeline else subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            limit=_LONGEST_LINE,
            # Ctrl-C then reaches the supervisor alone, and the order of stopping holds.
            start_new_session=True,
        )
        self._roster.enter(self._program.name, process.pid, self._program.ask)
        shown = asyncio.create_task(self._show(process.stdout))
        code = await process.wait()
        _kill_group(process.pid)
        await shown
        self._process = None
        self._roster.leave(self._program.name)
        return code

    async def _show(self, output: asyncio.StreamReader | None) -> None:
        while output:
            try:
                line = await output.readline()
            except ValueError:
                line = b"(a line of more than 1 MiB was left out)\n"
            if not line:
                return
            self._log.write(line)
            text = line.decode(errors="replace").rstrip()
            if text:
                self._terminal.line(self._program.name, readable(text))


def _log_file(path: Path) -> IO[bytes]:
    if path.exists() and path.stat().st_size > _LARGEST_LOG:
        path.replace(path.with_suffix(".log.old"))
    return path.open("ab", buffering=0)


def _ending(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"


def _signal(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def _kill_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
