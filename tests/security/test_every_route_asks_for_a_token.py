"""Every route of every service believes only identity's tokens, for it, with the right scope."""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from datetime import timedelta

import pytest
from joserfc import jws, jwt
from joserfc.jwk import ECKey

from chassis.identifiers import new_id, now
from identity.mint import Mint, new_key

OPEN = {("identity", "GET", "/.well-known/jwks.json"), ("identity", "POST", "/v1/oauth/token")}
SERVICES = ("identity", "documents", "notifications")
ME = "me"
OF_SESSIONS = {ME, "desk", "view"}
UNUSED = str(new_id())
IN_PATHS = {"customer_number": "DL5-100000", "email": "a@reader.example", "sha256": "a" * 64}


def routes(described):
    """Return every route as service, method, address with made-up ids, and the scopes it takes."""
    for service, document in described.items():
        for path, item in document["paths"].items():
            for method, operation in item.items():
                needed = [
                    scope
                    for requirement in operation.get("security", [])
                    for scopes in requirement.values()
                    for scope in scopes
                ]
                address = path
                for each in operation.get("parameters", []):
                    if each["in"] == "path":
                        known = IN_PATHS.get(each["name"], UNUSED)
                        kind = each["schema"].get("type")
                        filler = "1" if kind == "integer" else known
                        address = address.replace(f"{{{each['name']}}}", filler)
                yield service, method.upper(), path, address, needed


@pytest.fixture
def signing_key(suite):
    (key,) = json.loads(suite.environment["IDENTITY_SIGNING_KEYS"])
    return key


@pytest.fixture
def strike(suite, signing_key):
    """Return a function that makes a token as identity would: its key is ours to take here."""

    def strike(service, scopes, key=signing_key):
        of_person = {"sid": UNUSED, "acr": "2", "proved_at": int(time.time()), "group": "dl5"}
        of_machine = {"issuer": "dl5", "customer_number": "DL5-100000"}
        of_staff = {"sid": UNUSED, "acr": "2", "issuer": "dl5"}
        told = {ME: of_person, "desk": of_staff}
        return Mint(suite.environment["IDENTITY_PUBLIC_URL"], [key]).strike(
            subject=str(new_id()),
            audience=[service],
            scopes=scopes,
            now=now(),
            lifetime=timedelta(minutes=5),
            claims=next((told[each] for each in scopes if each in told), of_machine),
        )

    return strike


@pytest.fixture
def ask(suite, http):
    """Return a function that asks a service with a token, and returns the answer."""

    async def ask(service, method, path, token=None):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return await http.request(method, getattr(suite.addresses, service) + path, headers=headers)

    return ask


async def test_every_route_but_two_asks_for_a_token(described, ask):
    asked = 0
    for service, method, path, address, _ in routes(described):
        answer = await ask(service, method, address)
        if (service, method, path) in OPEN:
            assert answer.status_code in {200, 400}, (service, method, path)
        else:
            assert answer.status_code == 401, (service, method, path, answer.text)
            assert answer.headers["WWW-Authenticate"] == "Bearer"
            assert answer.json()["status"] == 401
        asked += 1
    assert asked > 20


async def test_every_scope_but_the_right_one_is_turned_away(described, ask, strike):
    listed = list(routes(described))
    known = {scope for *_, needed in listed for scope in needed}
    known |= {"accounts:act", "links:open", "documents:newest", "documents:parts"}
    with_scope = 0
    for service, method, path, address, needed in listed:
        if needed:
            wrong = [strike(service, sorted(known - {*needed, *OF_SESSIONS}))]
            wrong += [strike(service, [each]) for each in (ME, "desk") if each not in needed]
            for token in wrong:
                answer = await ask(service, method, address, token)
                assert answer.status_code == 403, (service, method, path, answer.text)
            with_scope += 1
    assert with_scope > 50


async def test_a_route_that_names_no_scope_turns_away_who_has_none(described, ask, strike):
    for service, method, path, address, needed in routes(described):
        if not needed and (service, method, path) not in OPEN:
            answer = await ask(service, method, address, strike(service, []))
            assert answer.status_code == 403, (service, method, path, answer.text)


async def test_a_token_for_one_service_is_nothing_to_the_others(described, ask, strike):
    listed = list(routes(described))
    scopes = sorted({scope for *_, needed in listed for scope in needed} - OF_SESSIONS)
    of_machines = {each: strike(each, scopes) for each in (*SERVICES, "portal")}
    of_people = {each: strike(each, [ME]) for each in (*SERVICES, "portal")}
    of_staff = {each: strike(each, ["desk"]) for each in (*SERVICES, "portal")}
    for service, method, path, address, needed in listed:
        if (service, method, path) not in OPEN:
            of_sessions = of_staff if "desk" in needed else of_machines
            tokens = of_people if ME in needed else of_sessions
            others = [token for other, token in tokens.items() if other != service]
            asked = [ask(service, method, address, token) for token in others]
            answers = await asyncio.gather(*asked)
            assert [each.status_code for each in answers] == [401] * 3, (service, method, path)


def encoded(part):
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def unsigned(token):
    _, claims, _ = token.split(".")
    return f"{encoded({'alg': 'none', 'typ': 'at+jwt', 'kid': kid_of(token)})}.{claims}."


def kid_of(token):
    return jws.extract_compact(token.encode()).headers()["kid"]


def altered(token):
    header, claims, signature = token.split(".")
    told = json.loads(base64.urlsafe_b64decode(claims + "=="))
    return f"{header}.{encoded(told | {'issuer': 'dl2'})}.{signature}"


def signed_with_the_public_key(token, key):
    public = ECKey.import_key(json.loads(key)).as_pem(private=False)
    _, claims, _ = token.split(".")
    signed = f"{encoded({'alg': 'HS256', 'typ': 'at+jwt', 'kid': kid_of(token)})}.{claims}"
    mac = hmac.new(public, signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def resigned(token, key, header=None, **claims):
    """Sign the claims of a token anew, some changed, under another header."""
    told = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    heading = {"alg": "ES256", "typ": "at+jwt", "kid": kid_of(token)} | (header or {})
    registry = jws.JWSRegistry(strict_check_header=False)
    return jwt.encode(heading, told | claims, ECKey.import_key(json.loads(key)), registry=registry)


@pytest.mark.parametrize("service", SERVICES)
async def test_no_service_believes_a_token_that_only_looks_like_one(
    service, described, ask, strike, signing_key
):
    needed = {scope for *_, needed in routes(described) for scope in needed}
    scopes = sorted({"documents:read", *needed} - OF_SESSIONS)
    at = {
        "identity": "/v1/customer-numbers/DL5-100000",
        "documents": "/v1/documents",
        "notifications": "/v1/addresses",
    }[service]
    good = strike(service, scopes)
    another = new_key()
    mine = ECKey.import_key(json.loads(another)).as_dict(private=False)
    then = int(time.time())
    bad = {
        "unsigned": unsigned(good),
        "altered": altered(good),
        "signed with another key": strike(service, scopes, key=another),
        "another key under our id": resigned(good, another),
        "HS256 with the public key": signed_with_the_public_key(good, signing_key),
        "brings its own key": resigned(good, another, {"jwk": mine}),
        "names where its key is": resigned(good, another, {"jku": "http://127.0.0.1:9/jwks"}),
        "names a certificate": resigned(good, another, {"x5u": "http://127.0.0.1:9/x5u"}),
        "a key id that is a path": resigned(good, signing_key, {"kid": "../../etc/passwd"}),
        "ended": resigned(good, signing_key, exp=then - 60),
        "not yet": resigned(good, signing_key, nbf=then + 60),
        "without an end": resigned(good, signing_key, exp=None),
        "of another issuer of tokens": resigned(good, signing_key, iss="http://127.0.0.1:9"),
        "an ID token": resigned(good, signing_key, {"typ": "JWT"}),
        "a logout token": resigned(good, signing_key, {"typ": "logout+jwt"}),
        "half of it": good[: len(good) // 2],
        "another word": "secret",
    }

    answers = {why: await ask(service, "GET", at, token) for why, token in bad.items()}

    assert {why: each.status_code for why, each in answers.items()} == dict.fromkeys(bad, 401)
    assert (await ask(service, "GET", at, good)).status_code in {200, 404}
    assert (await ask(service, "GET", at, resigned(good, signing_key))).status_code in {200, 404}
