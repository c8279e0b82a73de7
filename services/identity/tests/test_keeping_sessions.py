"""Proves who is signed in by a cookie, with which tokens, and until when."""

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa
from joserfc import jwt
from joserfc.jwk import KeySet

from chassis.identifiers import now
from contracts.identity import SessionsEnded
from identity import keeping_sessions, starting
from identity.accounts import Session
from identity.errors import SessionUnknown

EVERY = ("identity", "documents", "notifications")


@pytest.fixture
async def jan(session, admit, account_of):
    """Return someone with an account."""
    await admit(session, group="delta")
    return await account_of(session, group="delta")


@pytest.fixture
def start(session, visitor, jan):
    """Return a function that signs someone in."""

    async def start(**how):
        how = {"strength": 1, "staff": False} | how
        return (await starting.start(session, jan, "dl5", visitor(), **how)).session

    return start


@pytest.fixture
def resolve(session, gateways):
    """Return a function that resolves a cookie."""

    async def resolve(cookie, audiences=EVERY):
        session.expire_all()
        return await keeping_sessions.resolve(session, gateways.mint, cookie, audiences)

    return resolve


@pytest.fixture
def change(session):
    """Return a function that changes the one session there is."""

    async def change(**values):
        await session.execute(sa.update(Session).values(**values))

    return change


@pytest.fixture
def claims_of(gateways):
    """Return a function that reads a token."""

    def claims_of(token):
        keys = KeySet.import_key_set(json.loads(json.dumps(gateways.mint.public_keys())))
        return jwt.decode(token, keys, algorithms=["ES256"]).claims

    return claims_of


async def test_a_cookie_says_who_is_signed_in_and_where(start, resolve, jan):
    found = await resolve(await start())

    assert (found.person_id, found.email, found.language) == (jan.id, jan.email, "nl")
    assert (found.issuer.issuer, found.issuer.group) == ("dl5", "delta")
    assert (found.strength, found.staff, found.must) == (1, False, None)
    assert found.tokens.keys() == set(EVERY)


async def test_a_token_is_for_one_service_and_names_no_issuer_and_no_number(
    start, resolve, claims_of, jan
):
    found = await resolve(await start(strength=2))

    for audience, token in found.tokens.items():
        claims = claims_of(token)
        assert claims["aud"] == [audience]
        assert (claims["sub"], claims["sid"]) == (str(jan.id), str(found.session_id))
        assert (claims["scope"], claims["acr"], claims["group"]) == ("me", "2", "delta")
        assert claims["proved_at"] == int(found.proved_at.timestamp())
        assert claims["exp"] - claims["iat"] == 300
        assert claims.keys() == {
            *("iss", "sub", "aud", "scope", "iat", "exp", "jti"),
            *("sid", "acr", "proved_at", "group"),
        }


async def test_only_the_tokens_asked_for_are_made(start, resolve):
    cookie = await start()

    assert (await resolve(cookie, [])).tokens == {}
    assert (await resolve(cookie, ["documents"])).tokens.keys() == {"documents"}


async def test_staff_without_a_second_factor_get_no_further_than_identity(start, resolve):
    found = await resolve(await start(staff=True))

    assert found.must == "second_factor"
    assert found.tokens.keys() == {"identity"}
    assert (await resolve(await start(staff=True, strength=2))).tokens.keys() == set(EVERY)


@pytest.mark.parametrize("cookie", ["", "x", "\ud800", "A" * 43])
async def test_a_cookie_that_we_did_not_make_is_nobodys(resolve, start, cookie):
    await start()

    with pytest.raises(SessionUnknown):
        await resolve(cookie)


async def test_a_session_ends_when_it_is_old_left_alone_or_ended(start, resolve, change):
    at = now()
    for changed in (
        {"ends_at": at - timedelta(seconds=1)},
        {"seen_at": at - timedelta(hours=12)},
        {"ended_at": at},
    ):
        cookie = await start()
        await resolve(cookie)
        await change(**changed)
        with pytest.raises(SessionUnknown):
            await resolve(cookie)


async def test_the_session_of_someone_erased_is_nobodys(session, start, resolve, jan):
    cookie = await start()
    jan.state = "erased"
    await session.flush()

    with pytest.raises(SessionUnknown):
        await resolve(cookie)


async def test_when_it_was_used_is_written_down_once_a_minute(session, start, resolve, change):
    cookie = await start()

    async def seen():
        return await session.scalar(sa.select(Session.seen_at))

    lately = now() - timedelta(seconds=50)
    await change(seen_at=lately)
    await resolve(cookie)
    assert await seen() == lately

    await change(seen_at=now() - timedelta(seconds=61))
    await resolve(cookie)
    assert now() - await seen() < timedelta(seconds=5)


async def test_signing_out_works_at_once_and_is_told(session, start, resolve, told, jan):
    cookie, other = await start(), await start()
    found = await resolve(cookie)

    await keeping_sessions.end(session, cookie)
    await keeping_sessions.end(session, cookie)
    await keeping_sessions.end(session, "made up")

    with pytest.raises(SessionUnknown):
        await resolve(cookie)
    assert (await resolve(other)).person_id == jan.id
    (ended,) = await told(SessionsEnded)
    assert (ended.person_id, ended.sessions) == (jan.id, (found.session_id,))


async def test_resolving_asks_the_database_once(
    database, transactions, visitor, admit, account_of, gateways
):
    async with transactions() as session:
        await admit(session)
        jan = await account_of(session)
        started = await starting.start(session, jan, "dl5", visitor(), strength=1, staff=False)
    asked = []
    sa.event.listen(
        database.engine.sync_engine,
        "before_cursor_execute",
        lambda _c, _cursor, statement, *_rest: asked.append(statement),
    )

    async with transactions() as session:
        await keeping_sessions.resolve(session, gateways.mint, started.session, EVERY)

    assert len(asked) == 1
    async with transactions() as session:
        plan = await session.execute(sa.text("set local enable_seqscan = off"))
        plan = await session.execute(
            sa.text(
                "explain select * from sessions where token_sha256 = :token and ended_at is null"
            ),
            {"token": starting.hash_of(started.session)},
        )
        assert "sessions_token_sha256_key" in "\n".join(plan.scalars())
