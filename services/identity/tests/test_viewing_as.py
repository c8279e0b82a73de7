"""Proves how staff look as a customer does: for whom, how long, and what is written down."""

import json
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from joserfc import jwt
from joserfc.jwk import KeySet

from chassis.identifiers import new_id, now
from chassis.testing import problems
from contracts.identity import SessionsEnded
from identity import sharing, starting, viewing_as
from identity.models import Person
from identity.sharing import Share
from identity.views import View

KIM, JAN = "kim@lease.example", "jan@noord.example"


@pytest.fixture
async def kim(residents):
    """Return somebody at work for dl5, with two factors."""
    return await residents.move_in(KIM, staff=True, strength=2)


@pytest.fixture
async def jan(residents):
    """Return the main contact of a number of dl5, who has an account."""
    return await residents.move_in(JAN, "DL5-1")


@pytest.fixture
def look(at_desk, kim):
    """Return a function that begins a view."""

    async def look(person_id, number="DL5-1", who=kim):
        wanted = {"person_id": str(person_id), "reason": "support"}
        return await at_desk(who, "POST", f"/customers/{number}/view-as", json=wanted)

    return look


@pytest.fixture
def claims_of(gateways):
    """Return a function that reads a token."""

    def claims_of(token):
        keys = KeySet.import_key_set(json.loads(json.dumps(gateways.mint.public_keys())))
        return jwt.decode(token, keys, algorithms=["ES256"]).claims

    return claims_of


@pytest.fixture
def pass_time(database):
    """Return a function that lets time pass since views began."""

    async def pass_time(by):
        async with database.transaction() as session:
            await session.execute(
                sa.update(View).values(started_at=View.started_at - by, until=View.until - by)
            )

    return pass_time


@pytest.fixture
def sweep(database):
    """Return a function that ends what ran out."""

    async def sweep():
        async with database.transaction() as session:
            return await viewing_as.end_old(session)

    return sweep


async def test_the_token_shows_documents_as_the_customer_sees_them_and_nothing_else(
    look, kim, jan, claims_of
):
    """O-05"""
    answer = await look(jan.id)

    assert answer.status_code == 201
    view = answer.json()
    claims = claims_of(view["token"])
    assert {name: claims[name] for name in claims.keys() - {"iss", "iat", "exp", "jti"}} == {
        "sub": str(jan.id),
        "act": {"sub": str(kim.id)},
        "aud": ["documents"],
        "scope": "view",
        "issuer": "dl5",
        "sid": str(kim.session_id),
        "acr": "2",
        "view": view["view_id"],
    }
    assert claims["exp"] - claims["iat"] == 300
    lasts = datetime.fromisoformat(view["until"]) - now()
    assert timedelta(minutes=29) < lasts <= timedelta(minutes=30)
    assert (view["person_id"], view["name"]) == (str(jan.id), "Jan Peeters")


async def test_nobody_is_looked_as_who_has_no_pages_of_this_issuer(residents, look, jan):
    """O-05: no account, no claim on the number, or none that shows documents."""

    async def known(email):
        async with residents.database.transaction() as session:
            return await session.scalar(sa.select(Person.id).filter_by(email=email))

    await residents.customer("DL5-2", "els@noord.example")
    await residents.move_in("an@kantoor.example")
    named = {"first_name": "An", "last_name": "Maes", "language": "nl"}
    async with residents.database.transaction() as session:
        mails_only = Share("an@kantoor.example", **named, portal=False, mail=True)
        await sharing.share(session, "dl5", "DL5-1", mails_only)

    async def status(person_id, number="DL5-1"):
        return (await look(person_id, number)).status_code

    assert await status(await known("els@noord.example"), "DL5-2") == 409
    assert await status(await known("an@kantoor.example")) == 404
    assert await status(jan.id, "DL5-2") == 404
    assert await status(new_id()) == 404


async def test_a_view_is_renewed_until_its_half_hour_is_over(
    at_desk, kim, jan, look, pass_time, claims_of
):
    """O-05"""
    view = (await look(jan.id)).json()
    path = f"/views/{view['view_id']}/token"

    await pass_time(timedelta(minutes=24))
    renewed = (await at_desk(kim, "POST", path)).json()
    await pass_time(timedelta(minutes=4))
    last = (await at_desk(kim, "POST", path)).json()
    await pass_time(timedelta(minutes=2))
    over = await at_desk(kim, "POST", path)

    assert claims_of(renewed["token"])["sub"] == str(jan.id)
    lasts = [claims_of(each["token"]) for each in (renewed, last)]
    assert lasts[0]["exp"] - lasts[0]["iat"] == 300
    assert lasts[1]["exp"] - lasts[1]["iat"] <= 120
    assert (over.status_code, problems(over)) == (409, [("", "view_over")])


async def test_a_view_is_not_renewed_when_the_customer_has_the_claim_no_more(
    residents, at_desk, kim, look
):
    await residents.move_in("jan@noord.example", "DL5-1")
    await residents.move_in("an@kantoor.example")
    named = {
        "first_name": "An",
        "last_name": "Maes",
        "language": "nl",
        "portal": True,
        "mail": True,
    }
    async with residents.database.transaction() as session:
        ticket, _ = await sharing.share(
            session, "dl5", "DL5-1", Share("an@kantoor.example", **named)
        )
    view = (await look(ticket.person_id)).json()

    async with residents.database.transaction() as session:
        await sharing.unshare(session, "dl5", "DL5-1", "an@kantoor.example")

    assert (await at_desk(kim, "POST", f"/views/{view['view_id']}/token")).status_code == 404


async def test_a_view_is_closed_at_once_everywhere(residents, at_desk, kim, jan, look, acts):
    """O-05: services are told that its token is good for nothing."""
    view = (await look(jan.id)).json()["view_id"]

    answers = [(await at_desk(kim, "DELETE", f"/views/{view}")).status_code for _ in range(2)]

    assert answers == [204, 204]
    (ended,) = await residents.told(SessionsEnded)
    assert ([str(each) for each in ended.sessions], ended.person_id) == ([view], kim.id)
    assert (await at_desk(kim, "POST", f"/views/{view}/token")).status_code == 409
    lines = await acts()
    assert [each.act for each in lines] == ["desk_view_started", "desk_view_ended"]
    assert [each.facts["view"] for each in lines] == [view, view]
    assert (lines[0].facts["reason"], lines[1].facts["why"]) == ("support", "closed")
    assert lines[0].subject == lines[1].subject
    assert lines[0].actor == lines[1].actor != lines[0].subject


async def test_another_session_cannot_go_on_with_a_view(residents, at_desk, kim, jan, look):
    view = (await look(jan.id)).json()["view_id"]
    other = await residents.sign_in(KIM, staff=True, strength=2)

    assert (await at_desk(other, "POST", f"/views/{view}/token")).status_code == 404
    assert (await at_desk(other, "DELETE", f"/views/{view}")).status_code == 404
    assert (await at_desk(kim, "POST", f"/views/{view}/token")).status_code == 200


async def test_a_view_that_nobody_closed_gets_its_end_written_down_too(
    residents, jan, look, pass_time, sweep, acts
):
    """O-05: and when it was."""
    await look(jan.id)
    assert await sweep() == 0
    other = await residents.sign_in(KIM, staff=True, strength=2)
    await look(jan.id, who=other)
    async with residents.database.transaction() as session:
        await starting.end(session, other.id, only=other.session_id)
        signed_out_at = now()
    await pass_time(timedelta(minutes=29, seconds=59))
    assert await sweep() == 0
    await pass_time(timedelta(seconds=2))

    assert (await sweep(), await sweep()) == (2, 0)

    lines = {each.facts["why"]: each for each in (await acts())[2:]}
    assert set(lines) == {"time", "signed_out"} or set(lines) == {"time"}
    ended = datetime.fromisoformat(lines["time"].facts["ended_at"])
    assert ended <= signed_out_at + timedelta(seconds=5)
    assert {each.issuer for each in lines.values()} == {"dl5"}


async def test_views_of_long_ago_are_forgotten(jan, look, pass_time, sweep, database):
    await look(jan.id)
    await pass_time(timedelta(hours=24))
    await sweep()

    async def kept():
        async with database.transaction() as session:
            return await session.scalar(sa.select(sa.func.count()).select_from(View))

    assert await kept() == 1
    await pass_time(timedelta(minutes=31))
    await sweep()
    assert await kept() == 0
