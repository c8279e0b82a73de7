"""Proves what people at a keyboard do about staff, and how they check the audit."""

import json
from argparse import ArgumentParser
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from chassis.command_line import StepRefused
from contracts.notifications import WriteToPerson
from identity import auditing, sealing
from identity.account_commands import COMMANDS

KIM = ("--issuer", "dl5", "--email", "kim@lease.example")
NAMED = ("--first-name", "Kim", "--last-name", "Claes")


@pytest.fixture
def run(database_url):
    """Return a function that runs a command; returns its exit code."""
    settings = SimpleNamespace(database_url=SecretStr(database_url))

    async def run(name, *words):
        command = next(each for each in COMMANDS if each.name == name)
        parser = ArgumentParser()
        command.configure(parser)
        return await command.run(settings, parser.parse_args(words))

    return run


async def test_staff_are_invited_and_let_go(run, residents, capsys):
    await residents.issuer()

    assert await run("add-staff", *KIM, *NAMED, "--json") == 0
    first = json.loads(capsys.readouterr().out)
    await run("add-staff", *KIM, *NAMED, "--admin")
    again = capsys.readouterr().out
    await run("add-staff", *KIM, "--remove", "--json")
    gone = json.loads(capsys.readouterr().out)

    assert (first["became"], gone["became"]) == ("invited", "removed")
    assert "became: invited again" in again
    assert first["person_id"] == gone["person_id"]
    assert [each.kind for each in await residents.told(WriteToPerson)] == ["staff", "staff"]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (KIM, "--first-name"),
        ((*KIM, *NAMED[:2], "--last-name", "C\nlaes"), "one line"),
        (("--issuer", "dl9", *KIM[2:], *NAMED), "no issuer"),
        ((*KIM[:2], "--email", "kim", *NAMED), "no mail"),
        ((*KIM, "--remove"), "nobody"),
    ],
)
async def test_what_cannot_be_done_says_why_and_leaves_nothing(run, residents, words, why):
    await residents.issuer()

    with pytest.raises(StepRefused, match=why):
        await run("add-staff", *words)

    assert await residents.told(WriteToPerson) == []


async def test_a_whole_audit_is_said_to_be_whole(run, database, capsys):
    """Guide 1.6, 42"""
    async with database.transaction() as session:
        await auditing.note(session, "one", actor="test")
        await session.flush()
        await sealing.seal(session)

    assert await run("verify-audit") == 0

    out = capsys.readouterr().out
    assert "1 entries under 1 seals" in out
    head = out.rpartition(": ")[2].strip()
    assert await run("verify-audit", "--head", head) == 0
    assert await run("verify-audit", "--head", "00" * 32) == 1


async def test_tampering_is_said_and_fails(run, database, capsys):
    """Guide 1.6, 42"""
    async with database.transaction() as session:
        for act in ("one", "two"):
            await auditing.note(session, act, actor="test")
        await sealing.seal(session)
    async with database.transaction() as session:
        await session.execute(sa.text("update audit_entries set act = 'x' where act = 'two'"))

    assert await run("verify-audit") == 1

    assert "BROKEN: entry 2 was changed after the seal" in capsys.readouterr().out
