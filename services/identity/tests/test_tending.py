"""Proves what a main contact may change of the people they share with, and how they part."""

import pytest

from chassis.testing import said
from contracts.identity import CustomerNumberChanged, PersonChanged
from identity import overseeing, queries, registering, tending
from identity.errors import NamesAreTheirOwn, SharedUserUnknown
from identity.tending import Description


async def newest(told):
    return {each.customer_number: each for each in await told(CustomerNumberChanged)}


async def test_a_shared_user_is_named_while_they_have_not_registered(
    session, with_numbers, sharing_with, told
):
    """I-18"""
    me = await with_numbers(session, "DL5-1")
    an = await sharing_with(session, me, "DL5-1")

    await tending.describe(session, me, an, Description(first_name="Anna", language="nl"))

    last = (await told(PersonChanged))[-1]
    assert (last.first_name, last.last_name, last.language) == ("Anna", "Maes", "nl")
    assert last.version == 2


async def test_who_registered_or_is_known_to_others_is_not_named(
    session, with_numbers, sharing_with
):
    me = await with_numbers(session, "DL5-1")
    piet = await with_numbers(session, "DL5-2", email="piet@example.com")
    an = await sharing_with(session, me, "DL5-1")
    bo = await sharing_with(session, me, "DL5-1", email="bo@accountants.example")
    await sharing_with(session, piet, "DL5-2")
    (await queries.people(session, [bo]))[bo].registered = True
    await session.flush()
    before = len(await said(session))

    for person in (an, bo):
        with pytest.raises(NamesAreTheirOwn):
            await tending.describe(session, me, person, Description(first_name="Anna"))
        await tending.describe(session, me, person, Description(first_name="An", language="fr"))

    assert len(await said(session)) == before


async def test_only_people_one_shares_with_can_be_tended(session, with_numbers, sharing_with):
    """I-18"""
    me = await with_numbers(session, "DL5-1")
    piet = await with_numbers(session, "DL5-2", email="piet@example.com")
    an = await sharing_with(session, piet, "DL5-2")

    for person in (an, piet, me):
        with pytest.raises(SharedUserUnknown):
            await tending.describe(session, me, person, Description(first_name="X"))
        with pytest.raises(SharedUserUnknown):
            await tending.share_future(session, me, person, portal=True, mail=True)
        with pytest.raises(SharedUserUnknown):
            await tending.part(session, me, person)
        with pytest.raises(SharedUserUnknown):
            await overseeing.shared_user(session, me, person)


async def test_parting_takes_back_all_that_is_mine_and_nothing_of_others(
    session, with_numbers, sharing_with, told
):
    """I-18 I-19"""
    me = await with_numbers(session, "DL5-1", "DL5-2", "DL5-3")
    piet = await with_numbers(session, "DL5-4", email="piet@example.com")
    an = await sharing_with(session, me, "DL5-1", "DL5-2")
    await sharing_with(session, piet, "DL5-4")
    await tending.share_future(session, me, an, portal=True, mail=True)
    before = len(await told(CustomerNumberChanged))

    await tending.part(session, me, an)

    after = (await told(CustomerNumberChanged))[before:]
    numbers = await newest(told)
    assert [(each.customer_number, each.shared_users) for each in after] == [
        ("DL5-1", ()),
        ("DL5-2", ()),
    ]
    assert [each.person_id for each in numbers["DL5-4"].shared_users] == [an]
    assert (await overseeing.shared_users(session, me, "", None, 50)).items == []
    with pytest.raises(SharedUserUnknown):
        await tending.part(session, me, an)


async def test_a_new_number_is_shared_with_nobody(
    session, with_numbers, sharing_with, customer, told
):
    """I-21: the main contact alone sees it, and the matrix shows the gap."""
    me = await with_numbers(session, "DL5-1")
    await sharing_with(session, me, "DL5-1")

    await registering.register(session, "dl5", customer("DL5-2"))

    number = (await newest(told))["DL5-2"]
    assert (number.main_contact.person_id, number.shared_users) == (me, ())


async def test_a_new_number_is_shared_from_the_start_with_whom_that_was_chosen_for(
    session, with_numbers, sharing_with, customer, told
):
    """I-21 I-22"""
    me = await with_numbers(session, "DL5-1")
    an = await sharing_with(session, me, "DL5-1")
    await sharing_with(session, me, "DL5-1", email="bo@accountants.example")
    await tending.share_future(session, me, an, portal=True, mail=False)

    await registering.register(session, "dl5", customer("DL5-2"))

    number = (await newest(told))["DL5-2"]
    (claim,) = number.shared_users
    assert number.version == 1
    assert (claim.person_id, claim.portal, claim.mail) == (an, True, False)
    assert claim.since == number.main_contact.since


async def test_choosing_the_numbers_to_come_leaves_those_of_today(
    session, with_numbers, sharing_with, told
):
    """I-21"""
    me = await with_numbers(session, "DL5-1", "DL5-2")
    an = await sharing_with(session, me, "DL5-1")
    before = len(await told(CustomerNumberChanged))

    await tending.share_future(session, me, an, portal=True, mail=True)

    assert len(await told(CustomerNumberChanged)) == before
    assert (await overseeing.shared_user(session, me, an)).numbers == 1


async def test_numbers_to_come_are_shared_no_more_once_that_is_taken_back(
    session, with_numbers, sharing_with, customer, told
):
    """I-21"""
    me = await with_numbers(session, "DL5-1")
    an = await sharing_with(session, me, "DL5-1")
    await tending.share_future(session, me, an, portal=True, mail=True)

    await tending.share_future(session, me, an, portal=False, mail=False)
    await registering.register(session, "dl5", customer("DL5-2"))

    assert (await newest(told))["DL5-2"].shared_users == ()
    assert (await overseeing.shared_user(session, me, an)).future is None


async def test_anothers_numbers_to_come_are_not_shared(
    session, with_numbers, sharing_with, customer, told
):
    """I-21"""
    me = await with_numbers(session, "DL5-1")
    an = await sharing_with(session, me, "DL5-1")
    await tending.share_future(session, me, an, portal=True, mail=True)

    await registering.register(session, "dl5", customer("DL5-2", email="piet@example.com"))

    assert (await newest(told))["DL5-2"].shared_users == ()


async def test_whoever_is_named_main_contact_later_brings_whom_they_share_with(
    session, with_numbers, sharing_with, customer, told
):
    """I-21: and whoever shared the number before still does, as they did."""
    me = await with_numbers(session, "DL5-1")
    piet = await with_numbers(session, "DL5-2", email="piet@example.com")
    an = await sharing_with(session, me, "DL5-1")
    bo = await sharing_with(session, me, "DL5-1", email="bo@accountants.example")
    await sharing_with(session, piet, "DL5-2", portal=False)
    for each in (an, bo):
        await tending.share_future(session, me, each, portal=True, mail=True)

    await registering.register(session, "dl5", customer("DL5-2"))

    number = (await newest(told))["DL5-2"]
    switches = {each.person_id: (each.portal, each.mail) for each in number.shared_users}
    assert number.main_contact.person_id == me
    assert switches == {an: (False, True), bo: (True, True)}
    assert number.version == 3
