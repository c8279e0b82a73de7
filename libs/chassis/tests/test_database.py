"""An outage is told from a defect, and neither repeats what was in a row."""

import asyncio

import pytest
import sqlalchemy as sa

from chassis.database import Database, has_collided, in_words, is_away


async def failing(database, statement, **values):
    with pytest.raises(sa.exc.DBAPIError) as told:
        async with database.transaction() as session:
            await session.execute(sa.text(statement), values)
    return told.value


@pytest.mark.parametrize(
    "statement",
    [
        "select 1/0",
        "select * from no_such_table",
        "insert into parcels (parcel) values (null)",
        "select 'x'::int",
    ],
)
async def test_a_defect_is_no_outage(database, statement):
    error = await failing(database, statement)

    assert not is_away(error)
    assert not has_collided(error)


async def test_a_cut_connection_is_an_outage(database):
    error = await failing(database, "select pg_terminate_backend(pg_backend_pid())")

    assert is_away(error)
    assert await database.answers()


async def test_a_server_that_is_not_there_is_an_outage():
    nowhere = Database("postgresql+asyncpg://nobody@127.0.0.1:1/nothing")

    with pytest.raises(OSError) as told:  # noqa: PT011 (which one is asked below)
        await nowhere.ping()

    assert is_away(told.value)
    assert not await nowhere.answers()
    await nowhere.close()


@pytest.mark.parametrize(
    "error", [KeyError("x"), FileNotFoundError("x"), PermissionError("x"), ValueError("x")]
)
def test_other_trouble_is_no_outage(error):
    assert not is_away(error)


async def test_two_that_lock_each_others_rows_collide(database, toy):
    async with database.transaction() as session:
        rows = [{"parcel": name, "grams": 1} for name in ("a", "b")]
        await session.execute(sa.insert(toy.parcels), rows)
    both = asyncio.Barrier(2)

    async def lock(first, second):
        async with database.transaction() as session:
            for name in (first, second):
                heavier = sa.update(toy.parcels).where(toy.parcels.c.parcel == name)
                await session.execute(heavier.values(grams=2))
                if name == first:
                    await both.wait()

    results = await asyncio.gather(lock("a", "b"), lock("b", "a"), return_exceptions=True)

    [collision] = [each for each in results if each is not None]
    assert has_collided(collision)
    assert not is_away(collision)


async def test_words_about_a_row_tell_the_rule_and_not_the_row(database):
    error = await failing(database, "select cast(:grams as int)", grams="row-secret")

    assert "row-secret" not in in_words(error)
    assert "DataError" in in_words(error)
    assert in_words(ValueError("plain words")) == "plain words"


async def test_after_a_commit_and_only_then_others_are_told(database):
    told = []
    database.after_commit(lambda info: told.append(dict(info)))

    async def fail():
        async with database.transaction() as session:
            session.info["said"] = 1
            await session.execute(sa.text("select 1"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    async with database.transaction() as session:
        session.info["said"] = 2
        await session.execute(sa.text("select 1"))

    assert told == [{"said": 2}]
