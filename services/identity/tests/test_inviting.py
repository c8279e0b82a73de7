"""Proves how a main contact comes to share with somebody, and what that person is told."""

import pytest
import sqlalchemy as sa

from chassis.failures import TooOften
from chassis.testing import said
from contracts.identity import CustomerNumberChanged, PersonChanged
from contracts.notifications import WriteToPerson
from identity import inviting, overseeing, queries, registering, sharing_queries
from identity.errors import (
    AddressUnusable,
    CustomerNumberUnknown,
    IsTheMainContact,
    NothingShared,
    SharedUserUnknown,
)
from identity.inviting import Grant
from identity.trails import AuditEntry


async def newest(told):
    return {each.customer_number: each for each in await told(CustomerNumberChanged)}


async def test_a_main_contact_shares_some_numbers_with_a_partner(
    session, with_numbers, sharing_with, told
):
    """I-18 I-19 I-20"""
    me = await with_numbers(session, "DL5-1", "DL5-2", "DL5-3")

    an = await sharing_with(session, me, "DL5-1", "DL5-3")

    numbers = await newest(told)
    assert [each.person_id for each in numbers["DL5-1"].shared_users] == [an]
    assert [each.person_id for each in numbers["DL5-3"].shared_users] == [an]
    assert (numbers["DL5-2"].version, numbers["DL5-2"].shared_users) == (1, ())
    last = (await told(PersonChanged))[-1]
    assert (last.person_id, last.first_name, last.registered) == (an, "An", False)


async def test_who_is_shared_with_gets_one_mail_for_all_numbers(
    session, with_numbers, sharing_with, told
):
    """I-19"""
    me = await with_numbers(session, "DL5-2", "DL5-1")

    an = await sharing_with(session, me, "DL5-2", "DL5-1")

    (mail,) = await told(WriteToPerson)
    first = (await newest(told))["DL5-1"].shared_users[0]
    assert (mail.kind, mail.person_id, mail.recipient) == ("shared", an, "an@accountants.example")
    assert mail.facts == {
        "by": "Jan Peeters",
        "customer_numbers": "DL5-1, DL5-2",
        "registered": "no",
    }
    assert (mail.issuer, mail.language, mail.ticket) == ("dl5", "fr", first.ticket)


async def test_a_mail_leads_to_no_number_that_its_reader_may_not_open(
    session, with_numbers, sharing_with, told
):
    """I-22"""
    me = await with_numbers(session, "DL5-1")

    await sharing_with(session, me, "DL5-1", portal=False)

    (mail,) = await told(WriteToPerson)
    assert mail.ticket is None


async def test_sharing_the_same_again_writes_and_tells_nothing(session, with_numbers, sharing_with):
    me = await with_numbers(session, "DL5-1")
    an = await sharing_with(session, me, "DL5-1")
    before = len(await said(session))

    again = await sharing_with(session, me, "DL5-1", email="AN@Accountants.example")

    assert again == an
    assert len(await said(session)) == before


async def test_one_person_is_shared_with_by_many_customers(session, with_numbers, sharing_with):
    """I-19"""
    jan = await with_numbers(session, "DL5-1")
    piet = await with_numbers(session, "DL5-2", email="piet@example.com")

    first = await sharing_with(session, jan, "DL5-1")
    second = await sharing_with(session, piet, "DL5-2")

    assert first == second
    page = await overseeing.numbers(session, first, "", None, 50)
    assert [(each.customer_number, each.role) for each in page.items] == [
        ("DL5-1", "shared"),
        ("DL5-2", "shared"),
    ]


async def test_another_main_contact_does_not_rename_who_is_known_already(
    session, with_numbers, sharing_with
):
    jan = await with_numbers(session, "DL5-1")
    piet = await with_numbers(session, "DL5-2", email="piet@example.com")
    an = await sharing_with(session, jan, "DL5-1")

    await sharing_with(session, piet, "DL5-2", first_name="Other", language="de")

    person = (await queries.people(session, [an]))[an]
    assert (person.first_name, person.language, person.version) == ("An", "fr", 1)


async def test_a_main_contact_who_has_not_registered_is_not_renamed_by_another(
    session, with_numbers, sharing_with, customer
):
    me = await with_numbers(session, "DL5-1")
    await registering.register(session, "dl5", customer("DL5-2", email="piet@example.com"))

    piet = await sharing_with(session, me, "DL5-1", email="piet@example.com", first_name="X")

    assert (await queries.people(session, [piet]))[piet].first_name == "Jan"


@pytest.mark.parametrize("number", ["DL5-2", "DL5-3", "DL5-9"])
async def test_only_the_main_contact_shares_a_number(session, with_numbers, sharing_with, number):
    """I-18: neither a shared user, nor a stranger; and nothing of the rest is shared then."""
    me = await with_numbers(session, "DL5-1")
    piet = await with_numbers(session, "DL5-2", "DL5-3", email="piet@example.com")
    await sharing_with(session, piet, "DL5-2", email="jan@example.com")
    before = len(await said(session, CustomerNumberChanged))

    with pytest.raises(CustomerNumberUnknown):
        await sharing_with(session, me, "DL5-1", number)

    assert len(await said(session, CustomerNumberChanged)) == before


async def test_nobody_shares_with_themselves_or_shares_nothing(session, with_numbers, sharing_with):
    me = await with_numbers(session, "DL5-1")

    with pytest.raises(IsTheMainContact):
        await sharing_with(session, me, "DL5-1", email="JAN@example.com")
    with pytest.raises(NothingShared):
        await sharing_with(session, me, "DL5-1", portal=False, mail=False)
    with pytest.raises(NothingShared):
        await sharing_with(session, me, future=Grant(portal=False, mail=False))
    with pytest.raises(AddressUnusable):
        await sharing_with(session, me, "DL5-1", email="an@localhost")


async def test_numbers_that_are_to_come_can_be_shared_alone(session, with_numbers, sharing_with):
    """I-21"""
    me = await with_numbers(session, "DL5-1")

    an = await sharing_with(session, me, future=Grant(portal=True, mail=False))

    found = await overseeing.shared_user(session, me, an)
    assert (found.numbers, found.future.portal, found.future.mail) == (0, True, False)


async def test_an_invitation_is_sent_again_five_times_and_then_not_for_a_while(
    session, with_numbers, sharing_with, told
):
    """Q3"""
    me = await with_numbers(session, "DL5-1")
    an = await sharing_with(session, me, "DL5-1")

    for _ in range(5):
        await inviting.invite_again(session, me, "dl5", an)
    with pytest.raises(TooOften):
        await inviting.invite_again(session, me, "dl5", an)

    mails = await told(WriteToPerson)
    assert len(mails) == 6
    assert mails[0].facts == mails[-1].facts
    assert mails[0].ticket == mails[-1].ticket


async def test_nobody_is_invited_by_who_does_not_share_with_them(
    session, with_numbers, sharing_with
):
    me = await with_numbers(session, "DL5-1")
    piet = await with_numbers(session, "DL5-2", email="piet@example.com")
    an = await sharing_with(session, piet, "DL5-2")

    with pytest.raises(SharedUserUnknown):
        await inviting.invite_again(session, me, "dl5", an)


async def test_who_adds_too_many_people_waits(session, with_numbers, sharing_with):
    me = await with_numbers(session, "DL5-1")

    for turn in range(60):
        await sharing_with(session, me, "DL5-1", email=f"an{turn}@accountants.example")
    with pytest.raises(TooOften):
        await sharing_with(session, me, "DL5-1", email="one-more@accountants.example")


async def test_the_audit_says_who_shared_what_and_names_nobody(session, with_numbers, sharing_with):
    me = await with_numbers(session, "DL5-1", "DL5-2")
    await sharing_with(
        session, me, "DL5-1", "DL5-2", mail=False, future=Grant(portal=True, mail=True)
    )

    found = sa.select(AuditEntry).order_by(AuditEntry.id)
    lines = (await session.scalars(found)).all()
    assert [(each.act, each.facts) for each in lines] == [
        ("sharing_changed", {"now": {"DL5-1": "portal", "DL5-2": "portal"}}),
        ("future_numbers_shared", {"now": "all"}),
    ]
    assert len({each.actor for each in lines}) == len({each.subject for each in lines}) == 1
    people = {str(me), *(str(each) for each in await all_ids(session, me))}
    assert not people & {lines[0].actor, lines[0].subject}


async def all_ids(session, me):
    found = await sharing_queries.shared_with(session, me, "", overseeing._FIRST, 10)
    return [each.person.id for each in found]
