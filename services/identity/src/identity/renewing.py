"""Send a new mail to whoever comes with a link that has become too old."""

from collections.abc import Sequence

from chassis.identifiers import now
from chassis.ports import Transactions
from identity import account_queries, auditing, links, throttling, writing
from identity.starting import Visitor


async def renew(
    transactions: Transactions, keys: Sequence[bytes], link: str, visitor: Visitor
) -> None:
    """Send the invitation again to the address that is known, if the link was ever ours.

    The answer is the same whatever the link is: it tells no more than that we have seen it.
    """
    at = now()
    async with transactions() as session:
        await throttling.by_visitor(session, visitor.address, at)
        ticket_id = links.ticket_of_old(link, keys) or auditing.NOBODY
        found = await account_queries.holder_of(session, ticket_id)
        key = found[1].email_key if found else link
        group = found[1].issuer_group if found else ""
        await throttling.by_mailbox(session, group, key, at)
    async with transactions() as session:
        person, issuer = (found[1], found[2].issuer) if found else (None, None)
        await writing.write_or_not(
            session, person, issuer or "nobody", "invitation", ticket=found[0].id if found else None
        )
        await auditing.note(
            session,
            "link_renewed" if found else "link_not_renewed",
            actor="visitor",
            subject=person.id if person else auditing.NOBODY,
            issuer=issuer,
        )
