"""Proves who may be given a customer number beside its main contact, and how it is taken back."""

import asyncio
from datetime import timedelta

import pytest
import sqlalchemy as sa

from chassis.identifiers import now
from chassis.testing import said
from contracts.identity import CustomerNumberChanged, PersonChanged
from identity import queries, registering, sharing
from identity.errors import (
    AddressUnusable,
    CustomerNumberUnknown,
    IsTheMainContact,
    SharedUserUnknown,
)
from identity.models import Person, Ticket
from identity.sharing import Share


@pytest.fixture
def with_an():
    """Return a function that says with whom a number is shared."""

    def share(email="an@accountants.example", **said):
        known = {"first_name": "An", "last_name": "Maes", "language": "fr"}
        return Share(**{"email": email, "portal": True, "mail": True} | known | said)

    return share


@pytest.fixture
def registered(session, admit, customer):
    """Return a function that makes customer numbers known."""

    async def register(*numbers, issuer="dl5"):
        await admit(session, issuer)
        for number in numbers:
            await registering.register(session, issuer, customer(number))

    return register


async def test_a_number_is_shared_with_a_colleague(session, registered, with_an, told):
    """I-18 I-19"""
    await registered("DL5-1")

    ticket, is_new = await sharing.share(session, "dl5", "DL5-1", with_an())

    last = (await told(CustomerNumberChanged))[-1]
    an = (await told(PersonChanged))[-1]
    (shared,) = last.shared_users
    assert is_new
    assert (last.version, shared.ticket, shared.person_id) == (2, ticket.id, an.person_id)
    assert (shared.portal, shared.mail, shared.since) == (True, True, ticket.since)
    assert (an.email, an.language, an.first_name) == ("an@accountants.example", "fr", "An")
    assert (an.version, an.registered) == (1, False)


async def test_sharing_is_per_customer_number(session, registered, with_an, told):
    """I-20"""
    await registered("DL5-1", "DL5-2")

    await sharing.share(session, "dl5", "DL5-1", with_an())

    newest = {each.customer_number: each for each in await told(CustomerNumberChanged)}
    assert len(newest["DL5-1"].shared_users) == 1
    assert newest["DL5-2"].shared_users == ()
    assert newest["DL5-2"].version == 1


async def test_a_number_that_comes_later_is_shared_with_nobody(
    session, registered, with_an, customer, told
):
    """I-21"""
    await registered("DL5-1")
    await sharing.share(session, "dl5", "DL5-1", with_an())

    await registering.register(session, "dl5", customer("DL5-2"))

    last = (await told(CustomerNumberChanged))[-1]
    assert (last.customer_number, last.shared_users) == ("DL5-2", ())


async def test_one_person_shares_the_numbers_of_many_customers(
    session, admit, customer, with_an, told
):
    """I-19"""
    await admit(session)
    await registering.register(session, "dl5", customer("DL5-1", email="jan@example.com"))
    await registering.register(session, "dl5", customer("DL5-2", email="piet@example.com"))

    one, _ = await sharing.share(session, "dl5", "DL5-1", with_an())
    other, _ = await sharing.share(session, "dl5", "DL5-2", with_an(email="AN@Accountants.example"))

    assert one.person_id == other.person_id
    assert one.id != other.id
    assert len(await told(PersonChanged)) == 3


async def test_portal_and_mail_are_two_switches(session, registered, with_an, told):
    """I-22"""
    await registered("DL5-1")

    first, _ = await sharing.share(session, "dl5", "DL5-1", with_an(portal=False, mail=True))
    again, is_new = await sharing.share(session, "dl5", "DL5-1", with_an(portal=True, mail=False))

    switches = [
        (each.version, each.shared_users[0].portal, each.shared_users[0].mail)
        for each in await told(CustomerNumberChanged)
        if each.shared_users
    ]
    assert switches == [(2, False, True), (3, True, False)]
    assert not is_new
    assert (again.id, again.since) == (first.id, first.since)


async def test_sharing_again_changes_and_tells_nothing(session, registered, with_an):
    await registered("DL5-1")
    await sharing.share(session, "dl5", "DL5-1", with_an())
    before = len(await said(session))

    _, is_new = await sharing.share(
        session, "dl5", "DL5-1", with_an(email="An@ACCOUNTANTS.example")
    )

    assert not is_new
    assert len(await said(session)) == before


async def test_another_name_is_news_of_the_person_and_not_of_the_number(
    session, registered, with_an, told
):
    await registered("DL5-1")
    await sharing.share(session, "dl5", "DL5-1", with_an())

    await sharing.share(session, "dl5", "DL5-1", with_an(last_name="Maes-Claes"))

    assert [each.last_name for each in await told(PersonChanged)][-1] == "Maes-Claes"
    assert [each.version for each in await told(CustomerNumberChanged)] == [1, 2]


async def test_a_language_that_is_not_said_stays(session, registered, with_an):
    await registered("DL5-1")
    await sharing.share(session, "dl5", "DL5-1", with_an(language="fr"))

    await sharing.share(session, "dl5", "DL5-1", with_an(language=None))

    assert (await queries.person(session, "dl5", "an@accountants.example")).language == "fr"


async def test_sharing_leaves_a_registered_person_as_they_are(session, registered, with_an, told):
    await registered("DL5-1", "DL5-2")
    await sharing.share(session, "dl5", "DL5-1", with_an())
    an = await queries.person(session, "dl5", "an@accountants.example")
    an.registered = True
    before = len(await told(PersonChanged))

    named = with_an(first_name="Other", last_name="Name", language="de")
    await sharing.share(session, "dl5", "DL5-2", named)

    assert (an.first_name, an.last_name, an.language, an.version) == ("An", "Maes", "fr", 1)
    assert len(await told(PersonChanged)) == before


async def test_the_main_contact_cannot_be_a_shared_user(session, registered, with_an, told):
    """I-17"""
    await registered("DL5-1")

    with pytest.raises(IsTheMainContact):
        await sharing.share(session, "dl5", "DL5-1", with_an(email="JAN@example.com"))
    with pytest.raises(IsTheMainContact):
        await sharing.unshare(session, "dl5", "DL5-1", "jan@example.com")

    assert len(await told(CustomerNumberChanged)) == 1


async def test_a_shared_user_who_becomes_the_main_contact_has_one_claim(
    session, registered, with_an, customer, told
):
    """I-17"""
    await registered("DL5-1")
    shared, _ = await sharing.share(session, "dl5", "DL5-1", with_an(mail=False))

    await registering.register(session, "dl5", customer("DL5-1", email="an@accountants.example"))

    last = (await told(CustomerNumberChanged))[-1]
    assert last.main_contact.person_id == shared.person_id
    assert last.main_contact.ticket != shared.id
    assert last.main_contact.since == shared.until
    assert last.shared_users == ()
    live = await queries.live_tickets(session, "DL5-1")
    assert [each.person_id for each in live] == [shared.person_id]


async def test_unsharing_ends_the_claim_at_that_moment(session, registered, with_an, told):
    """I-18"""
    await registered("DL5-1")
    ticket, _ = await sharing.share(session, "dl5", "DL5-1", with_an())

    await sharing.unshare(session, "dl5", "DL5-1", "AN@accountants.example")

    last = (await told(CustomerNumberChanged))[-1]
    (ended,) = last.ended
    assert (last.version, last.shared_users) == (3, ())
    assert (ended.person_id, ended.ticket) == (ticket.person_id, ticket.id)
    assert ended.since == ticket.since < ended.until == last.changed_at


async def test_who_was_never_mailed_is_not_told_as_ended(session, registered, with_an, told):
    """I-22: a listener mails whoever is listed as ended about what was published before."""
    await registered("DL5-1")
    await sharing.share(session, "dl5", "DL5-1", with_an(mail=False))

    await sharing.unshare(session, "dl5", "DL5-1", "an@accountants.example")

    assert (await told(CustomerNumberChanged))[-1].ended == ()


async def test_an_ended_claim_is_told_for_thirty_days(session, registered, with_an, told):
    await registered("DL5-1")
    for days, email in ((29, "an@accountants.example"), (31, "old@accountants.example")):
        ticket, _ = await sharing.share(session, "dl5", "DL5-1", with_an(email=email))
        await sharing.unshare(session, "dl5", "DL5-1", email)
        ticket.until = now() - timedelta(days=days)

    await sharing.share(session, "dl5", "DL5-1", with_an(email="new@accountants.example"))

    last = (await told(CustomerNumberChanged))[-1]
    an = await queries.person(session, "dl5", "an@accountants.example")
    assert [each.person_id for each in last.ended] == [an.id]


async def test_sharing_anew_is_a_new_claim_from_now_on(session, registered, with_an, told):
    await registered("DL5-1")
    first, _ = await sharing.share(session, "dl5", "DL5-1", with_an())
    await sharing.unshare(session, "dl5", "DL5-1", "an@accountants.example")

    second, is_new = await sharing.share(session, "dl5", "DL5-1", with_an())

    last = (await told(CustomerNumberChanged))[-1]
    assert is_new
    assert second.id != first.id
    assert second.since > first.until
    assert [each.ticket for each in last.shared_users] == [second.id]
    assert [each.ticket for each in last.ended] == [first.id]


@pytest.mark.parametrize("email", ["an@accountants.example", "stranger@example.com"])
async def test_what_is_not_shared_cannot_be_taken_back(session, registered, with_an, email):
    await registered("DL5-1", "DL5-2")
    await sharing.share(session, "dl5", "DL5-2", with_an())

    with pytest.raises(SharedUserUnknown):
        await sharing.unshare(session, "dl5", "DL5-1", email)


async def test_a_number_of_another_issuer_is_unknown(session, registered, admit, with_an):
    await registered("DL6-1", issuer="dl6")
    await admit(session, "dl5")

    with pytest.raises(CustomerNumberUnknown):
        await sharing.share(session, "dl5", "DL6-1", with_an())
    with pytest.raises(CustomerNumberUnknown):
        await sharing.unshare(session, "dl5", "DL6-1", "jan@example.com")
    with pytest.raises(CustomerNumberUnknown):
        await sharing.share(session, "dl5", "DL5-1", with_an())


async def test_an_unusable_address_is_refused_with_its_place(session, registered, with_an):
    await registered("DL5-1")

    with pytest.raises(AddressUnusable) as refused:
        await sharing.share(session, "dl5", "DL5-1", with_an(email="an@localhost"))

    assert refused.value.problems[0].pointer == "/email"


async def test_sharing_at_once_makes_one_claim(database, admit, customer, with_an):
    async with database.transaction() as session:
        await admit(session)
        await registering.register(session, "dl5", customer("DL5-1"))

    async def share(_turn):
        async with database.transaction() as session:
            return await sharing.share(session, "dl5", "DL5-1", with_an())

    outcomes = await asyncio.gather(*map(share, range(6)))

    async with database.transaction() as session:
        assert sum(is_new for _, is_new in outcomes) == 1
        assert await session.scalar(sa.select(sa.func.count()).select_from(Ticket)) == 2
        assert await session.scalar(sa.select(sa.func.count()).select_from(Person)) == 2
        numbers = await said(session, CustomerNumberChanged)
        assert [each.read(CustomerNumberChanged).version for each in numbers] == [1, 2]
