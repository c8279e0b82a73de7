"""Confirm in the midst of a session that it is still who signed in."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.identifiers import now
from chassis.ports import Transactions
from identity import (
    account_queries,
    auditing,
    factor_queries,
    second_steps,
    starting,
    throttling,
)
from identity.accounts import Account, FactorKind
from identity.errors import ProofRefused, SecondStepRefused, SessionUnknown
from identity.passwords import Passwords
from identity.second_steps import RECOVERY, Answer, Tools

_BURST, _EVERY = 10, timedelta(minutes=1)


@dataclass(frozen=True)
class Proof:
    """What someone proves it with."""

    password: str | None
    code: str | None


async def confirm(
    transactions: Transactions,
    tools: Tools,
    passwords: Passwords,
    person_id: UUID,
    session_id: UUID,
    issuer: str,
    proof: Proof,
) -> str | None:
    """Note in the session that it was proved anew; return its new cookie, as ``rename`` does.

    It takes the password; of who has an app for codes it takes one of its codes (or a recovery
    code), and a password need not be with it: a stolen session and a password that was overheard
    do not take the second factor away. What is given must be right. Raises ``ProofRefused``.
    """
    at = now()
    async with transactions() as session:
        await throttling.spend(session, "proof", str(person_id), burst=_BURST, every=_EVERY, at=at)
        account = await account_queries.account(session, person_id)
        kinds = await second_steps.needed(session, person_id)
        needs_code = FactorKind.TOTP in kinds
        if needs_code and proof.code:
            await second_steps.spend(session, person_id, at)
    if account is None:
        raise SessionUnknown
    if needs_code and not proof.code:
        raise ProofRefused("/code")
    try:
        if proof.password is not None or not needs_code:
            await _check_password(passwords, account, proof.password or "")
        async with transactions() as session:
            if needs_code:
                await _check_code(session, tools, person_id, issuer, proof.code or "", at)
            await factor_queries.prove_lately(session, session_id, at)
            await auditing.note(
                session, "proved_anew", actor=person_id, subject=person_id, issuer=issuer
            )
            return await starting.rename(session, session_id, at)
    except ProofRefused:
        async with transactions() as session:
            await auditing.note(
                session, "proof_refused", actor=person_id, subject=person_id, issuer=issuer
            )
        raise


async def _check_password(passwords: Passwords, account: Account, password: str) -> None:
    if not await passwords.matches(password, account.password_hash):
        raise ProofRefused("/password")


async def _check_code(
    session: AsyncSession, tools: Tools, person_id: UUID, issuer: str, code: str, at: datetime
) -> None:
    person = await account_queries.person_to_hold(session, person_id)
    if person is None:
        raise SessionUnknown
    kind = FactorKind.TOTP.value if code.strip().isdecimal() else RECOVERY
    try:
        await second_steps.check(session, tools, person, issuer, Answer(kind, code=code), at)
    except SecondStepRefused as refused:
        raise ProofRefused("/code") from refused
