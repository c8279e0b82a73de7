"""Proves what people may do for themselves over HTTP, and when they must prove who they are."""

import asyncio
from uuid import uuid4

import pytest
from services.identity.tests.residents import PASSWORD

from chassis.testing import problems
from contracts.identity import PersonChanged, SessionsEnded
from contracts.notifications import WriteToPerson
from identity import me_api, queries
from identity.accounts import Account
from identity.me import PROOF_LASTS

ANY = "01930000-0000-7000-8000-000000000001"
ROUTES = sorted(
    (method, route.path.format(session_id=ANY, factor_id=ANY))
    for route in me_api.router.routes
    for method in route.methods
)
BODIES = {
    ("PATCH", "/v1/me"): {"language": "fr"},
    ("POST", "/v1/me/proof"): {"password": PASSWORD},
    ("PUT", "/v1/me/password"): {"current": PASSWORD, "new": "nine grey geese above the sluice"},
    ("POST", "/v1/me/email-changes"): {"address": "jan@elsewhere.example"},
    ("POST", "/v1/me/totp"): {"name": "my phone"},
    ("POST", f"/v1/me/totp/{ANY}/confirm"): {"code": "123456"},
    ("POST", "/v1/me/passkeys"): {"challenge": "x", "passkey": {}, "name": "my laptop"},
}
FREE = {
    ("GET", "/v1/me"),
    ("PATCH", "/v1/me"),
    ("POST", "/v1/me/proof"),
    ("PUT", "/v1/me/password"),
    ("DELETE", "/v1/me/email-changes"),
    ("GET", "/v1/me/sessions"),
    ("DELETE", "/v1/me/sessions"),
    ("DELETE", f"/v1/me/sessions/{ANY}"),
    ("GET", "/v1/me/export"),
}
"""Asks for no proof; changing the password asks for the password itself."""

ENROLLING = {
    ("GET", "/v1/me"),
    ("POST", "/v1/me/proof"),
    ("POST", "/v1/me/totp"),
    ("POST", f"/v1/me/totp/{ANY}/confirm"),
    ("POST", "/v1/me/passkeys/options"),
    ("POST", "/v1/me/passkeys"),
}
"""Open to staff who have no second factor yet."""


def rules(answer):
    return [rule for _, rule in problems(answer)] if answer.content else []


async def test_nobody_gets_in_without_a_token_of_a_person(web_door, residents):
    jan = await residents.move_in()
    sid = {"sid": str(jan.session_id)}
    wrong = [
        ({}, 401),
        (web_door.bearer("identity:read", issuer="dl5"), 403),
        (web_door.bearer("accounts:act", service="portal"), 403),
        (web_door.bearer("me", sub=str(jan.id), **sid), 401),
        (web_door.signed_in(jan.id), 401),
        (web_door.signed_in(uuid4(), **sid), 401),
        (web_door.signed_in(jan.id, **sid, aud=["documents"]), 401),
    ]
    for method, path in ROUTES:
        for headers, status in wrong:
            body = BODIES.get((method, path))
            answer = await web_door.http.request(method, path, headers=headers, json=body)

            assert answer.status_code == status, (method, path, headers)


async def test_what_could_lock_one_out_asks_for_a_proof_of_the_last_five_minutes(residents, as_):
    """Guide 1.6, 34"""
    jan = await residents.move_in()
    await residents.later(jan, seconds=PROOF_LASTS.total_seconds() + 1)

    for method, path in set(ROUTES) - FREE:
        answer = await as_(jan, method, path, json=BODIES.get((method, path)))

        assert (answer.status_code, rules(answer)) == (403, ["proof_needed"]), path


@pytest.mark.parametrize(("method", "path"), sorted(FREE))
async def test_the_rest_does_not(residents, as_, method, path):
    """Guide 1.6, 34"""
    jan = await residents.move_in()
    await residents.later(jan, seconds=PROOF_LASTS.total_seconds() + 1)

    answer = await as_(jan, method, path, json=BODIES.get((method, path)))

    assert answer.status_code != 403


async def test_staff_without_a_second_factor_may_only_get_one(residents, as_):
    """Guide 1.6, 10"""
    kim = await residents.move_in("kim@lease.example", staff=True)

    for method, path in ROUTES:
        answer = await as_(kim, method, path, json=BODIES.get((method, path)))

        shut = (answer.status_code, rules(answer)) == (403, ["second_factor_needed"])
        assert shut is ((method, path) not in ENROLLING), path


async def test_one_looks_at_oneself(residents, as_):
    """I-13"""
    jan = await residents.move_in("jan@example.com", "DL5-1", "DL5-2")
    await residents.with_totp(jan)

    me = (await as_(jan, "GET", "/v1/me")).json()

    assert (me["person_id"], me["email"], me["main_contact_of"]) == (str(jan.id), jan.email, 2)
    (factor,) = me["second_factors"]
    assert (factor["kind"], factor["name"]) == ("totp", "my phone")
    assert (me["recovery_codes_left"], me["staff"], me["email_change"]) == (10, [], None)
    assert jan.secret not in str(me)


async def test_what_one_says_of_oneself_stays_whatever_an_issuer_says(residents, as_):
    """I-13"""
    jan = await residents.move_in("jan@example.com", "DL5-1")

    answer = await as_(jan, "PATCH", "/v1/me", json={"first_name": "Johan", "language": "fr"})
    await residents.customer("DL5-1", "jan@example.com", first_name="Jan", language="de")

    me = (await as_(jan, "GET", "/v1/me")).json()
    assert answer.status_code == 200
    assert (me["first_name"], me["language"], me["last_name"]) == ("Johan", "fr", "Peeters")
    newest = (await residents.told(PersonChanged))[-1]
    assert (newest.first_name, newest.language) == ("Johan", "fr")


async def test_saying_nothing_new_is_told_to_nobody(residents, as_):
    jan = await residents.move_in("jan@example.com", "DL5-1")
    before = len(await residents.told(PersonChanged))

    answer = await as_(jan, "PATCH", "/v1/me", json={"last_name": "Peeters"})

    assert answer.status_code == 200
    assert len(await residents.told(PersonChanged)) == before


async def test_proving_again_opens_what_was_shut(residents, as_):
    jan = await residents.move_in()
    await residents.later(jan, minutes=6)
    asked = {"address": "jan@elsewhere.example"}

    before = await as_(jan, "POST", "/v1/me/email-changes", json=asked)
    proved = await as_(jan, "POST", "/v1/me/proof", json={"password": PASSWORD})
    after = await as_(jan, "POST", "/v1/me/email-changes", json=asked)

    assert (before.status_code, proved.status_code, after.status_code) == (403, 200, 202)


@pytest.mark.usefixtures("long_moment")
async def test_proving_again_gives_the_session_another_cookie(residents, as_, portal):
    jan = await residents.move_in()

    async def resolved(cookie):
        answer = await portal("/v1/sessions/resolve", session=cookie, audiences=["identity"])
        return answer.json()["session_id"]

    refused = await as_(jan, "POST", "/v1/me/proof", json={"password": "wrong"})
    proved = await as_(jan, "POST", "/v1/me/proof", json={"password": PASSWORD})

    assert "session" not in refused.json()
    renamed = proved.json()["session"]
    assert renamed != jan.cookie
    assert await resolved(renamed) == await resolved(jan.cookie) == str(jan.session_id)


@pytest.mark.parametrize("proof", [{}, {"password": "wrong"}, {"code": "123456"}])
async def test_what_proves_nothing_opens_nothing(residents, as_, proof):
    jan = await residents.move_in()
    await residents.later(jan, minutes=6)

    refused = await as_(jan, "POST", "/v1/me/proof", json=proof)
    still = await as_(jan, "POST", "/v1/me/erasure")

    assert (refused.status_code, problems(refused)) == (422, [("/password", "proof_refused")])
    assert still.status_code == 403


async def test_who_has_an_app_for_codes_proves_it_with_a_code(residents, as_):
    jan = await residents.move_in()
    await residents.with_totp(jan)
    await residents.later(jan, minutes=6)
    code = jan.code()

    async def prove(**proof):
        answer = await as_(jan, "POST", "/v1/me/proof", json=proof)
        return answer.status_code, problems(answer) if answer.is_error else []

    assert await prove(password=PASSWORD) == (422, [("/code", "proof_refused")])
    assert await prove(password=PASSWORD, code="000000") == (422, [("/code", "proof_refused")])
    assert await prove(password="wrong", code=code) == (422, [("/password", "proof_refused")])
    assert await prove(password=PASSWORD, code=code) == (200, [])
    assert await prove(code=code) == (422, [("/code", "proof_refused")])
    assert await prove(code=jan.code(steps=1)) == (200, [])
    assert await prove(code=jan.codes[0]) == (200, [])
    assert await prove(code=jan.codes[0]) == (422, [("/code", "proof_refused")])


async def test_proofs_cannot_be_guessed_for_ever(residents, as_):
    jan = await residents.move_in()

    answers = [
        await as_(jan, "POST", "/v1/me/proof", json={"password": f"guess {n}"}) for n in range(11)
    ]

    assert {each.status_code for each in answers[:10]} == {422}
    assert answers[10].status_code == 429
    assert int(answers[10].headers["Retry-After"]) > 0


async def test_a_password_is_changed_by_who_knows_it(residents, as_, database, gateways):
    """I-10; guide 1.6, 3 and 12"""
    jan = await residents.move_in()
    elsewhere = await residents.sign_in(jan.email)
    new = "nine grey geese above the sluice"

    wrong = await as_(jan, "PUT", "/v1/me/password", json={"current": "no", "new": new})
    right = await as_(jan, "PUT", "/v1/me/password", json={"current": PASSWORD, "new": new})

    assert (wrong.status_code, problems(wrong)) == (422, [("/current", "password_wrong")])
    assert right.status_code == 204
    async with database.transaction() as session:
        account = await session.get(Account, jan.id)
    assert await gateways.passwords.matches(new, account.password_hash)
    assert not await gateways.passwords.matches(PASSWORD, account.password_hash)
    assert (await as_(jan, "GET", "/v1/me")).status_code == 200
    assert (await as_(elsewhere, "GET", "/v1/me")).status_code == 401
    (ended,) = await residents.told(SessionsEnded)
    assert ended.sessions == (elsewhere.session_id,)
    (mail,) = await residents.told(WriteToPerson)
    assert (mail.kind, mail.recipient) == ("password_changed", jan.email)


@pytest.mark.parametrize("new", ["fourteen chars", "jan@example.com jan", "a" * 257])
async def test_a_new_password_that_is_not_good_enough_changes_nothing(residents, as_, new):
    """Guide 1.6, 2"""
    jan = await residents.move_in()

    answer = await as_(jan, "PUT", "/v1/me/password", json={"current": PASSWORD, "new": new})
    again = await as_(jan, "POST", "/v1/me/proof", json={"password": PASSWORD})

    assert answer.status_code == 422
    assert again.status_code == 200


async def test_a_shorter_password_will_do_beside_a_second_factor_and_keeps_it(residents, as_):
    """Guide 1.6, 2"""
    jan = await residents.move_in()
    short = {"current": PASSWORD, "new": "kRz7-vQ2p"}
    factor = await residents.with_totp(jan)

    changed = await as_(jan, "PUT", "/v1/me/password", json=short)
    removed = await as_(jan, "DELETE", f"/v1/me/second-factors/{factor}")
    long = {"current": short["new"], "new": PASSWORD}
    longer = await as_(jan, "PUT", "/v1/me/password", json=long)
    removed_then = await as_(jan, "DELETE", f"/v1/me/second-factors/{factor}")

    assert (changed.status_code, longer.status_code) == (204, 204)
    assert (removed.status_code, rules(removed)) == (409, ["password_short"])
    assert removed_then.status_code == 204


async def test_sessions_are_listed_and_ended_one_by_one(residents, as_):
    """Guide 1.6, 33"""
    jan = await residents.move_in()
    phone = await residents.sign_in(jan.email, browser="Safari on iPhone")
    stranger = await residents.move_in("an@example.com")

    listed = (await as_(jan, "GET", "/v1/me/sessions")).json()["items"]
    not_mine = await as_(jan, "DELETE", f"/v1/me/sessions/{stranger.session_id}")
    ended = await as_(jan, "DELETE", f"/v1/me/sessions/{phone.session_id}")
    again = await as_(jan, "DELETE", f"/v1/me/sessions/{phone.session_id}")

    assert [(each["browser"], each["current"]) for each in listed] == [
        ("Safari on iPhone", False),
        ("Firefox", True),
    ]
    assert (not_mine.status_code, ended.status_code, again.status_code) == (404, 204, 404)
    assert (await as_(phone, "GET", "/v1/me")).status_code == 401
    assert (await as_(stranger, "GET", "/v1/me")).status_code == 200
    assert len((await as_(jan, "GET", "/v1/me/sessions")).json()["items"]) == 1


@pytest.mark.parametrize(("query", "own"), [("", 200), ("?all=false", 200), ("?all=true", 401)])
async def test_one_signs_out_everywhere(residents, as_, query, own):
    """Guide 1.6, 33"""
    jan = await residents.move_in()
    others = [await residents.sign_in(jan.email) for _ in range(2)]

    answer = await as_(jan, "DELETE", f"/v1/me/sessions{query}")

    assert answer.status_code == 204
    for each in others:
        assert (await as_(each, "GET", "/v1/me")).status_code == 401
    assert (await as_(jan, "GET", "/v1/me")).status_code == own


@pytest.mark.usefixtures("long_moment")
async def test_many_at_once_do_not_wait_for_each_others_connections(residents, as_):
    jan = await residents.move_in()

    answers = await asyncio.gather(
        *(as_(jan, "POST", "/v1/me/proof", json={"password": PASSWORD}) for _ in range(10))
    )

    assert {each.status_code for each in answers} == {200}
    assert len([each for each in answers if each.json()["session"]]) == 1


async def test_someone_who_was_erased_is_signed_in_nowhere(residents, as_, database):
    jan = await residents.move_in()
    async with database.transaction() as session:
        (await queries.people(session, [jan.id]))[jan.id].state = "erased"

    assert (await as_(jan, "GET", "/v1/me")).status_code == 401
