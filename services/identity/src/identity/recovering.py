"""Get back in after a forgotten password: a proof of the mailbox, and a new password."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.identifiers import now
from chassis.ports import Transactions
from identity import (
    account_queries,
    addresses,
    auditing,
    credentials,
    proving,
    queries,
    starting,
    strength,
    throttling,
    writing,
)
from identity.accounts import Credential, CredentialKind
from identity.errors import (
    CodeMissing,
    CodeUnusable,
    IssuerUnknown,
    PasswordRefused,
    ProofUnusable,
)
from identity.passwords import Passwords
from identity.starting import Visitor

_KIND = CredentialKind.RESET


@dataclass(frozen=True)
class Chosen:
    """The password someone chose, and what proves that the mailbox is theirs."""

    password: str
    code: str | None
    proof: str | None


async def ask(
    transactions: Transactions, issuer_key: str, username: str, visitor: Visitor
) -> Credential:
    """Have a proof sent to whoever has an account; of an address without one, nothing differs."""
    at = now()
    key = addresses.key_of_any(username)
    async with transactions() as session:
        await throttling.by_visitor(session, visitor.address, at)
        issuer = await queries.issuer(session, issuer_key)
        if issuer is None:
            raise IssuerUnknown(issuer_key)
        await throttling.by_mailbox(session, issuer.issuer_group, key, at)
    async with transactions() as session:
        found = await account_queries.registered(session, issuer.issuer_group, key)
        person = found[0] if found else None
        sent = await proving.send(
            session, _KIND, person, issuer.issuer, person.email if person else "", details={}
        )
        await writing.write_or_not(session, person, issuer.issuer, _KIND.value, proof=sent)
        await auditing.note(
            session,
            "reset_asked",
            actor="visitor",
            subject=person.id if person else auditing.NOBODY,
            issuer=issuer.issuer,
        )
        return sent


async def finish(
    transactions: Transactions,
    passwords: Passwords,
    keys: Sequence[bytes],
    reset: UUID,
    chosen: Chosen,
    visitor: Visitor,
) -> None:
    """Set the new password of whoever has the mailbox, and sign them out everywhere.

    Second factors stay: a mailbox alone is not enough for who has one. Before the proof is seen to
    be right, a password is held against no more than what holds for everybody, so that no refusal
    tells whose account it is. A password that is not good enough uses nothing up.
    Raises ``PasswordRefused``, ``CodeWrong`` or ``CodeUnusable``.
    """
    at = now()
    if chosen.code is None and chosen.proof is None:
        raise CodeMissing
    strength.check(chosen.password, second_factor=False, words=[])
    async with transactions() as session:
        await throttling.by_visitor(session, visitor.address, at)
    await _check(transactions, keys, reset, chosen)
    async with transactions() as session:
        asked = await account_queries.credential(session, reset, _KIND)
        person_id = asked.person_id if asked else None
        words = await account_queries.words_about(session, person_id) if person_id else []
    try:
        strength.check(chosen.password, second_factor=False, words=words)
    except PasswordRefused:
        if chosen.proof is None:
            async with transactions() as session:
                await proving.give_back_a_try(session, reset)
        raise
    hashed = await passwords.hash(chosen.password)
    async with transactions() as session:
        await _set(session, reset, hashed, at)


async def _check(
    transactions: Transactions, keys: Sequence[bytes], reset: UUID, chosen: Chosen
) -> None:
    if chosen.proof is not None:
        if credentials.read(chosen.proof, keys, _KIND.value) != reset:
            raise CodeUnusable
        return
    async with transactions() as session:
        left = await proving.try_code(session, reset, _KIND, now())
        asked = await account_queries.credential(session, reset, _KIND)
    proving.check_code(keys, asked, chosen.code or "", left)


async def _set(session: AsyncSession, reset: UUID, hashed: str, at: datetime) -> None:
    try:
        used = await proving.use(session, reset, _KIND, at)
    except ProofUnusable as unusable:
        raise CodeUnusable from unusable
    person = used.person_id and await account_queries.person_to_hold(session, used.person_id)
    account = person and await account_queries.account_to_change(session, person.id)
    # A proof of a mailbox that is not theirs any more proves nothing.
    if not person or not account or person.state != "active" or person.email != used.address:
        raise CodeUnusable
    account.password_hash, account.password_changed_at = hashed, at
    account.needs_second_factor = False
    await proving.withdraw(session, person.id, _KIND, at=at)
    await starting.end(session, person.id)
    await writing.write(session, person, used.issuer, "password_changed")
    await auditing.note(
        session, "password_reset", actor=person.id, subject=person.id, issuer=used.issuer
    )
