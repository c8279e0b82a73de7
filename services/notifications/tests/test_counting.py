"""What is measured of letters: how many wait, for how long, and what came of each try."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from chassis.identifiers import new_id, now
from chassis.testing import figure
from notifications import measures
from notifications.counting import count_letters
from notifications.measures import WAITING
from notifications.models import Letter, State


@pytest.fixture
def count(database):
    """Return a function that measures, and says what waits and for how long."""

    async def once():
        async with database.transaction() as session:
            await count_letters(session)
        waiting = {state: figure("postkamer_letters_waiting", state=state) for state in WAITING}
        return waiting, figure("postkamer_letters_oldest_due_seconds")

    return once


@pytest.fixture
def owe(hear, world, database):
    """Owe letters for one document, and let them stand as they are told to."""

    async def owe(*standing, known=True):
        readers = [new_id() for _ in standing]
        await hear(world.issuer())
        for each in readers if known else ():
            await hear(world.person(each))
        await hear(world.snapshot(shared=[(each, now(), True) for each in readers]))
        await hear(world.document(now()))
        async with database.transaction() as session:
            letters = (await session.scalars(sa.select(Letter))).all()
            for letter, (state, due_ago) in zip(letters, standing, strict=True):
                letter.state = state
                letter.leased_until = None
                letter.due_at = None if due_ago is None else now() - timedelta(seconds=due_ago)

    return owe


async def test_what_waits_is_counted_by_state_and_what_is_settled_is_not(owe, count):
    await owe(
        (State.OWED, 0),
        (State.OWED, 30),
        (State.DEFERRED, -600),
        (State.UNKNOWN, -60),
        (State.UNKNOWN, None),
        (State.SENT, None),
        (State.REFUSED, None),
    )

    waiting, oldest = await count()

    assert waiting == {"owed": 2, "deferred": 1, "unknown": 2}
    assert 30 <= oldest < 60


async def test_nothing_is_overdue_when_all_was_sent(owe, count):
    await owe((State.SENT, None))

    assert await count() == ({"owed": 0, "deferred": 0, "unknown": 0}, 0)


async def test_a_letter_in_hand_is_not_overdue(owe, count, database):
    await owe((State.OWED, 900))
    async with database.transaction() as session:
        await session.execute(sa.update(Letter).values(leased_until=now() + timedelta(minutes=1)))

    waiting, oldest = await count()

    assert (waiting["owed"], oldest) == (1, 0)


async def test_a_letter_to_someone_unknown_waits_and_is_not_overdue(owe, count):
    await owe((State.OWED, 900), known=False)

    waiting, oldest = await count()

    assert (waiting["owed"], oldest) == (1, 0)


async def test_measuring_reads_no_letter_that_is_settled(database):
    """However many were ever sent, each question goes by an index that has only the others."""
    async with database.transaction() as session:
        await session.execute(sa.text("set local enable_seqscan = off"))
        asked = []
        connection = await session.connection()
        event.listen(connection.sync_connection, "before_cursor_execute", _remember(asked))
        await count_letters(session)
        plans = []
        for statement, parameters in tuple(asked):
            explained = await connection.exec_driver_sql(f"explain {statement}", parameters)
            plans += [line for (line,) in explained]

    assert [line for line in plans if "Seq Scan on letters" in line] == []
    assert [line for line in plans if "letters_due_idx" in line]
    assert [line for line in plans if "letters_unknown_idx" in line]


def _remember(asked):
    def remember(_connection, _cursor, statement, parameters, _context, _many):
        if not statement.startswith("explain"):
            asked.append((statement, parameters))

    return remember


def test_every_fate_is_counted_from_0():
    fates = {each.labels["fate"] for each in measures.mails.collect()[0].samples}

    assert {"accepted", "policy", "our_bug", "lost", "held", "absent", "withdrawn"} <= fates
