"""Grant claims on customer numbers, switch and end them: each number changes once per act.

Whoever calls holds the numbers first, in their order, and people only after: so two who share the
same numbers with the same people wait for each other, and never both.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis import outbox
from identity import auditing, measures, sharing_queries, snapshots
from identity.errors import CustomerNumberUnknown, IsTheMainContact, SharedUserUnknown
from identity.models import CustomerNumber, Role, Ticket

SHARING_CHANGED = "sharing_changed"
"""The act in the audit: who has what of which number now."""

_TOLD_AT_ONCE = 25


@dataclass(frozen=True)
class Wish:
    """What somebody is to have of a customer number; neither switch: nothing."""

    customer_number: str
    person_id: UUID
    portal: bool
    mail: bool


@dataclass
class Turned:
    """What became of wishes: new claims, and whose claims changed on which numbers."""

    granted: list[Ticket] = field(default_factory=list)
    numbers: set[str] = field(default_factory=set)
    people: dict[UUID, dict[str, str]] = field(default_factory=dict)
    """For each person what they have of a number now, in a word: for the audit."""

    @property
    def count(self) -> int:
        """Return how many claims changed."""
        return sum(map(len, self.people.values()))

    def note(self, wish: Wish) -> None:
        """Write down that a wish changed something."""
        self.numbers.add(wish.customer_number)
        self.people.setdefault(wish.person_id, {})[wish.customer_number] = word(
            portal=wish.portal, mail=wish.mail
        )


def word(*, portal: bool, mail: bool) -> str:
    """Say in a word what somebody has of a number: all, portal, mail or nothing."""
    if portal and mail:
        return "all"
    return "portal" if portal else "mail" if mail else "nothing"


async def own(
    session: AsyncSession, me: UUID, numbers: Collection[str]
) -> dict[str, CustomerNumber]:
    """Hold customer numbers that somebody answers for.

    Raises ``CustomerNumberUnknown`` for the first that is another's, before it holds any.
    """
    wanted = set(numbers)
    _all_of(wanted, await sharing_queries.main_claims(session, me, wanted))
    held = await sharing_queries.numbers_to_change(session, wanted)
    # Whoever held them before may have given them away meanwhile.
    _all_of(wanted, await sharing_queries.main_claims(session, me, wanted))
    return held


def _all_of(wanted: Collection[str], found: Collection[str]) -> None:
    for each in sorted(set(wanted) - set(found)):
        raise CustomerNumberUnknown(each)


async def turn(
    session: AsyncSession,
    numbers: Mapping[str, CustomerNumber],
    wishes: Sequence[Wish],
    at: datetime,
    *,
    by: UUID,
) -> Turned:
    """Bring claims to what is wished, and tell of each number that changed, once."""
    people = {each.person_id for each in wishes}
    if people - await sharing_queries.people_to_grant(session, people):
        raise SharedUserUnknown
    claims = await sharing_queries.claims_of(session, numbers, people)
    turned = Turned()
    for wish in wishes:
        claim = claims.get((wish.customer_number, wish.person_id))
        if claim is not None and claim.role is Role.MAIN:
            raise IsTheMainContact
        if not (wish.portal or wish.mail):
            if claim is not None:
                claim.end(at)
                measures.shares.labels("unshared").inc()
                turned.note(wish)
        elif claim is None:
            turned.granted.append(grant(session, wish, at))
            turned.note(wish)
        elif claim.switch(portal=wish.portal, mail=wish.mail, at=at):
            turned.note(wish)
    await tell(session, [numbers[each] for each in sorted(turned.numbers)], at)
    await _note(session, turned, by)
    return turned


async def _note(session: AsyncSession, turned: Turned, by: UUID) -> None:
    if turned.people:
        facts: dict[UUID | None, dict[str, Any]] = {
            each: {"now": turned.people[each]} for each in sorted(turned.people)
        }
        await auditing.note_each(session, SHARING_CHANGED, facts, actor=by)


def grant(session: AsyncSession, wish: Wish, since: datetime) -> Ticket:
    """Make somebody a shared user of a number."""
    ticket = Ticket(
        customer_number=wish.customer_number,
        person_id=wish.person_id,
        role=Role.SHARED,
        portal=wish.portal,
        mail=wish.mail,
        since=since,
    )
    session.add(ticket)
    measures.shares.labels("shared").inc()
    return ticket


async def make_main(
    session: AsyncSession,
    number: CustomerNumber,
    person_id: UUID,
    since: datetime,
    *,
    shared: Collection[UUID],
) -> None:
    """Make somebody the main contact, and share with whom they share each new number (I-21).

    ``shared`` are the people who share it already. Telling of the number is the caller's.
    """
    session.add(
        Ticket(
            customer_number=number.customer_number,
            person_id=person_id,
            role=Role.MAIN,
            portal=True,
            mail=True,
            since=since,
        )
    )
    await session.flush()
    standing = [
        each
        for each in await sharing_queries.standing_shares(session, person_id)
        if each.person_id not in shared and each.person_id != person_id
    ]
    there = await sharing_queries.people_to_grant(session, [each.person_id for each in standing])
    wishes = [
        Wish(number.customer_number, each.person_id, portal=each.portal, mail=each.mail)
        for each in standing
        if each.person_id in there
    ]
    brought = Turned([grant(session, each, since) for each in wishes])
    for each in wishes:
        brought.note(each)
    await _note(session, brought, person_id)


async def tell(session: AsyncSession, numbers: Sequence[CustomerNumber], at: datetime) -> None:
    """Count one change of each number, and tell of it.

    Numbers may be many, with many shared users each: others are served between a few and a few.
    """
    for number in numbers:
        number.change(at)
    await session.flush()
    for start in range(0, len(numbers), _TOLD_AT_ONCE):
        some = numbers[start : start + _TOLD_AT_ONCE]
        await outbox.say(session, *await snapshots.of_customer_numbers(session, some))
