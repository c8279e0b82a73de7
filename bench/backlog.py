"""Whether a backlog twice as long takes twice as long: time per document as it doubles.

Documents are published much faster than they are handled, so that nearly all of them wait on the
queue; then it is timed from the first mail to the last. The tables grow from one size to the next.

    python bench/backlog.py [--full]
"""

import sys
from dataclasses import asdict, dataclass
from statistics import median

import httpx
import loaded_suite
from loaded_suite import Stage, say, verdict

from localrun import insides
from localrun.lease_company import PUBLISH
from localrun.loading import Load

FLAT_WITHIN = 0.10
READERS = 5
CUSTOMERS = 100
_WARM_UP = 100
_SLOWEST_A_SECOND = 10
_LEAST_SECONDS = 300.0
_WINDOW = 1_000
_QUEUE = f"documents.{PUBLISH}"


@dataclass(frozen=True)
class Size:
    """How many documents wait, and how often each backlog is built up."""

    backlogs: tuple[int, ...]
    rounds: int


SMALL, FULL = Size((500, 1_000, 2_000), rounds=1), Size((10_000, 20_000, 40_000), rounds=1)


@dataclass(frozen=True)
class Backlog:
    """What was found: how many waited at most, and milliseconds per document."""

    documents: int
    waited: int
    published_ms: float
    mailed_ms: float
    half_ms: tuple[float, float]
    """Of the first half and of the second."""


async def work_off(stage: Stage, load: Load, count: int) -> Backlog:
    """Build up a backlog and time how it is worked off."""
    stage.relay.reset()
    documents = await load.publish(count, window=_WINDOW)
    waited = await _waiting(stage)
    say(f"{count} documents are published, {waited} wait")
    seconds = max(_LEAST_SECONDS, count / _SLOWEST_A_SECOND)
    await stage.mailed(count * READERS, seconds=seconds)
    mailed = sorted(loaded_suite.last_mails(documents, stage.relay))
    confirmed = max(each.confirmed or 0 for each in documents)
    middle = len(mailed) // 2
    halves = (mailed[middle] - mailed[0], mailed[-1] - mailed[middle])
    await stage.quiet(seconds=120)
    return Backlog(
        documents=count,
        waited=waited,
        published_ms=(confirmed - documents[0].began) / count * 1000,
        mailed_ms=(mailed[-1] - mailed[0]) / (count - 1) * 1000,
        half_ms=(halves[0] / middle * 1000, halves[1] / (count - 1 - middle) * 1000),
    )


async def _waiting(stage: Stage) -> int:
    async with httpx.AsyncClient(timeout=30, trust_env=False) as http:
        return (await insides.depths(stage.suite.addresses, http))[_QUEUE]


async def measure(stage: Stage, size: Size) -> None:
    """Measure every size in turn, print, keep."""
    found: list[Backlog] = []
    async with stage.load() as load:
        await load.register(CUSTOMERS, readers=READERS)
        say(f"{CUSTOMERS} customers of {READERS} readers are registered")
        await work_off(stage, load, _WARM_UP)
        for turn in range(size.rounds):
            for count in size.backlogs:
                found.append(await work_off(stage, load, count))
                say(f"round {turn + 1}: {count} took {found[-1].mailed_ms:.1f} ms a document")
    report(size, found)


def report(size: Size, found: list[Backlog]) -> None:
    """Print what was found beside its bar, and keep it."""
    per_document = {
        count: median(each.mailed_ms for each in found if each.documents == count)
        for count in size.backlogs
    }
    first = per_document[size.backlogs[0]]
    rows = []
    for each in found:
        ratio = each.mailed_ms / first
        halves = " / ".join(f"{half:.2f}" for half in each.half_ms)
        rows.append((each.documents, each.waited, f"{each.mailed_ms:.2f}", halves, f"{ratio:.3f}"))
    heads = ("backlog", "waiting", "ms a document", "1st / 2nd half", "beside the first")
    loaded_suite.table(heads, rows)
    worst = max(abs(each / first - 1) for each in per_document.values())
    holds = worst <= FLAT_WITHIN
    print(f"off by {worst:.1%}; bar: flat within {FLAT_WITHIN:.0%}, {verdict(holds=holds)}")
    loaded_suite.keep(
        "backlog",
        {
            "readers": READERS,
            "backlogs": [asdict(each) for each in found],
            "off_by": worst,
            "bar": FLAT_WITHIN,
        },
    )


if __name__ == "__main__":
    sys.exit(loaded_suite.run(measure, FULL if loaded_suite.wants_full(__doc__) else SMALL))
