"""A load in bad weather: documents are published while things fail, then every mail is audited."""

import asyncio
import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import httpx

from localrun import ledger, readiness, testing, weather
from localrun.auditing import Auditor
from localrun.environment import SERVICES
from localrun.ledger import Promise, Row
from localrun.loading import Load
from localrun.testing import Suite
from localrun.weather import BAD_ADDRESSES, Befallen, Coming, Weather

_ISSUER = ("dl7", "--name", "Stormvogel Lease", "--sender", "facturen@stormvogel.example")
_TOLD_EVERY_SECONDS = 10
_TWICE_EVERY = 20
_WORST_SHOWN = 20
_LEAST_QUIET_SECONDS = 20
_refuses = re.compile(BAD_ADDRESSES)


@dataclass(frozen=True)
class Size:
    """How much is published within ``seconds``, and what befalls it, see ``weather.forecast``."""

    documents: int
    customers: int
    readers: int
    seconds: float
    mixed: int
    apart: float = 0
    limit_seconds: float = 150


SIZES = {
    "short": Size(documents=48, customers=8, readers=3, seconds=9, mixed=4, limit_seconds=90),
    # With two replicas of each service, every kind of fault once.
    "modest": Size(documents=300, customers=50, readers=3, seconds=45, mixed=17, limit_seconds=200),
    "full": Size(
        documents=20_000,
        customers=400,
        readers=5,
        seconds=900,
        mixed=40,
        apart=14,
        limit_seconds=2400,
    ),
}


@dataclass(frozen=True)
class Report:
    """What a storm did: ``wrong`` are the rows that are not as promised, ``left`` what hangs."""

    seed: int
    size: Size
    promise: Promise
    figures: dict[str, Any]
    befallen: list[Befallen]
    left: list[str]
    wrong: list[Row]

    @property
    def good(self) -> bool:
        """Whether everything is as promised."""
        return not self.left and not self.wrong

    def faults(self) -> list[str]:
        """Say what is wrong, a line each."""
        return [f"stuck: {each}" for each in self.left] + [
            line for row in self.wrong for line in row.lines()
        ]

    def table(self) -> str:
        """Return it for people to read."""
        lines = [f"seed {self.seed}, {len(self.befallen)} faults, promise {self.promise}", ""]
        lines += [f"  {name:<12}{count:>10,}" for name, count in self.figures.items()]
        lines += ["", "  at     for    fault"]
        lines += [
            f"  {each.at:>5.1f}  {each.over_after or 0:>5.1f}  {each.name}"
            for each in self.befallen
        ]
        worst = self.faults()
        lines += ["", *worst[:_WORST_SHOWN]]
        if len(worst) > _WORST_SHOWN:
            lines.append(f"and {len(worst) - _WORST_SHOWN} more")
        return "\n".join(lines)

    def write(self, file: Path) -> None:
        """Keep all of it as JSON, and beside it the wrong rows, one a line."""
        file.parent.mkdir(parents=True, exist_ok=True)
        told = {
            "seed": self.seed,
            "promise": self.promise,
            "good": self.good,
            "size": asdict(self.size),
            "figures": self.figures,
            "faults": [asdict(each) for each in self.befallen],
            "left": self.left,
        }
        file.write_text(json.dumps(told, indent=1) + "\n")
        wrong = "".join(json.dumps(asdict(row)) + "\n" for row in self.wrong)
        file.with_suffix(".wrong.jsonl").write_text(wrong)


class Storm:
    """One storm over one suite."""

    def __init__(
        self,
        suite: Suite,
        http: httpx.AsyncClient,
        load: Load,
        *,
        seed: int,
        size: Size,
        promise: Promise = Promise.ONCE,
        forecast: Sequence[Coming] | None = None,
        tell: Callable[[str], object] = lambda _: None,
    ) -> None:
        """Prepare it; ``tell`` hears how it goes, ``forecast`` overrules what the seed brings."""
        self._suite = suite
        self._load = load
        self._seed = seed
        self._size = size
        self._promise = promise
        self._forecast = self._drawn() if forecast is None else forecast
        self._tell = tell
        self._weather = Weather(suite, http)
        self._auditor = Auditor(suite.addresses, http)
        self._began = time.monotonic()

    async def run(self) -> Report:
        """Publish, let things fail, wait until all is quiet, and audit."""
        size, self._began = self._size, time.monotonic()
        left = []
        telling = asyncio.create_task(self._keep_telling(), name="telling")
        try:
            async with asyncio.timeout(size.limit_seconds):
                await self._weather.calm()
                await self._load.register(size.customers, readers=size.readers)
                async with asyncio.TaskGroup() as together:
                    together.create_task(
                        self._load.publish(
                            size.documents,
                            rate=size.documents / size.seconds,
                            twice_every=_TWICE_EVERY,
                        )
                    )
                    together.create_task(self._weather.come(self._forecast))
                await self._weather.calm()
                await self._suite.ready()
                await self._load.answered(seconds=self._patience())
        except TimeoutError:
            left.append(f"not over after {size.limit_seconds:.0f} s")
            left += await readiness.missing(self._suite.addresses.services())
        left += self._weather.missing
        left += await self._auditor.quiet(seconds=max(self._patience(), _LEAST_QUIET_SECONDS))
        took = time.monotonic() - self._began
        telling.cancel()
        rows = await self._auditor.audit(
            self._load,
            promise=self._promise,
            refuses=lambda address: _refuses.search(address) is not None,
        )
        figures = ledger.summary(rows) | {
            "republished": self._load.repeated,
            "seconds": round(took, 1),
        }
        wrong = [row for row in rows if row.wrong]
        return Report(self._seed, size, self._promise, figures, self._weather.befallen, left, wrong)

    def _drawn(self) -> list[Coming]:
        size = self._size
        replicas = len(self._suite.addresses.services()) // len(SERVICES)
        return weather.forecast(
            self._seed,
            weather.faults(replicas),
            seconds=size.seconds,
            mixed=size.mixed,
            apart=size.apart,
        )

    def _patience(self) -> float:
        return self._began + self._size.limit_seconds - time.monotonic()

    async def _keep_telling(self) -> None:
        while True:
            await asyncio.sleep(_TOLD_EVERY_SECONDS)
            mails: int | str = "?"
            with suppress(httpx.HTTPError):
                mails = len(await self._auditor.mails())
            answered = sum(each.message_id in self._load.outcomes for each in self._load.documents)
            self._tell(
                f"{len(self._load.documents):,} documents, {answered:,} answered, {mails} mails"
                f", {len(self._weather.befallen)} faults"
                f"{', now ' if self._weather.now else ''}{', '.join(self._weather.now)}"
            )


def knobs(promise: Promise, replicas: int) -> dict[str, str]:
    """Return the settings of a suite that stands in a storm: what takes hours takes seconds."""
    tries = ["1s", "1s", "2s", "2s", *["5s"] * 200]
    given = {
        "POSTKAMER_REPLICAS": str(replicas),
        "DOCUMENTS_RETRY_PAUSES": '["1s", "5s", "5s", "30s"]',
        "NOTIFICATIONS_LEASE_SECONDS": "6",
        "NOTIFICATIONS_EVIDENCE_AFTER_SECONDS": "4",
        "NOTIFICATIONS_RETRY_SCHEDULE": json.dumps(tries),
    }
    if promise is not Promise.ONCE:
        given |= {"SMTP_EVIDENCE": "none", "ON_UNKNOWN": promise.value}
    return given


async def over(suite: Suite, *, seed: int, size: Size, **how: Any) -> Report:
    """Let a storm pass over a suite, with a lease company that takes part in nothing else."""
    async with httpx.AsyncClient(timeout=60, trust_env=False) as http:
        credentials = await suite.admit(*_ISSUER, "--language", "nl")
        async with Load(credentials, suite.addresses) as load:
            return await Storm(suite, http, load, seed=seed, size=size, **how).run()


async def over_its_own_suite(
    beside: Path,
    *,
    called: str,
    promise: Promise = Promise.ONCE,
    replicas: int = 2,
    more: Mapping[str, str] | None = None,
    **how: Any,
) -> Report:
    """Let a storm pass over a suite that is started for it; ``more`` are settings of the suite."""
    settings = knobs(promise, replicas) | dict(more or {})
    with testing.running(beside, called, **settings) as suite:
        return await over(suite, promise=promise, **how)
