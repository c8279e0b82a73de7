"""What hostile messages cost the good ones, and what becomes of each.

A load alone as fast as it goes, then the same load with one hostile message (at most 100 kB) to
four good ones; rounds in turn. A good one is done when its mail is with the relay. Those that the
archive keeps in spite of all are mailed as well. Then the large bombs (up to 1 MiB), one at a time:
how long the next good message waits for its answer.

    python bench/hostile.py [--full]
"""

import asyncio
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any, Self

import aio_pika
import hostile_messages
import httpx
import loaded_suite
from hostile_messages import ACCEPTED, KNOWN, LARGEST, REFUSED, Asked, Kind, Material
from loaded_suite import NotDone, NowAndThen, Stage, quantile, say, verdict

from localrun.billing_system import Outcome
from localrun.lease_company import PUBLISH
from localrun.loading import Document, Load

GOOD_TO_ONE_BAD = 4
FALLS_BY_LESS_THAN = 0.25
WAITS_AT_MOST_SECONDS = 20
CUSTOMERS = 40
_WARM_UP = 200
_SLOWEST_A_SECOND = 10
_LEAST_SECONDS = 300.0


@dataclass(frozen=True)
class Size:
    """How much is published."""

    good: int
    rounds: int

    @property
    def seconds(self) -> float:
        """Return how long one round may take at most."""
        return max(_LEAST_SECONDS, self.good / _SLOWEST_A_SECOND)


SMALL, FULL = Size(good=1_000, rounds=2), Size(good=40_000, rounds=1)


@dataclass
class Sent:
    """What was published that is hostile, by the id under which its answer comes."""

    by_id: dict[str, Kind] = field(default_factory=dict)
    known_again: int = 0
    anonymous: int = 0

    @property
    def count(self) -> int:
        """Return how many there were."""
        return len(self.by_id) + self.known_again + self.anonymous

    def note(self, kind: Kind, answered_as: str) -> None:
        """Note one that was published."""
        if kind.fate == KNOWN:
            self.known_again += 1
        elif kind.anonymous:
            self.anonymous += 1
        else:
            self.by_id[answered_as] = kind


class Absent(str):
    """No message id: the client would give a message one of its own, which this keeps it from."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return True


class Attacker:
    """The issuer's other program, on a connection of its own."""

    def __init__(self, issuer: Mapping[str, str]) -> None:
        """Take what ``add-issuer`` printed."""
        self._issuer = issuer
        self._exchange: aio_pika.abc.AbstractExchange | None = None
        self._connection: aio_pika.abc.AbstractConnection | None = None

    async def __aenter__(self) -> Self:
        """Log in."""
        self._connection = await aio_pika.connect(self._issuer["amqp_url"])
        channel = await self._connection.channel(on_return_raises=True)
        self._exchange = await channel.get_exchange(self._issuer["exchange"], ensure=False)
        return self

    async def __aexit__(self, *_error: object) -> None:
        """Log out."""
        if self._connection is not None:
            await self._connection.close()

    async def publish(self, asked: Asked) -> str:
        """Publish a message and return the id under which its answer comes."""
        usual = {
            "message_id": hostile_messages.new_id(),
            "correlation_id": hostile_messages.new_id(),
            "user_id": self._issuer["issuer"],
            "content_type": "application/json",
            "delivery_mode": 2,
        }
        properties: dict[str, Any] = usual | asked.properties
        if self._exchange is None:
            raise RuntimeError("not logged in")
        message = aio_pika.Message(asked.body, **properties)
        message.message_id = properties["message_id"] or Absent()
        await self._exchange.publish(message, asked.routing_key)
        return str(properties["correlation_id"] or properties["message_id"])


async def publish_among(
    load: Load, count: int, kinds: Sequence[Kind], material: Material
) -> tuple[list[Document], Sent]:
    """Publish good ones as fast as it goes, and a hostile one after every four of them."""
    before, sent = len(load.documents), Sent()

    async def attack() -> None:
        async with Attacker(load.line._issuer) as attacker:
            for turn in range(count // GOOD_TO_ONE_BAD):
                due = before + (turn + 1) * GOOD_TO_ONE_BAD
                while len(load.documents) < due:  # noqa: ASYNC110 (the load signals nothing)
                    await asyncio.sleep(0.002)
                kind = kinds[turn % len(kinds)]
                asked = kind.make(material, f"H{before}-{turn}")
                if len(asked.body) > LARGEST:
                    raise ValueError(f"{kind.name} has {len(asked.body)} bytes")
                sent.note(kind, await attacker.publish(asked))

    async with asyncio.TaskGroup() as both:
        attacking = both.create_task(attack())
        published = both.create_task(load.publish(count))
    attacking.result()
    return published.result(), sent


def seconds_of(documents: Sequence[Document], stage: Stage) -> float:
    """Return how long it took from the first that was published to the last that was mailed."""
    return max(loaded_suite.last_mails(documents, stage.relay)) - documents[0].began


async def alone(stage: Stage, load: Load, size: Size) -> float:
    """Return how many good ones a second are mailed when nothing else is published."""
    before = stage.relay.count()
    documents = await load.publish(size.good)
    await stage.mailed(before + size.good, seconds=size.seconds)
    return size.good / seconds_of(documents, stage)


async def among(
    stage: Stage, load: Load, size: Size, kinds: Sequence[Kind], material: Material
) -> tuple[float, Sent, dict[str, int]]:
    """Return the same among hostile ones, and what became of those."""
    before, parked = stage.relay.count(), await stage.parked()
    repeated = await _known_again(stage)
    unasked = _unasked(load, [])
    documents, sent = await publish_among(load, size.good, kinds, material)
    say(f"{size.good} good and {sent.count} hostile ones are published")
    # Counting costs the relay nothing, naming each mail does: so that comes last.
    await stage.mailed(before + size.good, seconds=size.seconds)
    await _all_mailed(stage, documents, size.seconds)
    await stage.quiet(seconds=size.seconds)
    rate = size.good / seconds_of(documents, stage)
    await load.answered(seconds=60)
    await _answers(load, sent)
    became = {
        "published": sent.count,
        **account(sent, load),
        "known again": await _known_again(stage) - repeated,
        "answered without a name": len(_unasked(load, sent.by_id) - unasked),
        "parked": await stage.parked() - parked,
    }
    return rate, sent, became


async def _all_mailed(stage: Stage, documents: Sequence[Document], seconds: float) -> None:
    deadline, progress = time.monotonic() + seconds, NowAndThen()
    while True:
        times = stage.relay.times()
        left = [each for each in documents if each.message_id not in times]
        if not left:
            return
        if time.monotonic() > deadline:
            raise NotDone(f"{len(left)} good ones have no mail after {seconds:.0f} s")
        progress.say(f"{len(documents) - len(left)} of {len(documents)} good ones are mailed")
        await asyncio.sleep(min(loaded_suite.SECONDS_BETWEEN_WORDS, 1 + len(left) / 200))


async def _answers(load: Load, sent: Sent) -> None:
    """Wait a moment for the last answers, which may come after the last mail."""
    for _ in range(100):
        if all(each in load.outcomes for each in sent.by_id):
            return
        await asyncio.sleep(0.1)


def account(sent: Sent, load: Load) -> dict[str, int]:
    """Count what became of the hostile ones that can be told apart by their answers."""
    counts = Counter({"refused": 0, "accepted": 0, "unaccounted": 0, "wrong": 0})
    for answered_as, kind in sent.by_id.items():
        outcome = load.outcomes.get(answered_as)
        if outcome is None:
            counts["unaccounted"] += 1
            continue
        fate = REFUSED if "problems" in outcome.body else ACCEPTED
        counts[fate] += 1
        if fate != kind.fate or (kind.flagged and not outcome.body.get("flags")):
            counts["wrong"] += 1
            say(f"{kind.name}: {outcome.kind} {str(outcome.body)[:200]}")
    return dict(counts)


def sums_match(sent: Sent, became: Mapping[str, int]) -> bool:
    """Say whether every hostile one is accounted for, and every refused one kept."""
    refused = became["refused"] + became["answered without a name"]
    return (
        became["unaccounted"] == 0
        and became["wrong"] == 0
        and became["known again"] == sent.known_again
        and became["answered without a name"] == sent.anonymous
        and refused + became["accepted"] + became["known again"] == sent.count
        and became["parked"] == refused
    )


def _unasked(load: Load, asked: Mapping[str, Kind] | Sequence[str]) -> set[str]:
    """Return the ids of outcomes that nobody asked for under that id."""
    ours = {each.message_id for each in load.documents} | set(asked)
    return {
        answered_as
        for answered_as, outcome in load.outcomes.items()
        if answered_as not in ours and outcome.body.get("command_id") is None
    }


async def _known_again(stage: Stage) -> int:
    """Return how often the archive has met a message that it had handled."""
    async with httpx.AsyncClient(trust_env=False) as http:
        text = (await http.get(f"{stage.suite.addresses.documents}/metrics")).text
    return sum(
        int(float(line.rpartition(" ")[2]))
        for line in text.splitlines()
        if line.startswith("postkamer_message_seconds_count")
        and f'queue="documents.{PUBLISH}"' in line
        and 'outcome="duplicate"' in line
    )


async def bombs(load: Load, material: Material) -> list[dict[str, Any]]:
    """Publish each large file and at once a good one; return how long each had no answer."""
    waits = []
    async with Attacker(load.line._issuer) as attacker:
        for turn, (name, content) in enumerate(hostile_messages.big_files().items()):
            began = time.monotonic()
            body = material.with_file(f"B{turn}-{int(began)}", content)
            bomb = await attacker.publish(Asked(body))
            good = hostile_messages.new_id()
            published = time.monotonic()
            await load.line.ask(PUBLISH, material.good(f"G{turn}-{int(began)}"), good)
            waited = time.monotonic() - published
            answer = await _answer(load, bomb, seconds=120)
            took = time.monotonic() - began
            flags = answer.body.get("flags", ["refused"]) if answer else ["NO ANSWER"]
            waits.append(
                {"name": name, "bytes": len(content), "good_waited": waited, "took": took}
                | {"flags": flags}
            )
    return waits


async def _answer(load: Load, asked: str, *, seconds: float) -> Outcome | None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and asked not in load.outcomes:  # noqa: ASYNC110 (as above)
        await asyncio.sleep(0.02)
    return load.outcomes.get(asked)


async def measure(stage: Stage, size: Size) -> bool:
    """Measure, print, keep; return whether everything was accounted for."""
    kinds = hostile_messages.kinds()
    async with stage.load() as load:
        await load.register(CUSTOMERS, readers=1)
        handled = await load.publish(_WARM_UP)
        await stage.mailed(_WARM_UP, seconds=120)
        prepared = dict(zip((each.number for each in load.customers), load._prepared, strict=True))
        material = Material(handled, prepared)
        rates: dict[str, list[float]] = {"alone": [], "among": []}
        accounts = []
        for turn in range(size.rounds):
            rates["alone"].append(await alone(stage, load, size))
            say(f"round {turn + 1} alone: {rates['alone'][-1]:.1f} a second")
            rate, sent, became = await among(stage, load, size, kinds, material)
            rates["among"].append(rate)
            accounts.append((sent, became))
            say(f"round {turn + 1} among hostile ones: {rate:.1f} a second")
        waits = await bombs(load, material)
        await stage.quiet(seconds=120)
    return report(size, kinds, rates, accounts, waits)


def report(
    size: Size,
    kinds: Sequence[Kind],
    rates: Mapping[str, Sequence[float]],
    accounts: Sequence[tuple[Sent, dict[str, int]]],
    waits: Sequence[dict[str, Any]],
) -> bool:
    """Print what was found beside its bars, and keep it."""
    falls = 1 - median(rates["among"]) / median(rates["alone"])
    accounted = all(sums_match(*each) for each in accounts)
    longest = max(each["good_waited"] for each in waits)
    print(f"{size.good} good documents a round, {len(kinds)} kinds of hostile ones")
    loaded_suite.table(
        ("good ones a second", "alone", "among", "falls by", "bar", ""),
        [
            (
                "published to mailed",
                f"{median(rates['alone']):.1f}",
                f"{median(rates['among']):.1f}",
                f"{falls:.1%}",
                f"less than {FALLS_BY_LESS_THAN:.0%}",
                verdict(holds=falls < FALLS_BY_LESS_THAN),
            )
        ],
    )
    loaded_suite.table(
        ("hostile ones", *accounts[0][1], "sums match"),
        [
            (f"round {turn}", *became.values(), verdict(holds=sums_match(sent, became)))
            for turn, (sent, became) in enumerate(accounts, 1)
        ],
    )
    loaded_suite.table(
        ("large bombs, one at a time", "kB", "took, s", "next good one waited, s"),
        [
            (
                each["name"],
                each["bytes"] // 1000,
                f"{each['took']:.2f}",
                f"{each['good_waited']:.2f}",
            )
            for each in sorted(waits, key=lambda each: -each["good_waited"])[:8]
        ],
    )
    all_waits = [each["good_waited"] for each in waits]
    print(
        f"{len(waits)} bombs; the next good one waited {median(all_waits):.2f} s, "
        f"p95 {quantile(all_waits, 0.95):.2f} s, at most {longest:.2f} s; "
        f"bar: at most {WAITS_AT_MOST_SECONDS} s, {verdict(holds=longest <= WAITS_AT_MOST_SECONDS)}"
    )
    loaded_suite.keep(
        "hostile",
        {
            "good": size.good,
            "kinds": len(kinds),
            "good_per_second": {name: list(values) for name, values in rates.items()},
            "falls_by": falls,
            "accounts": [became for _, became in accounts],
            "accounted": accounted,
            "bombs": list(waits),
            "bars": {"falls_by": FALLS_BY_LESS_THAN, "waits_seconds": WAITS_AT_MOST_SECONDS},
        },
    )
    return accounted


def main() -> int:
    """Run it; a slow figure is no failure, a hostile message that nobody accounts for is one."""
    size = FULL if loaded_suite.wants_full(__doc__) else SMALL
    try:
        with loaded_suite.standing() as stage:
            return 0 if asyncio.run(measure(stage, size)) else 1
    except NotDone as why:
        print(why, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
