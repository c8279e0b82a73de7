"""Proves which machines are granted which tokens."""

import json

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from identity import admitting, granting, scopes
from identity.granting import ClientRefused
from identity.models import Client


@pytest.fixture
def client(session, admit):
    """Return a function that admits a client with the secret ``secret``."""

    async def client(*allowed, service=None):
        if service is None:
            await admit(session)
        issuer = None if service else "dl5"
        secret = granting.hash_of("secret")
        await admitting.admit_client(
            session,
            Client(
                id="erp", issuer=issuer, service=service, scopes=[*allowed], secret_sha256=secret
            ),
        )
        await session.flush()

    return client


def claims_of(token, mint):
    keys = KeySet.import_key_set(json.loads(json.dumps(mint.public_keys())))
    return jwt.decode(token, keys, algorithms=["ES256"]).claims


async def test_a_client_without_a_wish_is_granted_all_it_has(session, client, gateways):
    await client("documents:write", "documents:read")

    granted = await granting.grant(session, gateways.mint, "erp", "secret", [])

    claims = claims_of(granted.token, gateways.mint)
    assert granted.scope == claims["scope"] == "documents:read documents:write"
    assert (claims["sub"], claims["issuer"], claims["aud"]) == ("erp", "dl5", ["documents"])
    assert "service" not in claims


async def test_a_client_may_wish_for_less(session, client, gateways):
    await client("documents:read", "identity:read")

    granted = await granting.grant(session, gateways.mint, "erp", "secret", ["identity:read"])

    claims = claims_of(granted.token, gateways.mint)
    assert (claims["scope"], claims["aud"]) == ("identity:read", ["identity"])


async def test_a_client_is_not_granted_more_than_it_has(session, client, gateways):
    await client("documents:read")
    wish = ["documents:read", "identity:write"]

    with pytest.raises(ClientRefused) as refused:
        await granting.grant(session, gateways.mint, "erp", "secret", wish)

    assert refused.value.code == "invalid_scope"


@pytest.mark.parametrize(
    ("client_id", "secret"), [("erp", "wrong"), ("erp", ""), ("nobody", "secret"), ("", "")]
)
async def test_a_wrong_secret_and_an_unknown_client_are_answered_alike(
    session, client, gateways, client_id, secret
):
    await client("documents:read")

    with pytest.raises(ClientRefused) as refused:
        await granting.grant(session, gateways.mint, client_id, secret, ["documents:read"])

    assert refused.value.code == "invalid_client"


async def test_a_service_of_ours_works_for_no_issuer(session, client, gateways):
    await client("links:open", service="portal")

    granted = await granting.grant(session, gateways.mint, "erp", "secret", [])

    claims = claims_of(granted.token, gateways.mint)
    assert (claims["service"], claims["aud"]) == ("portal", ["identity"])
    assert "issuer" not in claims


def test_a_token_is_meant_for_the_services_that_own_its_scopes():
    assert scopes.audience_of(["documents:read", "notifications:read", "documents:write"]) == [
        "documents",
        "notifications",
    ]
    assert scopes.audience_of(["links:open"]) == ["identity"]


def test_no_issuer_may_ask_for_what_only_services_or_guests_have():
    assert not scopes.FOR_ISSUERS & scopes.FOR_SERVICES
    assert scopes.NEWEST not in scopes.FOR_ISSUERS | scopes.FOR_SERVICES
