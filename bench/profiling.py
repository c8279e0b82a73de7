"""What a service spends its time on under the load of `pipeline.py`: py-spy, in tables.

    python bench/profiling.py [documents notifications] [--documents 1000] [--folder DIR]

Each service is watched during one run at full speed. In the folder (bench/results/profiles) there
is a raw file for a flame graph (collapsed stacks) and a text with three tables: time by what it
belongs to, by function, and by function of ours with all that it calls.
"""

import argparse
import asyncio
import os
import re
import signal
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pipeline

_FOLDER = pipeline.RESULTS / "profiles"
_PER_SECOND = 100
_ROWS = 30
_FRAME = re.compile(r"^(?P<function>.+) \((?P<file>[^()]+?)(?::\d+)?\)$")
# The first that the file of a frame contains names the group.
_GROUPS = (
    ("SMTP", ("aiosmtplib/", "notifications/mailer.py")),
    ("compose", ("jinja2/", "notifications/composing.py", "notifications/mime.py", "babel/")),
    ("compose", ("notifications/figures.py", "notifications/linking.py", "document_published/")),
    ("reading XML", ("lxml/", "documents/ubl.py", "documents/safe_xml.py", "documents/crew.py")),
    ("reading XML", ("documents/workshop.py", "documents/worker.py", "documents/frames.py")),
    ("AMQP", ("aio_pika/", "aiormq/", "pamqp/", "faststream/", "fast_depends/")),
    ("SQLAlchemy", ("sqlalchemy/",)),
    ("asyncpg", ("asyncpg/",)),
    ("pydantic", ("pydantic",)),
    ("logging", ("structlog/", "logging/", "chassis/logs.py")),
    ("metrics, tracing", ("prometheus_client/", "opentelemetry/", "chassis/tracing.py")),
    ("chassis", ("chassis/",)),
    ("the service", ("notifications/", "documents/", "identity/", "contracts/")),
    ("JSON", ("json/",)),
    ("event loop", ("asyncio/", "selectors.py", "uvloop", "contextlib.py", "threading.py")),
)
# A thread that only waits for something to do; py-spy cannot always tell.
_WAITING = (
    "select (selectors.py",
    "_worker (concurrent/futures/thread.py",
    "_do_waitpid (asyncio/unix_events.py",
    "wait (threading.py",
    "work (documents/worker.py",
)
_OURS = ("chassis/", "notifications/", "documents/", "identity/", "contracts/")

Stack = tuple[str, ...]


def group_of(frame: str) -> str:
    """Return what a frame belongs to."""
    found = _FRAME.match(frame)
    file = found["file"] if found else frame
    for name, parts in _GROUPS:
        if any(part in file for part in parts):
            return name
    return "other"


def read(raw: str) -> dict[Stack, int]:
    """Read collapsed stacks, from the outermost frame on, and how often each was seen at work."""
    stacks: Counter[Stack] = Counter()
    for line in raw.splitlines():
        frames, _, seen = line.rpartition(" ")
        stack = tuple(frames.split(";"))
        # The name of a process alone is no work either.
        if len(stack) > 1 and not any(each in stack[-1] for each in _WAITING):
            stacks[stack] += int(seen)
    return stacks


def tables(stacks: dict[Stack, int]) -> str:
    """Return the three tables, in parts of a hundred of the time seen."""
    total = sum(stacks.values()) or 1
    groups: Counter[str] = Counter()
    own: Counter[str] = Counter()
    ours: Counter[str] = Counter()
    for stack, seen in stacks.items():
        groups[group_of(stack[-1])] += seen
        own[stack[-1]] += seen
        for frame in {each for each in stack if any(part in each for part in _OURS)}:
            ours[frame] += seen
    parts = (
        ("by what it belongs to", groups.most_common()),
        ("by function, itself", own.most_common(_ROWS)),
        ("by function of ours, with all it calls", ours.most_common(_ROWS)),
    )
    return "\n".join(
        f"{heading}\n" + "".join(f"{_share(seen, total)}  {name}\n" for name, seen in rows)
        for heading, rows in parts
    )


def _share(seen: int, total: int) -> str:
    return f"{100 * seen / total:6.1f} %"


async def profile(services: Iterable[str], documents: int, folder: Path) -> None:
    """Watch the services one after another, each under a load of its own."""
    async with pipeline.set_up(pipeline.QUICK.customers) as bench:
        ours = pipeline.Ours(bench)
        await pipeline.run(bench, ours, documents // 10)
        for service in services:
            await pipeline.quiet(bench)
            pid = bench.suite.pid(service)
            raw = folder / f"{service}.raw"
            watching = await _watch(pid or 0, raw)
            done = await pipeline.run(bench, ours, documents)
            os.kill(watching.pid, signal.SIGINT)
            await watching.wait()
            rate = documents / done.seconds
            text = (
                f"{service}: {documents} documents x {pipeline.READERS} readers, "
                f"{rate:.1f} documents/s, {rate * pipeline.READERS:.0f} mails/s while watched\n\n"
            )
            text += tables(read(await asyncio.to_thread(raw.read_text)))
            await asyncio.to_thread((folder / f"profile-{service}.txt").write_text, text)
            print(text, flush=True)


async def _watch(pid: int, raw: Path) -> asyncio.subprocess.Process:
    spy = Path(sys.executable).with_name("py-spy")
    command = ("record", "--pid", str(pid), "--format", "raw", "--output", str(raw))
    habits = ("--rate", str(_PER_SECOND), "--function", "--subprocesses", "--duration", "600")
    return await asyncio.create_subprocess_exec(
        str(spy),
        *command,
        *habits,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )


def main() -> None:
    """Profile what was asked for."""
    wanted = argparse.ArgumentParser(description="what dominates, by py-spy")
    wanted.add_argument("services", nargs="*", default=["documents", "notifications"])
    wanted.add_argument("--documents", type=int, default=1000, help="how many for each service")
    wanted.add_argument("--folder", type=Path, default=_FOLDER, help="where files are written")
    given = wanted.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    # Told to end, it ends what it has started.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    asyncio.run(profile(given.services, given.documents, given.folder))


if __name__ == "__main__":
    main()
