"""Proves how second factors come and go, and what is told of it."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from services.identity.tests.residents import PASSWORD, VISITOR
from services.identity.tests.software_key import SoftwareKey

from chassis.testing import problems
from contracts.notifications import WriteToPerson
from identity.accounts import Account, RecoveryCode, SecondFactor, Session


async def rows(database, table):
    async with database.transaction() as session:
        return (await session.scalars(sa.select(table))).all()


def browser():
    return SoftwareKey(origin="http://localhost:8100", domain="localhost")


async def test_an_app_for_codes_counts_once_it_has_made_one(residents, as_, database):
    """Guide 1.6, 12"""
    jan = await residents.move_in()
    begun = (await as_(jan, "POST", "/v1/me/totp", json={"name": "my phone"})).json()
    jan.secret = begun["secret"]
    before = (await as_(jan, "GET", "/v1/me")).json()["second_factors"]
    path = f"/v1/me/totp/{begun['id']}/confirm"

    wrong = await as_(jan, "POST", path, json={"code": jan.code(steps=9)})
    right = await as_(jan, "POST", path, json={"code": jan.code()})
    again = await as_(jan, "POST", path, json={"code": jan.code(steps=1)})

    assert before == []
    assert begun["uri"].startswith("otpauth://totp/Delta%20Lease:jan%40example.com?secret=")
    assert (wrong.status_code, problems(wrong)[0][1]) == (422, "second_step_refused")
    assert right.status_code == 200
    assert len(set(right.json()["recovery_codes"])) == 10
    assert again.status_code == 404
    (mail,) = await residents.told(WriteToPerson)
    assert (mail.kind, mail.recipient) == ("second_factor_changed", jan.email)
    assert (mail.facts["change"], mail.facts["factor"]) == ("added", "totp")
    (session,) = await rows(database, Session)
    assert session.strength == 2


async def test_beginning_again_forgets_what_was_not_finished(residents, as_, database):
    jan = await residents.move_in()

    first = (await as_(jan, "POST", "/v1/me/totp", json={"name": "one"})).json()
    second = (await as_(jan, "POST", "/v1/me/totp", json={"name": "two"})).json()
    jan.secret = first["secret"]
    answer = await as_(jan, "POST", f"/v1/me/totp/{first['id']}/confirm", json={"code": jan.code()})

    assert answer.status_code == 404
    assert [str(each.id) for each in await rows(database, SecondFactor)] == [second["id"]]


async def test_a_passkey_is_made_and_kept_without_anything_secret(residents, as_, database):
    jan = await residents.move_in()
    key = browser()
    asked = (await as_(jan, "POST", "/v1/me/passkeys/options")).json()

    body = {"challenge": asked["challenge"], "passkey": key.make(asked["options"]), "name": "mine"}
    added = await as_(jan, "POST", "/v1/me/passkeys", json=body)
    again = await as_(jan, "POST", "/v1/me/passkeys", json=body)

    assert added.status_code == 201
    assert len(added.json()["recovery_codes"]) == 10
    assert (again.status_code, problems(again)) == (422, [("/passkey", "passkey_unusable")])
    (factor,) = await rows(database, SecondFactor)
    assert (factor.passkey_id, factor.sealed_secret, factor.name) == (key.id, None, "mine")


async def test_a_passkey_for_somebody_else_or_from_another_page_is_not_kept(residents, as_):
    jan, an = await residents.move_in(), await residents.move_in("an@example.com")
    asked = (await as_(jan, "POST", "/v1/me/passkeys/options")).json()
    stranger = SoftwareKey(origin="https://evil.example", domain="localhost")

    async def add(who, key, challenge):
        body = {"challenge": challenge, "passkey": key.make(asked["options"]), "name": "x"}
        return (await as_(who, "POST", "/v1/me/passkeys", json=body)).status_code

    assert await add(an, browser(), asked["challenge"]) == 422
    assert await add(jan, stranger, asked["challenge"]) == 422
    assert await add(jan, browser(), "nobody asked") == 422
    assert await add(jan, browser(), asked["challenge"]) == 201


async def test_one_passkey_is_kept_once_whoever_has_it(residents, as_):
    jan, an = await residents.move_in(), await residents.move_in("an@example.com")
    key = await residents.with_passkey(jan)
    asked = (await as_(an, "POST", "/v1/me/passkeys/options")).json()

    body = {"challenge": asked["challenge"], "passkey": key.make(asked["options"]), "name": "x"}
    answer = await as_(an, "POST", "/v1/me/passkeys", json=body)

    assert answer.status_code == 422


async def test_a_second_second_factor_leaves_the_recovery_codes_alone(residents, as_):
    jan = await residents.move_in()
    await residents.with_totp(jan)
    codes = list(jan.codes)

    await residents.with_passkey(jan)

    assert jan.codes == codes
    assert (await as_(jan, "GET", "/v1/me")).json()["recovery_codes_left"] == 10


async def test_with_the_last_second_factor_go_the_recovery_codes(residents, as_, database):
    """Guide 1.6, 12"""
    jan = await residents.move_in()
    factor = await residents.with_totp(jan)

    answer = await as_(jan, "DELETE", f"/v1/me/second-factors/{factor}")
    again = await as_(jan, "DELETE", f"/v1/me/second-factors/{factor}")

    assert (answer.status_code, again.status_code) == (204, 404)
    assert await rows(database, RecoveryCode) == []
    assert await rows(database, SecondFactor) == []
    assert [each.facts["change"] for each in await residents.told(WriteToPerson)] == [
        "added",
        "removed",
    ]


async def test_staff_keep_one(residents, as_):
    """Guide 1.6, 10"""
    kim = await residents.move_in("kim@lease.example", staff=True, strength=2)
    factor = await residents.with_totp(kim)
    await residents.with_passkey(kim)

    first = await as_(kim, "DELETE", f"/v1/me/second-factors/{factor}")
    (left,) = (await as_(kim, "GET", "/v1/me")).json()["second_factors"]
    last = await as_(kim, "DELETE", f"/v1/me/second-factors/{left['id']}")

    assert (first.status_code, last.status_code) == (204, 409)
    assert problems(last)[0][1] == "last_second_factor"


async def test_staff_who_get_one_may_do_everything_at_once(residents, as_):
    """Guide 1.6, 10"""
    kim = await residents.move_in("kim@lease.example", staff=True)
    before = await as_(kim, "GET", "/v1/me/sessions")

    await residents.with_totp(kim)

    after = await as_(kim, "GET", "/v1/me/sessions")
    assert (before.status_code, after.status_code) == (403, 200)


async def test_another_persons_second_factor_is_not_there(residents, as_):
    jan, an = await residents.move_in(), await residents.move_in("an@example.com")
    factor = await residents.with_totp(jan)

    answer = await as_(an, "DELETE", f"/v1/me/second-factors/{factor}")

    assert answer.status_code == 404
    assert len((await as_(jan, "GET", "/v1/me")).json()["second_factors"]) == 1


async def test_recovery_codes_are_made_anew_and_the_old_ones_are_gone(residents, as_, database):
    jan = await residents.move_in()
    none_yet = await as_(jan, "POST", "/v1/me/recovery-codes")
    await residents.with_totp(jan)
    old = {each.code_sha256 for each in await rows(database, RecoveryCode)}

    answer = await as_(jan, "POST", "/v1/me/recovery-codes")

    new = {each.code_sha256 for each in await rows(database, RecoveryCode)}
    assert (none_yet.status_code, answer.status_code) == (404, 200)
    assert len(new) == len(set(answer.json()["recovery_codes"])) == 10
    assert not new & old


@pytest.mark.parametrize("table", [SecondFactor, RecoveryCode])
async def test_nothing_that_is_kept_could_be_used(residents, database, table):
    """Guide 1.6, 18"""
    jan = await residents.move_in()
    await residents.with_totp(jan)

    async with database.transaction() as session:
        dump = str((await session.execute(sa.select(table.__table__))).all())

    assert jan.secret not in dump
    for code in jan.codes:
        assert code not in dump
        assert code.replace("-", "") not in dump


async def test_no_password_grows_old(residents, portal, database):
    """Guide 1.6, 7"""
    jan = await residents.move_in()
    async with database.transaction() as session:
        account = await session.get(Account, jan.id)
        account.password_changed_at -= timedelta(days=4_000)

    answer = await portal(
        "/v1/sessions", issuer="dl5", username=jan.email, password=PASSWORD, visitor=VISITOR
    )

    assert (answer.status_code, answer.json()["must"]) == (201, None)
    assert set(Account.__table__.columns.keys()) == {
        "person_id",
        "password_hash",
        "password_changed_at",
        "needs_second_factor",
        "registered_at",
    }
