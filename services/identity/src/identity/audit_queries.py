"""The questions about the audit, and the upsert that gives a person their pseudonym."""

from collections.abc import Iterable
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from identity.models import Person
from identity.trails import Pseudonym


async def pseudonyms(session: AsyncSession, people: Iterable[UUID]) -> dict[UUID, UUID]:
    """Find the pseudonyms of people, or make them; who does not exist has none."""
    wanted = set(people)
    made = sa.select(Person.id, sa.func.gen_random_uuid()).where(Person.id.in_(wanted))
    await session.execute(
        insert(Pseudonym).from_select(["person_id", "pseudonym"], made).on_conflict_do_nothing()
    )
    found = sa.select(Pseudonym.person_id, Pseudonym.pseudonym)
    rows = await session.execute(found.where(Pseudonym.person_id.in_(wanted)))
    return dict(rows.all())
