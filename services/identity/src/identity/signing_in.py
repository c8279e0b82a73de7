"""Sign in with a password, or be refused in a way that tells nothing."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.identifiers import now
from chassis.ports import Transactions
from identity import (
    account_queries,
    addresses,
    auditing,
    measures,
    queries,
    starting,
    throttling,
)
from identity.accounts import Account
from identity.errors import IssuerUnknown, SignInRefused
from identity.models import Person
from identity.passwords import Passwords
from identity.starting import Started, Visitor


@dataclass(frozen=True)
class Proved:
    """Whose password was given, and at whose door."""

    person: Person
    issuer: str
    checked_hash: str
    better_hash: str | None


async def prove(
    transactions: Transactions,
    passwords: Passwords,
    issuer: str,
    username: str,
    password: str,
    visitor: Visitor,
) -> Proved:
    """Check a password. Raises ``SignInRefused``, with the same work for whoever is not there."""
    async with transactions() as session:
        found = await _take_a_try(session, issuer, username, visitor)
    person, account = found or (None, None)
    kept = account.password_hash if account else None
    if not await passwords.matches(password, kept) or person is None or kept is None:
        async with transactions() as session:
            await auditing.note(
                session,
                "sign_in_refused",
                actor="visitor",
                subject=person.id if person else auditing.NOBODY,
                issuer=issuer,
            )
        measures.sign_ins.labels("refused").inc()
        raise SignInRefused
    better = await passwords.hash(password) if passwords.needs_rehash(kept) else None
    return Proved(person, issuer, kept, better)


async def let_by(session: AsyncSession, proved: Proved) -> Person:
    """Hold who proved their password: it counts only while it is still their password."""
    person = await account_queries.person_to_hold(session, proved.person.id)
    account = await account_queries.account_to_change(session, proved.person.id)
    if (
        person is None
        or account is None
        or person.state != "active"
        or account.password_hash != proved.checked_hash
    ):
        raise SignInRefused
    if proved.better_hash:
        account.password_hash = proved.better_hash
    return person


async def enter(session: AsyncSession, person: Person, proved: Proved, visitor: Visitor) -> Started:
    """Start the session of someone who has no second step to take."""
    staff = await account_queries.works_for(session, proved.issuer, person.id) is not None
    await auditing.note(
        session,
        "signed_in",
        actor=person.id,
        subject=person.id,
        issuer=proved.issuer,
        by="password",
    )
    measures.sign_ins.labels("done").inc()
    return await starting.start(session, person, proved.issuer, visitor, strength=1, staff=staff)


async def _take_a_try(
    session: AsyncSession, issuer_key: str, username: str, visitor: Visitor
) -> tuple[Person, Account] | None:
    """Find whose account it is, and count the try: a known browser's apart from all others'."""
    at = now()
    issuer = await queries.issuer(session, issuer_key)
    if issuer is None:
        raise IssuerUnknown(issuer_key)
    key = addresses.key_of_any(username)
    found = await account_queries.registered(session, issuer.issuer_group, key)
    device = starting.hash_of(visitor.device or "")
    person_id = found[0].id if found else auditing.NOBODY
    if await account_queries.device(session, device, person_id):
        await throttling.by_device(session, device, at)
    else:
        await throttling.by_visitor(session, visitor.address, at)
        await throttling.by_account(session, issuer.issuer_group, key, at)
    return found
