"""Change the address of a reader without account, because they told the issuer of another.

Who has an account changes it there. Nobody proves that the new mailbox is theirs, so nothing but an
issuer's own word moves: what it could have said of its customer numbers by message as well.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis import outbox
from chassis.identifiers import now
from identity import (
    addresses,
    auditing,
    desk_queries,
    granting_claims,
    person_queries,
    queries,
    revoking,
    snapshots,
)
from identity.errors import AddressIsTheirs, HasAccount, NobodyThere
from identity.granting_claims import Wish
from identity.models import CustomerNumber, Person, Role, Ticket

CHANGED = "desk_address_changed"
"""The act in the audit, of whoever loses what and whoever gets it."""


@dataclass(frozen=True)
class Change:
    """Who is to be reached elsewhere, on whose word, and why."""

    staff_id: UUID
    issuer: str
    group: str
    customer_number: str
    person_id: UUID
    address: str
    reason: str


async def change(session: AsyncSession, wanted: Change) -> Person:
    """Reach somebody at another address from now on. Returns who has it.

    The person moves there, where nobody else is known by the address and no other issuer knows the
    person; their links open nothing any more, for the old mailbox may be a stranger's. Otherwise
    whoever has the address gets what the person has of this issuer, as if it had named them, and
    another issuer's word for either of them stays as it is. Neither mailbox is written to.

    Raises ``NobodyThere``, ``HasAccount`` or ``AddressIsTheirs``.
    """
    key = addresses.key_of(wanted.address, pointer="/address")
    if not await desk_queries.claim(
        session, wanted.issuer, wanted.customer_number, wanted.person_id
    ):
        raise NobodyThere
    at = now()
    numbers, person, other = await _hold(session, wanted, key)
    # Read again: whoever held them before may have taken the claim, or given an account.
    claims = [
        each
        for each in await desk_queries.claims_at(session, wanted.issuer, person.id)
        if each.customer_number in numbers
    ]
    if wanted.customer_number not in {each.customer_number for each in claims}:
        raise NobodyThere
    if person.registered:
        raise HasAccount
    if (person.email, person.email_key) == (wanted.address, key):
        raise AddressIsTheirs
    if other.id == person.id or await _is_free(session, wanted, other):
        if other.id != person.id:
            await session.delete(other)
            await session.flush()
        await _move(session, person, wanted.address, key, claims, at)
        told: dict[UUID | None, dict[str, Any]] = {person.id: {"became": "moved"}}
        has_it = person
    else:
        await _give(session, person, other, numbers, claims, at)
        told = {person.id: {"became": "given_away"}, other.id: {"became": "given"}}
        has_it = other
    await granting_claims.tell(session, [numbers[each.customer_number] for each in claims], at)
    await outbox.say(session, snapshots.of_person(has_it))
    why = {"customer_number": wanted.customer_number, "reason": wanted.reason}
    await auditing.note_each(
        session,
        CHANGED,
        {each: why | facts for each, facts in told.items()},
        actor=wanted.staff_id,
        issuer=wanted.issuer,
    )
    return has_it


async def _hold(
    session: AsyncSession, wanted: Change, key: str
) -> tuple[Mapping[str, CustomerNumber], Person, Person]:
    """Hold the numbers, then who has the old address and who has the new: as everywhere.

    Nobody has the new one, and there is a place for it now, which nobody else can take meanwhile.
    """
    claims = await desk_queries.claims_at(session, wanted.issuer, wanted.person_id)
    numbers = await person_queries.customer_numbers_to_hold(
        session, [each.customer_number for each in claims]
    )
    there = await queries.person(session, wanted.group, key)
    ids = {wanted.person_id, *([there.id] if there else [])}
    person = (await desk_queries.people_to_hold(session, ids)).get(wanted.person_id)
    if person is None or person.state != "active":
        raise NobodyThere
    return (
        numbers,
        person,
        await queries.person_to_change(session, wanted.group, wanted.address, key),
    )


async def _is_free(session: AsyncSession, wanted: Change, other: Person) -> bool:
    """Say whether nobody is known by the address, and nobody else knows the person by theirs."""
    if other.version > 0:
        return False
    return not await desk_queries.is_known_elsewhere(session, wanted.issuer, wanted.person_id)


async def _move(
    session: AsyncSession,
    person: Person,
    address: str,
    key: str,
    claims: Sequence[Ticket],
    at: datetime,
) -> None:
    person.email, person.email_key = address, key
    person.version += 1
    await person_queries.withdraw_all(session, person.id, at)
    await revoking.revoke(session, claims, at)


async def _give(
    session: AsyncSession,
    person: Person,
    other: Person,
    numbers: Mapping[str, CustomerNumber],
    claims: Sequence[Ticket],
    at: datetime,
) -> None:
    """Let another have what a person has, beside what they have already."""
    if other.version == 0:
        other.version = 1
        other.language = person.language
        other.first_name, other.last_name = person.first_name, person.last_name
    for claim in claims:
        live = await queries.live_tickets(session, claim.customer_number)
        theirs = next((each for each in live if each.person_id == other.id), None)
        claim.end(at)
        if claim.role is Role.MAIN:
            if theirs is not None:
                theirs.end(at)
            await session.flush()
            number = numbers[claim.customer_number]
            shared = {each.person_id for each in live if each.until is None}
            await granting_claims.make_main(session, number, other.id, at, shared=shared)
            # The issuer's system may go on naming the one before.
            number.handed_over_at = at
        elif theirs is None:
            wish = Wish(claim.customer_number, other.id, portal=claim.portal, mail=claim.mail)
            granting_claims.grant(session, wish, at)
    await session.flush()
