"""Whether one customer number with 5,000 shared users holds anybody else up.

Other customers' documents come at a steady rate, first alone; then one document of the crowd's
number is published among them, and they go on until its last mail is out. Latency is from when a
document was due to be published until its last mail was taken.

    python bench/crowd.py [--full]
"""

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import loaded_suite
from loaded_suite import NotDone, NowAndThen, Stage, quantile, say, verdict

from localrun.demo_customers import Customer
from localrun.loading import Document, Load

MORE_THAN_BEFORE = 2.0
READERS = 2
CUSTOMERS = 30
_WARM_UP = 100
_SHARE_OF_FULL_SPEED = 0.3
_CHUNK_SECONDS = 2
_FEWEST = 50
_KNOWN_SECONDS = 300
_MAILED_SECONDS = 1200

_PEOPLE = """
insert into people (id, issuer_group, email, email_key, language, first_name, last_name,
                    registered, own_fields, state, version)
select gen_random_uuid(), i.issuer_group, 'crowd' || n || '@crowd.example',
       'crowd' || n || '@crowd.example', 'nl', 'Noor', 'Peeters', false, '{}', 'active', 1
from generate_series(1, $1) n, issuers i where i.issuer = 'dl5'
"""
_TICKETS = """
insert into tickets (id, customer_number, person_id, role, portal, mail, since)
select gen_random_uuid(), $1, id, 'shared', true, true, now() - interval '1 hour'
from people where email_key like 'crowd%@crowd.example'
"""
_NEWER = """
update customer_numbers set version = version + 1, changed_at = now() where customer_number = $1
"""
_KNOWN = """
select (select count(*) from people where email like 'crowd%@crowd.example'),
       (select jsonb_array_length(snapshot -> 'shared_users') from customer_numbers
        where customer_number = $1)
"""


@dataclass(frozen=True)
class Size:
    """How many share the number, and how many seconds the others are alone."""

    shared_users: int
    alone_seconds: int


SMALL, FULL = Size(shared_users=1_000, alone_seconds=20), Size(5_000, alone_seconds=120)


async def share(stage: Stage, customer: Customer, users: int) -> None:
    """Share a number with so many, by the back door: their snapshot is told once, not each time."""
    async with stage.database("identity") as database, database.transaction():
        await database.execute(_PEOPLE, users)
        await database.execute(_TICKETS, customer.number)
        await database.execute(_NEWER, customer.number)
    await stage.suite.command("identity", "republish", "--to", "notifications")
    deadline = time.monotonic() + _KNOWN_SECONDS
    async with stage.database("notifications") as database:
        while (known := tuple(await database.fetchrow(_KNOWN, customer.number))) != (users, users):
            if time.monotonic() > deadline:
                raise NotDone(f"notifications knows {known} of {users} people and claims")
            await asyncio.sleep(0.5)


async def full_speed(stage: Stage, load: Load, others: Sequence[Customer]) -> float:
    """Return how many documents a second the suite takes, roughly."""
    stage.relay.reset()
    documents = await load.publish(_WARM_UP, among=others)
    await stage.mailed(_WARM_UP * READERS, seconds=120)
    took = max(loaded_suite.last_mails(documents, stage.relay)) - documents[0].began
    return _WARM_UP / took


async def steadily(
    load: Load, others: Sequence[Customer], rate: float, over: asyncio.Event
) -> list[Document]:
    """Publish at a rate until it is over."""
    published: list[Document] = []
    while not over.is_set():
        count = max(1, round(rate * _CHUNK_SECONDS))
        published += await load.publish(count, rate=rate, among=others)
    return published


async def latencies(stage: Stage, documents: Sequence[Document]) -> list[float]:
    """Return how long each document took, once all are mailed. Raises ``NotDone``."""
    deadline = time.monotonic() + _MAILED_SECONDS
    while True:
        times = stage.relay.times()
        if all(len(times.get(each.message_id, ())) == len(each.readers) for each in documents):
            return [max(times[each.message_id]) - each.began for each in documents]
        if time.monotonic() > deadline:
            raise NotDone("some of the others' mails did not come")
        await asyncio.sleep(1)


async def crowd_mailed(stage: Stage, message_id: str, users: int) -> Counter[str]:
    """Wait until the whole crowd has mail; return how often each. Raises ``NotDone``."""
    deadline, progress = time.monotonic() + _MAILED_SECONDS, NowAndThen()
    while True:
        mails = Counter(
            each.recipient for each in stage.relay.mails() if each.correlation_id == message_id
        )
        if len(mails) >= users:
            return mails
        if time.monotonic() > deadline:
            raise NotDone(f"{len(mails)} of the crowd's {users} mails came")
        progress.say(f"{len(mails)} of {users} of the crowd are mailed")
        await asyncio.sleep(min(loaded_suite.SECONDS_BETWEEN_WORDS, 2 + (users - len(mails)) / 500))


async def measure(stage: Stage, size: Size) -> None:
    """Measure both, print, keep."""
    async with stage.load() as load:
        others = await load.register(CUSTOMERS, readers=READERS)
        (crowd,) = await load.register(1, readers=1)
        await share(stage, crowd, size.shared_users)
        say(f"{crowd.number} is shared with {size.shared_users} people")
        await full_speed(stage, load, others)
        rate = _SHARE_OF_FULL_SPEED * await full_speed(stage, load, others)
        say(f"the others come at {rate:.1f} a second")

        stage.relay.reset()
        count = max(_FEWEST, round(rate * size.alone_seconds))
        documents = await load.publish(count, rate=rate, among=others)
        alone = await latencies(stage, documents)
        say(f"alone, p95 is {quantile(alone, 0.95):.3f} s")

        over = asyncio.Event()
        publishing = asyncio.create_task(steadily(load, others, rate, over))
        await asyncio.sleep(_CHUNK_SECONDS)
        begun = time.monotonic()
        (document,) = await load.publish(1, among=[crowd])
        try:
            mails = await crowd_mailed(stage, document.message_id, size.shared_users + 1)
        finally:
            over.set()
            documents = await publishing
        taken = max(stage.relay.times()[document.message_id])
        beside = [each for each in documents if begun <= each.began <= taken]
        waited = await latencies(stage, beside)
        await stage.quiet(seconds=120)
        mails = await crowd_mailed(stage, document.message_id, size.shared_users + 1)
        letters = await _letters(stage, crowd)
    report(size, rate, alone, waited, mails, letters, taken - begun)


async def _letters(stage: Stage, crowd: Customer) -> dict[str, int]:
    """Count the crowd's letters by their states."""
    async with stage.database("notifications") as database:
        rows = await database.fetch(
            "select state, count(*) from letters join notices using (document_id)"
            " where customer_number = $1 group by state",
            crowd.number,
        )
    return {row[0]: row[1] for row in rows}


def report(
    size: Size,
    rate: float,
    alone: Sequence[float],
    beside: Sequence[float],
    mails: Counter[str],
    letters: dict[str, int],
    took: float,
) -> None:
    """Print what was found beside its bars, and keep it."""
    rows = [
        (name, len(values), *(f"{quantile(values, share):.3f}" for share in (0.5, 0.95, 0.99)))
        for name, values in (("alone", alone), ("beside the crowd", beside))
    ]
    loaded_suite.table(("latency of the others, s", "documents", "p50", "p95", "p99"), rows)
    ratio = quantile(beside, 0.95) / quantile(alone, 0.95)
    print(
        f"at {rate:.1f} documents a second, p95 is {ratio:.2f} times what it was; "
        f"bar: at most {MORE_THAN_BEFORE}, {verdict(holds=ratio <= MORE_THAN_BEFORE)}"
    )
    expected = size.shared_users + 1
    once = len(mails) == expected and set(mails.values()) == {1} and letters == {"sent": expected}
    print(
        f"{len(mails)} of the crowd's {expected} have mail, {mails.total() - len(mails)} of them "
        f"twice, in {took:.1f} s; letters: {json.dumps(letters)}; "
        f"bar: each once, {verdict(holds=once)}"
    )
    figures: dict[str, Any] = {
        "shared_users": size.shared_users,
        "documents_per_second": rate,
        "alone_s": {str(share): quantile(alone, share) for share in (0.5, 0.95, 0.99)},
        "beside_s": {str(share): quantile(beside, share) for share in (0.5, 0.95, 0.99)},
        "p95_ratio": ratio,
        "crowd_took_s": took,
        "each_once": once,
        "letters": letters,
        "bar": MORE_THAN_BEFORE,
    }
    loaded_suite.keep("crowd", figures)


if __name__ == "__main__":
    sys.exit(loaded_suite.run(measure, FULL if loaded_suite.wants_full(__doc__) else SMALL))
