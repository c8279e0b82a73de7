"""Proves who is taken for signed in at the doors of what people do for themselves."""

from datetime import timedelta

import httpx
import pytest
import sqlalchemy as sa

from chassis import web
from chassis.identifiers import new_id, now
from identity import me, starting
from identity.accounts import Session
from identity.errors import ProofNeeded
from identity.models import Person

router = web.router()


@router.get("/who")
async def who(signed_in: me.Signed) -> dict[str, object]:
    return {"person_id": signed_in.person_id, "group": signed_in.group}


@router.get("/enrolling")
async def enrolling(signed_in: me.Enrolling) -> dict[str, object]:
    return {"must_enrol": signed_in.must_enrol}


@router.post("/proved")
async def proved(signed_in: me.Signed) -> dict[str, object]:
    signed_in.proved_lately(now())
    return {}


@pytest.fixture
async def door(database, keyring):
    """Return a door with routes for people."""
    app = web.make_app(title="identity", description="", version="1", routers=[router])
    app.state.tokens = keyring.tokens("identity")
    app.state.database = database
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://service.test") as http:
        yield http


@pytest.fixture
async def signed_in(transactions, admit, account_of, visitor):
    """Return the session of someone with an account."""
    async with transactions() as session:
        await admit(session)
        jan = await account_of(session)
        await starting.start(session, jan, "dl5", visitor(), strength=1, staff=False)
    async with transactions() as session:
        return await session.scalar(sa.select(Session))


@pytest.fixture
def ask(door, keyring, signed_in):
    """Return a function that asks with a token of that session."""

    async def ask(path="/who", method="GET", scope="me", audience="identity", **claims):
        known = {
            "sub": str(signed_in.person_id),
            "sid": str(signed_in.id),
            "acr": "1",
            "proved_at": int(signed_in.proved_at.timestamp()),
            "group": "dl5",
        }
        token = keyring.token(scope, audience=audience, **known | claims)
        return await door.request(method, path, headers={"Authorization": f"Bearer {token}"})

    return ask


@pytest.fixture
def change(transactions):
    """Return a function that changes the session."""

    async def change(**values):
        async with transactions() as session:
            await session.execute(sa.update(Session).values(**values))

    return change


async def test_a_token_of_a_living_session_is_someone(ask, signed_in):
    answer = await ask()

    assert answer.json() == {"person_id": str(signed_in.person_id), "group": "dl5"}


@pytest.mark.parametrize(
    "claims",
    [
        {"sid": str(new_id())},
        {"sub": str(new_id())},
        {"sid": "x"},
        {"sid": None},
        {"sub": "portal"},
        {"audience": "documents"},
        {"exp": 1},
    ],
)
async def test_a_token_that_does_not_fit_its_session_is_nobody(ask, claims):
    assert (await ask(**claims)).status_code == 401


@pytest.mark.parametrize("scope", ["accounts:act", "identity:read", ""])
async def test_a_machine_is_nobody_here(door, keyring, ask, scope):
    """Nor does one come by a session."""
    token = keyring.token(scope, audience="identity", issuer="dl5")

    refused = await door.get("/who", headers={"Authorization": f"Bearer {token}"})

    assert (refused.status_code, (await ask(scope=scope)).status_code) == (403, 401)


async def test_a_session_that_ended_is_over_at_once_though_its_token_lives(ask, change):
    assert (await ask()).status_code == 200
    await change(ended_at=now())
    assert (await ask()).status_code == 401

    await change(ended_at=None, seen_at=now() - timedelta(hours=12))
    assert (await ask()).status_code == 401

    await change(seen_at=now(), ends_at=now())
    assert (await ask()).status_code == 401


async def test_someone_erased_is_nobody(ask, transactions):
    async with transactions() as session:
        await session.execute(sa.update(Person).values(state="erased"))

    assert (await ask()).status_code == 401


async def test_staff_without_a_second_factor_may_only_enrol(ask, change):
    await change(staff=True)

    refused = await ask()
    assert refused.status_code == 403
    assert refused.json()["problems"][0]["rule"] == "second_factor_needed"
    assert (await ask("/enrolling")).json() == {"must_enrol": True}

    await change(strength=2)
    assert (await ask()).status_code == 200


async def test_what_is_delicate_takes_a_proof_of_lately(ask, change):
    assert (await ask("/proved", "POST")).status_code == 200

    await change(proved_at=now() - timedelta(minutes=5, seconds=1))

    refused = await ask("/proved", "POST", proved_at=int(now().timestamp()))
    assert refused.status_code == 403
    assert refused.json()["problems"][0]["rule"] == "proof_needed"


def test_five_minutes_are_lately():
    at = now()
    someone = me.SignedIn(
        person_id=new_id(),
        session_id=new_id(),
        strength=1,
        group="dl5",
        issuer="dl5",
        staff=False,
        proved_at=at,
    )

    someone.proved_lately(at + timedelta(minutes=5))
    with pytest.raises(ProofNeeded):
        someone.proved_lately(at + timedelta(minutes=5, seconds=1))
