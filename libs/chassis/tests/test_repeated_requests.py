"""The same request twice under one Idempotency-Key: done once, answered twice."""

import asyncio
from datetime import timedelta
from typing import Annotated

import pytest
import sqlalchemy as sa
from fastapi import Query, Request, Response, Security
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from chassis import repeated_requests, web
from chassis.failures import Conflict, TryLater
from chassis.identifiers import now
from chassis.repeated_requests import answered_requests, who_calls_once
from chassis.testing import eventually, problems
from chassis.tokens import Caller, who_calls
from chassis.web import Session

Sender = Annotated[Caller, Security(who_calls_once, scopes=["toy:write"])]


class Parcel(BaseModel):
    name: str
    grams: int


class Meanwhile:
    """What happens in the middle of a request, and what was seen of it."""

    def __init__(self):
        self.begun, self.connections, self.failing = 0, [], []
        self.goes_on = asyncio.Event()
        self.goes_on.set()


@pytest.fixture
def meanwhile():
    return Meanwhile()


@pytest.fixture
def service(service, toy, meanwhile):
    """Give the toy routes that create."""
    from dataclasses import replace  # noqa: PLC0415

    async def keep(session, name, grams):
        row = {"parcel": name, "grams": grams}
        await session.execute(sa.insert(toy.parcels), [row])

    routes = web.router()
    _add_parcels(routes, keep, meanwhile)
    _add_the_rest(routes, keep, meanwhile, toy)
    return replace(service, api=[routes])


def _add_parcels(routes, keep, meanwhile):
    @routes.post("/v1/parcels", status_code=201)
    async def add(
        parcel: Parcel,
        _caller: Sender,
        session: Session,
        response: Response,
        fragile: Annotated[bool, Query()] = False,
    ) -> dict[str, object]:
        meanwhile.begun += 1
        await keep(session, parcel.name, parcel.grams)
        await meanwhile.goes_on.wait()
        if meanwhile.failing:
            raise meanwhile.failing.pop()
        response.headers["Location"] = f"/v1/parcels/{meanwhile.begun}"
        response.headers["Set-Cookie"] = "secret=1"
        return {"name": parcel.name, "attempt": meanwhile.begun, "fragile": fragile}

    @routes.post("/v1/parcels/{name}/weighings", status_code=201)
    async def weigh(name: str, _caller: Sender, session: Session) -> str:
        await keep(session, name, 1)
        return name

    @routes.post("/v1/notes", status_code=201)
    async def note(
        parcel: Parcel,
        session: Session,
        _caller=Security(who_calls, scopes=["toy:write"]),  # noqa: B008
    ) -> None:
        await keep(session, parcel.name, parcel.grams)


def _add_the_rest(routes, keep, meanwhile, toy):
    @routes.post("/v1/uploads", status_code=201)
    async def upload(request: Request, _caller: Sender, session: Session) -> dict[str, int]:
        meanwhile.begun += 1
        size, largest = 0, 0
        async for part in request.stream():
            size, largest = size + len(part), max(largest, len(part))
        meanwhile.connections.append(request.app.state.database.engine.pool.checkedout())
        await keep(session, "upload", size)
        return {"size": size, "largest": largest}

    @routes.post("/v1/labels")
    async def label(parcel: Parcel, _caller: Sender, session: Session) -> None:
        await session.execute(sa.select(sa.func.pg_advisory_xact_lock(1)))
        if await session.scalar(sa.select(toy.parcels.c.id).filter_by(parcel=parcel.name)):
            raise Conflict("it has a label", rule="labelled")
        await keep(session, parcel.name, parcel.grams)

    @routes.post("/v1/answering/{status}")
    async def answering(status: int, _caller: Sender, session: Session) -> Response:
        meanwhile.begun += 1
        await keep(session, "x", status)
        return JSONResponse({"attempt": meanwhile.begun}, status_code=status)


@pytest.fixture
def post(web_door):
    """Return a function that posts a parcel under a key, as somebody."""

    async def post(
        key="k-1", *, path="/v1/parcels", scope="toy:write", name="a", content=None, **claims
    ):
        headers = web_door.bearer(scope, **({"issuer": "dl5"} | claims))
        if key is not None:
            headers["Idempotency-Key"] = key
        headers["Content-Type"] = "application/json"
        body = {"content": content} if content else {"json": {"name": name, "grams": 1}}
        return await web_door.http.post(path, headers=headers, **body)

    return post


async def test_the_same_request_under_the_same_key_is_done_once(post, rows):
    first, second, third = [await post() for _ in range(3)]

    assert first.status_code == second.status_code == third.status_code == 201
    assert first.json() == second.json() == third.json()
    assert second.headers["Location"] == first.headers["Location"] == "/v1/parcels/1"
    assert second.headers["Content-Type"] == first.headers["Content-Type"]
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    assert await rows() == 1


async def test_a_cookie_is_given_to_nobody_again(post):
    first, second = await post(), await post()

    assert "Set-Cookie" in first.headers
    assert "Set-Cookie" not in second.headers


async def test_without_a_key_each_request_counts(post, rows):
    answers = [await post(None) for _ in range(2)]

    assert [each.json()["attempt"] for each in answers] == [1, 2]
    assert (await rows(), await rows(answered_requests)) == (2, 0)


async def test_a_route_that_has_not_opted_in_takes_no_notice(post, rows):
    answers = [await post(path="/v1/notes") for _ in range(2)]

    assert [each.status_code for each in answers] == [201, 201]
    assert (await rows(), await rows(answered_requests)) == (2, 0)


@pytest.mark.parametrize(
    "other",
    [{"name": "b"}, {"path": "/v1/parcels?fragile=true"}, {"content": b'{"name":"a", "grams":1}'}],
    ids=["body", "query", "bytes"],
)
async def test_the_same_key_for_another_request_is_refused(post, rows, other):
    await post()

    answer = await post(**other)

    assert answer.status_code == 422
    assert problems(answer) == [("/Idempotency-Key", "idempotency_key_reused")]
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert await rows() == 1


async def test_the_same_key_for_another_path_of_one_route_is_refused(post):
    await post(path="/v1/parcels/a/weighings")

    answer = await post(path="/v1/parcels/b/weighings")

    assert problems(answer) == [("/Idempotency-Key", "idempotency_key_reused")]


@pytest.mark.parametrize(
    "other",
    [{"sub": "another"}, {"issuer": "dl2"}, {"key": "k-2"}, {"path": "/v1/uploads"}],
    ids=["caller", "tenant", "key", "route"],
)
async def test_a_key_is_the_callers_own_for_one_route(post, rows, other):
    await post()

    answer = await post(**other)

    assert answer.status_code == 201
    assert "Idempotency-Replayed" not in answer.headers
    assert await rows() == 2


@pytest.mark.parametrize("key", ["", " ", "a b", "é", "a" * 256, "tab\tinside"])
async def test_a_key_that_is_none_is_refused_by_its_name(web_door, rows, key):
    headers = web_door.bearer("toy:write") | {"Idempotency-Key": key.encode("latin-1")}

    answer = await web_door.http.post(
        "/v1/parcels", headers=headers, json={"name": "a", "grams": 1}
    )

    assert answer.status_code == 422
    assert [pointer for pointer, _ in problems(answer)] == ["/Idempotency-Key"]
    assert await rows() == 0


@pytest.mark.parametrize("key", ["!", "a" * 255, '"8e03978e-40d5-43dd-bc93-6894a57f9324"', "';--"])
async def test_every_visible_key_of_1_to_255_characters_is_good(post, rows, key):
    await post(key)

    assert (await post(key)).headers["Idempotency-Replayed"] == "true"
    assert await rows() == 1


async def test_two_keys_are_one_too_many(web_door, rows):
    bearer = web_door.bearer("toy:write")["Authorization"]
    headers = [("Authorization", bearer), ("Idempotency-Key", "a"), ("Idempotency-Key", "b")]

    answer = await web_door.http.post(
        "/v1/parcels", headers=headers, json={"name": "a", "grams": 1}
    )

    assert problems(answer) == [("/Idempotency-Key", "idempotency_key")]
    assert await rows() == 0


@pytest.mark.parametrize("failure", [Conflict("no", rule="no"), TryLater("later"), KeyError("k")])
async def test_a_request_that_failed_is_really_tried_again(post, rows, meanwhile, failure):
    meanwhile.failing = [failure]

    failed, done, again = [await post() for _ in range(3)]

    assert failed.status_code >= 400
    assert (done.status_code, done.json()["attempt"]) == (201, 2)
    assert again.json() == done.json()
    assert await rows() == 1


@pytest.mark.parametrize(("status", "times"), [(200, 1), (202, 1), (303, 1), (400, 2), (503, 2)])
async def test_an_answer_that_tells_of_failure_is_not_kept(post, meanwhile, status, times):
    answers = [await post(path=f"/v1/answering/{status}") for _ in range(2)]

    assert {each.status_code for each in answers} == {status}
    assert meanwhile.begun == times


async def test_a_body_that_cannot_be_read_leaves_the_key_free(post, rows):
    wrong = await post(content=b"{")

    right = await post()

    assert (wrong.status_code, right.status_code) == (400, 201)
    assert await rows() == 1


async def test_two_at_once_are_done_once_and_both_get_the_first_answer(post, rows, meanwhile):
    meanwhile.goes_on.clear()
    both = [asyncio.create_task(post()) for _ in range(2)]
    await _until(lambda: meanwhile.begun == 2)
    meanwhile.goes_on.set()

    answers = await asyncio.gather(*both)

    assert [each.status_code for each in answers] == [201, 201]
    assert answers[0].json()["name"] == answers[1].json()["name"] == "a"
    assert answers[0].content == answers[1].content
    assert sum("Idempotency-Replayed" in each.headers for each in answers) == 1
    assert (await rows(), await rows(answered_requests)) == (1, 1)


async def test_many_at_once_are_done_once(post, rows):
    answers = await asyncio.gather(*(post() for _ in range(20)))

    assert {each.status_code for each in answers} == {201}
    assert len({each.content for each in answers}) == 1
    assert await rows() == 1


async def test_two_requests_at_once_under_one_key_are_not_both_done(post, rows, meanwhile):
    meanwhile.goes_on.clear()
    both = [asyncio.create_task(post(name=name)) for name in ("a", "b")]
    await _until(lambda: meanwhile.begun == 2)
    meanwhile.goes_on.set()

    answers = await asyncio.gather(*both)

    assert sorted(each.status_code for each in answers) == [201, 422]
    assert await rows() == 1


async def test_who_fails_because_the_same_request_came_first_gets_its_answer(post, rows):
    answers = await asyncio.gather(*(post(path="/v1/labels") for _ in range(4)))

    assert {each.status_code for each in answers} == {200}
    assert await rows() == 1


async def test_who_waits_too_long_for_the_first_is_told_when_to_come_back(
    post, rows, database, monkeypatch
):
    monkeypatch.setattr(repeated_requests, "WAIT_SECONDS", 0.2)
    row = {
        "issuer": "dl5",
        "caller": "tester",
        "route": "POST /v1/parcels",
        "key": "k-1",
        "request_sha256": b"",
        "status": 201,
        "headers": {},
        "body": b"",
        "answered_at": now(),
    }
    async with database.sessions() as first:
        await first.execute(sa.insert(answered_requests).values(row))

        waiting = await post()
        await first.rollback()

    assert waiting.status_code == 409
    assert waiting.headers["Retry-After"] == "1"
    assert problems(waiting) == [("/Idempotency-Key", "idempotency_key_in_use")]
    assert await rows() == 0
    assert (await post()).status_code == 201


async def test_the_first_that_rolls_back_leaves_the_work_to_the_second(post, rows, meanwhile):
    meanwhile.goes_on.clear()
    meanwhile.failing = [TryLater("later")]
    both = [asyncio.create_task(post()) for _ in range(2)]
    await _until(lambda: meanwhile.begun == 2)
    meanwhile.goes_on.set()

    answers = await asyncio.gather(*both)

    assert 201 in [each.status_code for each in answers]
    assert (await post()).headers["Idempotency-Replayed"] == "true"
    assert await rows() == 1


async def test_an_answer_is_given_again_only_to_who_may_still_ask(post, web_door):
    await post()

    reader = await post(scope="toy:read")
    nobody = await web_door.http.post(
        "/v1/parcels", headers={"Idempotency-Key": "k-1"}, json={"name": "a", "grams": 1}
    )

    assert (reader.status_code, nobody.status_code) == (403, 401)


async def test_a_large_body_passes_through_in_parts_and_without_a_connection(post, rows, meanwhile):
    async def parts(last=b"end"):
        for _ in range(64):
            yield b"x" * 65_536
        yield last

    first = await post(path="/v1/uploads", content=parts())
    second = await post(path="/v1/uploads", content=parts())
    other = await post(path="/v1/uploads", content=parts(b"END"))

    assert first.json() == second.json() == {"size": 64 * 65_536 + 3, "largest": 65_536}
    assert meanwhile.connections == [0]
    assert second.headers["Idempotency-Replayed"] == "true"
    assert problems(other) == [("/Idempotency-Key", "idempotency_key_reused")]
    assert (meanwhile.begun, await rows()) == (1, 1)


async def test_old_answers_are_forgotten_and_young_ones_are_not(post, database, rows):
    for key in ("old", "older", "young"):
        await post(key)
    long_ago = now() - timedelta(days=2)
    async with database.transaction() as session:
        is_old = answered_requests.c.key.in_(["old", "older"])
        await session.execute(
            sa.update(answered_requests).where(is_old).values(answered_at=long_ago)
        )

    async with database.transaction() as session:
        forgotten = [
            await repeated_requests.forget(session, timedelta(days=1), at_most=1) for _ in range(3)
        ]

    assert forgotten == [1, 1, 0]
    assert await rows(answered_requests) == 1
    assert (await post("young")).headers["Idempotency-Replayed"] == "true"


async def test_a_running_service_forgets_old_answers(post, database, rows, broker, run):
    await post("old")
    async with database.transaction() as session:
        long_ago = now() - timedelta(days=2)
        await session.execute(sa.update(answered_requests).values(answered_at=long_ago))

    await run(broker)

    async def forgotten():
        return await rows(answered_requests) == 0

    await eventually(forgotten, what="forgetting")


async def test_the_description_names_the_header_where_it_is_heeded(web_door):
    paths = (await web_door.http.get("/openapi.json")).json()["paths"]

    def headers_of(path):
        return [each["name"] for each in paths[path]["post"].get("parameters", [])]

    assert "Idempotency-Key" in headers_of("/v1/parcels")
    assert "Idempotency-Key" not in headers_of("/v1/notes")


async def _until(holds):
    async def held():
        return holds()

    await eventually(held)
