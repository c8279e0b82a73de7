"""Invite somebody to share numbers with, and send that invitation again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis import outbox
from chassis.identifiers import now
from contracts.customer_number import issuer_of
from identity import (
    addresses,
    auditing,
    granting_claims,
    queries,
    sharing_queries,
    snapshots,
    throttling,
    writing,
)
from identity.errors import IsTheMainContact, NothingShared, SharedUserUnknown
from identity.granting_claims import Wish
from identity.models import Person, Ticket

SHARED = "shared"
_PEOPLE, _PEOPLE_EVERY = 60, timedelta(minutes=1)
_INVITATIONS, _INVITATIONS_EVERY = 5, timedelta(minutes=12)


@dataclass(frozen=True)
class Grant:
    """What somebody is given of a number, or of each number that is to come."""

    portal: bool
    mail: bool

    def __bool__(self) -> bool:
        return self.portal or self.mail


@dataclass(frozen=True)
class Invited:
    """Whom a main contact wants to share with, and what."""

    email: str
    first_name: str
    last_name: str
    language: str | None
    numbers: dict[str, Grant]
    future: Grant | None


async def invite(
    session: AsyncSession, me: UUID, group: str, issuer: str, wanted: Invited
) -> tuple[UUID, bool]:
    """Share numbers with an address, and tell whoever has it by mail (I-18, I-19).

    ``issuer`` is whom one signed in with: it writes, where no number says who else. Returns the
    person, and whether anything was new. Who is known already keeps their names; what they share
    already is switched as is wished.
    """
    at = now()
    every = _PEOPLE_EVERY
    await throttling.spend(session, "sharing", str(me), burst=_PEOPLE, every=every, at=at)
    granted = {number: each for number, each in wanted.numbers.items() if each}
    if not (granted or wanted.future):
        raise NothingShared
    key = addresses.key_of(wanted.email, pointer="/email")
    numbers = await granting_claims.own(session, me, granted)
    person = await queries.person_to_change(session, group, wanted.email, key)
    if person.id == me:
        raise IsTheMainContact
    await _describe(session, me, person, wanted)
    await session.flush()

    wishes = [
        Wish(number, person.id, portal=each.portal, mail=each.mail)
        for number, each in sorted(granted.items())
    ]
    turned = await granting_claims.turn(session, numbers, wishes, at, by=me)
    stands = await _share_future(session, me, person, wanted.future)
    if turned.granted or stands:
        names = sorted(granted) if turned.granted else []
        await _write(session, me, person, names, issuer)
    return person.id, bool(turned.granted or stands)


async def invite_again(session: AsyncSession, me: UUID, issuer: str, person_id: UUID) -> None:
    """Send the mail again by which somebody learns what is shared with them (Q3)."""
    at = now()
    every = _INVITATIONS_EVERY
    await throttling.spend(
        session, "invitation", str(person_id), burst=_INVITATIONS, every=every, at=at
    )
    found = await sharing_queries.shared_with_one(session, me, person_id)
    if found is None:
        raise SharedUserUnknown
    names = sorted(await sharing_queries.shared_numbers(session, me, person_id))
    await _write(session, me, found.person, names, issuer)
    await auditing.note(session, "invitation_sent", actor=me, subject=person_id)


async def _describe(session: AsyncSession, me: UUID, person: Person, wanted: Invited) -> None:
    """Take over names only of whom nobody knew, or nobody else."""
    is_new = person.version == 0
    theirs = person.registered or (
        not is_new and await sharing_queries.is_known_to_others(session, me, person.id)
    )
    if theirs:
        return
    said = {"first_name": wanted.first_name, "last_name": wanted.last_name}
    changed, _ = person.describe(**said, language=wanted.language)
    if changed:
        await outbox.say(session, snapshots.of_person(person))


async def _share_future(
    session: AsyncSession, me: UUID, person: Person, future: Grant | None
) -> bool:
    if not future:
        return False
    at = now()
    found = await sharing_queries.standing_share(session, me, person.id)
    await sharing_queries.keep_standing_share(
        session, me, person.id, portal=future.portal, mail=future.mail, at=at
    )
    await auditing.note(
        session,
        "future_numbers_shared",
        actor=me,
        subject=person.id,
        now=granting_claims.word(portal=future.portal, mail=future.mail),
    )
    return found is None


async def _write(
    session: AsyncSession, me: UUID, person: Person, names: Sequence[str], issuer: str
) -> None:
    """Write the mail; its button opens the newest document of a number they see in the portal."""
    by = (await queries.people(session, [me]))[me]
    claims = await sharing_queries.claims_of(session, names, [person.id])
    await writing.write(
        session,
        person,
        issuer_of(names[0]) if names else issuer,
        SHARED,
        ticket=_to_open(list(claims.values())),
        by=by.full_name or by.email,
        customer_numbers=", ".join(names),
        registered="yes" if person.registered else "no",
    )


def _to_open(claims: Sequence[Ticket]) -> UUID | None:
    seen = sorted((each for each in claims if each.portal), key=lambda each: each.customer_number)
    return seen[0].id if seen else None
