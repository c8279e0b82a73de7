"""What is asked for at about the same time is done together, and each is told its own."""

import asyncio

import pytest

from chassis.together import Together


class Rounds:
    """Does what it is asked, and remembers its rounds; the test decides when one ends."""

    def __init__(self):
        self.rounds = []
        self.go_on = asyncio.Event()
        self.go_on.set()

    async def do(self, asked):
        self.rounds.append(list(asked))
        await self.go_on.wait()
        return [ValueError(each) if each == "bad" else each.upper() for each in asked]


@pytest.fixture
def rounds():
    return Rounds()


async def test_who_comes_alone_is_not_kept_waiting(rounds):
    assert await Together(rounds.do, at_most=9).ask("a") == "A"


async def test_who_comes_during_a_round_is_in_the_next(rounds):
    together = Together(rounds.do, at_most=9)
    rounds.go_on.clear()
    first = asyncio.create_task(together.ask("a"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    others = [asyncio.create_task(together.ask(each)) for each in "bcd"]
    await asyncio.sleep(0)
    rounds.go_on.set()

    assert await asyncio.gather(first, *others) == ["A", "B", "C", "D"]
    assert rounds.rounds == [["a"], ["b", "c", "d"]]


async def test_a_round_has_its_size(rounds):
    together = Together(rounds.do, at_most=2)

    await asyncio.gather(*map(together.ask, "abcde"))

    assert [len(each) for each in rounds.rounds] == [2, 2, 1]


async def test_each_is_told_its_own_error(rounds):
    together = Together(rounds.do, at_most=9)

    told = await asyncio.gather(*map(together.ask, ["a", "bad"]), return_exceptions=True)

    assert told[0] == "A"
    assert isinstance(told[1], ValueError)


async def test_a_round_that_fails_is_told_to_all_of_it_and_the_next_goes_on():
    async def fail_first(asked):
        if "a" in asked:
            raise ConnectionError
        return asked

    together = Together(fail_first, at_most=2)

    told = await asyncio.gather(*map(together.ask, "abcd"), return_exceptions=True)

    assert [type(each) for each in told] == [ConnectionError, ConnectionError, str, str]


async def test_who_leaves_does_not_disturb_the_others(rounds):
    together = Together(rounds.do, at_most=9)
    rounds.go_on.clear()
    leaving, staying = (asyncio.create_task(together.ask(each)) for each in "ab")
    await asyncio.sleep(0.01)
    leaving.cancel()
    await asyncio.sleep(0)
    rounds.go_on.set()

    assert await staying == "B"
