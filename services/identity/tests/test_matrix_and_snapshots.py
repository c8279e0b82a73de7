"""Proves that what a main contact sees in the matrix is what every listener was told."""

from collections import Counter
from types import SimpleNamespace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chassis.failures import Refusal
from chassis.testing import said
from contracts.identity import CustomerNumberChanged
from identity import handing_over, overseeing, queries, registering, tending, ticking
from identity.granting_claims import Wish

NUMBERS = ["DL5-1", "DL5-2", "DL5-3", "DL5-4"]
PEOPLE = ["an", "bo", "cy"]

numbers, people, switch = st.sampled_from(NUMBERS), st.sampled_from(PEOPLE), st.booleans()
boxes = st.lists(st.tuples(numbers, people, switch, switch), max_size=8)
acts = st.one_of(
    st.tuples(st.just("tick"), boxes),
    st.tuples(st.just("part"), people),
    st.tuples(st.just("future"), people, switch, switch),
    st.tuples(st.just("give"), numbers, people),
    st.tuples(st.just("take back"), numbers, people),
    st.tuples(st.just("register"), numbers, st.sampled_from(["jan", *PEOPLE])),
)


async def do(session, world, act, *what):
    """Do one act; say whether it was refused, and then nothing came of it."""
    me, ids = world.me, world.ids
    try:
        async with session.begin_nested():
            if act == "tick":
                wishes = [Wish(n, ids[who], portal=p, mail=m) for n, who, p, m in what[0]]
                await ticking.tick(session, me, wishes)
            elif act == "part":
                await tending.part(session, me, ids[what[0]])
                world.standing.discard(ids[what[0]])
            elif act == "future":
                who, portal, mail = what
                await tending.share_future(session, me, ids[who], portal=portal, mail=mail)
                change = world.standing.add if portal or mail else world.standing.discard
                change(ids[who])
            elif act == "give":
                await handing_over.hand_over(session, me, what[0], ids[what[1]])
            elif act == "take back":
                await handing_over.hand_over(session, ids[what[1]], what[0], me)
            else:
                number, who = what
                command = world.customer(number, email=f"{who}@example.com")
                await registering.register(session, "dl5", command)
    except Refusal:
        return True
    return False


async def matrix_of(session, me):
    """Read the whole matrix, a small page at a time."""
    rows, cursor = [], None
    while True:
        page = await overseeing.matrix(
            session,
            me,
            search="",
            only_gaps=False,
            person=None,
            cursor=cursor,
            people_cursor=None,
            limit=2,
        )
        rows += page.rows
        cursor = page.next_cursor
        if cursor is None:
            return page, rows


async def agrees(session, world):
    """Compare what is seen with what was told last of each number."""
    told = [each.read(CustomerNumberChanged) for each in await said(session, CustomerNumberChanged)]
    versions = Counter((each.customer_number, each.version) for each in told)
    assert set(versions.values()) == {1}
    newest = {each.customer_number: each for each in told}
    mine = {n: each for n, each in newest.items() if each.main_contact.person_id == world.me}
    cells = {
        number: {each.person_id: (each.portal, each.mail) for each in snapshot.shared_users}
        for number, snapshot in mine.items()
    }
    everyone = {who for row in cells.values() for who in row} | world.standing

    page, rows = await matrix_of(session, world.me)

    seen = {
        row.customer_number: {who: (each.portal, each.mail) for who, each in row.cells.items()}
        for row in rows
    }
    assert seen == cells
    assert {each.person_id for each in page.people} == everyone
    for each in page.people:
        assert each.numbers == sum(each.person_id in row for row in cells.values())
        assert (each.future is not None) == (each.person_id in world.standing)
    gaps = {
        number
        for number, row in cells.items()
        if any(not row.get(who, (False, False))[0] for who in everyone)
    }
    assert page.gaps == len(gaps)
    assert (page.newest_gap is not None) == bool(gaps)
    for number, snapshot in newest.items():
        live = await queries.live_tickets(session, number)
        assert sum(each.role == "main" for each in live) == 1
        assert len({each.person_id for each in live}) == len(live)
        assert len(live) == 1 + len(snapshot.shared_users)


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(done=st.lists(acts, min_size=1, max_size=6))
async def test_the_matrix_and_the_snapshots_always_agree(
    session, with_numbers, sharing_with, customer, done
):
    """I-17 I-18 I-20 I-21 I-22 W-06"""
    async with session.begin_nested() as example:
        me = await with_numbers(session, *NUMBERS[:3])
        ids = {"jan": me} | {
            name: await sharing_with(session, me, "DL5-1", email=f"{name}@example.com")
            for name in PEOPLE
        }
        for each in (await queries.people(session, list(ids.values()))).values():
            each.registered = True
        world = SimpleNamespace(me=me, ids=ids, standing=set(), customer=customer)
        await agrees(session, world)

        for act in done:
            before = len(await said(session))
            refused = await do(session, world, *act)
            assert not refused or len(await said(session)) == before
            await agrees(session, world)

        await example.rollback()
