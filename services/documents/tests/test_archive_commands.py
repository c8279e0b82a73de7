"""Proves what people at a keyboard can do: check the archive, pack it, and check a pack."""

from argparse import ArgumentParser
from pathlib import Path

import pytest
import sqlalchemy as sa
import structlog

from chassis.command_line import StepRefused, obey
from chassis.identifiers import new_id
from documents.app import service as the_service
from documents.archive_commands import COMMANDS
from documents.settings import Settings


@pytest.fixture
def settings(database_url, tmp_path):
    """Return the settings of a service whose broker does not answer."""
    return Settings(
        http_port=0,
        identity_url="http://identity.test",
        database_url=database_url,
        amqp_url="amqp://nobody:none@127.0.0.1:9/nowhere",
        files_url=f"file://{tmp_path}/kept",
    )


@pytest.fixture
async def document(database, publish, command):
    async with database.transaction() as session:
        document, _ = await publish(session, command())
    return document


@pytest.fixture
def run(settings, capsys):
    """Return a function that runs a command, and says how it ended and what it printed."""

    async def run(name, *arguments):
        command = next(each for each in COMMANDS if each.name == name)
        parser = ArgumentParser()
        command.configure(parser)
        capsys.readouterr()
        with structlog.testing.capture_logs():
            code = await command.run(settings, parser.parse_args([str(each) for each in arguments]))
        return code, capsys.readouterr().out

    return run


@pytest.fixture
def verify(capsys):
    """Return a function that checks a pack as the command line does: without an environment."""

    def verify(path):
        capsys.readouterr()
        code = obey(the_service, ["verify-pack", str(path)])
        return code, capsys.readouterr().out

    return verify


async def test_an_archive_as_it_was_is_whole(run, document):
    assert await run("check-archive") == (0, "1 documents were looked at\n")
    assert await run("check-archive", "--document", document.id) == (
        0,
        "1 documents were looked at\n",
    )


async def test_what_is_broken_is_named(run, document, database):
    async with database.transaction() as session:
        await session.execute(sa.text("update documents set amount_due = 1"))

    code, told = await run("check-archive", "--issuer", "dl5")

    assert code == 1
    assert f"BROKEN: dl5 {document.id}: row amount_due is not as it was" in told
    assert "should be 498.94, is 1" in told
    code, told = await run("check-archive", "--issuer", "dl6")
    assert (code, told) == (0, "0 documents were looked at\n")


async def test_a_document_that_is_not_here_is_said_so(run):
    with pytest.raises(StepRefused, match="there is no such document"):
        await run("check-archive", "--document", new_id())


async def test_a_pack_is_written_and_checked_without_an_environment(
    run, verify, document, tmp_path
):
    year = ("--issuer", "dl5", "--from", "2026-01-01", "--to", "2026-12-31")
    code, told = await run("pack", *year, "--folder", tmp_path)
    path = Path(told.partition(":")[0])
    assert (code, path.name) == (0, "dl5-2026-01-01-2026-12-31.zip")
    assert [each.suffix for each in tmp_path.iterdir() if each.is_file()] == [".zip"]

    assert verify(path) == (0, "1 documents and 7 files were looked at\n")

    lie(path)
    code, told = verify(path)
    assert code == 1
    assert f"BROKEN: documents/{document.id}" in told


def lie(path):
    path.write_bytes(path.read_bytes().replace(b'"DL5-104233"', b'"DL5-104234"'))


async def test_what_cannot_be_packed_is_said_so(run, tmp_path):
    year = ("--issuer", "dl5", "--from", "2026-01-01", "--to", "2026-12-31")

    with pytest.raises(StepRefused, match="there are no documents of these days"):
        await run("pack", *year, "--folder", tmp_path)


async def test_a_pack_is_not_written_over(run, document, tmp_path):
    year = ("--issuer", document.issuer, "--from", "2026-01-01", "--to", "2026-12-31")
    (tmp_path / "dl5-2026-01-01-2026-12-31.part").write_bytes(b"another is being written")

    with pytest.raises(StepRefused, match="cannot be written"):
        await run("pack", *year, "--folder", tmp_path)


def test_what_is_no_pack_is_said_so(verify, tmp_path):
    (tmp_path / "x.zip").write_bytes(b"no pack")

    code, told = verify(tmp_path / "x.zip")

    assert (code, "is no pack that can be read" in told) == (2, True)
    assert verify(tmp_path / "y.zip")[0] == 2
