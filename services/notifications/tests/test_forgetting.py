"""What became of letters is kept for more than a year, then forgotten with all its traces."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from chassis.identifiers import new_id, now
from chassis.testing import said
from contracts.notifications import ForgetLetters
from notifications import forgetting
from notifications.gateways import Gateways
from notifications.models import Letter, LetterHistory, Notice, Report, State

KEPT = timedelta(days=400)


@pytest.fixture
def gateways():
    return Gateways(press=None, mailer=None, evidence=None)


@pytest.fixture
def published(hear, world, database):
    """Publish a document so many days ago whose one letter stands so; return its id."""

    async def publish(days, state=State.SENT, due_at=None):
        main = new_id()
        await hear(world.issuer())
        await hear(world.person(main))
        await hear(world.snapshot(main=(main, now() - timedelta(days=900))))
        document = world.document(now())
        await hear(document)
        async with database.transaction() as session:
            old = {"published_at": now() - timedelta(days=days)}
            mine = {"document_id": document.document_id}
            await session.execute(sa.update(Notice).filter_by(**mine).values(**old))
            changed = sa.update(Letter).filter_by(**mine).values(state=state, due_at=due_at)
            letter_id = await session.scalar(changed.returning(Letter.id))
            at = now()
            session.add(LetterHistory(letter_id=letter_id, at=at, state=state, detail="said so"))
            session.add(Report(letter_id=letter_id, key="report", at=at))
        return document.document_id

    return publish


@pytest.fixture
def counted(database):
    async def count():
        async with database.transaction() as session:
            tables = (Notice, Letter, LetterHistory, Report)
            return [
                await session.scalar(sa.select(sa.func.count()).select_from(each))
                for each in tables
            ]

    return count


async def test_old_letters_go_with_all_that_tells_of_them(published, hear, counted):
    await published(401)
    await published(399)

    await hear(ForgetLetters())

    assert await counted() == [1, 1, 1, 1]


async def test_a_letter_that_is_still_due_is_not_forgotten(published, hear, counted):
    await published(500, State.DEFERRED, now())

    await hear(ForgetLetters())

    assert await counted() == [1, 1, 1, 1]


async def test_many_are_forgotten_a_few_at_a_time(published, database, counted, monkeypatch):
    monkeypatch.setattr(forgetting, "_AT_MOST", 2)
    for days in (405, 404, 403):
        await published(days)

    async with database.transaction() as session:
        first = await forgetting.forget_letters(session, KEPT)
        again = await said(session, ForgetLetters)
    async with database.transaction() as session:
        second = await forgetting.forget_letters(session, KEPT)

    assert (first, len(again), second) == (2, 1, 1)
    assert await counted() == [0, 0, 0, 0]
