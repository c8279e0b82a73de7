"""Every way to be signed in, how strongly it proves who it is, and what staff must have."""

import base64
import json
from datetime import UTC, datetime
from importlib import import_module

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from chassis import testing
from localrun.account_holder import PASSWORD, AccountHolder, visitor
from localrun.environment import SERVICES, WITH_MESSAGES
from localrun.keys import Keys

# By which route one is signed in, and how strongly that proves who it is (`acr`).
WAYS_IN = {
    "POST /v1/registrations/{registration}/finish": "1, a mailbox and a new password",
    "POST /v1/sessions": "1, a password; where there is a second factor only its first half",
    "POST /v1/sessions/second-step": "2, a second factor or a recovery code after the password",
    "POST /v1/passkeys/sign-in": "2, a passkey that knows its owner",
    "POST /v1/staff-invitations/finish": "1, and good for nothing but getting a second factor",
}


def answers_of(operation):
    return json.dumps(operation["responses"])


def claims_of(token):
    return json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))


async def test_every_way_in_is_known(described):
    found = {
        f"{method.upper()} {path}"
        for path, item in described["identity"]["paths"].items()
        for method, operation in item.items()
        if 'schemas/Started"' in answers_of(operation)
    }

    assert found == set(WAYS_IN)
    sessions = [
        f"{service} {path}"
        for service, document in described.items()
        for path, item in document["paths"].items()
        for operation in item.values()
        if '"session"' in answers_of(operation) and 'schemas/Started"' not in answers_of(operation)
    ]
    assert sessions == []


async def test_a_password_alone_is_a_strength_of_one_wherever_it_was_given(settle, desk):
    registered = (await settle()).holder
    signed_in = await desk.sign_in("dl5", registered.email)

    for holder in (registered, signed_in):
        for service in ("identity", "documents", "notifications"):
            claims = claims_of(await holder.token(service))
            assert claims["acr"] == "1"
            assert claims["aud"] == [service]
            assert claims["scope"] == "me"
            assert claims["exp"] - claims["iat"] <= 300
            assert "issuer" not in claims
            assert "customer_number" not in claims


async def test_staff_get_a_second_factor_before_all_else(desk, staff):
    holder, _ = await staff(enrolled=False)
    assert holder.started["must"] == "second_factor"

    resolved = (await desk.resolve(holder.session)).json()
    assert resolved["must"] == "second_factor"
    assert set(resolved["tokens"]) == {"identity"}
    for method, path, body in [
        ("GET", "/customer-numbers", None),
        ("GET", "/export", None),
        ("GET", "/sharing", None),
        ("PATCH", "", {"language": "fr"}),
        ("POST", "/email-changes", {"address": "elsewhere@reader.example"}),
        ("PUT", "/password", {"current": PASSWORD, "new": "een ander lang wachtwoord"}),
        ("POST", "/recovery-codes", None),
    ]:
        refused = await holder.me(method, path, json=body)
        assert refused.status_code == 403, (method, path, refused.text)
        assert refused.json()["problems"][0]["rule"] == "second_factor_needed"


async def test_staff_cannot_sign_in_with_a_password_alone(desk, staff):
    holder, totp = await staff()

    half = await desk.try_to_sign_in("dl5", holder.email, PASSWORD)

    assert half.status_code == 200
    assert "session" not in half.json()
    step = half.json()["second_step"]
    assert "totp" in step["kinds"]
    challenge = {"challenge": step["challenge"], "kind": "totp", "visitor": visitor()}
    wrong = await desk.post("/v1/sessions/second-step", code="000000", **challenge)
    assert wrong.status_code == 422
    # The code that enrolled is used up: the next one is of the next half minute.
    next_code = totp.at(datetime.now(UTC), counter_offset=1)
    whole = await desk.post("/v1/sessions/second-step", code=next_code, **challenge)
    assert whole.status_code == 201, whole.text
    signed_in = AccountHolder(desk, holder.email, PASSWORD, whole.json())
    assert claims_of(await signed_in.token("identity"))["acr"] == "2"
    assert whole.json()["must"] is None


async def test_every_session_has_a_name_of_its_own_that_cannot_be_guessed(settle, desk):
    owner = (await settle()).holder
    sessions = {owner.session}
    for _ in range(3):
        sessions.add((await desk.sign_in("dl5", owner.email)).session)

    assert len(sessions) == 4
    assert all(len(base64.urlsafe_b64decode(each + "==")) >= 32 for each in sessions)
    assert not [each for each in sessions if owner.person_id in each]


async def test_two_installations_have_no_secret_in_common(tmp_path):
    made = []
    for place in ("here", "there"):
        keys = Keys(tmp_path / f"{place}.json")
        names = [f"{service}.{role}" for service in SERVICES for role in ("owner", "database")]
        found = {name: keys.password(name) for name in [*names, "portal.client"]}
        made.append(found | {"link": keys.link_key(), "signing": keys.signing_key()})

    here, there = made
    assert len(set(here.values())) == len(here)
    assert not set(here.values()) & set(there.values())


@pytest.mark.parametrize("service", SERVICES)
def test_no_secret_has_a_value_before_someone_sets_it(service):
    fields = import_module(f"{service}.settings").Settings.model_fields

    secrets = {name: each for name, each in fields.items() if "Secret" in str(each.annotation)}
    assert secrets
    assert [
        name
        for name, each in secrets.items()
        if not each.is_required() and each.default and each.default.get_secret_value()
    ] == []


@pytest.mark.parametrize("service", WITH_MESSAGES)
async def test_a_fresh_installation_knows_nobody(service):
    fresh = await testing._migrated_database(import_module(f"{service}.app").service)

    engine = create_async_engine(fresh, poolclass=NullPool)
    async with engine.connect() as connection:
        tables = await connection.run_sync(lambda sync: sa.inspect(sync).get_table_names())
        rows = {
            name: await connection.scalar(sa.text(f'select count(*) from "{name}"'))  # noqa: S608
            for name in tables
        }
    await engine.dispose()
    assert len(rows) > 5
    assert {name for name, count in rows.items() if count} == {"alembic_version"}
