"""Proves that people are given all that is held about them, and no secret with it."""

import json

import sqlalchemy as sa
from services.identity.tests.residents import VISITOR

from identity import models
from identity.accounts import (
    Account,
    Challenge,
    Credential,
    Device,
    RecoveryCode,
    SecondFactor,
    Session,
)

ABOUT_PEOPLE = {
    "accounts",
    "challenges",
    "credentials",
    "devices",
    "people",
    "pseudonyms",
    "recovery_codes",
    "second_factors",
    "sessions",
    "staff",
    "standing_shares",
    "tickets",
    "views",
}


async def test_all_that_is_held_is_there(residents, as_, portal):
    """Guide 1.7"""
    jan = await residents.move_in("jan@example.com", "DL5-1", staff=False)
    await residents.with_totp(jan)
    await portal("/v1/forgotten-passwords", issuer="dl5", username=jan.email, visitor=VISITOR)
    await residents.send_resets()

    held = (await as_(jan, "GET", "/v1/me/export")).json()

    assert held["person"]["email"] == jan.email
    assert [each["customer_number"] for each in held["tickets"]] == ["DL5-1"]
    assert [each["browser"] for each in held["sessions"]] == ["Firefox"]
    assert [each["name"] for each in held["second_factors"]] == ["my phone"]
    assert [each["address"] for each in held["proofs_sent"]] == [jan.email]
    assert held["recovery_codes_left"] == 10
    assert len(held["devices"]) == 1
    assert [each["act"] for each in held["audit"]] == [
        "exported",
        "reset_asked",
        "second_factor_added",
    ]
    assert held["account"]["registered_at"]


async def test_what_is_secret_is_not(residents, as_, database):
    jan = await residents.move_in()
    await residents.with_totp(jan)
    await residents.with_passkey(jan)

    answer = await as_(jan, "GET", "/v1/me/export")

    text = answer.text
    assert answer.status_code == 200
    for table in models.metadata.tables.values():
        for column in table.columns:
            assert not isinstance(column.type, sa.LargeBinary) or f'"{column.name}"' not in text
    secrets = [jan.secret, jan.cookie, *jan.codes]
    async with database.transaction() as session:
        for column in (
            Account.password_hash,
            SecondFactor.sealed_secret,
            SecondFactor.public_key,
            RecoveryCode.code_sha256,
            Session.token_sha256,
            Device.token_sha256,
        ):
            found = await session.scalars(sa.select(column))
            secrets += [json.dumps(str(each)) for each in found if each is not None]
    assert len(secrets) > 20
    assert [each for each in secrets if each.strip('"') in text] == []


async def test_another_persons_things_are_not_there(residents, as_):
    jan = await residents.move_in("jan@example.com", "DL5-1")
    an = await residents.move_in("an@example.com", "DL5-2")
    await residents.with_totp(an)

    text = (await as_(jan, "GET", "/v1/me/export")).text

    assert str(an.id) not in text
    assert "DL5-2" not in text


def test_a_new_table_about_people_is_not_forgotten():
    """A table with a person in it is exported, or holds nothing a person could want to read."""
    tables = models.metadata.tables.values()
    found = {
        each.name
        for each in tables
        if any(key.column.table.name == "people" for key in each.foreign_keys)
    }

    assert found | {"people"} == ABOUT_PEOPLE
    assert {Challenge.__tablename__, Credential.__tablename__} <= ABOUT_PEOPLE


async def test_who_was_looked_up_is_told_and_who_looked_takes_no_customers_along(
    residents, as_, at_desk
):
    """O-05: what staff did at the desk is their issuer's, and names its customers."""
    kim = await residents.move_in("kim@lease.example", staff=True, strength=2)
    jan = await residents.move_in("jan@example.com", "DL5-1")
    for path in ("/customers", "/customers/DL5-1"):
        assert (await at_desk(kim, "GET", path)).status_code == 200

    of_kim, of_jan = [(await as_(each, "GET", "/v1/me/export")).json() for each in (kim, jan)]

    assert [each["act"] for each in of_jan["audit"]] == ["exported", "desk_looked"]
    assert [each["act"] for each in of_kim["audit"]] == ["exported"]
    assert "DL5-1" not in json.dumps(of_kim)
