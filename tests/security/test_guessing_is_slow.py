"""Who guesses passwords gets a few tries and then hardly any, and keeps nobody else out."""

import asyncio
import itertools
import time
from collections import Counter

import pytest

from localrun.account_holder import visitor

A_FEW = 60
AT_ONCE = 16
OF_ACCOUNT, OF_ADDRESS = 10, 30
ACCOUNT_EVERY_SECONDS, ADDRESS_EVERY_SECONDS = 60, 2

_passwords = itertools.count()


@pytest.fixture
def guess(desk):
    """Return a function that tries many wrong passwords, and counts what was answered."""

    async def guess(count, who):
        at_once = asyncio.Semaphore(AT_ONCE)
        answers = Counter()

        async def one(number):
            async with at_once:
                answer = await desk.post(
                    "/v1/sessions",
                    issuer="dl5",
                    password=f"verkeerd wachtwoord {next(_passwords)}",
                    **who(number),
                )
            if answer.status_code == 429:
                assert int(answer.headers["Retry-After"]) > 0
            answers[answer.status_code] += 1

        began = time.monotonic()
        await asyncio.gather(*map(one, range(count)))
        return answers, time.monotonic() - began

    return guess


@pytest.mark.parametrize("many", [150, pytest.param(1_000, marks=pytest.mark.long)])
async def test_many_guesses_at_one_account_are_ten(guess, settle, desk, many):
    """A botnet guesses at one account: its owner still gets in, where they got in before."""
    owner = (await settle()).holder
    known = owner.started["device"]

    answers, seconds = await guess(many, lambda _: {"username": owner.email, "visitor": visitor()})

    assert sum(answers.values()) == many
    assert set(answers) == {422, 429}
    assert OF_ACCOUNT <= answers[422] <= OF_ACCOUNT + 1 + seconds / ACCOUNT_EVERY_SECONDS
    let_in = await desk.try_to_sign_in("dl5", owner.email, owner.password, device=known)
    assert let_in.status_code == 201
    stranger = await desk.try_to_sign_in("dl5", owner.email, owner.password, device="made-up")
    assert stranger.status_code == 429


async def test_an_account_that_is_none_is_guarded_alike(guess):
    """So how soon one is turned away does not tell who has an account."""
    answers, seconds = await guess(
        A_FEW, lambda _: {"username": "nobody@nowhere.example", "visitor": visitor()}
    )

    assert set(answers) == {422, 429}
    assert OF_ACCOUNT <= answers[422] <= OF_ACCOUNT + 1 + seconds / ACCOUNT_EVERY_SECONDS


async def test_guesses_at_many_accounts_from_one_address_are_thirty(guess):
    there = visitor()

    answers, seconds = await guess(
        A_FEW, lambda number: {"username": f"someone{number}@nowhere.example", "visitor": there}
    )

    assert set(answers) == {422, 429}
    assert OF_ADDRESS <= answers[422] <= OF_ADDRESS + 1 + seconds / ADDRESS_EVERY_SECONDS
