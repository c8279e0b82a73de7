"""Proves that who runs the service adds to the proof and changes nothing, and cannot be tricked."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from chassis.identifiers import now
from chassis.testing import deployed
from documents import checking, deleting, heading, models, retaining
from documents.custody import DocumentEvent
from documents.retention import Policy

ROOT = Path(__file__).parents[3]
ONLY_ADDED_TO = {
    "document_events": "act",
    "archive_days": "day",
    "archive_heads": "day",
    "retention_policies": "version",
    "tombstones": "issuer",
}
"""Each with one of its columns."""


@pytest.fixture
async def as_deployed():
    """Return a database that was made as deployed: an owner that migrates, and who runs it."""
    async with deployed("documents", models.metadata) as database:
        yield database


@pytest.fixture
async def archive(as_deployed, publish, command):
    """Return that database with two documents, the heads of a day, and one of them deleted."""
    async with as_deployed.transaction() as session:
        await retaining.set_policy(session, "dl5", Policy(12), "an")
    async with as_deployed.transaction() as session:
        await publish(session, command(b"1", issue_date="2012-02-29", number="F1"))
        await publish(session, command(b"2"))
    async with as_deployed.transaction() as session:
        await heading.make_heads(session, now().date().replace(year=now().year + 1))
    async with as_deployed.transaction() as session:
        until = now().date().replace(day=1, month=1)
        proposed = await deleting.propose(session, "dl5", until, "an")
        await deleting.approve(session, "dl5", proposed.id, proposed.digest, "bo")
    async with as_deployed.transaction() as session:
        await deleting.delete_some(session, proposed.id)
    return as_deployed


async def events(database):
    async with database.transaction() as session:
        found = sa.select(DocumentEvent).order_by(DocumentEvent.id)
        return [
            (each.act, each.facts is None, each.sha256) for each in await session.scalars(found)
        ]


async def test_all_that_custody_does_the_service_may_do(archive, files):
    """The facts of the deleted document are gone, though the service cannot change an event."""
    assert [(act, gone) for act, gone, _ in await events(archive)] == [
        ("received", True),
        ("published", True),
        ("received", False),
        ("published", False),
        ("deleted", False),
    ]
    for _ in range(4):
        async with archive.transaction() as session:
            await checking.go_on(session, files, 100)
    async with archive.transaction() as session:
        assert await session.scalar(sa.text("select count(*) from archive_breaks")) == 0


async def test_who_runs_the_service_can_add_and_change_nothing(archive):
    """Guide 1.4: the event log is only ever added to"""
    before = await events(archive)
    forged = "create or replace function forget_document_facts(given uuid[]) returns integer"
    statements = ["drop function forget_document_facts", f"{forged} language sql as 'select 1'"]
    for table, column in ONLY_ADDED_TO.items():
        statements += [
            f"update {table} set {column} = {column}",  # noqa: S608
            f"delete from {table}",  # noqa: S608
            f"truncate {table}",
            f"drop table {table}",
            f"alter table {table} add column x int",
        ]

    for statement in statements:
        with pytest.raises(DBAPIError, match=r"permission denied|must be owner"):
            async with archive.transaction() as session:
                await session.execute(sa.text(statement))

    assert await events(archive) == before


FORGET = sa.text("select public.forget_document_facts(array[cast(:id as uuid)])")
FALSE_STONE = "insert into {} values (:id, 'dl5', 'x', 'x', :id, now())"


async def test_the_database_forgets_nothing_of_a_document_that_is_here(archive):
    """Whoever asks for it, with a false tombstone, or with tables of their own."""
    async with archive.transaction() as session:
        (document_id,) = await session.scalars(sa.select(models.Document.id))
    of_it = {"id": document_id}

    async with archive.transaction() as session:
        assert await session.scalar(FORGET, of_it) == 0

    async with archive.transaction() as session:
        for table in ("tombstones", "documents"):
            made = f"create temp table {table} (like public.{table} including defaults)"
            await session.execute(sa.text(made))
        await session.execute(sa.text(FALSE_STONE.format("pg_temp.tombstones")), of_it)
        assert await session.scalar(FORGET, of_it) == 0

    async with archive.transaction() as session:
        await session.execute(sa.text(FALSE_STONE.format("public.tombstones")), of_it)
        assert await session.scalar(FORGET, of_it) == 0


def test_the_roles_of_this_test_are_those_that_are_deployed():
    deployed = (ROOT / "deploy" / "postgres" / "service.sql").read_text()

    assert "GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES" in deployed
    assert "GRANT USAGE ON SEQUENCES" in deployed
