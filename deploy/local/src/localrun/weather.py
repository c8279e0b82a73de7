"""Everything that can befall a suite: processes killed, servers restarted, a relay that misbehaves.

A forecast is drawn from a seed; the same seed and size bring the same faults at the same moments.
"""

import asyncio
import random
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx

from localrun.environment import SERVICES
from localrun.testing import Suite

_BACK_SECONDS = 90
_SOON_SECONDS = 30
_LATER = "451 4.3.0 try later"

BAD_ADDRESSES = r"(00|50)@"
"""Finds one reader in fifty of a load's."""
BASE: dict[str, Any] = {"rcpt": {BAD_ADDRESSES: "550 5.1.1 no such mailbox"}}
"""What the relay does in any weather."""


@dataclass(frozen=True)
class Fault:
    """Something that befalls a program: a signal, or for the relay a set of the postbox's faults.

    A relay's fault lasts for between ``shortest`` and ``longest`` seconds.
    """

    name: str
    program: str
    strikes: signal.Signals | None = None
    relay: dict[str, Any] = field(default_factory=dict)
    shortest: float = 0
    longest: float = 0


@dataclass(frozen=True)
class Coming:
    """A fault in a forecast: at which second, and how long it lasts."""

    at: float
    fault: Fault
    lasts: float


@dataclass
class Befallen:
    """A fault that happened: when it began, and after how many seconds it was over."""

    name: str
    at: float
    over_after: float | None = None


def faults(replicas: int) -> list[Fault]:
    """Return every fault that a suite with so many processes of each service can have."""
    programs = [
        service if number == 1 else f"{service}.{number}"
        for number in range(1, replicas + 1)
        for service in SERVICES
    ]
    return [
        *(Fault(f"{program} is killed", program, signal.SIGKILL) for program in programs),
        Fault("the broker restarts", "rabbitmq", signal.SIGTERM),
        Fault("the broker is killed", "rabbitmq", signal.SIGKILL),
        Fault("the database restarts", "postgres", signal.SIGINT),
        Fault("the database is killed", "postgres", signal.SIGKILL),
        _relay("the relay is down", 3, 12, down=True),
        _relay("the relay is slow", 4, 12, delay_ms=400),
        _relay("the relay cuts lines before the dot", 4, 10, drop_before_dot=0.4),
        _relay("the relay cuts lines after the dot", 4, 10, drop_after_dot=0.4),
        _relay("the relay refuses one in ten for now", 8, 14, refuse={_LATER: 0.1}),
    ]


def forecast(
    seed: int, kinds: Sequence[Fault], *, seconds: float, mixed: int, apart: float
) -> list[Coming]:
    """Draw what will happen within so many seconds.

    With ``apart``, every kind comes once first, alone, one that many seconds after the other; then
    ``mixed`` faults come whenever they like, over one another.
    """
    dice = random.Random(seed)  # noqa: S311 (a seed is there to be repeated)
    alone = dice.sample(kinds, len(kinds)) if apart else []
    # Early enough that even the last one meets documents in flight.
    first, last = len(alone) * apart + 1, seconds * 0.9
    moments = sorted(dice.uniform(min(first, last), last) for _ in range(mixed))
    coming = [(1 + position * apart, fault) for position, fault in enumerate(alone)]
    coming += zip(moments, _shuffled(dice, kinds), strict=False)
    return [Coming(at, fault, dice.uniform(fault.shortest, fault.longest)) for at, fault in coming]


class Weather:
    """The faults of one suite, as they come and go."""

    def __init__(self, suite: Suite, http: httpx.AsyncClient) -> None:
        """Nothing has happened yet."""
        self.befallen: list[Befallen] = []
        self.missing: list[str] = []
        """Programs that did not come back."""
        self._suite = suite
        self._http = http
        self._began = time.monotonic()
        self._relay: list[dict[str, Any]] = []
        self._struck: dict[str, asyncio.Lock] = {}

    async def calm(self) -> None:
        """Let the relay behave as it does in any weather."""
        self._relay.clear()
        await self._tell_relay()

    async def come(self, forecast: Sequence[Coming]) -> None:
        """Let everything happen at its moment, and return when the last is over."""
        self._began = time.monotonic()
        async with asyncio.TaskGroup() as coming:
            for each in forecast:
                coming.create_task(self._happen(each))

    @property
    def now(self) -> list[str]:
        """What is going on at this moment."""
        return [each.name for each in self.befallen if each.over_after is None]

    async def _happen(self, coming: Coming) -> None:
        await asyncio.sleep(max(0, self._began + coming.at - time.monotonic()))
        if coming.fault.strikes is None:
            await self._bother(coming.fault, coming.lasts)
        else:
            # What is down already cannot be struck; it comes to it when it is back.
            async with self._struck.setdefault(coming.fault.program, asyncio.Lock()):
                try:
                    await self._strike(coming.fault, coming.fault.strikes)
                except TimeoutError:
                    self.missing.append(f"{coming.fault.program} did not come back")

    async def _bother(self, fault: Fault, lasts: float) -> None:
        befallen = self._note(fault)
        self._relay.append(fault.relay)
        await self._tell_relay()
        await asyncio.sleep(lasts)
        with suppress(ValueError):
            self._relay.remove(fault.relay)
        await self._tell_relay()
        self._over(befallen)

    async def _strike(self, fault: Fault, number: signal.Signals) -> None:
        async with asyncio.timeout(_SOON_SECONDS):
            while self._suite.pid(fault.program) is None:  # noqa: ASYNC110 (another process tells)
                await asyncio.sleep(0.1)
        befallen = self._note(fault)
        with suppress(ProcessLookupError):
            struck = self._suite.strike(fault.program, number)
            async with asyncio.timeout(_BACK_SECONDS):
                await self._suite.succeeded(fault.program, struck)
        self._over(befallen)

    async def _tell_relay(self) -> None:
        """Put all that the relay has at once in force: the worst of each."""
        whole = dict(BASE)
        for each in self._relay:
            for name, value in each.items():
                whole[name] = value if isinstance(value, dict) else max(whole.get(name, 0), value)
        answer = await self._http.put(f"{self._suite.postbox}/api/faults", json=whole)
        answer.raise_for_status()

    def _note(self, fault: Fault) -> Befallen:
        befallen = Befallen(fault.name, round(time.monotonic() - self._began, 1))
        self.befallen.append(befallen)
        return befallen

    def _over(self, befallen: Befallen) -> None:
        befallen.over_after = round(time.monotonic() - self._began - befallen.at, 1)


def _shuffled(dice: random.Random, kinds: Sequence[Fault]) -> Iterator[Fault]:
    """Deal every kind once before any comes again, without end."""
    while True:
        yield from dice.sample(kinds, len(kinds))


def _relay(name: str, shortest: float, longest: float, **faults: Any) -> Fault:
    return Fault(name, "postbox", None, faults, shortest, longest)
