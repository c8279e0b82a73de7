"""Which tokens are believed: identity's own, for this service, now; nothing that looks alike."""

import asyncio
import base64
import hmac
import json
import time
from datetime import UTC, datetime
from typing import Annotated

import httpx
import pytest
from fastapi import FastAPI, Security
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

import chassis.tokens
from chassis import web
from chassis.failures import NotFound, TryLater
from chassis.identifiers import new_id
from chassis.sessions import SignedIn, StaffAtWork
from chassis.testing import Keyring, figure, person_claims, staff_claims, viewing_claims
from chassis.tokens import Caller, KeysAway, ScopeMissing, Tokens, Unauthenticated, who_calls


def unsigned(header, claims):
    parts = [json.dumps(each).encode() for each in (header, claims)]
    return ".".join(base64.urlsafe_b64encode(each).rstrip(b"=").decode() for each in parts) + "."


def claims_of(**changed):
    now = int(time.time())
    claims = {
        "iss": "http://identity.test",
        "sub": "tester",
        "aud": ["toy"],
        "iat": now,
        "exp": now + 300,
    }
    return {name: value for name, value in (claims | changed).items() if value is not None}


class Identity:
    """Publishes keys, and counts how often it is asked."""

    def __init__(self, *keys):
        self.keys, self.asked, self.status = keys, [], 200

    def answer(self, request):
        self.asked.append(str(request.url))
        return httpx.Response(self.status, json=KeySet(list(self.keys)).as_dict(private=False))

    def tokens(self, **how):
        http = httpx.AsyncClient(transport=httpx.MockTransport(self.answer))
        url = "http://identity.test"
        return Tokens(url, issuer=url, audience="toy", http=http, **how)


async def test_tokens_that_are_not_good_enough_are_counted_by_why(keyring):
    app = FastAPI()
    app.state.tokens = keyring.tokens("toy")
    app.add_exception_handler(Unauthenticated, web._unauthenticated)
    app.add_exception_handler(ScopeMissing, web._scope_missing)
    app.add_exception_handler(TryLater, web._later)

    @app.get("/")
    async def mine(_caller: Annotated[Caller, Security(who_calls, scopes=["a:read"])]):
        return "yours"

    async def ask(bearer, status):
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app), base_url="http://toy.test"
        ) as http:
            assert (await http.get("/", headers=headers)).status_code == status

    def refused():
        whys = ("missing", "invalid", "scope", "keys_away")  # and ended: test_revocations.py
        return [figure("postkamer_tokens_refused_total", why=why) for why in whys]

    before = refused()
    await ask(None, 401)
    await ask("nonsense", 401)
    await ask("nonsense", 401)
    await ask(keyring.token("b:read", audience="toy"), 403)
    await ask(keyring.token("a:read", audience="toy"), 200)
    away = Identity(keyring.key)
    away.status = 503
    app.state.tokens = away.tokens()
    await ask(keyring.token("a:read", audience="toy"), 503)

    assert [now - then for now, then in zip(refused(), before, strict=True)] == [1, 2, 1, 1]


async def test_a_token_of_identity_tells_who_calls(keyring):
    token = keyring.token("a:read", "a:write", audience="toy", issuer="dl5")

    caller = await keyring.tokens("toy").caller(token)

    assert caller.subject == "tester"
    assert caller.scopes == {"a:read", "a:write"}
    assert caller.issuer == "dl5"


async def test_a_token_of_a_person_tells_by_which_session_and_how_well_proved(keyring):
    person, session = new_id(), new_id()
    told = {"sid": str(session), "acr": "2", "proved_at": 1_780_000_000, "group": "meridiaan"}
    token = keyring.token("me", audience="toy", **person_claims(person) | told)

    caller = await keyring.tokens("toy").caller(token)

    assert caller.is_person
    assert caller.signed_in() == SignedIn(
        person_id=person,
        session_id=session,
        strength=2,
        proved_at=datetime.fromtimestamp(1_780_000_000, UTC),
        group="meridiaan",
    )
    with pytest.raises(NotFound):
        caller.working_for()


async def test_a_machine_is_nobody_who_is_signed_in(keyring):
    token = keyring.token("a:read", audience="toy", issuer="dl5")

    caller = await keyring.tokens("toy").caller(token)

    assert not caller.is_person
    with pytest.raises(ScopeMissing, match="me"):
        caller.signed_in()


@pytest.mark.parametrize(
    "changed",
    [
        {"sid": None},
        {"sid": "mine"},
        {"sub": "tester"},
        {"acr": None},
        {"acr": "high"},
        {"proved_at": None},
        {"proved_at": "today"},
        {"group": None},
        {"issuer": "dl5"},
    ],
    ids=str,
)
async def test_a_person_without_a_session_or_of_an_issuer_is_nobody(keyring, changed):
    told = person_claims(new_id()) | changed
    claims = {name: value for name, value in told.items() if value is not None}
    token = keyring.token("me", audience="toy", **claims)

    with pytest.raises(Unauthenticated):
        await keyring.tokens("toy").caller(token)


async def test_somebody_at_work_does_what_the_issuers_machines_may_by_a_session(keyring):
    staff, session = new_id(), new_id()
    told = staff_claims(staff, "dl5") | {"sid": str(session)}
    token = keyring.token("a:read", "desk", audience="toy", **told)

    caller = await keyring.tokens("toy").caller(token)

    assert caller.staff == StaffAtWork(person_id=staff, session_id=session, issuer="dl5")
    assert (caller.working_for(), caller.scopes) == ("dl5", {"a:read", "desk"})
    assert (caller.person, caller.viewing, caller.is_person) == (None, None, False)
    with pytest.raises(ScopeMissing, match="me"):
        caller.signed_in()


async def test_who_looks_as_a_customer_works_for_nobody(keyring):
    person, staff = new_id(), new_id()
    told = viewing_claims(person, staff, "dl5")
    token = keyring.token("view", audience="toy", **told)

    caller = await keyring.tokens("toy").caller(token)

    viewing = caller.viewing
    assert viewing is not None
    assert (viewing.person_id, viewing.staff_id, viewing.issuer) == (person, staff, "dl5")
    assert list(map(str, viewing.ended_by)) == [told["sid"], told["view"]]
    assert (caller.person, caller.staff, caller.is_person) == (None, None, False)
    with pytest.raises(NotFound):
        caller.working_for()
    with pytest.raises(ScopeMissing, match="me"):
        caller.signed_in()


SOMEBODY = staff_claims(new_id(), "dl5")
LOOKING = viewing_claims(new_id(), new_id(), "dl5")


@pytest.mark.parametrize(
    ("scopes", "claims"),
    [
        pytest.param(["desk"], SOMEBODY | {"acr": "1"}, id="staff by one factor"),
        pytest.param(["desk"], SOMEBODY | {"acr": None}, id="staff by no factor"),
        pytest.param(["desk"], SOMEBODY | {"sid": None}, id="staff without a session"),
        pytest.param(["desk"], SOMEBODY | {"sub": "an"}, id="staff who are nobody"),
        pytest.param(["desk"], SOMEBODY | {"issuer": None}, id="staff of no issuer"),
        pytest.param(["desk"], SOMEBODY | {"issuer": ""}, id="staff of an empty issuer"),
        pytest.param(["desk"], SOMEBODY | {"issuer": ["dl5"]}, id="staff of a list"),
        pytest.param(["a:read"], SOMEBODY, id="a session that is a machine"),
        pytest.param(["desk", "me"], SOMEBODY, id="staff who are a customer"),
        pytest.param(["desk", "view"], LOOKING, id="staff who look"),
        pytest.param(["view", "a:read"], LOOKING, id="who looks and reads"),
        pytest.param(["view"], LOOKING | {"acr": "1"}, id="who looks by one factor"),
        pytest.param(["view"], LOOKING | {"sid": None}, id="who looks without a session"),
        pytest.param(["view"], LOOKING | {"view": None}, id="who looks unwritten"),
        pytest.param(["view"], LOOKING | {"act": None}, id="nobody looks"),
        pytest.param(["view"], LOOKING | {"act": {}}, id="nobody by name looks"),
        pytest.param(["view"], LOOKING | {"issuer": None}, id="who looks for no issuer"),
    ],
)
async def test_staff_who_are_not_wholly_so_are_nobody(keyring, scopes, claims):
    told = {name: value for name, value in claims.items() if value is not None}
    token = keyring.token(*scopes, audience="toy", **told)

    with pytest.raises(Unauthenticated):
        await keyring.tokens("toy").caller(token)


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": ["documents"]},
        {"aud": None},
        {"iss": None},
        {"iss": "http://elsewhere.test"},
        {"sub": None},
        {"exp": None},
        {"exp": int(time.time()) - 60},
        {"exp": "never"},
        {"nbf": int(time.time()) + 600},
    ],
    ids=lambda claims: "-".join(map(str, *claims.items()))[:30],
)
async def test_a_token_with_other_claims_is_not_valid_here(keyring, claims):
    header = {"alg": "ES256", "typ": "at+jwt", "kid": keyring.key.kid}
    token = jwt.encode(header, claims_of(**claims), keyring.key)

    with pytest.raises(Unauthenticated):
        await keyring.tokens("toy").caller(token)


@pytest.mark.parametrize("typ", ["JWT", "id+jwt", None])
async def test_a_token_of_another_kind_is_not_valid_here(keyring, typ):
    header = {"alg": "ES256", "kid": keyring.key.kid} | ({"typ": typ} if typ else {})

    with pytest.raises(Unauthenticated):
        await keyring.tokens("toy").caller(jwt.encode(header, claims_of(), keyring.key))


async def test_an_unsigned_token_is_not_valid(keyring):
    header = {"alg": "none", "typ": "at+jwt", "kid": keyring.key.kid}

    with pytest.raises(Unauthenticated):
        await keyring.tokens("toy").caller(unsigned(header, claims_of()))


async def test_a_token_signed_with_the_public_key_as_a_secret_is_not_valid(keyring):
    header = {"alg": "HS256", "typ": "at+jwt", "kid": keyring.key.kid}
    start = unsigned(header, claims_of()).rstrip(".")
    mac = hmac.digest(keyring.key.as_pem(private=False), start.encode(), "sha256")
    token = f"{start}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"

    with pytest.raises(Unauthenticated):
        await keyring.tokens("toy").caller(token)


async def test_a_token_that_brings_its_own_key_is_not_valid(keyring):
    own = ECKey.generate_key("P-256")
    identity = Identity(keyring.key)
    header = {
        "alg": "ES256",
        "typ": "at+jwt",
        "kid": keyring.key.kid,
        "jku": "http://elsewhere.test/keys",
        "jwk": own.as_dict(private=False),
    }
    registry = jwt.JWSRegistry(algorithms=["ES256"], strict_check_header=False)
    token = jwt.encode(header, claims_of(), own, registry=registry)

    with pytest.raises(Unauthenticated):
        await identity.tokens().caller(token)
    assert set(identity.asked) == {"http://identity.test/.well-known/jwks.json"}


@pytest.mark.parametrize("header", ["jku", "x5u", "jwk", "x5c", "all"])
async def test_no_key_is_taken_from_where_a_token_points(keyring, header):
    own = ECKey.generate_key("P-256")
    own.ensure_kid()
    identity = Identity(keyring.key)
    pointers = {
        "jku": "http://elsewhere.test/keys",
        "x5u": "http://elsewhere.test/certificate",
        "jwk": own.as_dict(private=False),
        "x5c": ["MIIB"],
    }
    pointed = pointers if header == "all" else {header: pointers[header]}
    head = {"alg": "ES256", "typ": "at+jwt", "kid": own.kid} | pointed
    registry = jwt.JWSRegistry(algorithms=["ES256"], strict_check_header=False)
    token = jwt.encode(head, claims_of(), own, registry=registry)

    with pytest.raises(Unauthenticated):
        await identity.tokens().caller(token)
    assert set(identity.asked) == {"http://identity.test/.well-known/jwks.json"}


@pytest.mark.parametrize(
    "kid",
    [
        "../../etc/passwd",
        "/dev/null",
        "http://elsewhere.test/key",
        "' or 1=1 --",
        "",
        "k" * 10_000,
        "\0",
        None,
        1,
        True,
        ["a"],
        {"a": 1},
    ],
    ids=lambda kid: repr(kid)[:20],
)
async def test_a_key_id_is_only_compared(keyring, kid):
    identity = Identity(keyring.key)
    start = unsigned({"alg": "ES256", "typ": "at+jwt", "kid": kid}, claims_of())

    with pytest.raises(Unauthenticated):
        await identity.tokens().caller(start + "A" * 86)
    assert set(identity.asked) <= {"http://identity.test/.well-known/jwks.json"}


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "None"},
        {"alg": "NONE"},
        {"alg": "nOnE"},
        {"alg": ""},
        {"alg": None},
        {"alg": ["ES256"]},
        {"alg": "HS256"},
        {"alg": "ES384"},
        {"alg": "RS256"},
        {"alg": "ES256K"},
        {"b64": False, "crit": ["b64"]},
        {"crit": ["exp"]},
    ],
    ids=str,
)
async def test_a_signature_of_another_kind_is_not_valid(keyring, header):
    known = {"alg": "ES256", "typ": "at+jwt", "kid": keyring.key.kid}

    for signature in ("", "A" * 86):
        token = unsigned(known | header, claims_of()) + signature
        with pytest.raises(Unauthenticated):
            await keyring.tokens("toy").caller(token)


@pytest.mark.parametrize("token", ["", "a", "a.b.c", "....", "é.é.é", "e30.e30.e30", "A" * 100_000])
async def test_what_is_no_token_is_not_valid(keyring, token):
    with pytest.raises(Unauthenticated):
        await keyring.tokens("toy").caller(token)


async def test_a_changed_token_is_not_valid(keyring):
    head, body, signature = keyring.token("a:read", audience="toy").split(".")
    other = keyring.token("a:write", audience="toy").split(".")[1]

    assert body != other
    with pytest.raises(Unauthenticated):
        await keyring.tokens("toy").caller(f"{head}.{other}.{signature}")


async def test_a_new_key_is_fetched_when_a_token_names_it():
    old, new = Keyring(), Keyring()
    identity = Identity(old.key)
    tokens = identity.tokens()
    await tokens.caller(old.token(audience="toy"))
    identity.keys = (old.key, new.key)
    tokens._asked_at -= 31

    caller = await tokens.caller(new.token(audience="toy"))

    assert caller.subject == "tester"
    assert len(identity.asked) == 2


@pytest.mark.parametrize("status", [200, 500])
async def test_unknown_keys_are_asked_for_once_in_a_while_even_when_nobody_answers(status):
    known = Keyring()
    identity = Identity(known.key)
    tokens = identity.tokens()
    await tokens.caller(known.token(audience="toy"))
    tokens._asked_at -= 31
    identity.status = status

    for _ in range(20):
        with pytest.raises(Unauthenticated):
            await tokens.caller(Keyring().token(audience="toy"))

    assert len(identity.asked) == 2
    assert (await tokens.caller(known.token(audience="toy"))).subject == "tester"


async def test_keys_are_fetched_again_before_a_token_needs_a_new_one():
    old, new = Keyring(), Keyring()
    identity = Identity(old.key)
    tokens = identity.tokens(fresh_seconds=300)
    await tokens.caller(old.token(audience="toy"))

    identity.keys = (old.key, new.key)
    _later(tokens, 301)
    await tokens.caller(old.token(audience="toy"))
    identity.status = 503

    assert (await tokens.caller(new.token(audience="toy"))).subject == "tester"
    assert len(identity.asked) == 2


async def test_fresh_keys_are_not_fetched_again():
    known = Keyring()
    identity = Identity(known.key)
    tokens = identity.tokens(fresh_seconds=300)

    for _ in range(3):
        await tokens.caller(known.token(audience="toy"))
        _later(tokens, 90)

    assert len(identity.asked) == 1


async def test_a_key_that_is_not_published_any_more_is_not_believed_for_ever():
    leaked, new = Keyring(), Keyring()
    identity = Identity(leaked.key)
    tokens = identity.tokens(fresh_seconds=300)
    await tokens.caller(leaked.token(audience="toy"))

    identity.keys = (new.key,)
    await tokens.caller(leaked.token(audience="toy"))
    shown_before = leaked.token(audience="toy")
    await tokens.caller(shown_before)
    _later(tokens, 301)

    for each in (shown_before, leaked.token(audience="toy"), shown_before):
        with pytest.raises(Unauthenticated):
            await tokens.caller(each)


@pytest.fixture
def decoded(monkeypatch):
    """Return the tokens whose signatures are checked."""
    found, real = [], jwt.decode
    monkeypatch.setattr(jwt, "decode", lambda token, *how, **more: (
        found.append(token) or real(token, *how, **more)
    ))  # fmt: skip
    return found


async def test_a_token_that_is_shown_again_is_not_checked_again_until_it_expires(
    keyring, decoded, monkeypatch
):
    tokens = keyring.tokens("toy")
    exp = int(time.time()) + 300
    one, other = (keyring.token("a:read", audience="toy", sub=sub, exp=exp) for sub in "ab")

    callers = [await tokens.caller(each) for each in (one, other, one, other, one)]

    assert [each.subject for each in callers] == ["a", "b", "a", "b", "a"]
    assert decoded == [one, other]
    monkeypatch.setattr(time, "time", lambda: exp + 11.0)
    with pytest.raises(Unauthenticated):
        await tokens.caller(one)


async def test_what_was_refused_is_refused_again(keyring, decoded):
    tokens = keyring.tokens("toy")
    forged = Keyring().token("a:read", audience="toy", sub="tester")
    wrong = keyring.token("a:read", audience="documents")

    for each in (forged, wrong, forged, wrong):
        with pytest.raises(Unauthenticated):
            await tokens.caller(each)
    assert decoded.count(wrong) == 2


async def test_of_many_tokens_the_last_shown_are_known(keyring, monkeypatch):
    monkeypatch.setattr(chassis.tokens, "_MOST_KNOWN", 3)
    tokens = keyring.tokens("toy")
    shown = [keyring.token("a:read", audience="toy", jti=str(turn)) for turn in range(5)]

    for each in (shown[0], shown[1], shown[2], shown[0], *shown[3:]):
        await tokens.caller(each)

    assert [each.claims["jti"] for each in tokens._known.values()] == ["0", "3", "4"]


async def test_old_keys_serve_while_identity_is_away_and_it_is_asked_now_and_then():
    known = Keyring()
    identity = Identity(known.key)
    tokens = identity.tokens(fresh_seconds=300)
    await tokens.caller(known.token(audience="toy"))
    identity.status = 503
    _later(tokens, 3600)

    callers = [await tokens.caller(known.token(audience="toy")) for _ in range(20)]

    assert {each.subject for each in callers} == {"tester"}
    assert len(identity.asked) == 2


async def test_one_caller_waits_for_stale_keys_and_the_others_do_not():
    known, answered = Keyring(), asyncio.Event()
    published = KeySet([known.key]).as_dict(private=False)

    async def answer(_request):
        await answered.wait()
        return httpx.Response(200, json=published)

    http = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    url = "http://identity.test"
    tokens = Tokens(url, issuer=url, audience="toy", http=http)
    answered.set()
    await tokens.caller(known.token(audience="toy"))
    answered.clear()
    _later(tokens, 301)

    one = asyncio.create_task(tokens.caller(known.token(audience="toy")))
    await asyncio.sleep(0)
    async with asyncio.timeout(10):
        others = [await tokens.caller(known.token(audience="toy")) for _ in range(5)]

    assert len(others) == 5
    assert not one.done()
    answered.set()
    assert (await one).subject == "tester"


def _later(tokens, seconds):
    """Let time pass since the keys were fetched and asked for."""
    tokens._asked_at -= seconds
    tokens._fetched_at -= seconds


async def test_without_keys_no_token_can_be_checked(keyring):
    identity = Identity(keyring.key)
    identity.status = 503
    tokens = identity.tokens()

    for _ in range(5):
        with pytest.raises(KeysAway):
            await tokens.caller(keyring.token(audience="toy"))

    assert len(identity.asked) == 1
