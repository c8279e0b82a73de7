"""A person who was signed out: tokens that were struck before are refused, until they are dead."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Annotated
from uuid import UUID

import pytest
import sqlalchemy as sa
from fastapi import Security

from chassis import mailboxes, revocations, web
from chassis.identifiers import new_id, now
from chassis.revocations import Revocations, ended_sessions
from chassis.testing import eventually, figure
from chassis.tokens import Caller, who_calls, whose_token


@pytest.fixture
def service(service):
    """Give the toy routes: for whoever calls, and for the bearer of any token."""
    routes = web.router()

    @routes.get("/v1/mine")
    async def mine(caller: Annotated[Caller, Security(who_calls, scopes=["me"])]) -> str:
        return str(caller.signed_in().person_id)

    @routes.get("/v1/parcels")
    async def parcels(_caller: Annotated[Caller, Security(who_calls)]) -> str:
        return "yours"

    @routes.get("/v1/sessions")
    async def sessions(_caller: Annotated[Caller, Security(whose_token)]) -> str:
        return "asked elsewhere"

    return replace(service, api=[routes])


@pytest.fixture
def ended(database):
    """Return a function that keeps that sessions have ended, some time ago."""

    async def ended(*sessions, ago=timedelta(0)):
        async with database.transaction() as session:
            await revocations.keep(session, sessions, now() - ago)

    return ended


@pytest.fixture
def kept(database):
    """Return a function that says which sessions are kept."""

    async def kept():
        async with database.transaction() as session:
            return set(await session.scalars(sa.select(ended_sessions.c.session_id)))

    return kept


def at_once(monkeypatch):
    """Have the database asked each time."""
    monkeypatch.setattr(revocations, "_FRESH_SECONDS", 0)


async def test_a_token_of_an_ended_session_is_refused_and_others_of_the_person_are_not(
    web_door, ended, monkeypatch
):
    at_once(monkeypatch)
    person, over, going_on = new_id(), new_id(), new_id()

    async def ask(path, sid):
        headers = web_door.signed_in(person, sid=str(sid))
        return (await web_door.http.get(path, headers=headers)).status_code

    assert await ask("/v1/mine", over) == 200
    refused = figure("postkamer_tokens_refused_total", why="ended")
    await ended(over)

    assert [await ask(path, over) for path in ("/v1/mine", "/v1/parcels")] == [401, 401]
    assert await ask("/v1/mine", going_on) == 200
    assert figure("postkamer_tokens_refused_total", why="ended") == refused + 2


async def test_staff_signed_out_may_neither_work_nor_look_and_other_staff_may(
    web_door, ended, monkeypatch
):
    at_once(monkeypatch)
    over, going_on = str(new_id()), str(new_id())

    async def ask(sid):
        bearers = web_door.at_work("dl5", sid=sid), web_door.viewing(new_id(), "dl5", sid=sid)
        return [
            (await web_door.http.get("/v1/parcels", headers=each)).status_code for each in bearers
        ]

    assert await ask(over) == [200, 200]
    await ended(UUID(over))

    assert await ask(over) == [401, 401]
    assert await ask(going_on) == [200, 200]


async def test_a_view_that_was_closed_shows_nothing_while_its_staff_work_on(
    web_door, ended, monkeypatch
):
    at_once(monkeypatch)
    session, view = str(new_id()), new_id()
    look = web_door.viewing(new_id(), "dl5", sid=session, view=str(view))
    work = web_door.at_work("dl5", sid=session)

    async def ask():
        return [
            (await web_door.http.get("/v1/parcels", headers=each)).status_code
            for each in (look, work)
        ]

    assert await ask() == [200, 200]
    await ended(view)

    assert await ask() == [401, 200]


async def test_a_service_that_does_not_hear_what_ends_takes_no_token_of_staff(web_door):
    web_door.app.state.revocations = None

    for headers in (web_door.at_work("dl5", "a:read"), web_door.viewing(new_id(), "dl5")):
        assert (await web_door.http.get("/v1/parcels", headers=headers)).status_code == 401


async def test_machines_are_not_asked_about(web_door, monkeypatch):
    """Nor is the database, for them."""

    async def has_ended(_self, _session_id):
        raise AssertionError("a machine has no session")

    monkeypatch.setattr(Revocations, "has_ended", has_ended)
    headers = web_door.bearer("a:read", issuer="dl5")

    assert (await web_door.http.get("/v1/parcels", headers=headers)).status_code == 200


async def test_a_service_that_does_not_hear_what_ends_takes_no_token_of_a_person(web_door):
    web_door.app.state.revocations = None
    headers = web_door.signed_in(new_id())

    assert (await web_door.http.get("/v1/mine", headers=headers)).status_code == 401
    assert (await web_door.http.get("/v1/sessions", headers=headers)).status_code == 200


async def test_while_it_cannot_be_asked_every_token_of_a_person_is_refused(
    web_door, database, gate, url_through, monkeypatch
):
    at_once(monkeypatch)
    through = type(database)(url_through, connections=1)
    web_door.app.state.revocations = Revocations(through)
    headers = web_door.signed_in(new_id())

    async def ask():
        return (await web_door.http.get("/v1/mine", headers=headers)).status_code

    assert await ask() == 200
    await gate.shut()
    assert await ask() == 503
    await gate.open()
    assert await ask() == 200
    await through.close()


async def test_the_database_is_asked_once_a_second_however_many_come(database, monkeypatch):
    asked = []
    real = database.transaction
    monkeypatch.setattr(database, "transaction", lambda: asked.append(1) or real())
    known = Revocations(database)

    answers = await asyncio.gather(*(known.has_ended(new_id()) for _ in range(50)))
    assert (answers, len(asked)) == ([False] * 50, 1)

    known._asked_at -= 1.01
    await asyncio.gather(*(known.has_ended(new_id()) for _ in range(50)))
    assert len(asked) == 2


async def test_who_comes_together_shares_an_outage_and_the_next_asks_again():
    asked = []

    class Away:
        def transaction(self):
            asked.append(1)
            raise ConnectionRefusedError

    known = Revocations(Away())
    told = await asyncio.gather(
        *(known.has_ended(new_id()) for _ in range(20)), return_exceptions=True
    )
    assert {type(each) for each in told} == {ConnectionRefusedError}
    assert len(asked) == 1

    with pytest.raises(ConnectionRefusedError):
        await known.has_ended(new_id())
    assert len(asked) == 2


async def test_what_ends_while_the_database_is_asked_is_known_a_second_later(database, ended):
    over = new_id()
    known = Revocations(database)
    assert not await known.has_ended(over)
    await ended(over)
    assert not await known.has_ended(over)

    known._asked_at -= 1.01

    assert await known.has_ended(over)


async def test_a_session_is_kept_until_its_tokens_are_dead_and_then_forgotten(
    database, ended, kept
):
    young, old, dead = new_id(), new_id(), new_id()
    await ended(young)
    await ended(old, ago=timedelta(minutes=5, seconds=30))
    await ended(dead, ago=timedelta(minutes=7))
    assert await kept() == {young, old}

    async with database.transaction() as session:
        is_old = ended_sessions.c.session_id == old
        past = now() - timedelta(seconds=1)
        await session.execute(sa.update(ended_sessions).where(is_old).values(kept_until=past))
    assert not await Revocations(database).has_ended(old)
    async with database.transaction() as session:
        assert await revocations.forget(session, at_most=10) == 1
    assert await kept() == {young}


async def test_the_same_sessions_may_be_told_of_twice_and_many_at_once(ended, kept):
    sessions = [new_id() for _ in range(3_000)]

    await ended(*sessions, sessions[0])
    await ended(*reversed(sessions))
    await ended()

    assert await kept() == set(sessions)


async def test_a_running_service_forgets_them(database, ended, kept, broker, run):
    await ended(new_id())
    async with database.transaction() as session:
        await session.execute(sa.update(ended_sessions).values(kept_until=now()))

    await run(broker)

    async def forgotten():
        return await kept() == set()

    await eventually(forgotten, what="forgetting")


def test_a_service_takes_the_table_by_one_line():
    metadata = sa.MetaData()
    assert not revocations.in_tables(mailboxes.with_mailboxes(metadata))

    assert revocations.in_tables(revocations.with_ended_sessions(metadata))
