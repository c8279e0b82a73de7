"""Proves who may ask identity what over HTTP, and how it answers."""

import base64
from datetime import UTC, datetime
from urllib.parse import quote
from uuid import UUID

import pytest

from chassis.signing import sign
from chassis.testing import problems
from identity import admitting, granting, queries, registering
from identity.accents import palette_of
from identity.models import Client

NUMBER = "/v1/customer-numbers/DL5-104233"
AN = f"{NUMBER}/shared-users/an@accountants.example"
BODY = {"first_name": "An", "last_name": "Maes", "language": "fr"}
SCOPE_OF = {
    ("GET", NUMBER): "identity:read",
    ("PUT", AN): "identity:write",
    ("DELETE", AN): "identity:write",
    ("POST", "/v1/links/open"): "links:open",
}
EVERY_SCOPE = {"identity:read", "identity:write", "links:open", "documents:read"}


@pytest.fixture(autouse=True)
async def known(database, admit, customer):
    """Have a customer registered at one issuer, and another issuer beside it."""
    async with database.transaction() as session:
        await admit(session)
        await admit(session, "dl6")
        await registering.register(session, "dl5", customer())


@pytest.fixture
def ask(web_door):
    """Return a function that asks as an issuer's machine with these scopes."""

    async def ask(method, path, *scopes, issuer="dl5", **how):
        claims = {"issuer": issuer} if issuer else {"service": "portal"}
        headers = web_door.bearer(*scopes, **claims) | how.pop("headers", {})
        return await web_door.http.request(method, path, headers=headers, **how)

    return ask


def body_of(method):
    return {"json": {"link": "x"} if method == "POST" else BODY} if method != "DELETE" else {}


@pytest.mark.parametrize(("method", "path"), SCOPE_OF)
async def test_without_a_valid_token_nothing_is_answered(web_door, method, path):
    for headers in ({}, {"Authorization": "Bearer forged"}, {"Authorization": "Basic eDp5"}):
        answer = await web_door.http.request(method, path, headers=headers, **body_of(method))

        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(("method", "path"), SCOPE_OF)
async def test_every_scope_but_the_right_one_is_turned_away(ask, method, path):
    needed = SCOPE_OF[method, path]

    answer = await ask(method, path, *(EVERY_SCOPE - {needed}), **body_of(method))

    assert answer.status_code == 403
    assert f'scope="{needed}"' in answer.headers["WWW-Authenticate"]


@pytest.mark.parametrize(("method", "path"), list(SCOPE_OF)[:3])
@pytest.mark.parametrize("issuer", ["dl6", None])
async def test_a_number_of_another_issuer_is_not_found(ask, method, path, issuer):
    answer = await ask(method, path, *EVERY_SCOPE, issuer=issuer, **body_of(method))

    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "body", "pointer"),
    [
        ("GET", "/v1/customer-numbers/104233", None, "/customer_number"),
        ("PUT", f"{NUMBER}/shared-users/an", BODY, "/email"),
        ("PUT", f"{NUMBER}/shared-users/an@localhost", BODY, "/email"),
        ("PUT", AN, {"first_name": "An"}, "/last_name"),
        ("PUT", AN, BODY | {"first_name": "A\nn"}, "/first_name"),
        ("PUT", AN, BODY | {"language": "es"}, "/language"),
        ("PUT", AN, BODY | {"mail": "perhaps"}, "/mail"),
        ("DELETE", f"{NUMBER}/shared-users/an", None, "/email"),
        ("POST", "/v1/links/open", {}, "/link"),
    ],
)
async def test_what_breaks_a_rule_is_named_by_its_place(ask, method, path, body, pointer):
    answer = await ask(method, path, *EVERY_SCOPE, json=body)

    assert answer.status_code == 422
    assert pointer in [where for where, _ in problems(answer)]


async def test_what_is_not_json_is_a_bad_request(ask):
    json_type = {"Content-Type": "application/json"}

    answer = await ask("PUT", AN, "identity:write", content=b"{", headers=json_type)

    assert answer.status_code == 400


async def test_a_customer_number_is_looked_up_with_its_people(ask):
    await ask("PUT", AN, "identity:write", json=BODY | {"mail": False})

    answer = await ask("GET", NUMBER, "identity:read")

    known = answer.json()
    assert answer.status_code == 200
    assert (known["customer_number"], known["issuer"], known["version"]) == ("DL5-104233", "dl5", 2)
    assert known["main_contact"]["email"] == "jan@example.com"
    (an,) = known["shared_users"]
    assert (an["email"], an["portal"], an["mail"]) == ("an@accountants.example", True, False)


async def test_sharing_is_created_once_and_may_be_asked_again(ask):
    """I-18 I-22"""
    first = await ask("PUT", AN, "identity:write", json=BODY)
    again = await ask("PUT", AN, "identity:write", json=BODY)
    switched = await ask("PUT", AN, "identity:write", json=BODY | {"portal": False})

    assert (first.status_code, again.status_code, switched.status_code) == (201, 200, 200)
    assert again.json() == first.json()
    assert switched.json() == first.json() | {"portal": False}
    assert UUID(first.json()["ticket"])
    assert datetime.fromisoformat(first.json()["since"]).tzinfo is not None


async def test_an_address_in_a_path_may_hold_what_paths_escape(ask):
    path = f"{NUMBER}/shared-users/{quote('an+50%@bücher.example', safe='')}"

    answer = await ask("PUT", path, "identity:write", json=BODY)

    assert answer.status_code == 201
    shared = (await ask("GET", NUMBER, "identity:read")).json()["shared_users"]
    assert [each["email"] for each in shared] == ["an+50%@bücher.example"]


async def test_unsharing_answers_nothing_and_then_not_found(ask):
    """I-18"""
    await ask("PUT", AN, "identity:write", json=BODY)

    first = await ask("DELETE", AN, "identity:write")
    again = await ask("DELETE", AN, "identity:write")

    assert (first.status_code, first.content, again.status_code) == (204, b"", 404)
    assert (await ask("GET", NUMBER, "identity:read")).json()["shared_users"] == []


async def test_sharing_with_the_main_contact_is_a_conflict(ask):
    """I-17"""
    path = f"{NUMBER}/shared-users/jan@example.com"

    assert (await ask("PUT", path, "identity:write", json=BODY)).status_code == 409
    assert (await ask("DELETE", path, "identity:write")).status_code == 409


async def test_a_link_is_opened_for_the_portal(ask, database, gateways):
    async with database.transaction() as session:
        (ticket,) = await queries.live_tickets(session, "DL5-104233")
    day = datetime.now(UTC).date().isoformat()
    link = f"{ticket.id}.{day}.{sign(gateways.link_keys[0], str(ticket.id), day, 'view')}"

    answer = await ask("POST", "/v1/links/open", "links:open", issuer=None, json={"link": link})

    opened = answer.json()
    assert answer.status_code == 200
    assert opened["issuer"].pop("support")["opens"] == "08:30"
    assert opened["issuer"] == {
        "issuer": "dl5",
        "name": "Delta Lease",
        "accent": "#1f4e79",
        "palette": palette_of("#1f4e79").model_dump(),
        "language": "nl",
        "group": "dl5",
    }
    assert (opened["email"], opened["role"]) == ("jan@example.com", "main")
    assert (opened["first_name"], opened["last_name"]) == ("Jan", "Peeters")
    assert (opened["customer_number"], opened["language"]) == ("DL5-104233", "nl")
    assert (opened["registered"], opened["expires_in"]) == (False, 300)
    assert opened["token"].count(".") == 2


@pytest.mark.parametrize("link", ["x", "a.b.c", f"{UUID(int=1)}.2026-06-01.{'A' * 43}", "…"])
async def test_a_link_that_opens_nothing_is_not_found(ask, link):
    answer = await ask("POST", "/v1/links/open", "links:open", json={"link": link})

    assert answer.status_code == 404


@pytest.fixture
async def a_client(database):
    """Have a client admitted that may read documents, with the secret ``s3cret``."""
    async with database.transaction() as session:
        client = Client(
            id="erp",
            issuer="dl5",
            service=None,
            scopes=["documents:read", "identity:read"],
            secret_sha256=granting.hash_of("s3cret"),
        )
        await admitting.admit_client(session, client)


def basic(text):
    return {"Authorization": f"Basic {base64.b64encode(text.encode()).decode()}"}


@pytest.mark.usefixtures("a_client")
async def test_a_client_proves_itself_and_is_granted_a_token(web_door):
    answer = await web_door.http.post(
        "/v1/oauth/token",
        data={"grant_type": "client_credentials", "scope": "documents:read"},
        headers=basic("erp:s3cret"),
    )

    granted = answer.json()
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert granted.pop("access_token").count(".") == 2
    assert granted == {"token_type": "Bearer", "expires_in": 600, "scope": "documents:read"}


@pytest.mark.parametrize(
    "credentials",
    [{}, {"Authorization": "Bearer x"}, {"Authorization": "Basic é"}, {"Authorization": "Basic"}]
    + [basic(text) for text in ("erp:wrong", "nobody:s3cret", "erp", ":", "erp\0:s3cret")],
)
@pytest.mark.usefixtures("a_client")
async def test_who_proves_nothing_is_answered_the_same_whatever_is_wrong(web_door, credentials):
    answer = await web_door.http.post(
        "/v1/oauth/token",
        data={"grant_type": "client_credentials"},
        headers={name: value.encode() for name, value in credentials.items()},
    )

    assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})
    assert answer.headers["WWW-Authenticate"].startswith("Basic")


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "client_credentials", "scope": "identity:write"}, "invalid_scope"),
    ],
)
@pytest.mark.usefixtures("a_client")
async def test_a_request_for_a_token_that_cannot_be_granted_says_why(web_door, form, error):
    answer = await web_door.http.post("/v1/oauth/token", data=form, headers=basic("erp:s3cret"))

    assert (answer.status_code, answer.json()) == (400, {"error": error})


async def test_the_keys_of_tokens_are_public_and_may_be_kept_a_while(web_door, gateways):
    answer = await web_door.http.get("/.well-known/jwks.json")

    assert answer.json() == gateways.mint.public_keys()
    assert answer.headers["Cache-Control"] == "public, max-age=300"
