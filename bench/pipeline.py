"""Documents published to mails accepted: the suite beside the floor and beside Celery.

All three take the same documents from the same broker, keep them in the same PostgreSQL server and
send to the same sink, one after another on one machine: first as fast as each can (throughput,
processor time, memory), then at half of what each can (latency). Rounds are interleaved; medians.

    python bench/pipeline.py [--full] [--only ours,floor] [--documents 300] [--rounds 1]
"""

import argparse
import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from itertools import count
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import aio_pika
import asyncpg
import celery_way
import floor
import httpx
import measuring
import sink
from uuid_utils.compat import uuid7

from identity.accents import palette_of
from localrun import insides
from localrun.lease_company import PUBLISH, Credentials
from localrun.loading import Load
from localrun.testing import Suite, running

HERE = Path(__file__).parent
RUN = HERE.parent / ".run"
RESULTS = HERE / "results"
READERS = 5
BARS = {"floor": 1.0, "celery": 5.0}
SERVICES = ("identity", "documents", "notifications", "portal")

_ISSUER = ("bn5", "--name", "Meridiaan Lease", "--sender", "facturen@meridiaan.example")
_ACCENT = "#0b6e4f"
_LINK = f"http://127.0.0.1:8100/view/{'0' * 36}.2026-03-02.{'x' * 43}"
_WARM_UP = 150
_QUIET_SECONDS = 60
_STALLED_SECONDS = 30
_SETTLE_SECONDS = 1.0
_IDLE_SECONDS = 5


@dataclass(frozen=True)
class Size:
    """How much is measured: documents at full speed, seconds at half load, rounds of each."""

    documents: int
    seconds: float
    rounds: int
    customers: int

    @property
    def warm_up(self) -> int:
        """How many documents come before what is measured."""
        return min(_WARM_UP, self.documents)


QUICK = Size(documents=1000, seconds=12, rounds=3, customers=100)
FULL = Size(documents=10_000, seconds=60, rounds=3, customers=1000)


@dataclass
class Figures:
    """What was measured of one candidate, a value a round."""

    processes: int
    """Of each kind: services, floors, workers."""
    mails_per_second: list[float] = field(default_factory=list)
    documents_per_second: list[float] = field(default_factory=list)
    own_cpu_ms_per_document: list[float] = field(default_factory=list)
    all_cpu_ms_per_document: list[float] = field(default_factory=list)
    peak_megabytes: list[float] = field(default_factory=list)
    half_load_per_second: float = 0.0
    p50_ms: list[float] = field(default_factory=list)
    p95_ms: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Bench:
    """The machine: a suite that stays up, a sink, and the documents to publish."""

    suite: Suite
    relay: sink.Sink
    credentials: Credentials
    load: Load
    numbers: Iterator[int] = field(default_factory=lambda: count(1_000_000))

    @property
    def readers(self) -> list[tuple[str, ...]]:
        """Return who reads which number: number, address, language, names, role."""
        return [
            (
                customer.number,
                person.email,
                person.language,
                person.first_name,
                person.last_name,
                "shared" if position else "main",
            )
            for customer in self.load.customers
            for position, person in enumerate((customer.main_contact, *customer.shared_users))
        ]

    def documents(self, how_many: int) -> Iterator[tuple[str, str]]:
        """Return the ids and bodies of new documents, for every customer in turn."""
        prepared = self.load._prepared
        for position in range(how_many):
            number = f"B{next(self.numbers)}"
            yield str(uuid7()), prepared[position % len(prepared)].command(number).decode()

    def servers(self) -> list[int]:
        """Return the processes of the broker, the database and the sink."""
        return [*filter(None, map(self.suite.pid, ("rabbitmq", "postgres"))), self.relay.pid]

    def database(self, name: str) -> str:
        """Return the address of a database of ours in the suite's server."""
        return self.suite.addresses.postgres.rpartition("/")[0] + f"/{name}"


Message = tuple[str, dict[str, Any], str]
"""An id, headers and a body, as `load.py` reads them."""


@dataclass(frozen=True)
class Target:
    """Where a candidate's documents are published."""

    url: str
    exchange: str
    routing_key: str
    user: str | None = None


class Ours:
    """The suite as deployed, one process of each service."""

    name = "ours"
    choices: tuple[int, ...] = (1,)
    chosen = 1

    def __init__(self, bench: Bench) -> None:
        """It runs already."""
        self._bench = bench
        issuer = bench.credentials.issuer
        self.target = Target(issuer["amqp_url"], issuer["exchange"], PUBLISH, issuer["issuer"])

    @contextmanager
    def at_work(self) -> Iterator[list[int]]:
        """Return its processes."""
        yield [pid for pid in map(self._bench.suite.pid, SERVICES) if pid]

    def message(self, document: tuple[str, str]) -> Message:
        """Return a document as a billing system publishes it."""
        return document[0], {}, document[1]


class Floor:
    """`floor.py`, in as many processes as is best for it."""

    name = "floor"
    choices = (1, 2)
    chosen = 1

    def __init__(self, bench: Bench) -> None:
        """Take its place beside the suite."""
        self._wanted = _wanted(bench, "bench_floor")
        self._log = bench.suite.folder / "logs" / "floor.log"
        self.target = Target(self._wanted["amqp"], "", floor.QUEUE)

    async def prepare(self, bench: Bench) -> None:
        """Make its database and its queue."""
        await _make_database(bench, "bench_floor")
        await floor.prepare(self._wanted["database"], self._wanted["amqp"], bench.readers)

    @contextmanager
    def at_work(self) -> Iterator[list[int]]:
        """Start it."""
        with _started("floor.py", self._wanted, self.chosen, self._log) as pids:
            yield pids

    def message(self, document: tuple[str, str]) -> Message:
        """Return a document as the suite gets it."""
        return document[0], {}, document[1]


class CeleryWay:
    """`celery_way.py`, with as many workers as is best for it."""

    name = "celery"
    choices = (2, 3, 4)
    chosen = 2

    def __init__(self, bench: Bench) -> None:
        """Take its place beside the suite."""
        self._wanted = _wanted(bench, "bench_celery")
        self._log = bench.suite.folder / "logs" / "celery.log"
        self.target = Target(self._wanted["amqp"], "", celery_way.QUEUE)

    async def prepare(self, bench: Bench) -> None:
        """Make its database; its queue it declares itself."""
        await _make_database(bench, "bench_celery")
        await asyncio.to_thread(celery_way.prepare, self._wanted["database"], bench.readers)
        with self.at_work():
            await _until_consumed(self._wanted["amqp"], celery_way.QUEUE)

    @contextmanager
    def at_work(self) -> Iterator[list[int]]:
        """Start it."""
        wanted = self._wanted | {"workers": self.chosen}
        with _started("celery_way.py", wanted, 1, self._log) as pids:
            yield pids

    def message(self, document: tuple[str, str]) -> Message:
        """Return a document as the arguments of a task."""
        return document[0], *celery_way.message(*document)


Candidate = Ours | Floor | CeleryWay


@asynccontextmanager
async def set_up(customers: int, **knobs: str) -> AsyncIterator[Bench]:
    """Start the suite with a sink for a relay, and register customers with five readers each."""
    with sink.running() as relay:
        smtp = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(relay.port)}
        with running(RUN, **smtp, **knobs) as suite:
            issuer, *details = _ISSUER
            credentials = await suite.admit(issuer, *details)
            async with Load(credentials, suite.addresses) as load:
                await load.register(customers, readers=READERS)
            bench = Bench(suite, relay, credentials, load)
            await quiet(bench)
            yield bench


async def run(
    bench: Bench, candidate: Candidate, how_many: int, rate: float | None = None
) -> "Run":
    """Have a candidate at work take so many documents, and return what it did."""
    file = bench.suite.folder / "load.jsonl"
    documents = map(candidate.message, bench.documents(how_many))
    await asyncio.to_thread(file.write_text, "".join(json.dumps(each) + "\n" for each in documents))
    bench.relay.reset()
    wanted = asdict(candidate.target) | {"file": str(file), "rate": rate}
    loader = await asyncio.create_subprocess_exec(
        sys.executable,
        str(HERE / "load.py"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=2**28,
    )
    assert loader.stdin and loader.stdout  # noqa: S101 PT018 they were asked for
    loader.stdin.write(f"{json.dumps(wanted)}\n".encode())
    await loader.stdout.readline()
    loader.stdin.write(b"go\n")
    began = json.loads(await loader.stdout.readline())
    await loader.wait()
    mails = how_many * READERS
    await _until_taken(bench.relay, mails)
    times = bench.relay.times()
    if set(times) != set(began) or any(len(each) != READERS for each in times.values()):
        raise RuntimeError(
            f"{candidate.name}: of {mails} mails {sum(map(len, times.values()))} came; "
            f"its log is in {bench.suite.folder / 'logs'}"
        )
    return Run(began, times)


async def _until_taken(relay: sink.Sink, mails: int) -> None:
    """Wait for mails for as long as more of them come."""
    taken = -1
    while taken < mails:
        before, taken = taken, await relay.until(mails, seconds=_STALLED_SECONDS)
        if taken == before:
            return


@dataclass(frozen=True)
class Run:
    """When each document was published and its mails were taken."""

    began: dict[str, float]
    times: dict[str, list[float]]

    @property
    def seconds(self) -> float:
        """How long it took from the first document to the last mail."""
        return max(map(max, self.times.values())) - min(self.began.values())

    @property
    def waits_ms(self) -> list[float]:
        """How long each mail took from the moment its document was published, or was due."""
        return [
            (at - self.began[document]) * 1000
            for document, taken in self.times.items()
            for at in taken
        ]


async def choose(bench: Bench, candidate: Candidate, documents: int) -> None:
    """Let a candidate have as many processes as make it fastest on this machine."""
    rates = {}
    for processes in candidate.choices:
        candidate.chosen = processes
        await quiet(bench)
        with candidate.at_work():
            await run(bench, candidate, documents // 3)
            rates[processes] = documents / (await run(bench, candidate, documents)).seconds
    candidate.chosen = max(rates, key=lambda each: rates[each])


async def at_full_speed(bench: Bench, candidate: Candidate, size: Size, into: Figures) -> None:
    """Measure throughput, processor time and memory, after a warm-up."""
    with candidate.at_work() as own:
        await run(bench, candidate, size.warm_up)
        await quiet(bench)
        everybody = [*own, *bench.servers()]
        with measuring.watched(own) as peak:
            before = measuring.cpu_seconds(own), measuring.cpu_seconds(everybody)
            done = await run(bench, candidate, size.documents)
            await asyncio.sleep(_SETTLE_SECONDS)
            after = measuring.cpu_seconds(own), measuring.cpu_seconds(everybody)
    per_document = 1000 / size.documents
    into.documents_per_second.append(size.documents / done.seconds)
    into.mails_per_second.append(size.documents * READERS / done.seconds)
    into.own_cpu_ms_per_document.append((after[0] - before[0]) * per_document)
    into.all_cpu_ms_per_document.append((after[1] - before[1]) * per_document)
    into.peak_megabytes.append(peak.megabytes)


async def at_half_load(bench: Bench, candidate: Candidate, size: Size, into: Figures) -> None:
    """Measure how long mails take at half of what the candidate can do."""
    rate = into.half_load_per_second = median(into.documents_per_second) / 2
    with candidate.at_work():
        await run(bench, candidate, size.warm_up)
        await quiet(bench)
        done = await run(bench, candidate, max(20, int(rate * size.seconds)), rate)
    hundredths = quantiles(done.waits_ms, n=100)
    into.p50_ms.append(hundredths[49])
    into.p95_ms.append(hundredths[94])


async def quiet(bench: Bench) -> None:
    """Wait until nothing is under way; throw away the answers that nobody reads here."""
    async with asyncio.timeout(_QUIET_SECONDS), httpx.AsyncClient(trust_env=False) as http:
        # The suite tells it.
        while await insides.unfinished(bench.suite.addresses, http):  # noqa: ASYNC110
            await asyncio.sleep(0.2)
    connection = await aio_pika.connect(bench.suite.addresses.amqp)
    async with connection:
        channel = await connection.channel()
        answers = await channel.get_queue(bench.credentials.issuer["outcomes"], ensure=False)
        await answers.purge()
    database = await asyncpg.connect(bench.suite.addresses.postgres)
    await database.execute("checkpoint")
    await database.close()


async def _idle(bench: Bench) -> float:
    """Return how much of a processor the suite takes while nothing happens."""
    await quiet(bench)
    services = list(filter(None, map(bench.suite.pid, SERVICES)))
    before = measuring.cpu_seconds(services)
    await asyncio.sleep(_IDLE_SECONDS)
    return (measuring.cpu_seconds(services) - before) / _IDLE_SECONDS


def _wanted(bench: Bench, database: str) -> dict[str, Any]:
    """Return what a candidate of ours is told when it is started."""
    palette = palette_of(_ACCENT)
    return {
        "amqp": bench.suite.addresses.amqp,
        "database": bench.database(database),
        "smtp_port": bench.relay.port,
        "mail": {
            "issuer": _ISSUER[0],
            "issuer_name": _ISSUER[2],
            "sender": _ISSUER[4],
            "accent": _ACCENT,
            "palette": palette and palette.model_dump(),
            "link": _LINK,
        },
    }


async def _make_database(bench: Bench, name: str) -> None:
    connection = await asyncpg.connect(bench.suite.addresses.postgres)
    await connection.execute(f"create database {name}")
    await connection.close()


async def _until_consumed(amqp: str, queue: str) -> None:
    """Wait until a queue is there and somebody reads it."""
    async with asyncio.timeout(_QUIET_SECONDS):
        while True:
            with suppress(aio_pika.exceptions.AMQPError):
                connection = await aio_pika.connect(amqp)
                async with connection:
                    channel = await connection.channel()
                    found = await channel.declare_queue(queue, passive=True)
                    if found.declaration_result.consumer_count:
                        return
            await asyncio.sleep(0.2)


@contextmanager
def _started(program: str, wanted: dict[str, Any], copies: int, log: Path) -> Iterator[list[int]]:
    """Run copies of a program beside this file, and end them."""
    with log.open("ab") as output:
        started = [
            subprocess.Popen(  # noqa: S603
                [sys.executable, str(HERE / program)],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
            )
            for _ in range(copies)
        ]
    try:
        for each in started:
            _tell(each, wanted)
        yield [each.pid for each in started]
        if any(each.poll() is not None for each in started):
            raise RuntimeError(f"{program} ended by itself:\n{_end_of(log)}")
    finally:
        for each in started:
            each.terminate()
        for each in started:
            each.wait(_QUIET_SECONDS)


def _tell(process: subprocess.Popen[bytes], wanted: dict[str, Any]) -> None:
    """Say what is wanted, on a line that others on the machine cannot read."""
    if process.stdin is None:
        raise ValueError("a process without a standard input")
    process.stdin.write(f"{json.dumps(wanted)}\n".encode())
    process.stdin.close()


def _end_of(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-20:])


def show(measured: dict[str, Figures], size: Size, idle: float) -> dict[str, Any]:
    """Print the table, and return what is kept."""
    middle = {
        name: {
            key: median(value) if isinstance(value, list) else value
            for key, value in asdict(figures).items()
            if value
        }
        for name, figures in measured.items()
    }
    columns = (
        ("mails/s", "mails_per_second", "10.0f"),
        ("documents/s", "documents_per_second", "11.1f"),
        ("own CPU, ms", "own_cpu_ms_per_document", "11.2f"),
        ("all CPU, ms", "all_cpu_ms_per_document", "11.2f"),
        ("processes", "processes", "9.0f"),
        ("peak MB", "peak_megabytes", "8.0f"),
        ("p50, ms", "p50_ms", "8.0f"),
        ("p95, ms", "p95_ms", "8.0f"),
    )
    print(f"{size.documents} documents x {READERS} readers, {size.rounds} rounds, medians;")
    print("CPU is per document; p50 and p95 at half of each one's own throughput")
    widths = [int(shape.split(".")[0]) for *_, shape in columns]
    heads = (f"{head:>{width}}" for (head, *_), width in zip(columns, widths, strict=True))
    print(f"{'':<7}", *heads)
    for name, figures in middle.items():
        print(f"{name:<7}", *(f"{figures.get(key, 0):{shape}}" for _, key, shape in columns))
    print(f"the idle suite takes {100 * idle:.1f} % of a processor from the others")
    ratios = {}
    for other, bar in BARS.items():
        if "ours" in middle and other in middle:
            ours, theirs = middle["ours"], middle[other]
            ratio = ratios[other] = ours["mails_per_second"] / theirs["mails_per_second"]
            print(f"ours / {other:<7} mails/s {ratio:5.2f}   bar: at least {bar}")
    return {
        "size": asdict(size),
        "readers": READERS,
        "idle_suite": idle,
        "bars": BARS,
        "ratios": ratios,
        "medians": middle,
        "rounds": {name: asdict(figures) for name, figures in measured.items()},
    }


async def measure(size: Size, only: Sequence[str]) -> dict[str, Any]:
    """Measure the candidates in turn, round after round."""
    ways: dict[str, Callable[[Bench], Candidate]] = {
        "ours": Ours,
        "floor": Floor,
        "celery": CeleryWay,
    }
    async with set_up(size.customers) as bench:
        candidates = [way(bench) for name, way in ways.items() if name in only]
        for candidate in candidates:
            if not isinstance(candidate, Ours):
                await candidate.prepare(bench)
                await choose(bench, candidate, size.warm_up)
        measured = {each.name: Figures(processes=each.chosen) for each in candidates}
        idle = await _idle(bench)
        for step in (at_full_speed, at_half_load):
            for _ in range(size.rounds):
                for candidate in candidates:
                    await quiet(bench)
                    await step(bench, candidate, size, measured[candidate.name])
        return show(measured, size, idle)


def main() -> None:
    """Measure, print, and keep the figures."""
    wanted = argparse.ArgumentParser(description="published to mailed, beside others")
    wanted.add_argument("--full", action="store_true", help="with large sizes")
    wanted.add_argument("--only", default="ours,floor,celery", help="which candidates")
    wanted.add_argument("--documents", type=int, help="how many at full speed")
    wanted.add_argument("--rounds", type=int, help="how many rounds")
    wanted.add_argument("--customers", type=int, help="how many customer numbers")
    wanted.add_argument("--seconds", type=float, help="how long at half load")
    given = wanted.parse_args()
    size = FULL if given.full else QUICK
    chosen = {
        name: getattr(given, name) for name in ("documents", "rounds", "customers", "seconds")
    }
    size = replace(size, **{name: value for name, value in chosen.items() if value})
    # Told to end, it ends what it has started.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    kept = asyncio.run(measure(size, given.only.split(",")))
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "pipeline.json").write_text(json.dumps(kept, indent=2) + "\n")


if __name__ == "__main__":
    main()
