"""A program that dies is started again; one that is told to stop, stops."""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from localrun.programs import Program, Supervisor
from localrun.roster import hold
from localrun.terminal import Terminal

DIES_ONCE = """
import pathlib, sys, time
lives = pathlib.Path(sys.argv[1])
lives.write_text(lives.read_text() + "started\\n" if lives.exists() else "started\\n")
if lives.read_text().count("started") == 1:
    sys.exit(3)
print('{"event": "service_started", "level": "info"}', flush=True)
time.sleep(60)
"""

NOTES_ITS_END = """
import pathlib, signal, sys, time
order = pathlib.Path(sys.argv[1])
def end(*_):
    with order.open("a") as lines:
        lines.write(sys.argv[2] + "\\n")
    sys.exit()
signal.signal(signal.SIGTERM, end)
print("listening", flush=True)
time.sleep(60)
"""


def supervised(folder: Path, work: Callable[[Supervisor], Awaitable[None]]) -> None:
    """Run some work with a supervisor, which ends everything afterwards."""

    async def run() -> None:
        with hold(folder) as roster:
            supervisor = Supervisor(roster, Terminal(), folder)
            try:
                await work(supervisor)
            finally:
                await supervisor.stop()

    asyncio.run(run())


async def until(told: Callable[[], bool]) -> None:
    """Wait up to ten seconds for something to become true."""
    deadline = time.monotonic() + 10
    while not told():
        assert time.monotonic() < deadline, "it did not happen"
        await asyncio.sleep(0.02)


def python(name: str, source: str, *words: str) -> Program:
    """Return a program written in a few lines."""
    return Program(name, [sys.executable, "-c", source, *words], {"PATH": "/usr/bin:/bin"})


def holds(path: Path, text: str) -> bool:
    """Say whether a file is there and has the text."""
    return path.exists() and text in path.read_text()


def test_what_dies_is_started_again_and_its_lines_are_kept(tmp_path: Path) -> None:
    log = tmp_path / "toy.log"

    async def work(supervisor: Supervisor) -> None:
        supervisor.start(python("toy", DIES_ONCE, str(tmp_path / "lives")))
        await until(lambda: holds(log, "service_started"))

    supervised(tmp_path, work)

    assert (tmp_path / "lives").read_text() == "started\nstarted\n"
    assert log.read_text() == '{"event": "service_started", "level": "info"}\n'


def test_what_was_started_last_is_ended_first(tmp_path: Path) -> None:
    order = tmp_path / "order"

    async def work(supervisor: Supervisor) -> None:
        for name in ("server", "service"):
            supervisor.start(python(name, NOTES_ITS_END, str(order), name))
            await until(partial(holds, tmp_path / f"{name}.log", "listening"))

    supervised(tmp_path, work)

    assert order.read_text().split() == ["service", "server"]


def test_a_program_that_cannot_be_started_is_tried_again_and_can_be_stopped(tmp_path: Path) -> None:
    async def work(supervisor: Supervisor) -> None:
        supervisor.start(Program("missing", [tmp_path / "nowhere"], {}))
        await asyncio.sleep(0.1)

    supervised(tmp_path, work)

    assert (tmp_path / "missing.log").read_text() == ""


def test_only_a_program_with_a_lifeline_can_tell_that_we_are_there(tmp_path: Path) -> None:
    waits = "import sys; print('starts', flush=True); sys.stdin.read(); print('alone', flush=True)"

    async def work(supervisor: Supervisor) -> None:
        tied = replace(python("tied", waits), lifeline=True)
        supervisor.start(tied, python("untied", waits))
        await until(partial(holds, tmp_path / "tied.log", "starts"))
        await until(partial(holds, tmp_path / "untied.log", "alone"))
        assert not holds(tmp_path / "tied.log", "alone")

    supervised(tmp_path, work)
