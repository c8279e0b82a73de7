"""Proves that an old link of ours brings a new mail, and any other nothing, with one answer."""

import pytest
import sqlalchemy as sa

from chassis.failures import TooOften
from chassis.identifiers import new_id, now
from chassis.testing import said
from contracts.notifications import WriteToPerson
from identity import queries, renewing
from identity.trails import AuditEntry

pytestmark = pytest.mark.usefixtures("ticket")


@pytest.fixture
def renew(transactions, gateways, visitor, new_address):
    """Return a function that asks for a new mail; return which mails there are then."""

    async def renew(link):
        came = visitor(new_address())
        answer = await renewing.renew(transactions, gateways.link_keys, link, came)
        assert answer is None
        async with transactions() as session:
            return [each.read(WriteToPerson) for each in await said(session, WriteToPerson)]

    return renew


async def test_an_old_link_brings_a_new_invitation_to_the_known_address(renew, link_of, ticket):
    """I-16"""
    (mail,) = await renew(link_of(ticket.id, age=400))

    assert (mail.kind, mail.ticket, mail.proof) == ("invitation", ticket.id, None)
    assert (mail.recipient, mail.issuer) == ("jan@example.com", "dl5")


async def test_a_forged_link_and_one_of_an_ended_ticket_bring_nothing(
    renew, link_of, ticket, transactions
):
    assert await renew("x") == []
    assert await renew("\0") == []
    assert await renew(link_of(ticket.id, age=400, key=b"x" * 32)) == []
    assert await renew(link_of(new_id(), age=400)) == []
    async with transactions() as session:
        (await queries.ticket(session, ticket.id)).end(now())
    assert await renew(link_of(ticket.id, age=400)) == []


async def test_someone_erased_gets_no_mail(renew, link_of, ticket, transactions):
    async with transactions() as session:
        person = (await queries.people(session, [ticket.person_id]))[ticket.person_id]
        person.state = "erased"

    assert await renew(link_of(ticket.id, age=400)) == []


async def test_five_mails_an_hour_and_as_many_for_what_is_no_link(renew, link_of, ticket):
    for link in (link_of(ticket.id, age=400), "no link of ours"):
        for _ in range(5):
            await renew(link)
        with pytest.raises(TooOften):
            await renew(link)


async def test_what_was_asked_is_written_down(renew, link_of, ticket, transactions):
    await renew(link_of(ticket.id, age=400))
    await renew("x")

    async with transactions() as session:
        entries = (await session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id))).all()
    assert [each.act for each in entries] == ["link_renewed", "link_not_renewed"]
    assert entries[0].subject
    assert entries[1].subject is None
