"""What grows when the suite runs for long at half load: memory, connections, files, tables.

First everybody comes at once: what fills up to a bound (pools of connections, of threads, of
children) is full from then on, and is no growth. Then the documents come evenly;
beside them guests look at pages, files are uploaded and published over HTTP, PDFs are made,
customers register and share their numbers, all a few times a minute. What is judged is the second
half of that.

    python bench/soak.py [--full] [--minutes 10]
"""

import argparse
import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import growth
import httpx
import loaded_suite
import psutil
import retention
from loaded_suite import NotDone, Stage, say, verdict

from chassis.signing import key_from
from localrun.addresses import without_credentials
from localrun.environment import SERVICES, WITH_MESSAGES
from localrun.loading import Load
from notifications.linking import Links

GROWS_BY_LESS_THAN = 0.02
"""Of memory, in ten minutes."""
READERS = 3
CUSTOMERS = 60
_MINUTES, _FULL_MINUTES = 2, 30
_LOOKS = 120
_LONGEST_PAUSE = 15.0
_CHUNK_SECONDS = 5
_BURST = 150
_BURSTS = 3
"""The fastest counts: whatever else the machine does only slows them."""

_CROWD = 12
_CROWDED_SECONDS = 60
_REST_SECONDS = 20
"""Idle threads of the file store end after ten."""

_HALF = 0.5
_MEGABYTE = 1024 * 1024
_SIZES = """
select relname, pg_total_relation_size(relid) from pg_stat_user_tables order by relname
"""
_CONNECTIONS = """
select usename || ' to ' || datname, count(*) from pg_stat_activity
where backend_type = 'client backend' and usename in ('identity', 'documents', 'notifications')
group by 1
"""
_LETTER = "select ticket, linked_on from letters where state = 'sent' order by id desc limit 1"


@dataclass
class Seen:
    """What was seen each time, by name; ``times`` are monotonic seconds."""

    times: list[float] = field(default_factory=list)
    own_megabytes: dict[str, list[float]] = field(default_factory=dict)
    """Memory that nobody shares, of a program or of the processes it has started."""
    shared_megabytes: dict[str, list[float]] = field(default_factory=dict)
    """The same, with its part of what is shared (PSS)."""
    counts: dict[str, list[int]] = field(default_factory=dict)
    """Open files, threads by kind, connections, channels."""
    at_rest: Mapping[str, int] = field(default_factory=dict)
    """Open files and threads when nothing had been asked for a while."""

    def note(self, kept: dict[str, list[Any]], found: Mapping[str, Any]) -> None:
        """Add a value to each series; one that is gone has 0, one that is new had none before."""
        for name in kept.keys() | found.keys():
            before = kept.setdefault(name, [0] * (len(self.times) - 1))
            before.append(found.get(name, 0))


def processes(stage: Stage) -> tuple[Counter[str], Counter[str], Counter[str]]:
    """Return own memory, memory with its part of what is shared, and files and threads."""
    own: Counter[str] = Counter()
    shared: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    for program, entry in json.loads((stage.suite.folder / "pids.json").read_text()).items():
        with suppress(psutil.NoSuchProcess):
            leader = psutil.Process(entry["pid"])
            is_ours = program.partition(".")[0] in SERVICES
            for process in (leader, *leader.children(recursive=True)):
                beside = is_ours and process != leader
                name = f"{program}'s workers" if beside else program
                with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                    used = process.memory_full_info()
                    own[name] += used.uss / _MEGABYTE
                    shared[name] += used.pss / _MEGABYTE
                    counts[f"files of {name}"] += process.num_fds()
                    if is_ours:
                        counts.update(f"threads of {name}, {kind}" for kind in threads(process))
                    else:
                        counts[f"threads of {name}"] += process.num_threads()
    return own, shared, counts


def threads(process: psutil.Process) -> list[str]:
    """Return the kind of each thread of a process: what made it gave it its name."""
    found = []
    for each in process.threads():
        with suppress(OSError):
            found.append(Path(f"/proc/{process.pid}/task/{each.id}/comm").read_text().strip())
    return found


async def connections(stage: Stage, http: httpx.AsyncClient) -> dict[str, int]:
    """Count the connections to the database and to the broker, and its channels, by user."""
    async with stage.database("postgres") as database:
        found = {f"database, {name}": count for name, count in await database.fetch(_CONNECTIONS)}
    admin = urlsplit(stage.suite.addresses.amqp_admin)
    base = without_credentials(stage.suite.addresses.amqp_admin)
    for what in ("connections", "channels"):
        answer = await http.get(
            f"{base}/api/{what}", auth=(admin.username or "", admin.password or "")
        )
        users = Counter(each.get("user", "?") for each in answer.raise_for_status().json())
        found |= {f"broker {what}, {user}": count for user, count in users.items()}
    return found


async def tables(stage: Stage) -> dict[str, tuple[int, int]]:
    """Return rows and bytes of every table of every service."""
    found = {}
    for service in WITH_MESSAGES:
        async with stage.database(service) as database:
            for name, size in await database.fetch(_SIZES):
                rows = await database.fetchval(f'select count(*) from "{name}"')  # noqa: S608
                found[f"{service}.{name}"] = (rows, size)
    return found


async def watch(stage: Stage, until: float, pause: float) -> Seen:
    """Look at everything now and then until the time is up."""
    seen = Seen()
    async with httpx.AsyncClient(timeout=30, trust_env=False) as http:
        while time.monotonic() < until:
            own, shared, counts = await asyncio.to_thread(processes, stage)
            seen.times.append(time.monotonic())
            seen.note(seen.own_megabytes, own)
            seen.note(seen.shared_megabytes, shared)
            seen.note(seen.counts, counts | await connections(stage, http))
            if len(seen.times) % max(1, round(30 / pause)) == 1:
                ours = sum(own[name] for name in own if name.startswith(SERVICES))
                left = max(0, until - time.monotonic())
                say(f"{left:.0f} s to go; {stage.relay.count()} mails; ours has {ours:.0f} MB")
            await asyncio.sleep(pause)
    return seen


class Visitors:
    """Everybody but the billing system: guests, machines over HTTP, new customers."""

    def __init__(self, stage: Stage, load: Load) -> None:
        """Visit this suite."""
        self._stage, self._load = stage, load
        self._turn = 0
        self.done: Counter[str] = Counter()
        self.failed: Counter[str] = Counter()
        given = stage.suite.environment
        self._links = Links(stage.suite.addresses.portal, key_from(given["NOTIFICATIONS_LINK_KEY"]))

    async def visit(self, until: float, pause: float = 0.5) -> None:
        """Do each thing in its turn, with a pause of so many seconds, until the time is up."""
        things: tuple[Callable[[httpx.AsyncClient], Awaitable[None]], ...] = (
            self.look,
            self.upload,
            self.look,
            self.register,
            self.look,
            self.share,
            self.look,
            self.render,
        )
        async with httpx.AsyncClient(timeout=60, trust_env=False) as http:
            while time.monotonic() < until:
                thing = things[self._turn % len(things)]
                self._turn += 1
                try:
                    await thing(http)
                    self.done[thing.__name__] += 1
                except* httpx.HTTPError as wrong:
                    self.failed[f"{thing.__name__}: {wrong.exceptions[0]!r}"[:200]] += 1
                await asyncio.sleep(pause)

    async def look(self, http: httpx.AsyncClient) -> None:
        """Look at the page behind the newest mail."""
        async with self._stage.database("notifications") as database:
            letter = await database.fetchrow(_LETTER)
        if letter is not None:
            (await http.get(self._links.to(*letter))).raise_for_status()

    async def upload(self, _http: httpx.AsyncClient) -> None:
        """Upload a file and publish a document that names it."""
        machine, base = self._load._http, f"{self._stage.suite.addresses.documents}/v1"
        number = f"U{time.time_ns()}"
        xml = self._load._prepared[0].xml(number)
        key = {"Idempotency-Key": number}
        answer = await machine.post(f"{base}/uploads", content=xml, headers=key)
        upload_id = answer.raise_for_status().json()["upload_id"]
        file = {"role": "original_xml", "name": "invoice.xml", "media_type": "application/xml"}
        command = {
            "customer_number": self._load.customers[0].number,
            "files": [file | {"upload_id": upload_id}],
        }
        (await machine.post(f"{base}/documents", json=command, headers=key)).raise_for_status()

    async def register(self, _http: httpx.AsyncClient) -> None:
        """Register a customer whom documents are published to from then on."""
        await self._load.register(1, readers=READERS)

    async def share(self, _http: httpx.AsyncClient) -> None:
        """Share a number with someone, and stop it again."""
        number = self._load.customers[self._turn % CUSTOMERS].number
        base = f"{self._stage.suite.addresses.identity}/v1/customer-numbers/{number}/shared-users"
        person = {"first_name": "Joris", "last_name": "Peeters", "portal": True, "mail": False}
        url = f"{base}/visitor{self._turn}@load.example"
        machine = self._load._http
        (await machine.put(url, json=person | {"language": "nl"})).raise_for_status()
        (await machine.delete(url)).raise_for_status()

    async def render(self, _http: httpx.AsyncClient) -> None:
        """Have the newest document of a customer made into a PDF."""
        number = self._load.customers[self._turn % CUSTOMERS].number
        base = f"{self._stage.suite.addresses.documents}/v1/documents"
        machine = self._load._http
        found = await machine.get(base, params={"customer_number": number, "limit": 1})
        for each in found.raise_for_status().json()["items"]:
            answer = await machine.get(
                f"{base}/{each['document_id']}/rendition", params={"language": "nl"}
            )
            answer.raise_for_status()


async def bill(load: Load, rate: float, until: float) -> int:
    """Publish documents evenly until the time is up; return how many."""
    published = 0
    while time.monotonic() < until:
        published += len(await load.publish(max(1, round(rate * _CHUNK_SECONDS)), rate=rate))
    return published


async def burst(stage: Stage, load: Load) -> float:
    """Publish many documents at once; return after how many seconds the last mail was taken."""
    stage.relay.reset()
    documents = await load.publish(_BURST)
    await stage.mailed(_BURST * READERS, seconds=180)
    return max(loaded_suite.last_mails(documents, stage.relay)) - documents[0].began


async def crowd(stage: Stage, load: Load) -> None:
    """Let everybody come at once: more documents than fit, and many visitors without a pause."""
    until = time.monotonic() + _CROWDED_SECONDS
    visitors = Visitors(stage, load)
    stage.relay.reset()
    published = 0
    say(f"everybody at once, for {_CROWDED_SECONDS} s")
    async with asyncio.TaskGroup() as together:
        for _ in range(_CROWD):
            together.create_task(visitors.visit(until, pause=0))
        while time.monotonic() < until:
            published += len(await load.publish(_BURST))
            await stage.mailed((published - 2 * _BURST) * READERS, seconds=180)
    await stage.mailed(published * READERS, seconds=300)
    say(f"{published} documents; until all is quiet")
    await stage.quiet(seconds=600)


async def measure(stage: Stage, minutes: float) -> bool:
    """Soak, print, keep; return whether nothing grows that must not."""
    async with stage.load() as load:
        await load.register(CUSTOMERS, readers=READERS)
        took = min([await burst(stage, load) for _ in range(_BURSTS)])
        rate = _HALF * _BURST / took
        await crowd(stage, load)
        say(f"{minutes:g} minutes at {rate:.1f} documents a second, half of {_BURST / took:.1f}")
        before = await tables(stage)
        visitors = Visitors(stage, load)
        until = time.monotonic() + minutes * 60
        pause = min(_LONGEST_PAUSE, minutes * 60 / _LOOKS)
        async with asyncio.TaskGroup() as together:
            watching = together.create_task(watch(stage, until, pause))
            billing = together.create_task(bill(load, rate, until))
            together.create_task(visitors.visit(until))
        try:
            await stage.quiet(seconds=300)
        except NotDone as behind:
            # Half an hour of looks is not thrown away for that.
            say(f"it fell behind: {behind}")
        after = await tables(stage)
        await asyncio.sleep(_REST_SECONDS)
        seen = watching.result()
        _, _, at_rest = await asyncio.to_thread(processes, stage)
        seen.at_rest = dict(at_rest)
    return report(minutes, rate, billing.result(), visitors, seen, before, after)


def report(
    minutes: float,
    rate: float,
    documents: int,
    visitors: Visitors,
    seen: Seen,
    before: Mapping[str, tuple[int, int]],
    after: Mapping[str, tuple[int, int]],
) -> bool:
    """Print what was found beside its bars, and keep it."""
    trends = {name: growth.trend(seen.times, values) for name, values in seen.own_megabytes.items()}
    judged = {name: each.judged(GROWS_BY_LESS_THAN) for name, each in trends.items()}
    rows = []
    for name in sorted(trends):
        values, both = seen.own_megabytes[name], seen.shared_megabytes[name]
        half = values[len(values) // 2]
        megabytes = (f"{each:.0f}" for each in (values[0], half, values[-1], max(values), both[-1]))
        grows = f"{trends[name].share:+.1%} ±{trends[name].margin:.1%}"
        rows.append((name, *megabytes, grows, judged[name]))
    heads = ("own memory, MB", "first", "half-way", "last", "most", "PSS", "in ten minutes", "")
    loaded_suite.table(heads, rows)
    holds = "GROWS" not in judged.values()
    print(f"bar: less than {GROWS_BY_LESS_THAN:.0%} in ten minutes, {verdict(holds=holds)}\n")

    leaking = sorted(name for name, counts in seen.counts.items() if growth.leaks(counts))
    loaded_suite.table(
        ("files, threads, connections", "first", "last", "most", "at rest", ""),
        [
            (
                name,
                counts[0],
                counts[-1],
                max(counts),
                seen.at_rest.get(name, ""),
                "LEAKS" if name in leaking else "",
            )
            for name, counts in sorted(seen.counts.items())
        ],
    )
    print(f"bar: none leaks, {verdict(holds=not leaking)}\n")

    growing = {name: after[name][0] - before.get(name, (0, 0))[0] for name in after}
    bounds = {name: retention.why_bounded(*name.split(".")) for name in after}
    unbounded = [name for name in after if growing[name] > 0 and bounds[name] is None]
    loaded_suite.table(
        ("tables", "rows", "more", "kB", "what bounds it"),
        [
            (name, *_rows_of(after[name], growing[name]), bounds[name] or "NOTHING")
            for name in sorted(after)
            if growing[name] > 0
        ],
    )
    print(f"bar: none grows without a bound, {verdict(holds=not unbounded)}")
    print(
        f"{documents} documents at {rate:.1f} a second for {minutes:g} minutes; "
        f"beside them {dict(visitors.done)}, failed {dict(visitors.failed)}"
    )
    loaded_suite.keep(
        "soak",
        {
            "minutes": minutes,
            "documents": documents,
            "documents_per_second": rate,
            "visits": visitors.done,
            "failed_visits": visitors.failed,
            "memory": {name: asdict(trends[name]) | {"judged": judged[name]} for name in trends},
            "leaking": leaking,
            "unbounded_tables": unbounded,
            "tables": {name: {"rows": after[name][0], "more": growing[name]} for name in after},
            "seen": asdict(seen),
            "bar": GROWS_BY_LESS_THAN,
        },
    )
    return holds and not leaking and not unbounded


def _rows_of(found: tuple[int, int], more: int) -> tuple[int, str, int]:
    rows, size = found
    return rows, f"{more:+}", size // 1024


def _minutes() -> float:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--full", action="store_true", help=f"{_FULL_MINUTES} minutes")
    parser.add_argument("--minutes", type=float, help=f"instead of {_MINUTES}")
    chosen = parser.parse_args()
    return float(chosen.minutes or (_FULL_MINUTES if chosen.full else _MINUTES))


if __name__ == "__main__":
    sys.exit(loaded_suite.run(measure, _minutes()))
