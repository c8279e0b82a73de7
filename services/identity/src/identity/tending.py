"""Tend the people one shares with: their names, the numbers to come, and parting with them."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis import outbox
from chassis.identifiers import now
from identity import auditing, granting_claims, sharing_queries, snapshots
from identity.errors import NamesAreTheirOwn, SharedUserUnknown
from identity.granting_claims import Wish


@dataclass(frozen=True)
class Description:
    """What a main contact says of somebody; what is None is left as it is."""

    first_name: str | None = None
    last_name: str | None = None
    language: str | None = None

    def said(self) -> dict[str, str | None]:
        """Return it by the fields of a person."""
        return {
            "first_name": self.first_name,
            "last_name": self.last_name,
            "language": self.language,
        }


async def describe(session: AsyncSession, me: UUID, person_id: UUID, told: Description) -> None:
    """Say what somebody is called, while they have not registered and nobody else shares with them.

    Raises ``NamesAreTheirOwn``, but not where nothing would change.
    """
    await _known(session, me, person_id)
    person = await sharing_queries.person_to_describe(session, person_id)
    differs = any(
        value is not None and getattr(person, field) != value
        for field, value in told.said().items()
    )
    if not differs:
        return
    if person.registered or await sharing_queries.is_known_to_others(session, me, person_id):
        raise NamesAreTheirOwn
    changed, _ = person.describe(**told.said())
    if changed:
        await outbox.say(session, snapshots.of_person(person))
        await auditing.note(session, "shared_user_described", actor=me, subject=person_id)


async def share_future(
    session: AsyncSession, me: UUID, person_id: UUID, *, portal: bool, mail: bool
) -> None:
    """Share each number to come with somebody from the start; neither switch: none of them (I-21).

    Numbers one has already are not touched.
    """
    at = now()
    await _known(session, me, person_id)
    if portal or mail:
        await sharing_queries.keep_standing_share(
            session, me, person_id, portal=portal, mail=mail, at=at
        )
    elif not await sharing_queries.drop_standing_share(session, me, person_id):
        return
    await auditing.note(
        session,
        "future_numbers_shared",
        actor=me,
        subject=person_id,
        now=granting_claims.word(portal=portal, mail=mail),
    )


async def part(session: AsyncSession, me: UUID, person_id: UUID) -> None:
    """Share nothing with somebody any more, neither what is there nor what is to come (I-18)."""
    at = now()
    names = await sharing_queries.shared_numbers(session, me, person_id)
    numbers = await granting_claims.own(session, me, names)
    wishes = [Wish(each, person_id, portal=False, mail=False) for each in sorted(numbers)]
    turned = await granting_claims.turn(session, numbers, wishes, at, by=me)
    stood = await sharing_queries.drop_standing_share(session, me, person_id)
    if not (turned.count or stood):
        raise SharedUserUnknown
    await auditing.note(session, "shared_user_removed", actor=me, subject=person_id)


async def _known(session: AsyncSession, me: UUID, person_id: UUID) -> None:
    if not await sharing_queries.known_lately(session, me, [person_id], now()):
        raise SharedUserUnknown
