"""Proves what ticking the matrix does: a number changes once, and nobody gets more than given."""

import asyncio
import random
from datetime import timedelta

import pytest
import sqlalchemy as sa

from chassis.identifiers import now
from chassis.testing import eventually, said
from contracts.identity import CustomerNumberChanged, PersonChanged
from contracts.notifications import WriteToPerson
from identity import erasing, handing_over, opening, queries, sharing_queries, tending, ticking
from identity.errors import (
    CustomerNumberUnknown,
    IsTheMainContact,
    LinkUnknown,
    SharedUserUnknown,
)
from identity.granting_claims import Wish
from identity.models import CustomerNumber, Ticket

NUMBERS = [f"DL5-{each}" for each in range(1, 6)]


def wish(number, person, *, portal=True, mail=True):
    return Wish(number, person, portal=portal, mail=mail)


def nothing(number, person):
    return wish(number, person, portal=False, mail=False)


@pytest.fixture
def people(sharing_with):
    """Return a function that shares the first number with some people; returns their ids."""

    async def share(session, me, count=3):
        return [
            await sharing_with(session, me, "DL5-1", email=f"{name}@accountants.example")
            for name in ("an", "bo", "cy", "di")[:count]
        ]

    return share


async def test_many_boxes_make_one_snapshot_for_each_number(session, with_numbers, people, told):
    """I-20 I-22"""
    me = await with_numbers(session, *NUMBERS)
    everyone = await people(session, me)
    before = len(await told(CustomerNumberChanged))

    changed = await ticking.tick(
        session, me, [wish(number, each) for number in NUMBERS[1:4] for each in everyone]
    )

    snapshots = (await told(CustomerNumberChanged))[before:]
    assert changed == 9
    assert [each.customer_number for each in snapshots] == NUMBERS[1:4]
    assert [each.version for each in snapshots] == [2, 2, 2]
    assert [len(each.shared_users) for each in snapshots] == [3, 3, 3]


async def test_the_two_switches_are_turned_apart(session, with_numbers, people, told):
    """I-22"""
    me = await with_numbers(session, "DL5-1")
    (an,) = await people(session, me, 1)

    await ticking.tick(session, me, [wish("DL5-1", an, portal=False)])
    await ticking.tick(session, me, [wish("DL5-1", an, mail=False)])

    switches = [
        (each.shared_users[0].portal, each.shared_users[0].mail)
        for each in await told(CustomerNumberChanged)
        if each.shared_users
    ]
    assert switches == [(True, True), (False, True), (True, False)]


async def test_ticking_what_is_so_already_changes_and_tells_nothing(session, with_numbers, people):
    me = await with_numbers(session, "DL5-1", "DL5-2")
    (an,) = await people(session, me, 1)
    before = len(await said(session))

    assert await ticking.tick(session, me, [wish("DL5-1", an), nothing("DL5-2", an)]) == 0
    assert await ticking.tick(session, me, []) == 0

    assert len(await said(session)) == before


async def test_more_numbers_than_are_told_at_once_are_told_once_each(
    session, with_numbers, sharing_with, told
):
    """I-20"""
    names = [f"DL5-{each}" for each in range(100, 160)]
    me = await with_numbers(session, *names)
    an = await sharing_with(session, me, names[0])
    before = len(await told(CustomerNumberChanged))

    assert await ticking.tick(session, me, [wish(each, an) for each in names]) == 59

    snapshots = (await told(CustomerNumberChanged))[before:]
    assert [(each.customer_number, each.version) for each in snapshots] == [
        (each, 2) for each in names[1:]
    ]


async def test_nobody_is_mailed_about_boxes(session, with_numbers, people, told):
    me = await with_numbers(session, "DL5-1", "DL5-2")
    (an,) = await people(session, me, 1)

    await ticking.tick(session, me, [wish("DL5-2", an)])

    assert len(await told(WriteToPerson)) == 1


async def test_unsharing_ends_the_claim_and_the_link_of_earlier_mails_at_once(
    session, with_numbers, people, gateways, link_of, told
):
    """I-18: whoever has a session open loses the number with the next snapshot."""
    me = await with_numbers(session, "DL5-1")
    (an,) = await people(session, me, 1)
    ticket = (await told(CustomerNumberChanged))[-1].shared_users[0].ticket
    link = link_of(ticket)
    await opening.open_link(session, gateways.mint, gateways.link_keys, link)

    await ticking.tick(session, me, [nothing("DL5-1", an)])

    with pytest.raises(LinkUnknown):
        await opening.open_link(session, gateways.mint, gateways.link_keys, link)
    last = (await told(CustomerNumberChanged))[-1]
    assert last.shared_users == ()
    assert [(each.person_id, each.until) for each in last.ended] == [(an, last.changed_at)]


async def test_the_portal_switch_alone_closes_the_link_too(
    session, with_numbers, people, gateways, link_of
):
    """I-22"""
    me = await with_numbers(session, "DL5-1")
    (an,) = await people(session, me, 1)
    ticket = (await session.scalars(sa.select(Ticket.id).filter_by(person_id=an))).one()
    link = link_of(ticket)

    await ticking.tick(session, me, [wish("DL5-1", an, portal=False)])

    with pytest.raises(LinkUnknown):
        await opening.open_link(session, gateways.mint, gateways.link_keys, link)


async def test_mails_that_are_on_again_are_not_about_what_came_meanwhile(
    session, with_numbers, people, told
):
    """I-22"""
    me = await with_numbers(session, "DL5-1")
    (an,) = await people(session, me, 1)
    await ticking.tick(session, me, [wish("DL5-1", an, mail=False)])

    await ticking.tick(session, me, [wish("DL5-1", an)])

    last = (await told(CustomerNumberChanged))[-1]
    (claim,) = last.shared_users
    assert claim.mail_since == last.changed_at > claim.since


async def test_one_box_that_may_not_be_ticked_leaves_all_as_they_are(
    session, with_numbers, people, sharing_with
):
    """I-18"""
    me = await with_numbers(session, "DL5-1", "DL5-2")
    piet = await with_numbers(session, "DL5-7", "DL5-8", email="piet@example.com")
    (an,) = await people(session, me, 1)
    await sharing_with(session, piet, "DL5-8", email="jan@example.com")
    stranger = await sharing_with(session, piet, "DL5-7", email="stranger@example.com")
    before = len(await said(session))

    for refusal, bad in [
        (CustomerNumberUnknown, wish("DL5-7", an)),
        (CustomerNumberUnknown, wish("DL5-8", an)),
        (CustomerNumberUnknown, wish("DL5-9", an)),
        (SharedUserUnknown, wish("DL5-2", stranger)),
        (SharedUserUnknown, wish("DL5-2", piet)),
        (IsTheMainContact, wish("DL5-2", me)),
        (IsTheMainContact, nothing("DL5-2", me)),
    ]:
        with pytest.raises(refusal):
            async with session.begin_nested():
                await ticking.tick(session, me, [wish("DL5-2", an), bad])

    assert len(await said(session)) == before
    assert [each.person_id for each in await queries.live_tickets(session, "DL5-2")] == [me]


async def test_a_removal_can_be_undone_for_thirty_days(session, with_numbers, people):
    me = await with_numbers(session, "DL5-1")
    an, bo = await people(session, me, 2)
    for each in (an, bo):
        await tending.part(session, me, each)
    ended = {each.person_id: each for each in await session.scalars(sa.select(Ticket))}
    ended[bo].until = now() - timedelta(days=31)
    await session.flush()

    assert await ticking.tick(session, me, [wish("DL5-1", an)]) == 1
    with pytest.raises(SharedUserUnknown):
        await ticking.tick(session, me, [wish("DL5-1", bo)])


async def test_nobody_is_given_anything_once_erased(session, with_numbers, people):
    me = await with_numbers(session, "DL5-1", "DL5-2")
    (an,) = await people(session, me, 1)
    (await queries.people(session, [an]))[an].registered = True
    await erasing.erase(session, an, "dl5")

    with pytest.raises(SharedUserUnknown):
        await ticking.tick(session, me, [wish("DL5-2", an)])


async def test_the_last_wish_counts_where_a_box_is_named_twice(session, with_numbers, people, told):
    me = await with_numbers(session, "DL5-1", "DL5-2")
    (an,) = await people(session, me, 1)

    changed = await ticking.tick(session, me, [wish("DL5-2", an), wish("DL5-2", an, mail=False)])

    assert changed == 1
    (claim,) = (await told(CustomerNumberChanged))[-1].shared_users
    assert (claim.portal, claim.mail) == (True, False)


async def test_two_who_tick_at_once_wait_for_each_other(database, with_numbers, people):
    """Numbers are held in one order, so neither waits for ever, and no claim is made twice."""
    async with database.transaction() as session:
        me = await with_numbers(session, *NUMBERS)
        everyone = await people(session, me, 4)
    wishes = [wish(number, each) for number in NUMBERS for each in everyone]

    async def tick(seed):
        mine = random.Random(seed).sample(wishes, len(wishes))  # noqa: S311 (an order of a test)
        async with database.transaction() as session:
            return await ticking.tick(session, me, mine)

    changed = await asyncio.gather(*map(tick, range(5)))

    assert sorted(changed) == [0, 0, 0, 0, 16]
    async with database.transaction() as session:
        told = await said(session, CustomerNumberChanged)
        snapshots = [each.read(CustomerNumberChanged) for each in told]
        newest = {each.customer_number: each for each in snapshots}
        assert {len(each.shared_users) for each in newest.values()} == {4}
        assert [newest[number].version for number in NUMBERS[1:]] == [2, 2, 2, 2]


async def test_numbers_are_held_in_their_order_whoever_asks(database, with_numbers, people):
    """Whoever waits for a number holds none after it, so that no two wait for each other."""
    async with database.transaction() as session:
        me = await with_numbers(session, *NUMBERS)
        (an,) = await people(session, me, 1)
    free = sa.select(CustomerNumber.customer_number).with_for_update(skip_locked=True)

    async def tick():
        async with database.transaction() as session:
            return await ticking.tick(session, me, [wish(each, an) for each in reversed(NUMBERS)])

    async def those_after_it_are_free():
        async with database.transaction() as session:
            return set(await session.scalars(free)) == set(NUMBERS[3:])

    async with database.transaction() as holder:
        await sharing_queries.numbers_to_change(holder, NUMBERS[2:3])
        ticked = asyncio.create_task(tick())
        await eventually(those_after_it_are_free, what="holding the numbers before it")

    assert await ticked == 4


async def test_a_hand_over_and_a_share_at_once_leave_one_main_contact(
    database, with_numbers, sharing_with
):
    """I-17: whoever comes second finds that the number is another's, or what was shared."""
    async with database.transaction() as session:
        me = await with_numbers(session, *NUMBERS)
        an = await sharing_with(session, me, *NUMBERS)
        bo = await sharing_with(session, me, *NUMBERS, email="bo@accountants.example")
        (await queries.people(session, [an]))[an].registered = True

    async def act(work, *args):
        try:
            async with database.transaction() as session:
                await work(session, *args)
        except CustomerNumberUnknown:
            return False
        return True

    for number in NUMBERS:
        handed, ticked = await asyncio.gather(
            act(handing_over.hand_over, me, number, an),
            act(ticking.tick, me, [nothing(number, bo)]),
        )

        async with database.transaction() as session:
            live = await queries.live_tickets(session, number)
            shared = {each.person_id for each in live if each.role == "shared"}
            assert handed
            assert [each.person_id for each in live if each.role == "main"] == [an]
            assert shared == ({me} if ticked else {me, bo})
            told = await said(session, CustomerNumberChanged)
            snapshots = [each.read(CustomerNumberChanged) for each in told]
            without = [
                each.main_contact.person_id
                for each in snapshots
                if (each.customer_number, each.version > 3) == (number, True)
                and bo not in {claim.person_id for claim in each.shared_users}
            ]
            assert not ticked or without[0] == me


async def test_sharing_tells_nothing_of_people(session, with_numbers, people, told):
    me = await with_numbers(session, "DL5-1", "DL5-2")
    (an,) = await people(session, me, 1)
    before = len(await told(PersonChanged))

    await ticking.tick(session, me, [wish("DL5-2", an)])

    assert len(await told(PersonChanged)) == before
