"""Move a person to another e-mail address: where mails go and how they sign in, at one moment.

Until the new address is confirmed the old one stays fully valid; for three days its mailbox can
take the move back.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis import outbox
from chassis.identifiers import now
from chassis.ports import Transactions
from identity import (
    account_queries,
    addresses,
    auditing,
    credentials,
    person_queries,
    proving,
    queries,
    snapshots,
    starting,
    throttling,
    writing,
)
from identity.accounts import Credential, CredentialKind
from identity.errors import (
    AddressIsYours,
    AddressTaken,
    ProofUnknown,
    SessionUnknown,
)
from identity.models import Person, Role, Ticket

CONFIRM_FOR = timedelta(hours=24)
CANCEL_FOR = timedelta(hours=72)

_BURST, _EVERY = 5, timedelta(minutes=12)


async def ask(
    transactions: Transactions, person_id: UUID, group: str, issuer: str, address: str
) -> None:
    """Ask for a move: the new address is to confirm it, and the old one is told.

    Whether somebody else has the address is told to its mailbox only. Neither a mailbox nor a
    person can be made to send or get more than a few of these. Raises ``AddressIsYours``.
    """
    key = addresses.key_of(address, pointer="/address")
    async with transactions() as session:
        at = now()
        await throttling.by_mailbox(session, group, key, at)
        await throttling.spend(
            session, "mailbox", f"moves {person_id}", burst=_BURST, every=_EVERY, at=at
        )
    async with transactions() as session:
        await _ask(session, person_id, issuer, address, key)


async def _ask(session: AsyncSession, person_id: UUID, issuer: str, address: str, key: str) -> None:
    at = now()
    person = await account_queries.person_to_hold(session, person_id)
    if person is None:
        raise SessionUnknown
    if (person.email, person.email_key) == (address, key):
        raise AddressIsYours
    await proving.withdraw(session, person_id, CredentialKind.EMAIL_CONFIRM, at=at)
    confirm = await proving.send(
        session,
        CredentialKind.EMAIL_CONFIRM,
        person,
        issuer,
        address,
        details={},
        link_for=CONFIRM_FOR,
        code_for=None,
    )
    cancel = await proving.send(
        session,
        CredentialKind.EMAIL_CANCEL,
        person,
        issuer,
        person.email,
        details={},
        link_for=CANCEL_FOR,
        code_for=None,
    )
    told: dict[str, Any] = {"from": person.email, "to": address}
    await writing.write(
        session, person, issuer, "email_confirm", recipient=address, proof=confirm, **told
    )
    await writing.write(session, person, issuer, "email_changing", proof=cancel, **told)
    await auditing.note(session, "move_asked", actor=person_id, subject=person_id, issuer=issuer)


async def withdraw(session: AsyncSession, person_id: UUID, issuer: str) -> None:
    """Take back what was asked and not confirmed."""
    await proving.withdraw(session, person_id, CredentialKind.EMAIL_CONFIRM, at=now())
    await auditing.note(
        session, "move_withdrawn", actor=person_id, subject=person_id, issuer=issuer
    )


async def confirm(session: AsyncSession, keys: Sequence[bytes], proof: str) -> str:
    """Move a person to the address whose mailbox says so. Returns it.

    Raises ``ProofUnknown``, ``ProofUnusable`` or ``AddressTaken``.
    """
    at = now()
    used, person = await _use(session, keys, CredentialKind.EMAIL_CONFIRM, proof, at)
    await _move(session, person, used, at)
    await auditing.note(
        session, "moved", actor=person.id, subject=person.id, issuer=used.issuer, proof=used.id
    )
    return person.email


async def cancel(session: AsyncSession, keys: Sequence[bytes], proof: str) -> str:
    """Leave a person at the address whose mailbox says so, or move them back. Returns it.

    A move that took place was a stranger's: every session ends, and no proof that was sent
    meanwhile is good any more. Raises as ``confirm`` does.
    """
    at = now()
    used, person = await _use(session, keys, CredentialKind.EMAIL_CANCEL, proof, at)
    if person.email == used.address:
        await proving.withdraw(session, person.id, CredentialKind.EMAIL_CONFIRM, at=at)
        act = "move_cancelled"
    else:
        await _move(session, person, used, at)
        await person_queries.withdraw_all(session, person.id, at)
        await starting.end(session, person.id)
        act = "moved_back"
    await auditing.note(
        session, act, actor=person.id, subject=person.id, issuer=used.issuer, proof=used.id
    )
    return person.email


async def _use(
    session: AsyncSession, keys: Sequence[bytes], kind: CredentialKind, proof: str, at: datetime
) -> tuple[Credential, Person]:
    credential_id = credentials.read(proof, keys, kind.value)
    if credential_id is None:
        raise ProofUnknown
    await _hold_all(session, await account_queries.credential(session, credential_id, kind))
    return await proving.use_and_hold(session, credential_id, kind, at)


async def _hold_all(session: AsyncSession, sent: Credential | None) -> None:
    """Hold what a move to the address of a proof touches beside its owner.

    Customer numbers are held before people, as everywhere, so that nobody waits in a circle.
    """
    if sent is None or sent.person_id is None:
        return
    owner = (await queries.people(session, [sent.person_id])).get(sent.person_id)
    if owner is None:
        return
    key = addresses.key_of(sent.address, pointer="/address")
    there = await queries.person(session, owner.issuer_group, key)
    if there is None or there.id == owner.id:
        return
    tickets = await person_queries.tickets_of(session, there.id)
    await person_queries.customer_numbers_to_hold(
        session, [each.customer_number for each in tickets]
    )
    for each in sorted((owner.id, there.id)):
        await account_queries.person_to_hold(session, each)


async def _move(session: AsyncSession, person: Person, used: Credential, at: datetime) -> None:
    """Move a person to the address of a proof, and tell both mailboxes."""
    key = addresses.key_of(used.address, pointer="/address")
    # Whoever has the address, or else a place for it, which nobody else can take meanwhile.
    other = await queries.person_to_change(session, person.issuer_group, used.address, key)
    if other.id != person.id:
        await _take_over(session, person, other, at)
    before = person.email
    person.move(used.address, key)
    await session.flush()
    await outbox.say(session, snapshots.of_person(person))
    told: dict[str, Any] = {"from": before, "to": person.email}
    await writing.write(session, person, used.issuer, "email_changed", **told)
    await writing.write(session, person, used.issuer, "email_changed", recipient=before, **told)


async def _take_over(session: AsyncSession, person: Person, other: Person, at: datetime) -> None:
    """Give a person the tickets of whoever was known by their new address and never registered."""
    if other.registered:
        raise AddressTaken
    if other.version == 0:
        await session.delete(other)
        await session.flush()
        return
    tickets = await person_queries.tickets_of(session, person.id, other.id)
    theirs = [each for each in tickets if each.person_id == other.id]
    numbers = await person_queries.customer_numbers_to_hold(
        session, [each.customer_number for each in theirs]
    )
    for ticket in theirs:
        rival = _live_on(ticket, tickets, person.id) if ticket.until is None else None
        if rival is not None:
            (rival if ticket.role is Role.MAIN else ticket).end(at)
            await session.flush()
        ticket.person_id = person.id
    await person_queries.hand_over_shares(session, other.id, person.id)
    await person_queries.forget_shares(session, other.id)
    await person_queries.end_work(session, other.id, at)
    await person_queries.forget_ways_in(session, other.id)
    other.erase()
    for number in numbers.values():
        number.change(at)
    await session.flush()
    for number in numbers.values():
        await outbox.say(session, await snapshots.of_customer_number(session, number))
    await outbox.say(session, snapshots.of_person(other))


def _live_on(ticket: Ticket, tickets: Sequence[Ticket], person_id: UUID) -> Ticket | None:
    return next(
        (
            each
            for each in tickets
            if each.customer_number == ticket.customer_number
            and each.person_id == person_id
            and each.until is None
        ),
        None,
    )
