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
from identity.accounts import Session, Staff
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

    async def resolve(cookie, audiences=EVERY, **how):
        session.expire_all()
        return await keeping_sessions.resolve(session, gateways.mint, cookie, audiences, **how)

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


@pytest.fixture
def rename(session, request):
    """Return a function that gives the one session there is another cookie."""
    request.getfixturevalue("long_moment")

    async def rename():
        session_id = await session.scalar(sa.select(Session.id))
        return await starting.rename(session, session_id, now())

    return rename


async def test_a_session_that_was_renamed_is_the_same_one(start, rename, resolve):
    """Guide 1.6, 30"""
    cookie = await start()
    before = await resolve(cookie)

    renamed = await rename()

    assert renamed not in {None, cookie}
    assert (await resolve(renamed)).session_id == before.session_id


async def test_the_cookie_of_before_is_good_for_a_moment_more(start, rename, resolve, change):
    cookie = await start()
    renamed = await rename()

    in_another_tab = await resolve(cookie)
    await change(former_until=now())

    assert in_another_tab.session_id == (await resolve(renamed)).session_id
    with pytest.raises(SessionUnknown):
        await resolve(cookie)


async def test_that_moment_is_ten_seconds(session, start):
    await start()
    at = now()

    await starting.rename(session, await session.scalar(sa.select(Session.id)), at)

    assert await session.scalar(sa.select(Session.former_until)) - at == timedelta(seconds=10)


async def test_of_two_tabs_at_once_one_renames_and_both_stay(start, rename, resolve):
    cookie = await start()

    first, second = await rename(), await rename()

    assert second is None
    assert (await resolve(first)).session_id == (await resolve(cookie)).session_id


async def test_a_moment_later_it_is_renamed_again_and_two_names_ago_is_nothing(
    start, rename, resolve, change
):
    cookie = await start()
    first = await rename()
    await change(former_until=now())

    second = await rename()

    assert (await resolve(second)).session_id == (await resolve(first)).session_id
    with pytest.raises(SessionUnknown):
        await resolve(cookie)


async def test_who_signs_out_with_the_cookie_of_before_is_out(session, start, rename, resolve):
    cookie = await start()
    renamed = await rename()

    await keeping_sessions.end(session, cookie)

    for each in (cookie, renamed):
        with pytest.raises(SessionUnknown):
            await resolve(each)


async def test_a_session_that_ended_gets_no_new_name(start, rename, change):
    await start()
    await change(ended_at=now())

    assert await rename() is None


@pytest.fixture
def employ(session, jan):
    """Return a function that lets the one there is work for an issuer."""

    async def employ(issuer="dl5", *, admin=False, until=None):
        at = now()
        session.add(Staff(issuer=issuer, person_id=jan.id, admin=admin, since=at, until=until))
        await session.flush()

    return employ


async def test_staff_with_two_factors_get_tokens_of_the_desk_when_asked_for(
    start, resolve, employ, claims_of, jan
):
    """O-02, O-05"""
    await employ()
    cookie = await start(staff=True, strength=2)

    assert (await resolve(cookie)).desk_tokens == {}
    found = await resolve(cookie, (), desk=True)

    assert (found.tokens, found.admin) == ({}, False)
    told = {audience: claims_of(token) for audience, token in found.desk_tokens.items()}
    assert {audience: claims["scope"] for audience, claims in told.items()} == {
        "identity": "desk",
        "documents": "desk documents:read",
        "notifications": "desk notifications:read notifications:write",
    }
    for audience, claims in told.items():
        assert claims["aud"] == [audience]
        assert (claims["sub"], claims["sid"]) == (str(jan.id), str(found.session_id))
        assert (claims["issuer"], claims["acr"]) == ("dl5", "2")
        assert claims["exp"] - claims["iat"] == 300


async def test_only_who_decides_for_others_may_dispose_of_the_archive(
    start, resolve, employ, claims_of
):
    """O-05"""
    await employ(admin=True)

    found = await resolve(await start(staff=True, strength=2), desk=True)

    assert found.admin
    scopes = {each: claims_of(token)["scope"] for each, token in found.desk_tokens.items()}
    assert scopes["documents"] == "desk documents:archive documents:read"
    assert "archive" not in scopes["identity"] + scopes["notifications"]


@pytest.mark.parametrize(
    ("session_is", "works"),
    [
        ({"staff": True, "strength": 1}, {}),
        ({"staff": False, "strength": 2}, {}),
        ({"staff": True, "strength": 2}, {"issuer": "dl6"}),
        ({"staff": True, "strength": 2}, {"until": now()}),
        ({"staff": True, "strength": 2}, None),
    ],
    ids=["one factor", "signed in as a customer", "works elsewhere", "was let go", "never worked"],
)
async def test_nobody_else_gets_tokens_of_the_desk(
    session, start, resolve, employ, admit, session_is, works
):
    """O-02, guide 1.6, 10"""
    await admit(session, "dl6", group="delta")
    if works is not None:
        await employ(**works)

    found = await resolve(await start(**session_is), desk=True)

    assert (found.desk_tokens, found.admin) == ({}, False)
