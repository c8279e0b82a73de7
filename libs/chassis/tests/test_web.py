"""The web door: one transaction a request, problems as RFC 9457 says, and the trail."""

from typing import Annotated
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from fastapi import HTTPException, Query, Response, Security
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from chassis import outbox, web
from chassis.database import Database
from chassis.failures import Conflict, Invalid, NotAllowed, NotFound, TryLater
from chassis.mailboxes import outbox as outbox_table
from chassis.testing import problems, said
from chassis.tokens import who_calls
from chassis.web import Session


class Parcel(BaseModel):
    name: str
    grams: int


FAILURES = {
    "not-found": NotFound("no such parcel", rule="unknown"),
    "not-allowed": NotAllowed("not yours", rule="owner"),
    "conflict": Conflict("it left", rule="gone", pointer="/name"),
    "invalid": Invalid("too heavy", rule="weight", pointer="/grams").and_also(
        Invalid("too long", rule="length", pointer="/name")
    ),
    "later": TryLater("the scale is away"),
    "teapot": HTTPException(418),
    "defect": KeyError("kwik kwak"),
}


@pytest.fixture
def service(service, toy):
    """Give the toy a few routes."""
    from dataclasses import replace  # noqa: PLC0415

    routes = web.router()

    async def keep(session, name):
        row = {"parcel": name, "grams": 1}
        await session.execute(sa.insert(toy.parcels), [row])
        await outbox.say(session, toy.ParcelWeighed(parcel=name, grams=1))

    @routes.post("/v1/parcels", status_code=201)
    async def add(parcel: Parcel, session: Session) -> dict[str, str]:
        await keep(session, parcel.name)
        return {"name": parcel.name}

    @routes.post("/v1/failing/{how}")
    async def fail(how: str, session: Session) -> None:
        await keep(session, how)
        raise FAILURES[how]

    @routes.post("/v1/answering/{status}")
    async def answer(status: int, session: Session) -> Response:
        await keep(session, "x")
        return JSONResponse({}, status_code=status)

    @routes.post("/v1/once")
    async def once(session: Session) -> None:
        await keep(session, "x")
        await session.execute(
            sa.text(
                "create temp table one (n int primary key deferrable initially deferred)"
                " on commit drop"
            )
        )
        await session.execute(sa.text("insert into one values (1), (1)"))

    @routes.get("/v1/secret/{code}")
    async def secret(code: str, limit: Annotated[int, Query(le=10)] = 1) -> None:
        raise KeyError(code, limit)

    @routes.get("/v1/mine")
    async def mine(caller=Security(who_calls, scopes=["toy:read"])) -> str:  # noqa: B008
        return caller.subject

    return replace(service, api=[routes])


async def test_what_a_route_did_is_kept_before_it_answers(web_door, rows, database, toy):
    answer = await web_door.http.post("/v1/parcels", json={"name": "a", "grams": 1})

    assert answer.status_code == 201
    assert await rows() == 1
    async with database.transaction() as session:
        [event] = await said(session, toy.ParcelWeighed)
    assert event.correlation_id == answer.headers["X-Correlation-ID"]


@pytest.mark.parametrize(
    ("how", "status", "found"),
    [
        ("not-found", 404, [("", "unknown")]),
        ("not-allowed", 403, [("", "owner")]),
        ("conflict", 409, [("/name", "gone")]),
        ("invalid", 422, [("/grams", "weight"), ("/name", "length")]),
        ("later", 503, []),
        ("teapot", 418, []),
        ("defect", 500, []),
    ],
)
async def test_a_failure_is_a_problem_document_and_undoes_everything(
    web_door, rows, how, status, found
):
    answer = await web_door.http.post(f"/v1/failing/{how}")

    body = answer.json()
    assert answer.status_code == body["status"] == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert body["type"] == "about:blank"
    assert body["title"]
    assert problems(answer) == found
    assert "kwik" not in answer.text
    assert UUID(answer.headers["X-Correlation-ID"])
    assert (await rows(), await rows(outbox_table)) == (0, 0)


@pytest.mark.parametrize(("status", "kept"), [(200, 1), (202, 1), (303, 1), (400, 0), (409, 0)])
async def test_an_answer_that_tells_of_failure_keeps_nothing(web_door, rows, status, kept):
    answer = await web_door.http.post(f"/v1/answering/{status}")

    assert answer.status_code == status
    assert await rows() == kept


async def test_a_commit_that_fails_is_not_answered_as_done(web_door, rows):
    answer = await web_door.http.post("/v1/once")

    assert answer.status_code == 500
    assert await rows() == 0


async def test_who_is_asked_again_later_is_told_when(web_door):
    answer = await web_door.http.post("/v1/failing/later")

    assert answer.headers["Retry-After"] == "5"


@pytest.mark.parametrize(
    ("content", "status", "found"),
    [
        (b"{kwik", 400, None),
        (b'{"name": "a", "grams": "kwik"}', 422, [("/grams", "int_parsing")]),
        (b"{}", 422, [("/name", "missing"), ("/grams", "missing")]),
        (b"[" * 100_000, 400, None),
    ],
    ids=["not-json", "wrong-type", "missing", "deep"],
)
async def test_what_cannot_be_read_is_told_by_field_and_not_repeated(
    web_door, rows, content, status, found
):
    answer = await web_door.http.post(
        "/v1/parcels", content=content, headers={"Content-Type": "application/json"}
    )

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert found is None or problems(answer) == found
    assert "kwik" not in answer.text
    assert await rows() == 0


async def test_a_wrong_question_is_told_by_its_name(web_door):
    answer = await web_door.http.get("/v1/secret/x", params={"limit": 11})

    assert answer.status_code == 422
    assert problems(answer) == [("/limit", "less_than_equal")]


async def test_no_route_and_no_method_are_problem_documents(web_door):
    nowhere = await web_door.http.get("/v1/nowhere")
    not_so = await web_door.http.delete("/v1/parcels")

    assert (nowhere.status_code, not_so.status_code) == (404, 405)
    assert nowhere.json()["title"] == "Not Found"
    assert nowhere.headers["content-type"] == "application/problem+json"
    assert not_so.headers["allow"] == "POST"


async def test_a_correlation_id_is_taken_over_when_it_is_a_uuid(web_door):
    theirs = str(uuid4())

    good = await web_door.http.get("/v1/nowhere", headers={"X-Correlation-ID": theirs})
    bad = await web_door.http.get("/v1/nowhere", headers={"X-Correlation-ID": "<script>"})

    assert good.headers["X-Correlation-ID"] == theirs
    assert UUID(bad.headers["X-Correlation-ID"])


async def test_while_the_database_is_away_the_answer_is_to_come_back(web_door):
    nowhere = Database("postgresql+asyncpg://nobody@127.0.0.1:1/nothing")
    web_door.app.state.database = nowhere

    answer = await web_door.http.post("/v1/parcels", json={"name": "a", "grams": 1})

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert answer.json()["detail"] == "the database cannot be reached"
    await nowhere.close()


async def test_a_route_asks_for_a_token_and_a_scope(web_door):
    nobody = await web_door.http.get("/v1/mine")
    stranger = await web_door.http.get("/v1/mine", headers={"Authorization": "Bearer x.y.z"})
    other = await web_door.http.get("/v1/mine", headers=web_door.bearer("toy:write"))
    friend = await web_door.http.get("/v1/mine", headers=web_door.bearer("toy:read"))

    assert [each.status_code for each in (nobody, stranger, other, friend)] == [401, 401, 403, 200]
    assert nobody.headers["WWW-Authenticate"] == "Bearer"
    assert 'scope="toy:read"' in other.headers["WWW-Authenticate"]
    assert friend.json() == "tester"


async def test_answers_are_not_kept_by_anyone_on_the_way(web_door):
    answer = await web_door.http.post("/v1/parcels", json={"name": "a", "grams": 1})

    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_the_description_tells_of_problems(web_door):
    document = (await web_door.http.get("/openapi.json")).json()

    told = document["paths"]["/v1/parcels"]["post"]["responses"]["409"]["content"]
    assert told["application/problem+json"]["schema"]["$ref"].endswith("/ProblemDetails")
    assert "ProblemDetails" in document["components"]["schemas"]


async def test_the_page_of_routes_needs_no_other_server(web_door):
    page = await web_door.http.get("/docs")

    assert page.status_code == 200
    assert "https://" not in page.text
