"""Erase a person who asks for it (GDPR, article 17): what is left says that there was someone.

Invoices stay as long as the issuer's law says, without them; the mail that tells them so goes
first.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis import outbox
from chassis.identifiers import now
from identity import (
    account_queries,
    auditing,
    help_queries,
    person_queries,
    snapshots,
    starting,
    writing,
)
from identity.errors import SessionUnknown


async def erase(
    session: AsyncSession, person_id: UUID, issuer: str, voter: Sequence[bytes] = ()
) -> None:
    """Erase a person: their claims and sessions end, and who they were is forgotten.

    ``voter``: their names where they voted, as ``voters`` has it. What they said goes with them.
    The audit keeps what they did, under a pseudonym that nobody can trace any more.
    """
    at = now()
    held = [each.customer_number for each in await person_queries.tickets_of(session, person_id)]
    numbers = await person_queries.customer_numbers_to_hold(session, held)
    person = await account_queries.person_to_hold(session, person_id)
    if person is None or person.state != "active":
        raise SessionUnknown
    await writing.write(session, person, issuer, "erased")
    await auditing.note(session, "erased", actor=person_id, subject=person_id, issuer=issuer)
    await starting.end(session, person_id)

    touched = set()
    for ticket in await person_queries.tickets_of(session, person_id):
        if ticket.until is None:
            ticket.end(at)
            touched.add(ticket.customer_number)
    person.erase()
    await person_queries.forget_shares(session, person_id)
    await person_queries.end_work(session, person_id, at)
    await person_queries.forget_ways_in(session, person_id)
    await help_queries.forget_votes_of(session, voter)
    for number in sorted(touched):
        numbers[number].change(at)
    await session.flush()
    await person_queries.forget_given_addresses(session, person.issuer_group, held)
    for number in sorted(touched):
        await outbox.say(session, await snapshots.of_customer_number(session, numbers[number]))
    await outbox.say(session, snapshots.of_person(person))
