"""Register: from the link of a mail to an account, by a fresh proof of the mailbox."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis import outbox
from chassis.identifiers import new_id, now
from chassis.ports import Transactions
from identity import (
    account_queries,
    auditing,
    links,
    measures,
    proving,
    queries,
    snapshots,
    starting,
    strength,
    throttling,
    writing,
)
from identity.accounts import Account, Credential, CredentialKind
from identity.errors import CodeMissing, CodeUnusable, LinkUnknown, ProofUnusable
from identity.models import Issuer, Person
from identity.passwords import Passwords
from identity.proving import Chosen
from identity.starting import Started, Visitor

_KIND = CredentialKind.REGISTER


@dataclass(frozen=True)
class Registrant:
    """What someone says of themselves when they register."""

    first_name: str
    last_name: str
    language: str


async def ask(
    transactions: Transactions,
    keys: Sequence[bytes],
    link: str,
    registrant: Registrant,
    visitor: Visitor,
) -> Credential:
    """Have a proof sent to the address that the issuer knows. Raises ``LinkUnknown``.

    Who is registered already is told so by mail; here the answer is the same.
    """
    at = now()
    async with transactions() as session:
        await throttling.by_visitor(session, visitor.address, at)
        person, issuer = await _of_link(session, keys, link, at)
        await throttling.by_mailbox(session, person.issuer_group, person.email_key, at)
    async with transactions() as session:
        return await _send(session, person, issuer.issuer, registrant)


async def ask_again(transactions: Transactions, registration: UUID, visitor: Visitor) -> UUID:
    """Send a new proof in place of an older one. Of one we do not know, nothing is told."""
    at = now()
    async with transactions() as session:
        await throttling.by_visitor(session, visitor.address, at)
        asked = await account_queries.credential(session, registration, _KIND)
        person = await _person_of(session, asked)
        if person:
            await throttling.by_mailbox(session, person.issuer_group, person.email_key, at)
    if asked is None or person is None or not asked.is_usable(at):
        return new_id()
    async with transactions() as session:
        await proving.withdraw(session, person.id, _KIND, at=at)
        said = Registrant(**asked.details)
        return (await _send(session, person, asked.issuer, said)).id


async def finish(
    transactions: Transactions,
    passwords: Passwords,
    keys: Sequence[bytes],
    registration: UUID,
    chosen: Chosen,
    visitor: Visitor,
) -> Started:
    """Register whoever has the mailbox, and sign them in.

    A password that is not good enough uses nothing up. Raises ``PasswordRefused``, ``CodeWrong``
    or ``CodeUnusable``.
    """
    at = now()
    if chosen.code is None and chosen.proof is None:
        raise CodeMissing
    async with transactions() as session:
        await throttling.by_visitor(session, visitor.address, at)
        asked = await account_queries.credential(session, registration, _KIND)
        words = await _words(session, asked)
    strength.check(chosen.password, second_factor=False, words=words)
    await proving.check(transactions, keys, registration, _KIND, chosen)
    hashed = await passwords.hash(chosen.password)
    async with transactions() as session:
        return await _register(session, registration, hashed, visitor, at)


async def _of_link(
    session: AsyncSession, keys: Sequence[bytes], link: str, at: datetime
) -> tuple[Person, Issuer]:
    ticket_id = links.ticket_of(link, keys, at)
    found = ticket_id and await account_queries.holder_of(session, ticket_id)
    if not found:
        raise LinkUnknown
    return found[1], found[2]


async def _person_of(session: AsyncSession, asked: Credential | None) -> Person | None:
    if asked is None or asked.person_id is None:
        return None
    person = (await queries.people(session, [asked.person_id])).get(asked.person_id)
    return person if person and person.state == "active" else None


async def _send(
    session: AsyncSession, person: Person, issuer: str, registrant: Registrant
) -> Credential:
    sent = await proving.send(
        session, _KIND, person, issuer, person.email, details=dict(vars(registrant))
    )
    kind = "already_registered" if person.registered else _KIND.value
    await writing.write(session, person, issuer, kind, proof=None if person.registered else sent)
    await auditing.note(
        session, "registration_asked", actor="visitor", subject=person.id, issuer=issuer
    )
    return sent


async def _words(session: AsyncSession, asked: Credential | None) -> list[str]:
    """Return what a password should not be made of; of nobody there is nothing known."""
    person_id = asked.person_id if asked else None
    if asked is None or person_id is None:
        return []
    said = [str(each) for each in asked.details.values()]
    return [*said, *await account_queries.words_about(session, person_id)]


async def _register(
    session: AsyncSession, registration: UUID, hashed: str, visitor: Visitor, at: datetime
) -> Started:
    try:
        used, person = await proving.use_and_hold(session, registration, _KIND, at)
    except ProofUnusable as unusable:
        raise CodeUnusable from unusable
    if person.registered or person.email != used.address:
        raise CodeUnusable
    await proving.withdraw(session, person.id, _KIND, at=at)
    session.add(
        Account(
            person_id=person.id,
            password_hash=hashed,
            password_changed_at=at,
            registered_at=at,
        )
    )
    _take_over(person, used.details)
    await outbox.say(session, snapshots.of_person(person))
    await auditing.note(
        session, "registered", actor=person.id, subject=person.id, issuer=used.issuer
    )
    measures.registrations.inc()
    return await starting.start(session, person, used.issuer, visitor, strength=1, staff=False)


def _take_over(person: Person, said: dict[str, str]) -> None:
    """Let the person have the last word on what the issuer had otherwise."""
    person.registered = True
    person.version += 1
    for field, value in said.items():
        if getattr(person, field) != value:
            setattr(person, field, value)
            person.own_fields = [*person.own_fields, field]
