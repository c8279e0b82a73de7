"""Proves what a main contact and a shared user see of customer numbers, and of each other."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from chassis.cursors import CursorUnreadable
from chassis.identifiers import new_id, now
from identity import delivering, overseeing, queries, tending, ticking
from identity.errors import CustomerNumberUnknown, SharedUserUnknown
from identity.granting_claims import Wish
from identity.models import CustomerNumber, Person, Role, Ticket


@pytest.fixture
def matrix(session):
    """Return a function that lays the matrix of a main contact."""

    async def lay(me, **asked):
        known = {"search": "", "only_gaps": False, "person": None, "limit": 50}
        places = {"cursor": None, "people_cursor": None}
        return await overseeing.matrix(session, me, **known | places | asked)

    return lay


def cells(page):
    return {
        row.customer_number: {who: (each.portal, each.mail) for who, each in row.cells.items()}
        for row in page.rows
    }


async def many(session, me, *, numbers, people, shared=True):
    """Add numbers of a main contact, and people who share them, as rows."""
    at = now()
    names = [f"DL5-9{each:06}" for each in range(numbers)]
    ids = [new_id() for _ in range(people)]
    blank = {"country": "BE", "state": "active", "notify": "at_once", "attach": [], "version": 1}
    await session.execute(
        sa.insert(CustomerNumber),
        [
            {"customer_number": each, "issuer": "dl5", "name": "X", "changed_at": at, **blank}
            for each in names
        ],
    )
    unknown = {"issuer_group": "dl5", "own_fields": [], "state": "active", "version": 1}
    await session.execute(
        sa.insert(Person),
        [
            {"id": each, "email": f"{each}@example.com", "email_key": f"{each}@example.com",
             "registered": True, **unknown}
            for each in ids
        ],
    )  # fmt: skip
    held = [(name, me, Role.MAIN) for name in names]
    held += [(name, each, Role.SHARED) for name in names for each in ids if shared]
    await session.execute(
        sa.insert(Ticket),
        [
            {"id": new_id(), "customer_number": number, "person_id": person, "role": role,
             "portal": True, "mail": True, "since": at}
            for number, person, role in held
        ],
    )  # fmt: skip
    return names, ids


async def test_all_numbers_of_a_person_are_in_one_account(session, with_numbers):
    """I-14 I-15 I-24: of several companies, and of both issuers of a group."""
    await with_numbers(session, "DL5-1", "DL5-2", name="Garage Peeters")
    me = await with_numbers(session, "DL5-3", name="Peeters Trucks")

    page = await overseeing.numbers(session, me, "", None, 50)

    assert [(each.customer_number, each.name) for each in page.items] == [
        ("DL5-1", "Garage Peeters"),
        ("DL5-2", "Garage Peeters"),
        ("DL5-3", "Peeters Trucks"),
    ]
    assert {each.role for each in page.items} == {"main"}
    assert {each.main_contact.email for each in page.items} == {"jan@example.com"}


async def test_two_issuers_of_a_group_are_in_one_account(session, with_numbers, admit):
    """I-24"""
    await admit(session, "dl5", group="delta")
    await admit(session, "dl6", group="delta", name="Delta Finance")
    await with_numbers(session, "DL5-1")
    me = await with_numbers(session, "DL6-1", issuer="dl6")

    page = await overseeing.numbers(session, me, "", None, 50)

    assert [each.issuer.name for each in page.items] == ["Delta Lease", "Delta Finance"]


async def test_a_number_tells_how_it_is_announced_and_to_how_many(
    session, with_numbers, sharing_with
):
    """N-04 W-05"""
    me = await with_numbers(session, "DL5-1")
    await sharing_with(session, me, "DL5-1")
    await sharing_with(session, me, "DL5-1", email="bo@accountants.example", mail=False)
    await delivering.announce(session, me, "DL5-1", "none", ["xml"])

    (number,) = (await overseeing.numbers(session, me, "", None, 50)).items

    assert (number.portal_count, number.mail_count) == (2, 1)
    assert number.settings.model_dump() == {"notify": "none", "attach": ["xml"]}
    assert number.since > now() - timedelta(minutes=5)


async def test_a_shared_user_sees_who_answers_for_a_number_and_nobody_else(
    session, with_numbers, sharing_with
):
    """I-18"""
    me = await with_numbers(session, "DL5-1", "DL5-2")
    an = await sharing_with(session, me, "DL5-1", mail=False)
    await sharing_with(session, me, "DL5-1", email="bo@accountants.example")

    page = await overseeing.numbers(session, an, "", None, 50)
    number = await overseeing.number(session, an, "DL5-1", None, 50)

    assert [each.customer_number for each in page.items] == ["DL5-1"]
    assert (number.role, number.portal, number.mail) == ("shared", True, False)
    assert (number.portal_count, number.mail_count, number.shared_users) == (1, 0, [])
    assert number.main_contact.name == "Jan Peeters"
    with pytest.raises(CustomerNumberUnknown):
        await overseeing.number(session, an, "DL5-2", None, 50)


async def test_a_shared_user_has_no_shared_users_of_their_own(
    session, with_numbers, sharing_with, matrix
):
    """I-18"""
    me = await with_numbers(session, "DL5-1")
    an = await sharing_with(session, me, "DL5-1")
    bo = await sharing_with(session, me, "DL5-1", email="bo@accountants.example")

    page = await matrix(an)

    assert (page.people, page.rows, page.gaps, page.newest_gap) == ([], [], 0, None)
    assert (await overseeing.shared_users(session, an, "", None, 50)).items == []
    for person in (me, bo, an):
        with pytest.raises(SharedUserUnknown):
            await matrix(an, person=person)


async def test_the_matrix_shows_who_has_what(session, with_numbers, sharing_with, matrix):
    """W-06 I-20 I-22"""
    me = await with_numbers(session, "DL5-1", "DL5-2")
    an = await sharing_with(session, me, "DL5-1", "DL5-2")
    bo = await sharing_with(session, me, "DL5-2", email="bo@accountants.example", portal=False)

    page = await matrix(me)

    assert [each.person_id for each in page.people] == [an, bo]
    assert [each.numbers for each in page.people] == [2, 1]
    assert cells(page) == {
        "DL5-1": {an: (True, True)},
        "DL5-2": {an: (True, True), bo: (False, True)},
    }


async def test_a_new_number_is_the_newest_gap(session, with_numbers, sharing_with, matrix):
    """I-21 W-06"""
    me = await with_numbers(session, "DL5-5")
    an = await sharing_with(session, me, "DL5-5")
    assert ((await matrix(me)).gaps, (await matrix(me)).newest_gap) == (0, None)

    await with_numbers(session, "DL5-9", "DL5-3")

    page = await matrix(me)
    assert (page.gaps, page.newest_gap.customer_number) == (2, "DL5-3")
    assert list(cells(await matrix(me, only_gaps=True))) == ["DL5-3", "DL5-9"]
    await ticking.tick(session, me, [Wish("DL5-3", an, portal=True, mail=False)])
    page = await matrix(me)
    assert (page.gaps, page.newest_gap.customer_number) == (1, "DL5-9")


async def test_a_number_that_one_of_several_does_not_see_has_a_gap(
    session, with_numbers, sharing_with, matrix
):
    """I-21 W-06: mails alone do not show a document."""
    me = await with_numbers(session, "DL5-1", "DL5-2", "DL5-3")
    an = await sharing_with(session, me, "DL5-1", "DL5-2", "DL5-3")
    bo = await sharing_with(session, me, "DL5-1", email="bo@accountants.example")
    await ticking.tick(session, me, [Wish("DL5-2", bo, portal=False, mail=True)])

    page = await matrix(me, only_gaps=True)

    assert (page.gaps, list(cells(page))) == (2, ["DL5-2", "DL5-3"])
    one = await matrix(me, person=an)
    assert (one.gaps, [each.person_id for each in one.people]) == (0, [an])
    assert list(cells(await matrix(me, person=bo, only_gaps=True))) == ["DL5-2", "DL5-3"]


async def test_whoever_gets_only_numbers_to_come_stands_in_the_matrix(
    session, with_numbers, sharing_with, matrix
):
    """I-21"""
    me = await with_numbers(session, "DL5-1")
    an = await sharing_with(session, me, "DL5-1")
    await tending.share_future(session, me, an, portal=True, mail=True)
    await ticking.tick(session, me, [Wish("DL5-1", an, portal=False, mail=False)])

    page = await matrix(me)

    assert [(each.person_id, each.numbers) for each in page.people] == [(an, 0)]
    assert (page.gaps, cells(page)) == (1, {"DL5-1": {}})


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("dl5-1", ["DL5-10", "DL5-11"]),
        ("KORTRIJK", ["DL5-11"]),
        ("100%", ["DL5-20"]),
        ("_", []),
        ("\\", []),
    ],
)
async def test_numbers_are_found_by_a_part_of_number_or_name(
    session, with_numbers, matrix, search, found
):
    await with_numbers(session, "DL5-10", name="Winkel Gent")
    await with_numbers(session, "DL5-11", name="Winkel Kortrijk")
    me = await with_numbers(session, "DL5-20", name="100% Groen")

    page = await overseeing.numbers(session, me, search, None, 50)

    assert [each.customer_number for each in page.items] == found
    assert list(cells(await matrix(me, search=search))) == found


async def test_people_are_found_by_a_part_of_name_or_address(session, with_numbers, sharing_with):
    me = await with_numbers(session, "DL5-1")
    an = await sharing_with(session, me, "DL5-1")
    bo = await sharing_with(session, me, "DL5-1", email="bo@lime.example", first_name="Bo")

    async def found(search):
        page = await overseeing.shared_users(session, me, search, None, 50)
        return [each.person_id for each in page.items]

    assert await found("") == [an, bo]
    assert await found("an maes") == [an]
    assert await found("LIME") == [bo]
    assert await found("%") == []


async def test_every_list_is_paged_to_its_end_once(session, with_numbers, matrix):
    me = await with_numbers(session)
    names, ids = await many(session, me, numbers=7, people=5)

    async def gather(ask):
        found, cursor = [], None
        while True:
            page, here = await ask(cursor)
            found += here
            cursor = page.next_cursor
            if cursor is None:
                return found

    async def numbers(cursor):
        page = await overseeing.numbers(session, me, "", cursor, 3)
        return page, [each.customer_number for each in page.items]

    async def people(cursor):
        page = await overseeing.shared_users(session, me, "", cursor, 2)
        return page, [each.person_id for each in page.items]

    async def readers(cursor):
        page = await overseeing.number(session, me, names[0], cursor, 2)
        return page, [each.person_id for each in page.shared_users]

    async def rows(cursor):
        page = await matrix(me, cursor=cursor, limit=3)
        return page, [each.customer_number for each in page.rows]

    assert await gather(numbers) == await gather(rows) == names
    assert await gather(people) == await gather(readers) == sorted(ids)


async def test_more_people_than_fit_stand_on_further_pages(session, with_numbers, matrix):
    me = await with_numbers(session)
    names, ids = await many(session, me, numbers=1, people=overseeing.MOST_PEOPLE + 2)

    first = await matrix(me)
    second = await matrix(me, people_cursor=first.next_people_cursor)

    shown = [each.person_id for page in (first, second) for each in page.people]
    assert shown == sorted(ids)
    assert [len(page.rows[0].cells) for page in (first, second)] == [overseeing.MOST_PEOPLE, 2]
    assert (first.gaps, second.next_people_cursor) == (0, None)
    assert names == [each.customer_number for each in second.rows]


@pytest.mark.parametrize("cursor", ["x", "!!", "IlxcdTAwMDAi", "bnVsbA"])
async def test_a_cursor_that_was_not_given_out_is_refused(session, with_numbers, matrix, cursor):
    me = await with_numbers(session, "DL5-1")

    for ask in (
        overseeing.numbers(session, me, "", cursor, 50),
        overseeing.shared_users(session, me, "", cursor, 50),
        overseeing.number(session, me, "DL5-1", cursor, 50),
        matrix(me, cursor=cursor),
        matrix(me, people_cursor=cursor),
    ):
        with pytest.raises(CursorUnreadable):
            await ask


async def test_who_was_erased_stands_nowhere(session, with_numbers, sharing_with, matrix):
    me = await with_numbers(session, "DL5-1")
    an = await sharing_with(session, me, "DL5-1")
    await tending.share_future(session, me, an, portal=True, mail=True)
    await ticking.tick(session, me, [Wish("DL5-1", an, portal=False, mail=False)])
    (await queries.people(session, [an]))[an].state = "erased"
    await session.flush()

    page = await matrix(me)

    assert (page.people, page.gaps) == ([], 0)
    assert (await overseeing.shared_users(session, me, "", None, 50)).items == []
    with pytest.raises(SharedUserUnknown):
        await overseeing.shared_user(session, me, an)
