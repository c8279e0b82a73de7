"""Know who may read what: identity's newest snapshots, as claims on customer numbers.

What was published before somebody could read it counts as read: ten years do not turn bold at once.
"""

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.identifiers import now
from contracts.identity import CustomerNumberChanged, PersonChanged
from documents import claim_queries, mark_queries, measures, readership_queries

_ERASED = "erased"


async def know_readers(session: AsyncSession, event: CustomerNumberChanged) -> None:
    """Keep who may read the documents of a customer number. A snapshot that is older is ignored.

    Nothing but the difference is written: a number may be shared with thousands.
    """
    known = await claim_queries.keep_if_newer(
        session, event.customer_number, event.version, event.country
    )
    if not known:
        return
    readers = {each.person_id for each in event.shared_users if each.portal}
    if event.main_contact is not None:
        readers.add(event.main_contact.person_id)
    changed = await claim_queries.keep_claims(session, event.customer_number, event.issuer, readers)
    if changed.lost:
        await mark_queries.forget_marks(session, changed.lost, event.customer_number)
    if changed.gained:
        measures.grant_visible.observe((now() - event.changed_at).total_seconds())


async def know_person(session: AsyncSession, event: PersonChanged) -> None:
    """Keep whether somebody has an account; of who was erased nothing is kept."""
    if event.state == _ERASED:
        await mark_queries.forget_marks(session, [event.person_id])
        await readership_queries.forget_reader(session, event.person_id)
    await readership_queries.keep_person_if_newer(
        session, event.person_id, event.version, registered=event.registered
    )
