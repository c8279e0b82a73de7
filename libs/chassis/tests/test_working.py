"""Work that waits on the world: claimed by one, done outside transactions, settled or redone."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from chassis.database import Database
from chassis.identifiers import new_id, now
from chassis.testing import eventually
from chassis.trail import Trail
from chassis.working import Work, Workers, needed

LEASE = timedelta(seconds=0.6)


@dataclass(frozen=True)
class Item:
    parcel_id: int
    claim: int


class World:
    """What the work asks; each answer is up to the test."""

    def __init__(self):
        self.asked = []
        self.go_on = asyncio.Event()
        self.go_on.set()
        self.fails = 0

    async def ask(self, item, _gateways, mark):
        self.asked.append(item)
        await mark()
        await self.go_on.wait()
        if self.fails:
            self.fails -= 1
            raise ConnectionError("the world is away")
        return f"by {item.claim}"


@pytest.fixture
def world():
    return World()


@pytest.fixture
def work(toy, world):
    parcels = toy.parcels

    async def claim(session, at_most):
        free = (
            sa.select(parcels.c.id)
            .where(parcels.c.result.is_(None))
            .where(sa.or_(parcels.c.until.is_(None), parcels.c.until < now()))
            .limit(at_most)
            .with_for_update(skip_locked=True)
        )
        claimed = await session.execute(
            sa.update(parcels)
            .where(parcels.c.id.in_(free.scalar_subquery()))
            .values(claim=parcels.c.claim + 1, until=now() + LEASE)
            .returning(parcels.c.id, parcels.c.claim)
        )
        return [Item(*row) for row in claimed]

    def mine(item):
        return sa.and_(parcels.c.id == item.parcel_id, parcels.c.claim == item.claim)

    async def mark(session, items):
        marked = [
            await session.execute(sa.update(parcels).where(mine(item)).values(by="marked"))
            for item in items
        ]
        return [bool(each.rowcount) for each in marked]

    async def settle(session, done):
        for item, result in done:
            await session.execute(sa.update(parcels).where(mine(item)).values(result=result))

    async def renew(session, items, lease):
        for item in items:
            until = now() + lease
            await session.execute(sa.update(parcels).where(mine(item)).values(until=until))

    return Work(
        name="lifting",
        claim=claim,
        act=world.ask,
        mark=mark,
        settle=settle,
        renew=renew,
        lease=LEASE,
        trail_of=lambda _item: Trail(str(new_id())),
        at_once=3,
    )


@pytest.fixture
def owe(database, toy):
    """Return a function that owes so many pieces of work."""

    async def add(count=1):
        async with database.transaction() as session:
            rows = [{"parcel": str(each), "grams": 1} for each in range(count)]
            await session.execute(sa.insert(toy.parcels), rows)
            needed(session, "lifting")

    return add


@pytest.fixture
def results(database, toy):
    async def read():
        async with database.transaction() as session:
            found = await session.execute(sa.select(toy.parcels.c.result, toy.parcels.c.by))
            return [tuple(row) for row in found]

    return read


def all_done(results):
    async def done():
        found = await results()
        return bool(found) and all(result for result, _ in found)

    return done


@asynccontextmanager
async def running(*workers):
    stopping = asyncio.Event()
    tasks = [asyncio.create_task(each.run(stopping)) for each in workers]
    leases = [asyncio.create_task(each.keep_leases()) for each in workers]
    yield stopping
    stopping.set()
    await asyncio.gather(*tasks)
    await asyncio.gather(*(each.drain() for each in workers))
    for each in leases:
        each.cancel()


async def test_work_is_claimed_marked_done_and_settled(database, work, owe, results):
    await owe()

    async with running(Workers(work, database, None)):
        await eventually(all_done(results), seconds=3)

    assert await results() == [("by 1", "marked")]


async def test_work_made_in_this_process_is_begun_at_once(database, work, owe, world, monkeypatch):
    monkeypatch.setattr("chassis.working._POLL_SECONDS", 2)

    async with running(Workers(work, database, None)):
        await asyncio.sleep(0.1)
        await owe()
        await asyncio.sleep(0.5)
        begun = len(world.asked)

    assert begun == 1


async def test_what_failed_is_claimed_again_when_its_lease_ends(
    database, work, owe, world, results
):
    world.fails = 1
    await owe()

    async with running(Workers(work, database, None)):
        await eventually(all_done(results), seconds=5)

    assert await results() == [("by 2", "marked")]
    assert [each.claim for each in world.asked] == [1, 2]


async def test_two_workers_never_do_one_item(database, work, owe, world, results):
    await owe(30)

    async with running(Workers(work, database, None), Workers(work, database, None)):
        await eventually(all_done(results), seconds=8)

    assert len(world.asked) == len({each.parcel_id for each in world.asked}) == 30


async def test_a_long_piece_of_work_keeps_its_lease(database, work, owe, world, results):
    world.go_on.clear()
    await owe()

    async with running(Workers(work, database, None), Workers(work, database, None)):
        await asyncio.sleep(3 * LEASE.total_seconds())
        world.go_on.set()
        await eventually(all_done(results), seconds=3)

    assert len(world.asked) == 1


async def test_no_more_is_begun_than_can_be_done_at_once(database, work, owe, world, results):
    world.go_on.clear()
    await owe(5)

    async with running(Workers(work, database, None)):
        await eventually(lambda: _asked(world, 3), seconds=3)
        await asyncio.sleep(0.2)
        most = len(world.asked)
        world.go_on.set()
        await eventually(all_done(results), seconds=3)

    assert most == 3


async def _asked(world, count):
    return len(world.asked) >= count


async def test_a_late_one_settles_nothing(database, work, owe, toy, world, results):
    world.go_on.clear()
    await owe()

    async with running(Workers(work, database, None)):
        await eventually(lambda: _asked(world, 1), seconds=3)
        async with database.transaction() as session:
            until = now() + timedelta(minutes=1)
            await session.execute(sa.update(toy.parcels).values(claim=7, until=until))
        world.go_on.set()

    assert [result for result, _ in await results()] == [None]


async def test_what_is_being_done_is_finished_at_the_stop(database, work, owe, world, results):
    world.go_on.clear()
    await owe()

    async with running(Workers(work, database, None)) as stopping:
        await eventually(lambda: _asked(world, 1), seconds=3)
        stopping.set()
        asyncio.get_running_loop().call_later(0.3, world.go_on.set)

    assert [result for result, _ in await results()] == ["by 1"]


async def test_an_answer_of_the_world_waits_for_the_database(
    gate, url_through, work, owe, world, results
):
    through = Database(url_through, connections=3)
    world.go_on.clear()
    await owe()

    async with running(Workers(work, through, None)):
        await eventually(lambda: _asked(world, 1), seconds=3)
        await asyncio.sleep(0.2)
        await gate.shut()
        world.go_on.set()
        await asyncio.sleep(0.3)
        await gate.open()
        await eventually(all_done(results), seconds=8)

    assert [result for result, _ in await results()] == ["by 1"]
    assert len(world.asked) == 1
    await through.close()


async def test_a_collision_while_settling_does_not_forget_the_answer(
    database, work, owe, world, results
):
    collisions = iter(["40P01"])

    async def collide_first(session, done):
        if (code := next(collisions, None)) is not None:
            raised = f"do $$ begin raise exception using errcode = '{code}'; end $$"
            await session.execute(sa.text(raised))
        await work.settle(session, done)

    await owe()

    async with running(Workers(replace(work, settle=collide_first), database, None)):
        await eventually(all_done(results), seconds=5)

    assert len(world.asked) == 1


async def test_what_comes_at_once_is_claimed_marked_and_settled_together(
    database, work, owe, world, results
):
    sizes = {"claim": [], "mark": [], "settle": []}

    async def claim(session, at_most):
        claimed = await work.claim(session, at_most)
        sizes["claim"].append(len(claimed))
        return claimed

    async def mark(session, items):
        sizes["mark"].append(len(items))
        return await work.mark(session, items)

    async def settle(session, done):
        sizes["settle"].append(len(done))
        await work.settle(session, done)

    await owe(9)
    world.go_on.clear()

    async with running(
        Workers(replace(work, claim=claim, mark=mark, settle=settle), database, None)
    ):
        await eventually(lambda: _asked(world, 3), seconds=3)
        await asyncio.sleep(0.3)
        world.go_on.set()
        await eventually(all_done(results), seconds=5)

    assert sizes["claim"][0] == 9
    assert max(sizes["mark"]) >= 2
    assert sizes["settle"][0] == 3


async def test_one_that_cannot_be_settled_does_not_hold_back_those_beside_it(
    database, work, owe, world, results
):
    async def settle(session, done):
        for item, result in done:
            if item.parcel_id == 2:
                await session.execute(sa.text("select 1 / 0"))
            await work.settle(session, [(item, result)])

    await owe(3)
    world.go_on.clear()

    async with running(Workers(replace(work, settle=settle), database, None)):
        await eventually(lambda: _asked(world, 3), seconds=3)
        await asyncio.sleep(0.2)
        world.go_on.set()
        await asyncio.sleep(0.3)

    assert sorted(result or "" for result, _ in await results())[:2] == ["", "by 1"]


async def test_what_was_claimed_ahead_is_given_back_at_the_stop(database, work, owe, toy, world):
    patient = replace(work, lease=timedelta(minutes=5))
    await owe(8)
    world.go_on.clear()

    async with running(Workers(patient, database, None)) as stopping:
        await eventually(lambda: _asked(world, 3), seconds=3)
        stopping.set()
        world.go_on.set()
    async with database.transaction() as session:
        free = (
            sa.select(sa.func.count())
            .where(toy.parcels.c.result.is_(None), toy.parcels.c.until <= now())
            .select_from(toy.parcels)
        )
        given_back = await session.scalar(free)

    assert len(world.asked) == 3
    assert given_back == 5
