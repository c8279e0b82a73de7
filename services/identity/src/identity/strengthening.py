"""Strengthen an account: get second factors and recovery codes, and give them back."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.identifiers import new_id, now
from identity import (
    account_queries,
    auditing,
    factor_queries,
    person_queries,
    queries,
    recovery_codes,
    second_steps,
    totp,
    writing,
)
from identity.accounts import FactorKind, SecondFactor
from identity.errors import (
    LastSecondFactor,
    PasskeyUnusable,
    PasswordShortAlone,
    SecondFactorUnknown,
    SecondStepRefused,
    SessionUnknown,
)
from identity.models import Person
from identity.passkeys import PasskeyRefused
from identity.second_steps import Tools, sealed_for

ENROL = "new_passkey"


@dataclass(frozen=True)
class By:
    """Who asks, and in which session."""

    person_id: UUID
    session_id: UUID
    issuer: str


@dataclass(frozen=True)
class NewTotp:
    """What an app makes codes of; shown once."""

    id: UUID
    secret: str
    uri: str


@dataclass(frozen=True)
class Enrolled:
    """A second factor that is there now, with recovery codes if there were none before."""

    id: UUID
    recovery_codes: list[str] | None


async def begin_totp(session: AsyncSession, tools: Tools, by: By, name: str) -> NewTotp:
    """Make a secret for an app; it counts once a code of it was typed."""
    person = await _hold(session, by)
    issuer = await queries.issuer(session, by.issuer)
    await factor_queries.forget_unconfirmed(session, person.id)
    secret, factor_id = totp.new_secret(), new_id()
    session.add(
        SecondFactor(
            id=factor_id,
            person_id=person.id,
            kind=FactorKind.TOTP,
            name=name,
            sealed_secret=tools.vault.seal(secret.encode(), purpose=sealed_for(factor_id)),
            made_at=now(),
        )
    )
    await session.flush()
    label = issuer.name if issuer else by.issuer
    return NewTotp(factor_id, secret, totp.uri(secret, account=person.email, issuer=label))


async def confirm_totp(
    session: AsyncSession, tools: Tools, by: By, factor_id: UUID, code: str
) -> Enrolled:
    """Take an app for codes as a second factor, now that it has made the right one."""
    at = now()
    person = await _hold(session, by)
    factor = await factor_queries.factor(session, person.id, factor_id)
    if factor is None or factor.sealed_secret is None or factor.confirmed_at is not None:
        raise SecondFactorUnknown
    step = second_steps.step_of(tools.vault, factor, code, at)
    if step is None or not await factor_queries.take_step(session, factor.id, step, at):
        raise SecondStepRefused
    return await _enrol(session, by, person, factor)


async def begin_passkey(session: AsyncSession, tools: Tools, by: By) -> second_steps.Step:
    """Ask the browser to make a passkey."""
    person = await _hold(session, by)
    known = await factor_queries.factors(session, person.id)
    name = " ".join(each for each in (person.first_name, person.last_name) if each)
    asked = tools.passkeys.ask_for_new(
        person.id,
        account=person.email,
        name=name or person.email,
        known=[each.passkey_id for each in known if each.passkey_id is not None],
    )
    token = await second_steps.keep(
        session, ENROL, by.issuer, person_id=person.id, nonce=asked.nonce
    )
    return second_steps.Step(token, [FactorKind.PASSKEY.value], asked.options)


async def add_passkey(
    session: AsyncSession, tools: Tools, by: By, token: str, answer: dict[str, Any], name: str
) -> Enrolled:
    """Take the passkey that the browser made as a second factor."""
    at = now()
    person = await _hold(session, by)
    asked = await factor_queries.challenge_to_try(session, second_steps.hash_of(token), ENROL, at)
    if asked is None or asked.person_id != person.id:
        raise PasskeyUnusable
    try:
        made = tools.passkeys.made(answer, asked.nonce or b"")
    except PasskeyRefused as refused:
        raise PasskeyUnusable from refused
    if not await factor_queries.take_challenge(session, asked.token_sha256, at):
        raise PasskeyUnusable
    if await factor_queries.passkey(session, made.id) is not None:
        raise PasskeyUnusable
    factor = SecondFactor(
        id=new_id(),
        person_id=person.id,
        kind=FactorKind.PASSKEY,
        name=name,
        passkey_id=made.id,
        public_key=made.public_key,
        sign_count=made.sign_count,
        made_at=at,
    )
    session.add(factor)
    return await _enrol(session, by, person, factor)


async def remove(session: AsyncSession, by: By, factor_id: UUID) -> None:
    """Give a second factor back; with the last one go the recovery codes."""
    person = await _hold(session, by)
    factor = await factor_queries.factor(session, person.id, factor_id)
    if factor is None:
        raise SecondFactorUnknown
    others = [
        each for each in await factor_queries.factors(session, person.id) if each.id != factor_id
    ]
    if factor.confirmed_at is not None and not others:
        if await person_queries.roles_as_staff(session, person.id):
            raise LastSecondFactor
        account = await account_queries.account(session, person.id)
        if account is None or account.needs_second_factor:
            raise PasswordShortAlone
        await factor_queries.replace_recovery_codes(session, person.id, [])
    await session.delete(factor)
    await _tell(session, by, person, "removed", factor)


async def renew_recovery_codes(session: AsyncSession, by: By) -> list[str]:
    """Make recovery codes anew; those from before are good for nothing."""
    person = await _hold(session, by)
    if not await factor_queries.factors(session, person.id):
        raise SecondFactorUnknown
    codes = await _new_codes(session, person.id)
    await writing.write(
        session, person, by.issuer, "second_factor_changed", change="recovery_codes_made"
    )
    await auditing.note(
        session, "recovery_codes_made", actor=person.id, subject=person.id, issuer=by.issuer
    )
    return codes


async def _hold(session: AsyncSession, by: By) -> Person:
    person = await account_queries.person_to_hold(session, by.person_id)
    if person is None:
        raise SessionUnknown
    return person


async def _enrol(session: AsyncSession, by: By, person: Person, factor: SecondFactor) -> Enrolled:
    at = now()
    factor.confirmed_at = at
    await session.flush()
    left = await factor_queries.recovery_codes_left(session, person.id)
    codes = None if left else await _new_codes(session, person.id)
    await factor_queries.strengthen(session, by.session_id, at)
    await _tell(session, by, person, "added", factor)
    return Enrolled(factor.id, codes)


async def _new_codes(session: AsyncSession, person_id: UUID) -> list[str]:
    codes = recovery_codes.new_codes()
    hashes = [recovery_codes.hash_of(each) for each in codes]
    await factor_queries.replace_recovery_codes(session, person_id, hashes)
    return codes


async def _tell(
    session: AsyncSession, by: By, person: Person, change: str, factor: SecondFactor
) -> None:
    kind = factor.kind.value
    await writing.write(
        session,
        person,
        by.issuer,
        "second_factor_changed",
        change=change,
        factor=kind,
        name=factor.name,
    )
    await auditing.note(
        session,
        f"second_factor_{change}",
        actor=person.id,
        subject=person.id,
        issuer=by.issuer,
        factor=factor.id,
        kind=kind,
    )
