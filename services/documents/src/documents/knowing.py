"""Know who may read what: identity's newest snapshot of each customer number, as claims on it."""

from sqlalchemy.ext.asyncio import AsyncSession

from contracts.identity import CustomerNumberChanged
from documents import claim_queries


async def know_readers(session: AsyncSession, event: CustomerNumberChanged) -> None:
    """Keep who may read the documents of a customer number. A snapshot that is older is ignored.

    Nothing but the difference is written: a number may be shared with thousands.
    """
    if await claim_queries.keep_if_newer(session, event.customer_number, event.version):
        readers = {each.person_id for each in event.shared_users if each.portal}
        if event.main_contact is not None:
            readers.add(event.main_contact.person_id)
        await claim_queries.keep_claims(session, event.customer_number, event.issuer, readers)
