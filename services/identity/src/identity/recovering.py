"""Get back in after a forgotten password: a proof of the mailbox, and a new password."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis import outbox
from chassis.identifiers import now
from chassis.ports import Transactions
from contracts.identity import SendReset
from identity import (
    account_queries,
    addresses,
    auditing,
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
from identity.proving import Chosen
from identity.starting import Visitor

_KIND = CredentialKind.RESET


async def ask(
    transactions: Transactions, issuer_key: str, username: str, visitor: Visitor
) -> Credential:
    """Have a proof sent to whoever has an account.

    Whose the address is, nobody looks up before the answer: it cannot tell by the time it takes.
    """
    at = now()
    key = addresses.key_of_any(username)
    async with transactions() as session:
        await throttling.by_visitor(session, visitor.address, at)
        issuer = await queries.issuer(session, issuer_key)
        if issuer is None:
            raise IssuerUnknown(issuer_key)
        await throttling.by_mailbox(session, issuer.issuer_group, key, at)
    async with transactions() as session:
        asked = await proving.send(session, _KIND, None, issuer.issuer, key, details={})
        await outbox.say(session, SendReset(reset=asked.id))
        return asked


async def send(session: AsyncSession, reset: UUID) -> None:
    """Find whose a reset is, and have them sent its proof; that of nobody stays nobody's."""
    asked = await account_queries.credential(session, reset, _KIND)
    if asked is None or asked.person_id is not None or not asked.address:
        return
    issuer = await queries.issuer(session, asked.issuer)
    group = issuer.issuer_group if issuer else ""
    found = await account_queries.registered(session, group, asked.address)
    person = found[0] if found else None
    asked.address = person.email if person else ""
    if person:
        asked.person_id = person.id
        await writing.write(session, person, asked.issuer, _KIND.value, proof=asked)
    await auditing.note(
        session,
        "reset_asked",
        actor="visitor",
        subject=person.id if person else auditing.NOBODY,
        issuer=asked.issuer,
    )


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
    await proving.check(transactions, keys, reset, _KIND, chosen)
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


async def _set(session: AsyncSession, reset: UUID, hashed: str, at: datetime) -> None:
    try:
        used, person = await proving.use_and_hold(session, reset, _KIND, at)
    except ProofUnusable as unusable:
        raise CodeUnusable from unusable
    account = await account_queries.account_to_change(session, person.id)
    # A proof of a mailbox that is not theirs any more proves nothing.
    if account is None or person.email != used.address:
        raise CodeUnusable
    account.password_hash, account.password_changed_at = hashed, at
    account.needs_second_factor = False
    await proving.withdraw(session, person.id, _KIND, at=at)
    await starting.end(session, person.id)
    await writing.write(session, person, used.issuer, "password_changed")
    await auditing.note(
        session, "password_reset", actor=person.id, subject=person.id, issuer=used.issuer
    )
