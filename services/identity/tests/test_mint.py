"""Proves that tokens are signed by the first key, and that every key is published."""

import base64
import hashlib
import json
from datetime import timedelta

import httpx
import pytest
from joserfc.jwk import ECKey, KeySet

from chassis.identifiers import now
from chassis.tokens import Tokens, Unauthenticated
from identity.mint import Mint, new_key, read_keys


@pytest.fixture
def strike():
    """Return a function that has a token struck for documents."""

    def strike(mint, *, at=None, audience=("documents",)):
        return mint.strike(
            subject="erp",
            audience=audience,
            scopes=["documents:read", "documents:write"],
            now=at or now(),
            lifetime=timedelta(minutes=10),
            claims={"issuer": "dl5"},
        )

    return strike


@pytest.fixture
def checked():
    """Return a function that checks a token as documents would, by published keys."""

    async def check(token, published):
        transport = httpx.MockTransport(lambda _request: httpx.Response(200, json=published))
        async with httpx.AsyncClient(transport=transport) as http:
            tokens = Tokens(
                "http://identity.test",
                issuer="http://identity.test",
                audience="documents",
                http=http,
            )
            return await tokens.caller(token)

    return check


async def test_a_token_says_who_calls_and_what_for(strike, checked, signing_key):
    mint = Mint("http://identity.test", [signing_key()])

    caller = await checked(strike(mint), mint.public_keys())

    assert (caller.subject, caller.issuer) == ("erp", "dl5")
    assert caller.scopes == {"documents:read", "documents:write"}
    assert caller.claims["exp"] - caller.claims["iat"] == 600
    assert caller.claims["jti"]


async def test_no_two_tokens_are_the_same(strike, signing_key):
    mint = Mint("http://identity.test", [signing_key()])

    assert strike(mint) != strike(mint)


async def test_the_first_key_signs_and_the_second_is_published(strike, checked, signing_key):
    old, new = signing_key(), signing_key()
    before, after = (
        Mint("http://identity.test", [old]),
        Mint("http://identity.test", [new, old]),
    )

    published = after.public_keys()

    assert len(published["keys"]) == 2
    assert (await checked(strike(before), published)).subject == "erp"
    assert (await checked(strike(after), published)).subject == "erp"
    with pytest.raises(Unauthenticated):
        await checked(strike(after), before.public_keys())


def test_no_private_part_is_published(signing_key):
    mint = Mint("http://identity.test", [signing_key(), signing_key()])

    published = mint.public_keys()

    assert all("d" not in key and key["kid"] for key in published["keys"])
    assert len({key["kid"] for key in published["keys"]}) == 2
    assert KeySet.import_key_set(json.loads(json.dumps(published)))


async def test_a_token_that_is_old_or_meant_for_another_is_worth_nothing(
    strike, checked, signing_key
):
    mint = Mint("http://identity.test", [signing_key()])
    old = strike(mint, at=now() - timedelta(minutes=11))
    elsewhere = strike(mint, audience=("identity",))

    for token in (old, elsewhere):
        with pytest.raises(Unauthenticated):
            await checked(token, mint.public_keys())


async def test_a_fresh_key_signs_and_is_named_by_its_thumbprint(strike, checked):
    key = new_key()
    mint = Mint("http://identity.test", [key])

    (published,) = mint.public_keys()["keys"]

    assert (await checked(strike(mint), mint.public_keys())).subject == "erp"
    required = {name: published[name] for name in ("crv", "kty", "x", "y")}
    digest = hashlib.sha256(json.dumps(required, separators=(",", ":")).encode()).digest()
    assert published["kid"] == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    assert (published["use"], published["alg"]) == ("sig", "ES256")
    assert new_key() != key


@pytest.mark.parametrize(
    "unusable",
    [
        "",
        "secret-words",
        "[]",
        '"secret"',
        "{}",
        '{"kty": "oct", "k": "c2VjcmV0"}',
        json.dumps(ECKey.generate_key("P-384").as_dict(private=True)),
        json.dumps(ECKey.generate_key("P-256").as_dict(private=False)),
    ],
    ids=["empty", "words", "list", "text", "nothing", "symmetric", "curve", "public"],
)
def test_a_key_that_cannot_sign_is_named_by_its_place_and_not_shown(unusable):
    with pytest.raises(ValueError, match=r"^key 2 ") as refused:
        read_keys([new_key(), unusable])

    assert "secret" not in str(refused.value)


def test_one_key_given_twice_is_named():
    key = new_key()

    with pytest.raises(ValueError, match=r"^key 2 has the id of another"):
        read_keys([key, key])
