"""Proves that a thing is made once for all who ask for it meanwhile, and again for the next."""

import asyncio

import pytest

from documents.once import Once


class Maker:
    """Counts how often it is asked to make something."""

    def __init__(self):
        self.made = 0
        self.fails = False

    async def __call__(self):
        self.made += 1
        await asyncio.sleep(0.05)
        if self.fails:
            raise ValueError
        return self.made


async def test_all_who_ask_meanwhile_get_the_same():
    once, make = Once(), Maker()

    assert await asyncio.gather(*(once.make("a", make) for _ in range(10))) == [1] * 10
    assert await once.make("a", make) == 2


async def test_each_name_is_a_thing_of_its_own():
    once, make = Once(), Maker()

    assert sorted(await asyncio.gather(once.make("a", make), once.make("b", make))) == [2, 2]
    assert make.made == 2


async def test_a_failure_is_told_to_all_and_not_remembered():
    once, make = Once(), Maker()
    make.fails = True

    answers = await asyncio.gather(
        *(once.make("a", make) for _ in range(3)), return_exceptions=True
    )

    assert [type(each) for each in answers] == [ValueError] * 3
    make.fails = False
    assert await once.make("a", make) == 2


async def test_one_who_goes_away_takes_nothing_from_the_others():
    once, make = Once(), Maker()
    first = asyncio.create_task(once.make("a", make))
    second = asyncio.create_task(once.make("a", make))
    await asyncio.sleep(0)

    first.cancel()

    assert await second == 1
    with pytest.raises(asyncio.CancelledError):
        await first


async def test_what_nobody_waits_for_is_made_to_its_end():
    once, make = Once(), Maker()
    make.fails = True
    only = asyncio.create_task(once.make("a", make))
    await asyncio.sleep(0)
    only.cancel()
    await asyncio.sleep(0.1)

    assert make.made == 1
