"""The second step of signing in: which ones a person has, what is asked, and what finishes it."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.identifiers import now
from chassis.ports import Transactions
from identity import (
    account_queries,
    auditing,
    factor_queries,
    measures,
    passkeys,
    queries,
    recovery_codes,
    starting,
    throttling,
    totp,
    writing,
)
from identity.accounts import Challenge, FactorKind, SecondFactor
from identity.errors import IssuerUnknown, SecondStepRefused
from identity.models import Person
from identity.passkeys import PasskeyRefused, Passkeys
from identity.starting import Started, Visitor
from identity.vault import SealBroken, Vault

log = structlog.get_logger()

LIFETIME = timedelta(minutes=10)
SIGN_IN = "second_step"
ALONE = "passkey_sign_in"
RECOVERY = "recovery"

_BURST, _EVERY = 10, timedelta(minutes=5)
"""A code has a million values, of which three are right: so few tries that nobody guesses one."""


@dataclass(frozen=True)
class Step:
    """What a browser is asked next: one of these kinds of proof."""

    challenge: str
    kinds: list[str]
    passkey_options: dict[str, Any] | None


@dataclass(frozen=True)
class Answer:
    """What came back: a code, or what a passkey signed."""

    kind: str
    code: str | None = None
    passkey: dict[str, Any] | None = None


@dataclass(frozen=True)
class Tools:
    """What a second step is checked with."""

    vault: Vault
    passkeys: Passkeys


def sealed_for(factor_id: UUID) -> str:
    """Return what a TOTP's secret is sealed for, so that one cannot be put in another's place."""
    return f"second_factor {factor_id}"


def hash_of(token: str) -> bytes:
    """Return what is kept of a challenge's name."""
    return hashlib.sha256(token.encode(errors="surrogatepass")).digest()


async def needed(session: AsyncSession, person_id: UUID) -> list[str]:
    """Return the kinds of second step a person has; none where a password is enough."""
    kinds = {each.kind for each in await factor_queries.factors(session, person_id)}
    if not kinds:
        return []
    left = await factor_queries.recovery_codes_left(session, person_id)
    return [kind.value for kind in FactorKind if kind in kinds] + ([RECOVERY] if left else [])


async def challenge(
    session: AsyncSession, asking: Passkeys, person_id: UUID, issuer: str, kinds: Sequence[str]
) -> Step:
    """Ask for a second step of someone whose password was right."""
    asked = None
    if FactorKind.PASSKEY in kinds:
        asked = asking.ask(_passkeys_of(await factor_queries.factors(session, person_id)))
    token = await keep(
        session, SIGN_IN, issuer, person_id=person_id, nonce=asked.nonce if asked else None
    )
    return Step(token, list(kinds), asked.options if asked else None)


async def challenge_alone(session: AsyncSession, asking: Passkeys, issuer: str) -> Step:
    """Ask for a passkey of anybody, without a password before it."""
    if await queries.issuer(session, issuer) is None:
        raise IssuerUnknown(issuer)
    asked = asking.ask(alone=True)
    token = await keep(session, ALONE, issuer, person_id=None, nonce=asked.nonce)
    return Step(token, [FactorKind.PASSKEY.value], asked.options)


async def keep(
    session: AsyncSession, purpose: str, issuer: str, *, person_id: UUID | None, nonce: bytes | None
) -> str:
    """Remember what was asked, for a while; return the name it is answered under."""
    token = secrets.token_urlsafe(32)
    session.add(
        Challenge(
            token_sha256=hash_of(token),
            purpose=purpose,
            person_id=person_id,
            issuer=issuer,
            nonce=nonce,
            expires_at=now() + LIFETIME,
        )
    )
    await session.flush()
    return token


async def take_try(session: AsyncSession, token: str, purpose: str, at: datetime) -> Challenge:
    """Count a try at a challenge before it is looked at, so that many at once are counted too.

    To be called in a transaction of its own: the count survives whatever becomes of the try.
    Raises ``SecondStepRefused`` when there is none to be had.
    """
    asked = await factor_queries.challenge_to_try(session, hash_of(token), purpose, at)
    if asked is None:
        raise SecondStepRefused
    if asked.person_id is not None:
        await spend(session, asked.person_id, at)
    return asked


async def spend(session: AsyncSession, person_id: UUID, at: datetime) -> None:
    """Keep the guessing of codes within bounds, over all challenges of a person."""
    await throttling.spend(
        session, "second_step", str(person_id), burst=_BURST, every=_EVERY, at=at
    )


async def finish(
    transactions: Transactions, tools: Tools, token: str, answer: Answer, visitor: Visitor
) -> Started:
    """Let someone in whose password was right, and whose second step is."""
    at = now()
    async with transactions() as session:
        asked = await take_try(session, token, SIGN_IN, at)
    assert asked.person_id is not None  # noqa: S101 (only a person is asked for a second step)
    try:
        async with transactions() as session:
            person = _active(await account_queries.person_to_hold(session, asked.person_id))
            await check(session, tools, person, asked.issuer, answer, at, nonce=asked.nonce)
            return await _let_in(session, person, asked, answer.kind, visitor, at)
    except SecondStepRefused:
        await _note_refused(transactions, asked, asked.person_id, answer.kind)
        raise


async def finish_alone(
    transactions: Transactions,
    tools: Tools,
    token: str,
    answer: dict[str, Any],
    visitor: Visitor,
) -> Started:
    """Let someone in by a passkey that knew whose finger or PIN it was."""
    at = now()
    async with transactions() as session:
        asked = await take_try(session, token, ALONE, at)
    who: UUID | None = None
    try:
        async with transactions() as session:
            factor = await _passkey_in(session, answer)
            person = _active(await account_queries.person_to_hold(session, factor.person_id))
            who = person.id
            await _check_group(session, person, asked.issuer)
            nonce = asked.nonce or b""
            await _check_signature(session, tools, factor, answer, nonce, at, alone=True)
            return await _let_in(session, person, asked, FactorKind.PASSKEY, visitor, at)
    except SecondStepRefused:
        await _note_refused(transactions, asked, who, FactorKind.PASSKEY)
        raise


async def check(
    session: AsyncSession,
    tools: Tools,
    person: Person,
    issuer: str,
    answer: Answer,
    at: datetime,
    *,
    nonce: bytes | None = None,
) -> None:
    """Check a second step, and use it up. Raises ``SecondStepRefused``, whatever is wrong."""
    right = False
    if answer.kind == FactorKind.TOTP and answer.code is not None:
        right = await _check_totp(session, tools.vault, person.id, answer.code, at)
    elif answer.kind == RECOVERY and answer.code is not None:
        right = await _check_recovery_code(session, person, issuer, answer.code, at)
    elif answer.kind == FactorKind.PASSKEY and answer.passkey is not None and nonce is not None:
        factor = await _passkey_in(session, answer.passkey)
        right = factor.person_id == person.id
        if right:
            await _check_signature(session, tools, factor, answer.passkey, nonce, at)
    if not right:
        raise SecondStepRefused


def step_of(vault: Vault, factor: SecondFactor, code: str, at: datetime) -> int | None:
    """Return the step in which an app shows this code; None where it does not.

    Of an app whose secret no live key opens, no code is right: its owner has other ways in.
    """
    try:
        secret = vault.open(factor.sealed_secret or b"", purpose=sealed_for(factor.id))
    except SealBroken:
        log.warning("second_factor_not_opened", factor_id=str(factor.id), kind=factor.kind.value)
        return None
    return totp.step_of(secret.decode(), code, at)


async def _check_recovery_code(
    session: AsyncSession, person: Person, issuer: str, code: str, at: datetime
) -> bool:
    code_sha256 = recovery_codes.hash_of(code)
    if not await factor_queries.take_recovery_code(session, person.id, code_sha256, at):
        return False
    left = await factor_queries.recovery_codes_left(session, person.id)
    await writing.write(
        session,
        person,
        issuer,
        "second_factor_changed",
        change="recovery_code_used",
        left=str(left),
    )
    return True


async def _check_totp(
    session: AsyncSession, vault: Vault, person_id: UUID, code: str, at: datetime
) -> bool:
    for factor in await factor_queries.factors(session, person_id):
        if factor.kind is not FactorKind.TOTP:
            continue
        step = step_of(vault, factor, code, at)
        if step is not None and await factor_queries.take_step(session, factor.id, step, at):
            return True
    return False


async def _passkey_in(session: AsyncSession, answer: dict[str, Any]) -> SecondFactor:
    try:
        factor = await factor_queries.passkey(session, passkeys.id_of(answer))
    except PasskeyRefused as refused:
        raise SecondStepRefused from refused
    if factor is None or factor.confirmed_at is None:
        raise SecondStepRefused
    return factor


async def _check_signature(
    session: AsyncSession,
    tools: Tools,
    factor: SecondFactor,
    answer: dict[str, Any],
    nonce: bytes,
    at: datetime,
    *,
    alone: bool = False,
) -> None:
    try:
        sign_count = tools.passkeys.signed(
            answer,
            nonce,
            public_key=factor.public_key or b"",
            sign_count=factor.sign_count,
            alone=alone,
        )
    except PasskeyRefused as refused:
        raise SecondStepRefused from refused
    await factor_queries.count_signature(session, factor.id, sign_count, at)


def _active(person: Person | None) -> Person:
    if person is None or person.state != "active":
        raise SecondStepRefused
    return person


async def _check_group(session: AsyncSession, person: Person, issuer_key: str) -> None:
    issuer = await queries.issuer(session, issuer_key)
    if issuer is None or issuer.issuer_group != person.issuer_group:
        raise SecondStepRefused


async def _let_in(
    session: AsyncSession,
    person: Person,
    asked: Challenge,
    by: str,
    visitor: Visitor,
    at: datetime,
) -> Started:
    if not await factor_queries.take_challenge(session, asked.token_sha256, at):
        raise SecondStepRefused
    measures.sign_ins.labels("done").inc()
    staff = await account_queries.works_for(session, asked.issuer, person.id)
    await auditing.note(
        session, "signed_in", actor=person.id, subject=person.id, issuer=asked.issuer, by=str(by)
    )
    return await starting.start(
        session, person, asked.issuer, visitor, strength=2, staff=staff is not None
    )


async def _note_refused(
    transactions: Transactions, asked: Challenge, who: UUID | None, by: str
) -> None:
    measures.sign_ins.labels("refused").inc()
    async with transactions() as session:
        await auditing.note(
            session,
            "second_step_refused",
            actor=who or auditing.NOBODY,
            subject=who,
            issuer=asked.issuer,
            by=str(by),
        )


def _passkeys_of(factors: Sequence[SecondFactor]) -> list[bytes]:
    return [each.passkey_id for each in factors if each.passkey_id is not None]
