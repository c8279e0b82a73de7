"""Proves that whatever becomes of a child, its crew answers in time, and does the next job well."""

import asyncio
import os
import signal
import subprocess
import sys
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from chassis.testing import eventually
from documents.crew import Crew, Limits
from documents.errors import TooHard, WorkersAway

UNRULY = (sys.executable, str(Path(__file__).with_name("unruly.py")))


@pytest.fixture
async def crew():
    """Return a function that starts a crew of unruly children; all are ended after the test."""
    made = []

    def make(children=1, *, kind="reading", seconds=20.0, jobs=1000, start=True, at_need=False):
        limits = Limits(children=children, seconds=seconds, memory_mib=64, jobs=jobs)
        made.append(Crew(kind, limits, UNRULY, at_need=at_need))
        if start:
            made[-1].start()
        return made[-1]

    yield make
    for each in made:
        await each.close()
    assert psutil.Process().children() == []


async def pid_of(crew):
    return (await crew.do({"job": "echo"})).header["pid"]


async def test_a_job_is_answered_with_its_parts(crew):
    parts = (b"", b"\0\n" * 5, os.urandom(3_000_000))

    answer = await crew().do({"job": "echo"}, *parts)

    assert answer.parts == list(parts)


async def test_jobs_at_once_are_each_given_their_own_answer(crew):
    busy = crew(2)

    answers = await asyncio.gather(*(busy.do({"job": "echo"}, b"%d" % turn) for turn in range(50)))

    assert [each.parts for each in answers] == [[b"%d" % turn] for turn in range(50)]
    assert len({each.header["pid"] for each in answers}) <= 2


async def test_who_is_started_at_need_runs_from_the_first_job_on(crew):
    idle = crew(2, at_need=True, jobs=2)
    await asyncio.sleep(0.1)
    assert psutil.Process().children() == []

    pids = [await pid_of(idle) for _ in range(3)]

    assert pids[0] == pids[1] != pids[2]
    assert not psutil.pid_exists(pids[0])
    assert len(psutil.Process().children()) == 1


async def test_a_child_that_hangs_is_given_up_and_the_next_job_is_done(crew):
    patient = crew(seconds=1)
    before = await pid_of(patient)

    with pytest.raises(TooHard, match="1 s"):
        await patient.do({"job": "hang"})

    assert await pid_of(patient) != before
    assert not psutil.pid_exists(before)


@pytest.mark.parametrize("how", ["die", "babble", "boast", "not_json", "miscount"])
async def test_a_job_that_is_the_end_of_two_children_is_too_hard(crew, how):
    unruly = crew()
    before = await pid_of(unruly)

    with pytest.raises(TooHard, match="the end of its worker"):
        await unruly.do({"job": how})

    assert await pid_of(unruly) != before


async def test_a_job_whose_child_was_killed_by_another_is_done_by_the_next(crew, tmp_path):
    answer = await crew().do({"job": "die_once", "mark": str(tmp_path / "mark")}, b"done")

    assert answer.parts == [b"done"]


async def test_half_an_answer_is_no_answer(crew):
    unruly = crew(seconds=1)

    with pytest.raises(TooHard):
        await unruly.do({"job": "half"})

    assert (await unruly.do({"job": "echo"}, b"mine")).parts == [b"mine"]


@pytest.mark.parametrize("how", ["too_large", "failed"])
async def test_whoever_ran_out_of_something_is_replaced(crew, how):
    unruly = crew()

    answer = await unruly.do({"job": how})

    assert answer.header["answer"] == how
    assert await pid_of(unruly) != answer.header["pid"]


async def test_a_child_is_replaced_after_its_working_life(crew):
    short = crew(jobs=3)

    pids = [await pid_of(short) for _ in range(7)]

    assert [pids.count(pid) for pid in dict.fromkeys(pids)] == [3, 3, 1]


async def test_a_job_nobody_waits_for_any_more_leaves_no_answer_behind(crew):
    unruly = crew()
    before = await pid_of(unruly)
    abandoned = asyncio.create_task(unruly.do({"job": "hang"}, b"x" * 1_000_000))
    await asyncio.sleep(0.2)

    abandoned.cancel()
    with pytest.raises(asyncio.CancelledError):
        await abandoned

    answer = await unruly.do({"job": "echo"}, b"mine")
    assert (answer.parts, answer.header["pid"] != before) == ([b"mine"], True)


async def test_a_job_given_up_while_it_waits_costs_no_place(crew):
    busy = crew(seconds=2)
    slow = asyncio.create_task(busy.do({"job": "hang"}))
    waiting = [asyncio.create_task(busy.do({"job": "echo"})) for _ in range(5)]
    await asyncio.sleep(0.2)

    for each in waiting:
        each.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    with pytest.raises(TooHard):
        await slow

    assert await pid_of(busy)


async def test_a_child_killed_while_idle_is_not_given_a_job(crew):
    unruly = crew()
    before = await pid_of(unruly)

    os.kill(before, signal.SIGKILL)

    assert await pid_of(unruly) != before


@pytest.mark.parametrize("start", [True, False])
async def test_children_that_cannot_start_are_no_fault_of_the_document(crew, start):
    stillborn = crew(kind="stillborn", start=start)
    if not start:
        stillborn._fill()

    for _ in range(3):
        with pytest.raises(WorkersAway):
            await stillborn.do({"job": "echo"})


async def test_a_crew_whose_program_is_gone_is_away_until_it_is_back():
    away = Crew("reading", Limits(1, 5, 64, 10), ["/nowhere/python"])
    away.start()

    with pytest.raises(WorkersAway):
        await away.do({"job": "echo"})

    away._command = (*UNRULY, "reading", "64")
    assert await pid_of(away)
    await away.close()


async def test_nobody_waits_for_ever(crew):
    busy = crew(seconds=2)
    await pid_of(busy)
    busy._limits = replace(busy._limits, patience=0.2)
    slow = asyncio.create_task(busy.do({"job": "hang"}))
    await asyncio.sleep(0)

    with pytest.raises(WorkersAway):
        await busy.do({"job": "echo"})

    with pytest.raises(TooHard):
        await slow


async def test_children_know_none_of_our_secrets(crew, monkeypatch):
    monkeypatch.setenv("DOCUMENTS_SECRET", "hidden")

    assert (await crew().hello())["secret"] is None


async def test_what_children_say_of_themselves_is_asked_once(crew):
    busy = crew(seconds=2)
    said = await busy.hello()
    slow = asyncio.create_task(busy.do({"job": "hang"}))
    await asyncio.sleep(0)

    assert await asyncio.wait_for(busy.hello(), 0.5) == said

    with pytest.raises(TooHard):
        await slow


@asynccontextmanager
async def parent(code):
    """Run a process that has a crew, and yield it with the ids of its children."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, stdout=subprocess.PIPE
    )
    try:
        pids = (await process.stdout.readline()).split()
        yield process, [int(pid) for pid in pids]
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        process._transport.close()


AT_WORK = """
import asyncio, psutil
from documents.crew import Crew, Limits
async def main():
    crew = Crew("reading", Limits(2, 60, 512, 10))
    crew.start()
    await crew.do({"job": "read"}, b"not an invoice")
    while len(crew._children) < 2 or not all(each.hello is not None for each in crew._children):
        await asyncio.sleep(0.05)
    print(*(each.pid for each in psutil.Process().children()), flush=True)
    %s
asyncio.run(main())
"""


async def test_children_do_not_outlive_a_parent_that_is_killed():
    async with parent(AT_WORK % "await asyncio.sleep(600)") as (process, children):
        assert len(children) == 2
        process.kill()

        async def gone():
            return not any(map(psutil.pid_exists, children))

        await eventually(gone, what="the end of the children")


async def test_a_crew_that_is_closed_leaves_nobody_behind():
    async with parent(AT_WORK % "await crew.close()") as (process, children):
        assert await process.wait() == 0
        assert not any(map(psutil.pid_exists, children))
