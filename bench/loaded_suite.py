"""A suite as deployed with the sink for its relay, and what every benchmark of it needs.

with loaded_suite.standing() as stage:
    async with stage.load() as load:
        ...
"""

import argparse
import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import asyncpg
import httpx
import sink

from localrun import insides, testing
from localrun.loading import Document, Load

S = TypeVar("S")

RESULTS = Path(__file__).parent / "results"
SECONDS_BETWEEN_WORDS = 10
_FOLDER = Path(__file__).parents[1] / ".run" / "bench"


class NotDone(Exception):
    """The suite did not come to an end in the time it was given."""


@dataclass(frozen=True)
class Stage:
    """A running suite, and the relay that takes its mails."""

    suite: testing.Suite
    relay: sink.Sink

    @asynccontextmanager
    async def load(self) -> AsyncIterator[Load]:
        """Log the issuer in whose billing system the load comes from."""
        details = ("--name", "Meridiaan Lease", "--sender", "facturen@meridiaan.example")
        credentials = await self.suite.admit("dl5", *details, "--language", "nl")
        async with Load(credentials, self.suite.addresses) as load:
            yield load

    @asynccontextmanager
    async def database(self, service: str) -> AsyncIterator[asyncpg.Connection]:
        """Connect to the database of a service, as one who may do anything there."""
        server = urlsplit(self.suite.addresses.postgres)
        connection = await asyncpg.connect(server._replace(path=f"/{service}").geturl())
        try:
            yield connection
        finally:
            await connection.close()

    async def mailed(self, count: int, *, seconds: float) -> None:
        """Wait until the relay has so many mails, saying now and then how many there are.

        Raises ``NotDone``.
        """
        deadline = time.monotonic() + seconds
        while (taken := self.relay.count()) < count:
            left = deadline - time.monotonic()
            if left <= 0:
                raise NotDone(f"{taken} of {count} mails after {seconds:.0f} s")
            taken = await self.relay.until(count, seconds=min(left, SECONDS_BETWEEN_WORDS))
            if taken < count:
                say(f"{taken} of {count} mails")

    async def quiet(self, *, seconds: float) -> None:
        """Wait until nothing is under way any more. Raises ``NotDone``."""
        deadline = time.monotonic() + seconds
        async with httpx.AsyncClient(timeout=30, trust_env=False) as http:
            looks = 0
            while looks < 2:  # noqa: PLR2004 (a message may be on its way between two places)
                waiting = await insides.unfinished(self.suite.addresses, http)
                looks = 0 if waiting else looks + 1
                if time.monotonic() > deadline:
                    raise NotDone(f"after {seconds:.0f} s still: {'; '.join(waiting)[:300]}")

    async def parked(self) -> int:
        """Count the parked messages of all services."""
        async with httpx.AsyncClient(timeout=30, trust_env=False) as http:
            return sum((await insides.parked(self.suite.addresses, http)).values())


@contextmanager
def standing(**knobs: str) -> Iterator[Stage]:
    """Start a suite with servers of its own, and end it; ``knobs`` are settings of services."""
    _FOLDER.mkdir(parents=True, exist_ok=True)
    with sink.running() as relay:
        to_relay = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(relay.port)}
        with testing.running(_FOLDER, **to_relay, **knobs) as suite:
            yield Stage(suite, relay)


def run(measure: Callable[[Stage, S], Awaitable[object]], size: S) -> int:
    """Measure on a suite of its own; return 0, or 1 where it could not be done (slow is done)."""

    async def measured(stage: Stage) -> None:
        await measure(stage, size)

    try:
        with standing() as stage:
            asyncio.run(measured(stage))
    except NotDone as why:
        print(why, file=sys.stderr)
        return 1
    return 0


def wants_full(about: str | None) -> bool:
    """Read the command line: whether the large sizes are wanted."""
    parser = argparse.ArgumentParser(description=(about or "").partition("\n")[0])
    parser.add_argument("--full", action="store_true", help="the large sizes")
    return bool(parser.parse_args().full)


def say(words: str) -> None:
    """Tell whoever waits how far it is."""
    print(f"   {time.strftime('%H:%M:%S')} {words}", flush=True)


class NowAndThen:
    """Tells how far it is, but not at every look."""

    def __init__(self) -> None:
        """Say the first thing after a while."""
        self._said = time.monotonic()

    def say(self, words: str) -> None:
        """Say it, unless something was said a moment ago."""
        if time.monotonic() - self._said >= SECONDS_BETWEEN_WORDS:
            self._said = time.monotonic()
            say(words)


def table(heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print rows in columns, the first to the left."""
    lines = [[str(cell) for cell in row] for row in (heads, *rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for first, *others in lines:
        cells = [cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True)]
        print("  ".join((first.ljust(widths[0]), *cells)).rstrip(), flush=True)


def keep(name: str, figures: Mapping[str, Any]) -> None:
    """Keep figures beside those of the other benchmarks."""
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps(figures, indent=2) + "\n")


def verdict(*, holds: bool) -> str:
    """Say in a word whether a bar was reached."""
    return "reached" if holds else "MISSED"


def quantile(values: Sequence[float], share: float) -> float:
    """Return the value that this share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def last_mails(documents: Sequence[Document], relay: sink.Sink) -> list[float]:
    """Return when the last mail of each document was taken. Raises ``NotDone`` for a lost one."""
    taken = relay.times()
    found = []
    for document in documents:
        of_document = taken.get(document.message_id, ())
        if len(of_document) != len(document.readers):
            readers = len(document.readers)
            raise NotDone(f"{document.number} has {len(of_document)} mails of {readers}")
        found.append(max(of_document))
    return found
