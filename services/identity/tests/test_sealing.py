"""Proves that the audit is sealed once, whole, and that whoever changes it is found out."""

import asyncio
from pathlib import Path

import pytest
import sqlalchemy as sa
import structlog.testing
from sqlalchemy.exc import DBAPIError

from chassis.testing import deployed, said
from contracts.identity import SealAudit
from identity import auditing, models, sealing
from identity.trails import AuditEntry, AuditSeal

ROOT = Path(__file__).parents[3]


@pytest.fixture
def note(database):
    """Return a function that writes lines to the audit."""

    async def note(*acts):
        async with database.transaction() as session:
            for act in acts:
                await auditing.note(session, act, actor="test", issuer="dl5", b=1, a="x")

    return note


@pytest.fixture
def seal(database):
    async def seal():
        async with database.transaction() as session:
            return await sealing.seal(session)

    return seal


@pytest.fixture
def verify(database):
    async def verify(head=None):
        async with database.transaction() as session:
            return await sealing.verify(session, head)

    return verify


@pytest.fixture
def tamper(database):
    """Return a function that does what only the database's owner can."""

    async def tamper(statement, **values):
        async with database.transaction() as session:
            await session.execute(sa.text(statement), values)

    return tamper


async def ids(database):
    async with database.transaction() as session:
        return list(await session.scalars(sa.select(AuditEntry.id).order_by(AuditEntry.id)))


async def test_what_was_written_is_sealed_once(note, seal, verify):
    """Guide 1.6, 42"""
    await note("one", "two")

    assert [await seal(), await seal()] == [2, 0]
    await note("three")
    assert await seal() == 1

    found = await verify()
    assert (found.seals, found.entries, found.unsealed, found.broken) == (2, 3, 0, None)


async def test_an_empty_audit_is_whole(seal, verify):
    assert await seal() == 0
    assert (await verify()).broken is None


async def test_what_waits_for_a_seal_is_counted(note, seal, verify):
    await note("one")
    await seal()
    await note("two", "three")

    assert (await verify()).unsealed == 2


@pytest.mark.parametrize(
    "change",
    [
        "act = 'other'",
        "actor = 'somebody else'",
        "subject = 'x'",
        "issuer = null",
        'facts = facts || \'{"a": "y"}\'',
        "at = at + interval '1 microsecond'",
        "correlation_id = 'x'",
    ],
)
async def test_a_changed_entry_is_found_and_named(note, seal, verify, tamper, database, change):
    """Guide 1.6, 42"""
    await note("one", "two", "three")
    await seal()
    await note("four")
    await seal()
    second = (await ids(database))[1]

    await tamper(f"update audit_entries set {change} where id = :id", id=second)  # noqa: S608

    broken = (await verify()).broken
    assert (broken.entry, broken.what) == (second, "was changed after the seal")


async def test_a_missing_entry_is_found_and_named(note, seal, verify, tamper, database):
    """Guide 1.6, 42"""
    await note("one", "two", "three")
    await seal()
    last = (await ids(database))[-1]

    await tamper("delete from audit_entries where id = :id", id=last)

    assert (await verify()).broken.entry == last
    assert (await verify()).broken.what == "is gone"


async def test_an_entry_slipped_in_is_found_and_named(note, seal, verify, tamper, database):
    await note("one", "two", "three")
    second = (await ids(database))[1]
    await tamper("delete from audit_entries where id = :id", id=second)
    await seal()

    await tamper(
        "insert into audit_entries (id, at, act, actor, facts, correlation_id)"
        " overriding system value values (:id, now(), 'x', 'x', '{}', 'x')",
        id=second,
    )

    assert (await verify()).broken.entry == second
    assert (await verify()).broken.what == "was added after the seal"


async def test_a_seal_made_to_fit_breaks_the_one_after_it(note, seal, verify, tamper, database):
    await note("one")
    await seal()
    await note("two")
    await seal()
    first, second = await ids(database)
    await tamper("update audit_entries set act = 'other' where id = :id", id=first)
    async with database.transaction() as session:
        entry = await session.get(AuditEntry, first)
        forged = sealing._seal(None, [entry])
        row = await session.get(AuditSeal, first)
        row.sha256, row.digests, row.sealed_at = forged.sha256, forged.digests, forged.sealed_at

    found = await verify()

    assert found.broken.entry == second
    assert "seal that was changed" in found.broken.what


async def test_a_seal_that_is_gone_is_missed(note, seal, verify, tamper, database):
    for act in ("one", "two", "three"):
        await note(act)
        await seal()
    second = (await ids(database))[1]

    await tamper("delete from audit_seals where last_entry = :id", id=second)

    assert (await verify()).broken.entry == second


async def test_who_cuts_off_the_end_is_found_by_what_was_logged(note, seal, verify, tamper):
    await note("one")
    await seal()
    await note("two")
    with structlog.testing.capture_logs() as logged:
        await seal()
    head = next(each["sha256"] for each in logged if each["event"] == "audit_sealed")
    assert (await verify(head)).headed

    await tamper(
        "delete from audit_seals where entries = 1 and last_entry ="
        " (select max(last_entry) from audit_seals)"
    )
    await tamper("delete from audit_entries where act = 'two'")

    found = await verify(head)
    assert (found.broken, found.headed) == (None, False)


async def test_an_entry_still_being_written_holds_the_seal_up(note, seal, verify, database):
    """An entry that commits after a later one would else stay below a seal that has it not."""
    async with database.transaction() as slow:
        await auditing.note(slow, "early", actor="test")
        await slow.flush()
        await note("late")

        assert await seal() == 0

    assert await seal() == 2
    assert (await verify()).broken is None


async def test_many_who_write_while_it_is_sealed_break_nothing(note, seal, verify):
    async def write(number):
        for each in range(10):
            await note(f"{number} {each}")

    async def keep_sealing():
        for _ in range(10):
            await seal()
            await asyncio.sleep(0.01)

    await asyncio.gather(*(write(number) for number in range(3)), keep_sealing())
    await seal()

    found = await verify()
    assert (found.entries, found.unsealed, found.broken) == (30, 0, None)


async def test_two_that_seal_at_once_make_one_seal(note, seal, verify):
    await note("one", "two")

    made = await asyncio.gather(*(seal() for _ in range(5)))

    assert sorted(made) == [0, 0, 0, 0, 2]
    assert (await verify()).seals == 1


async def test_a_backlog_is_sealed_in_batches(note, seal, verify, database, monkeypatch):
    monkeypatch.setattr(sealing, "_AT_MOST", 2)
    await note("one", "two", "three")

    assert [await seal(), await seal()] == [2, 1]

    async with database.transaction() as session:
        assert len(await said(session, SealAudit)) == 1
    assert (await verify()).seals == 2


async def test_a_minute_passes(hear, note, database):
    await note("one")

    await hear(SealAudit(), sender="identity")

    async with database.transaction() as session:
        assert (await session.scalars(sa.select(AuditSeal.entries))).all() == [1]


@pytest.fixture
async def as_deployed():
    """Return a database that was made as deployed: an owner that migrates, and who runs it."""
    async with deployed("identity", models.metadata) as database:
        yield database


DENIED = "permission denied"


@pytest.mark.parametrize(
    "statement",
    [
        "update audit_entries set act = 'x'",
        "delete from audit_entries",
        "truncate audit_entries",
        "update audit_seals set sha256 = 'x'",
        "delete from audit_seals",
        "truncate audit_seals",
        "drop table audit_entries",
        "alter table audit_entries add column x int",
        "drop function forget_audit_entries",
    ],
)
async def test_who_runs_the_service_can_add_to_the_audit_and_change_nothing(as_deployed, statement):
    """Guide 1.6, 42"""
    async with as_deployed.transaction() as session:
        await auditing.note(session, "one", actor="test")
    async with as_deployed.transaction() as session:
        assert await sealing.seal(session) == 1

    with pytest.raises(DBAPIError, match=rf"{DENIED}|must be owner"):
        async with as_deployed.transaction() as session:
            await session.execute(sa.text(statement))

    async with as_deployed.transaction() as session:
        found = await sealing.verify(session)
    assert (found.entries, found.broken) == (1, None)


async def test_who_runs_the_service_cannot_trick_the_database_into_forgetting(as_deployed):
    async with as_deployed.transaction() as session:
        await auditing.note(session, "one", actor="test")
    async with as_deployed.transaction() as session:
        await sealing.seal(session)

    async with as_deployed.transaction() as session:
        await session.execute(sa.text("create temp table audit_seals (like public.audit_seals)"))
        await session.execute(
            sa.text(
                "insert into pg_temp.audit_seals values"
                " (9, 1, 'x', 'x', now() - interval '900 days')"
            )
        )
        await session.execute(sa.text("select public.forget_audit_entries(10)"))
        left = await session.scalar(sa.text("select count(*) from public.audit_entries"))

    assert left == 1


def test_the_roles_of_this_test_are_those_that_are_deployed():
    deployed = (ROOT / "deploy" / "postgres" / "service.sql").read_text()

    assert "GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES" in deployed
    assert "GRANT USAGE ON SEQUENCES" in deployed
