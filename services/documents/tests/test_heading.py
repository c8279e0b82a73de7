"""Proves that each day has a head of all that happened, which its issuer is told."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from chassis.identifiers import now
from chassis.testing import said
from contracts.documents import ArchiveHeadMade, MakeHeads
from documents import heading
from documents.custody import ArchiveDay, ArchiveHead
from documents.errors import StillWriting

TODAY = now().date()
DAY = timedelta(days=1)


@pytest.fixture
def make(session):
    """Return a function that makes the heads of the day before one."""

    async def make(today):
        made = await heading.make_heads(session, today)
        await session.flush()
        return made

    return make


async def test_an_issuer_is_told_the_head_of_a_day(session, publish, command, make):
    await publish(session, command())
    await publish(session, command(customer_number="DL6-1"), "dl6")

    assert await make(TODAY + DAY) == 2

    told = {each.routing_key: each for each in await said(session, ArchiveHeadMade)}
    head = told["dl5"].read(ArchiveHeadMade)
    assert told["dl5"].exchange == "outcomes"
    assert (head.day, head.events, head.before) == (TODAY, 2, None)
    kept = await session.get(ArchiveHead, ("dl5", TODAY))
    assert head.sha256 == kept.sha256.hex() != told["dl6"].read(ArchiveHeadMade).sha256


async def test_each_head_names_the_one_before(session, publish, command, make):
    await publish(session, command())
    await make(TODAY + DAY)
    await publish(session, command(b"2", number="F2"))
    await make(TODAY + 2 * DAY)
    await make(TODAY + 3 * DAY)

    heads = [each.read(ArchiveHeadMade) for each in await said(session, ArchiveHeadMade)]

    assert [each.events for each in heads] == [2, 2, 0]
    assert [each.before for each in heads] == [None, heads[0].sha256, heads[1].sha256]
    assert len({each.sha256 for each in heads}) == 3


async def test_a_day_has_its_heads_once(session, publish, command, make):
    await publish(session, command())

    assert [await make(TODAY + DAY), await make(TODAY + DAY), await make(TODAY)] == [1, 0, 0]


async def test_what_happens_after_midnight_is_of_the_next_day(session, publish, command, make):
    await publish(session, command())

    assert await make(TODAY) == 0
    assert (await session.get(ArchiveDay, TODAY - DAY)).last_event == 0
    assert await make(TODAY + DAY) == 1


async def test_days_that_were_missed_are_in_the_next_head(session, publish, command, make):
    await publish(session, command())
    await session.execute(sa.text("update document_events set at = at - interval '5 days'"))

    await make(TODAY)

    (head,) = (await session.scalars(sa.select(ArchiveHead))).all()
    assert (head.day, head.events) == (TODAY - DAY, 2)


async def test_whoever_is_still_writing_is_waited_for(database, publish, command, monkeypatch):
    """What has a smaller number than what is seen must not be left out of every head."""
    monkeypatch.setattr(heading, "_LOOKS", 2)
    async with database.transaction() as writing:
        await publish(writing, command())
        async with database.transaction() as session:
            await publish(session, command(b"2", number="F2"))
        with pytest.raises(StillWriting):
            async with database.transaction() as session:
                await heading.make_heads(session, TODAY + DAY)

    async with database.transaction() as session:
        assert await heading.make_heads(session, TODAY + DAY) == 1
    async with database.transaction() as session:
        assert (await session.scalars(sa.select(ArchiveHead.events))).all() == [4]


async def test_two_at_once_make_them_once(database, publish, command):
    async with database.transaction() as session:
        await publish(session, command())
    async with database.transaction() as one, database.transaction() as other:
        assert await heading.make_heads(one, TODAY + DAY) == 1
        assert await heading.make_heads(other, TODAY + DAY) == 0


async def test_the_clock_says_it(hear, database):
    await hear(MakeHeads(), sender="documents")

    async with database.transaction() as session:
        (day,) = (await session.scalars(sa.select(ArchiveDay.day))).all()
    assert isinstance(day, date)
    assert day < now().date()
