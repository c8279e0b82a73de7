"""Proves how an issuer says when somebody answers its readers, and that the portal is told."""

import json
from argparse import ArgumentParser
from types import SimpleNamespace

import pytest
from pydantic import SecretStr

from chassis.command_line import StepRefused
from identity.account_commands import COMMANDS
from identity.support_days import days_of, written

OFFICE = {"days": [1, 2, 3, 4, 5], "opens": "08:30", "closes": "17:00"}


@pytest.fixture
def set_support(database_url, capsys):
    """Return a function that runs the command; returns what it prints."""
    settings = SimpleNamespace(database_url=SecretStr(database_url))

    async def run(*words):
        command = next(each for each in COMMANDS if each.name == "set-support")
        parser = ArgumentParser()
        command.configure(parser)
        chosen = parser.parse_args(["--issuer", "dl5", "--json", *words])
        assert await command.run(settings, chosen) == 0
        return json.loads(capsys.readouterr().out)

    return run


@pytest.fixture
def look(web_door):
    """Return a function that asks as the portal how the issuer helps its readers."""

    async def look():
        headers = web_door.bearer("accounts:act", service="portal")
        answer = await web_door.http.get("/v1/issuers/dl5", headers=headers)
        return answer.json()["support"]

    return look


async def test_an_issuer_answers_on_weekdays_in_office_hours_until_it_says_otherwise(
    residents, look, set_support
):
    """O-01"""
    await residents.issuer()
    nobody = {"phone": None, "email": None, "time_zone": "Europe/Brussels"}
    assert await look() == OFFICE | nobody

    reached = ("--phone", "+32 9 200 90 00", "--email", "help@lease.example")
    told = await set_support(*reached, "--days", "mon-thu,sat", "--opens", "09:00")

    assert (told["days"], told["opens"], told["closes"]) == (
        "mon,tue,wed,thu,sat",
        "09:00",
        "17:00",
    )
    assert await look() == {
        "phone": "+32 9 200 90 00",
        "email": "help@lease.example",
        "days": [1, 2, 3, 4, 6],
        "opens": "09:00",
        "closes": "17:00",
        "time_zone": "Europe/Brussels",
    }


async def test_what_is_not_said_stays_and_what_is_empty_goes(residents, look, set_support):
    await residents.issuer()
    await set_support("--phone", "09 200 90 00", "--email", "help@lease.example")

    await set_support("--email", "", "--closes", "18:15")

    known = await look()
    assert (known["phone"], known["email"]) == ("09 200 90 00", None)
    assert (known["opens"], known["closes"]) == ("08:30", "18:15")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--phone", "call Jan"), "digits"),
        (("--phone", "javascript:123456"), "digits"),
        (("--email", "help"), "no mail"),
        (("--days", "monday"), "mon, tue"),
        (("--days", "fri-mon"), "comes before"),
        (("--opens", "8:30"), "08:30"),
        (("--opens", "24:30"), "there is no"),
        (("--opens", "18:00"), "before it closes"),
        (("--closes", "08:30"), "before it closes"),
        (("--issuer", "dl9"), "no issuer"),
    ],
)
async def test_what_cannot_be_says_why_and_changes_nothing(
    residents, look, set_support, words, why
):
    await residents.issuer()
    before = await look()

    with pytest.raises(StepRefused, match=why):
        await set_support(*words)

    assert await look() == before


def test_days_are_read_as_they_are_written():
    assert days_of("mon-fri") == [1, 2, 3, 4, 5]
    assert days_of("Sat, sun,sat") == [6, 7]
    assert days_of("wed") == [3]
    assert written([1, 3, 7]) == "mon,wed,sun"
    assert days_of(written([1, 2, 3, 4, 5, 6, 7])) == [1, 2, 3, 4, 5, 6, 7]
