"""Accounts: what tokens, sessions and sign-ins cost, and whether the time of an answer tells tales.

A token is checked by us and by bare joserfc, which the same claims are asked of. A session is
resolved by us and read by a bare indexed SELECT, without tokens and with those for three services,
which bare joserfc strikes as well. Signing in is asked of a running suite over HTTP, by several at
once; bare argon2 checks the same passwords, with the same parameters, in a thread for each core.

With ``--full`` also the time of answers to who has an account and who has none, in turn: signing
in, registering, forgetting a password. By a Mann-Whitney test nobody should be able to tell.

    python bench/accounts.py [--full]
"""

import asyncio
import hashlib
import json
import os
import random
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import loaded_suite
import sqlalchemy as sa
import telling
from argon2 import PasswordHasher
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet
from loaded_suite import NotDone, Stage, quantile, say, verdict

from chassis.database import Database
from chassis.identifiers import new_id, now
from chassis.sessions import PERSON
from chassis.signing import key_from, sign
from chassis.tokens import ALGORITHM, TOKEN_TYPE, Tokens
from identity import keeping_sessions, passwords
from identity.accounts import Account, Session
from identity.mint import Mint, new_key
from identity.models import CustomerNumber, Person, Role, Ticket
from localrun.account_holder import PASSWORD, FrontDesk, visitor

TOKEN_BAR, SESSION_BAR, SIGN_IN_BAR = 1.5, 6.0, 0.7
LEAST_P, MOST_GAP_MS = 0.01, 2.0
SERVICES = ("identity", "documents", "notifications")
AT_ONCE = 8
RUNS = 3
_URL = "http://identity.load"
_COLUMNS = "id, person_id, issuer, staff, strength, seen_at, proved_at, ends_at"


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    tokens: int
    sessions: int
    sign_ins: int
    rounds: int
    samples: int
    """Of each sort of person, for each sort of answer; none where it is too few to tell."""


SMALL, FULL = Size(1_000, 300, 160, 5, 0), Size(3_000, 1_000, 800, 9, 300)


@dataclass(frozen=True)
class Pair:
    """What ours takes beside what it is compared with, in microseconds: the medians of rounds."""

    what: str
    ours: float
    bare: float

    @property
    def ratio(self) -> float:
        """How many times as long ours takes."""
        return self.ours / self.bare


async def check_tokens(size: Size) -> Pair:
    """Check tokens of people: each of them once, as a service does that is sent a new one."""
    mint = Mint(_URL, [new_key()])
    published = mint.public_keys()
    answer = httpx.MockTransport(lambda _request: httpx.Response(200, json=published))
    async with httpx.AsyncClient(transport=answer) as http:
        ours = Tokens(_URL, issuer=_URL, audience="documents", http=http)
        keys = KeySet.import_key_set(published)
        took: dict[str, list[float]] = {"ours": [], "bare": []}
        for _ in range(size.rounds + 1):
            tokens = [_token(mint) for _ in range(size.tokens)]
            began = time.process_time()
            for each in tokens:
                await ours.caller(each)
            middle = time.process_time()
            for each in tokens:
                _check(each, keys)
            took["ours"].append((middle - began) / size.tokens)
            took["bare"].append((time.process_time() - middle) / size.tokens)
    return _pair("check a token", took)


def _token(mint: Mint) -> str:
    return mint.strike(
        subject=str(new_id()),
        audience=["documents"],
        scopes=[PERSON],
        now=now(),
        lifetime=timedelta(minutes=5),
        claims={
            "sid": str(new_id()),
            "acr": "1",
            "proved_at": int(time.time()),
            "group": "dl5",
        },
    )


def _check(token: str, keys: KeySet) -> None:
    decoded = jwt.decode(token, keys, algorithms=[ALGORITHM])
    jwt.JWTClaimsRegistry(
        leeway=10,
        iss={"essential": True, "value": _URL},
        sub={"essential": True},
        exp={"essential": True},
        aud={"essential": True, "value": "documents"},
    ).validate(decoded.claims)


async def resolve_sessions(
    size: Size, database: Database, alone: asyncpg.Connection, people: "People"
) -> list[Pair]:
    """Resolve sessions one after another, on one connection each."""
    cookies = await people.signed_in(database, size.sessions)
    mint = Mint(_URL, [new_key()])
    key = ECKey.generate_key("P-256")
    pairs = []
    for audiences in ((), SERVICES):

        async def ours(cookie: str, audiences: Sequence[str] = audiences) -> None:
            async with database.transaction() as session:
                await keeping_sessions.resolve(session, mint, cookie, audiences)

        async def bare(cookie: str, audiences: Sequence[str] = audiences) -> None:
            hashed = hashlib.sha256(cookie.encode()).digest()
            row = await alone.fetchrow(
                f"select {_COLUMNS} from sessions where token_sha256 = $1",  # noqa: S608
                hashed,
            )
            for each in audiences:
                _strike(key, row, each)

        took: dict[str, list[float]] = {"ours": [], "bare": []}
        for _ in range(size.rounds + 1):
            took["ours"].append(await _each(ours, cookies))
            took["bare"].append(await _each(bare, cookies))
        pairs.append(_pair(f"resolve a session, {len(audiences)} tokens", took))
    return pairs


async def _each(do: Callable[[str], Awaitable[None]], cookies: Sequence[str]) -> float:
    began = time.perf_counter()
    for cookie in cookies:
        await do(cookie)
    return (time.perf_counter() - began) / len(cookies)


def _strike(key: ECKey, row: Any, audience: str) -> str:
    at = int(time.time())
    body = {
        "iss": _URL,
        "sub": str(row["person_id"]),
        "aud": [audience],
        "scope": PERSON,
        "iat": at,
        "exp": at + 300,
        "sid": str(row["id"]),
        "acr": str(row["strength"]),
        "proved_at": int(row["proved_at"].timestamp()),
    }
    return jwt.encode({"alg": ALGORITHM, "typ": TOKEN_TYPE, "kid": "bench"}, body, key)


def _pair(what: str, took: dict[str, list[float]]) -> Pair:
    """Return the medians, less the first round, which warms up."""
    ours, bare = (median(took[name][1:]) * 1_000_000 for name in ("ours", "bare"))
    return Pair(what, ours, bare)


@dataclass(frozen=True)
class Rates:
    """How many passwords are checked in a second."""

    sign_ins: float
    bare: float
    p95_ms: float
    """How long one of several who sign in at once waits at most, but for one in 20."""

    @property
    def ratio(self) -> float:
        """What is left of bare argon2's rate."""
        return self.sign_ins / self.bare


async def sign_in(size: Size, desk: FrontDesk, addresses: Sequence[str]) -> Rates:
    """Sign each of some people in once, several at once, and check as many passwords bare."""
    waited: list[float] = []
    waiting = iter(addresses)

    async def one_after_another() -> None:
        for address in waiting:
            began = time.perf_counter()
            answer = await desk.try_to_sign_in("dl5", address, PASSWORD)
            waited.append((time.perf_counter() - began) * 1000)
            if answer.status_code != httpx.codes.CREATED:
                raise NotDone(f"signing in: {answer.status_code} {answer.text[:200]}")

    began = time.perf_counter()
    await asyncio.gather(*(one_after_another() for _ in range(AT_ONCE)))
    took = time.perf_counter() - began
    bare = await asyncio.to_thread(_verify_bare, size.sign_ins)
    return Rates(len(waited) / took, size.sign_ins / bare, quantile(waited, 0.95))


def _verify_bare(count: int) -> float:
    hasher = PasswordHasher(
        time_cost=passwords.PASSES, memory_cost=passwords.MEMORY_KIB, parallelism=passwords.LANES
    )
    kept = hasher.hash(PASSWORD)
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as threads:
        began = time.perf_counter()
        for _ in threads.map(lambda _turn: hasher.verify(kept, PASSWORD), range(count)):
            pass
        return time.perf_counter() - began


class People:
    """People of an issuer who were put into identity's database, and no message said of them."""

    def __init__(self, link_key: bytes) -> None:
        """Make links with this key."""
        self._key = link_key
        self._hash = PasswordHasher(
            time_cost=passwords.PASSES,
            memory_cost=passwords.MEMORY_KIB,
            parallelism=passwords.LANES,
        ).hash(PASSWORD)
        self._made = 0

    async def make(self, database: Database, count: int, *, registered: bool) -> list[str]:
        """Put people there who have a customer number each; return their addresses."""
        people, accounts, numbers, tickets = [], [], [], []
        for _ in range(count):
            self._made += 1
            person, number = new_id(), f"DL5-{800_000_000 + self._made}"
            people.append(_a_person(person, _address(self._made), registered=registered))
            numbers.append(_a_number(number))
            tickets.append(_a_ticket(number, person))
            if registered:
                accounts.append(
                    {
                        "person_id": person,
                        "password_hash": self._hash,
                        "password_changed_at": now(),
                        "registered_at": now(),
                    }
                )
        async with database.transaction() as session:
            await session.execute(sa.insert(Person), people)
            await session.execute(sa.insert(CustomerNumber), numbers)
            await session.execute(sa.insert(Ticket), tickets)
            if accounts:
                await session.execute(sa.insert(Account), accounts)
        return [str(each["email"]) for each in people]

    async def links(self, database: Database, addresses: Sequence[str]) -> list[str]:
        """Return the links of mails to these people."""
        day = datetime.now(UTC).date().isoformat()
        found = (
            sa.select(Person.email, Ticket.id)
            .join(Ticket, Ticket.person_id == Person.id)
            .where(Person.email.in_(addresses))
        )
        async with database.transaction() as session:
            tickets = {row.email: row.id for row in await session.execute(found)}
        return [
            f"{tickets[each]}.{day}.{sign(self._key, str(tickets[each]), day, 'view')}"
            for each in addresses
        ]

    async def signed_in(self, database: Database, count: int) -> list[str]:
        """Sign people in, without asking for a password; return what their browsers keep."""
        addresses = await self.make(database, count, registered=True)
        cookies = [new_id().hex for _ in addresses]
        async with database.transaction() as session:
            ids = await session.execute(
                sa.select(Person.email, Person.id).where(Person.email.in_(addresses))
            )
            people = {row.email: row.id for row in ids}
            rows = [
                _a_session(cookie, people[address])
                for cookie, address in zip(cookies, addresses, strict=True)
            ]
            await session.execute(sa.insert(Session), rows)
        return cookies


def _address(number: int) -> str:
    """Return an address; all are of one length, so that nothing else tells them apart."""
    return f"reader{number:07}@customers.example"


def _a_person(person_id: UUID, address: str, *, registered: bool) -> dict[str, Any]:
    return {
        "id": person_id,
        "issuer_group": "dl5",
        "email": address,
        "email_key": address,
        "language": "nl",
        "first_name": "Noor",
        "last_name": "Peeters",
        "registered": registered,
        "own_fields": [],
        "version": 1,
    }


def _a_number(number: str) -> dict[str, Any]:
    return {
        "customer_number": number,
        "issuer": "dl5",
        "name": "Bakkerij Van Damme bv",
        "country": "BE",
        "version": 1,
        "changed_at": now(),
    }


def _a_ticket(number: str, person_id: UUID) -> dict[str, Any]:
    return {
        "customer_number": number,
        "person_id": person_id,
        "role": Role.MAIN,
        "portal": True,
        "mail": True,
        "since": now(),
    }


def _a_session(cookie: str, person_id: UUID) -> dict[str, Any]:
    at = now()
    return {
        "token_sha256": hashlib.sha256(cookie.encode()).digest(),
        "person_id": person_id,
        "issuer": "dl5",
        "staff": False,
        "strength": 1,
        "browser": "Firefox on Windows",
        "started_at": at,
        "seen_at": at,
        "proved_at": at,
        "ends_at": at + timedelta(days=30),
    }


@dataclass(frozen=True)
class Telling:
    """How well the time of an answer tells who has an account from who has none."""

    what: str
    p: float
    gap_ms: float

    @property
    def holds(self) -> bool:
        """Say whether it does not tell."""
        return self.p > LEAST_P and self.gap_ms < MOST_GAP_MS


async def tell_apart(
    what: str, ask: Callable[[str], Awaitable[float]], known: list[str], unknown: list[str]
) -> Telling:
    """Ask about both sorts in an order that is drawn, and compare how long the answers took."""
    turns = [(True, each) for each in known] + [(False, each) for each in unknown]
    random.shuffle(turns)
    took: dict[bool, list[float]] = {True: [], False: []}
    for is_known, about in turns:
        took[is_known].append(await ask(about) * 1000)
    gap = abs(median(took[True]) - median(took[False]))
    return Telling(what, telling.mann_whitney(took[True], took[False]), gap)


async def listen_for_tales(
    stage: Stage, size: Size, database: Database, people: People
) -> dict[str, list[Telling]]:
    """Measure every sort of answer several times, each time with people nobody asked about."""
    found: dict[str, list[Telling]] = {}
    for run in range(RUNS):
        async with httpx.AsyncClient(timeout=30, trust_env=False) as http:
            desk = FrontDesk(http, stage.suite.addresses, stage.suite.environment)
            await desk.token()
            for what, ask in _questions(desk).items():
                known = await people.make(database, size.samples, registered=True)
                unknown = [_address(9_000_000 + each) for each in range(size.samples)]
                if what == "register":
                    unknown = await people.make(database, size.samples, registered=False)
                    known, unknown = [await people.links(database, x) for x in (known, unknown)]
                told = await tell_apart(what, ask, known, unknown)
                found.setdefault(what, []).append(told)
                say(f"run {run + 1}, {what}: p {told.p:.3f}, gap {told.gap_ms:.2f} ms")
    return found


def _questions(desk: FrontDesk) -> dict[str, Callable[[str], Awaitable[float]]]:
    async def timed(expected: int, path: str, **body: Any) -> float:
        began = time.perf_counter()
        answer = await desk.post(path, **body, visitor=visitor())
        took = time.perf_counter() - began
        if answer.status_code != expected:
            raise NotDone(f"{path}: {answer.status_code} {answer.text[:200]}")
        return took

    return {
        "sign in": lambda address: timed(
            422, "/v1/sessions", issuer="dl5", username=address, password=PASSWORD[::-1]
        ),
        "register": lambda link: timed(
            202,
            "/v1/registrations",
            link=link,
            first_name="Noor",
            last_name="Peeters",
            language="nl",
        ),
        "forget": lambda address: timed(
            202, "/v1/forgotten-passwords", issuer="dl5", username=address
        ),
    }


async def measure(stage: Stage, size: Size) -> None:
    """Measure everything, print it beside its bars, keep it."""
    environment = stage.suite.environment
    details = ("--name", "Meridiaan Lease", "--sender", "facturen@meridiaan.example")
    await stage.suite.admit("dl5", *details, "--language", "nl")
    server = stage.suite.addresses.postgres.rpartition("/")[0]
    database = Database(f"{server.replace('postgresql', 'postgresql+asyncpg', 1)}/identity")
    key = key_from(json.loads(environment["IDENTITY_LINK_KEYS"])[0])
    people = People(key)
    pairs = [await check_tokens(size)]
    say("tokens are measured")
    async with stage.database("identity") as alone:
        pairs += await resolve_sessions(size, database, alone, people)
    say("sessions are measured")
    addresses = await people.make(database, size.sign_ins + AT_ONCE, registered=True)
    async with httpx.AsyncClient(timeout=60, trust_env=False) as http:
        desk = FrontDesk(http, stage.suite.addresses, environment)
        await asyncio.gather(
            *(desk.try_to_sign_in("dl5", each, PASSWORD) for each in addresses[:AT_ONCE])
        )
        rates = await sign_in(size, desk, addresses[AT_ONCE:])
    say("signing in is measured")
    tales = await listen_for_tales(stage, size, database, people) if size.samples else {}
    await database.close()
    report(size, pairs, rates, tales)


def report(
    size: Size, pairs: Sequence[Pair], rates: Rates, tales: dict[str, list[Telling]]
) -> None:
    """Print what was found beside its bars, and keep it."""
    bars = [TOKEN_BAR, SESSION_BAR, None]
    rows = [
        (
            each.what,
            f"{each.ours:.0f}",
            f"{each.bare:.0f}",
            f"{each.ratio:.2f}",
            f"at most {bar}, {verdict(holds=each.ratio <= bar)}" if bar else "",
        )
        for each, bar in zip(pairs, bars, strict=True)
    ]
    loaded_suite.table(("microseconds", "ours", "bare", "ratio", "bar"), rows)
    print(
        f"{rates.sign_ins:.1f} sign-ins a second (p95 {rates.p95_ms:.0f} ms, {AT_ONCE} at once), "
        f"argon2 alone {rates.bare:.1f}: {rates.ratio:.2f}; "
        f"bar: at least {SIGN_IN_BAR}, {verdict(holds=rates.ratio >= SIGN_IN_BAR)}"
    )
    for what, told in tales.items():
        best = max(told, key=lambda each: (each.holds, each.p))
        print(
            f"{what}: p {best.p:.3f}, medians {best.gap_ms:.2f} ms apart, best of {len(told)} with "
            f"{size.samples} each; bar: p over {LEAST_P}, apart under {MOST_GAP_MS:.0f} ms, "
            f"{verdict(holds=best.holds)}"
        )
    loaded_suite.keep(
        "accounts",
        {
            "microseconds": {each.what: {"ours": each.ours, "bare": each.bare} for each in pairs},
            "sign_ins_per_second": rates.sign_ins,
            "argon2_per_second": rates.bare,
            "sign_in_p95_ms": rates.p95_ms,
            "telling": {
                what: [{"p": each.p, "gap_ms": each.gap_ms} for each in told]
                for what, told in tales.items()
            },
            "bars": {"token": TOKEN_BAR, "session": SESSION_BAR, "sign_in": SIGN_IN_BAR},
        },
    )


if __name__ == "__main__":
    sys.exit(loaded_suite.run(measure, FULL if loaded_suite.wants_full(__doc__) else SMALL))
