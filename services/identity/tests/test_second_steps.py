"""Proves that a second step is right once, for whom it was asked, and a few times wrong at most."""

import asyncio
from datetime import timedelta

import pytest
import sqlalchemy as sa
import structlog
from services.identity.tests.residents import PASSWORD, VISITOR

from chassis.testing import problems
from contracts.notifications import WriteToPerson
from identity import second_steps
from identity.accounts import Challenge, RecoveryCode, SecondFactor, Session
from identity.trails import AuditEntry
from identity.vault import Vault


@pytest.fixture
def password(portal):
    """Return a function that gives a password, and returns what is asked then."""

    async def give(resident, *, issuer="dl5"):
        answer = await portal(
            "/v1/sessions",
            issuer=issuer,
            username=resident.email,
            password=PASSWORD,
            visitor=VISITOR,
        )
        assert answer.status_code == 200, answer.text
        return answer.json()["second_step"]

    return give


@pytest.fixture
def asked(residents):
    """Return a function that asks someone for a second step, as if the password was right."""

    async def ask(resident):
        async with residents.database.transaction() as session:
            kinds = await second_steps.needed(session, resident.id)
            return await second_steps.challenge(
                session, residents.gateways.passkeys, resident.id, resident.issuer, kinds
            )

    return ask


@pytest.fixture
def step(portal):
    """Return a function that answers a challenge."""

    async def answer(challenge, kind, **proof):
        return await portal(
            "/v1/sessions/second-step",
            challenge=challenge,
            kind=kind,
            visitor=VISITOR,
            **proof,
        )

    return answer


async def acts(database):
    async with database.transaction() as session:
        return list(await session.scalars(sa.select(AuditEntry.act).order_by(AuditEntry.id)))


async def test_with_a_second_factor_a_password_is_not_enough(residents, password, step, database):
    """Guide 1.6, 11"""
    jan = await residents.move_in()
    await residents.with_totp(jan)

    asked = await password(jan)
    answer = await step(asked["challenge"], "totp", code=jan.code())

    assert (asked["kinds"], asked["passkey_options"]) == (["totp", "recovery"], None)
    assert answer.status_code == 201
    started = answer.json()
    assert (started["person_id"], started["must"]) == (str(jan.id), None)
    async with database.transaction() as session:
        newest = sa.select(Session).order_by(Session.started_at.desc()).limit(1)
        assert (await session.scalar(newest)).strength == 2
    assert (await acts(database))[-1] == "signed_in"


async def test_after_a_reset_the_second_step_is_still_asked(residents, portal, password):
    """Guide 1.6, 15"""
    jan = await residents.move_in()
    await residents.with_totp(jan)
    told = await portal(
        "/v1/forgotten-passwords", issuer="dl5", username=jan.email, visitor=VISITOR
    )
    await residents.send_resets()
    mail = (await residents.told(WriteToPerson))[-1]

    done = await portal(
        f"/v1/forgotten-passwords/{told.json()['reset']}/finish",
        proof=residents.link(mail),
        password=PASSWORD,
        visitor=VISITOR,
    )

    assert done.status_code == 204
    assert (await password(jan))["kinds"] == ["totp", "recovery"]


async def test_a_code_is_good_once(residents, asked, step):
    """Guide 1.6, 17"""
    jan = await residents.move_in()
    await residents.with_totp(jan)
    code = jan.code()

    first = await step((await asked(jan)).challenge, "totp", code=code)
    again = await step((await asked(jan)).challenge, "totp", code=code)
    later = await step((await asked(jan)).challenge, "totp", code=jan.code(steps=1))

    assert (first.status_code, again.status_code, later.status_code) == (201, 422, 201)


async def test_a_code_of_before_one_that_was_used_is_used_too(residents, asked, step):
    jan = await residents.move_in()
    await residents.with_totp(jan)

    later = await step((await asked(jan)).challenge, "totp", code=jan.code(steps=1))
    before = await step((await asked(jan)).challenge, "totp", code=jan.code())

    assert (later.status_code, before.status_code) == (201, 422)


@pytest.fixture
def no_throttle(monkeypatch):
    """Let a test try as often as it wants: what is under test is what decides after that."""
    monkeypatch.setattr(second_steps, "_BURST", 1_000)


@pytest.mark.usefixtures("no_throttle")
async def test_of_fifty_who_use_a_code_at_once_one_gets_in(residents, asked, step):
    """Guide 1.6, 17"""
    jan = await residents.move_in()
    await residents.with_totp(jan)
    challenges = [(await asked(jan)).challenge for _ in range(50)]
    code = jan.code()

    answers = await asyncio.gather(*(step(each, "totp", code=code) for each in challenges))

    assert sorted(each.status_code for each in answers) == [201] + [422] * 49


@pytest.mark.usefixtures("no_throttle")
async def test_of_fifty_who_use_a_recovery_code_at_once_one_gets_in(residents, asked, step):
    """Guide 1.6, 17"""
    jan = await residents.move_in()
    await residents.with_totp(jan)
    challenges = [(await asked(jan)).challenge for _ in range(50)]

    answers = await asyncio.gather(
        *(step(each, "recovery", code=jan.codes[3].lower()) for each in challenges)
    )

    assert sorted(each.status_code for each in answers) == [201] + [422] * 49


@pytest.mark.usefixtures("no_throttle")
async def test_of_fifty_who_answer_one_challenge_at_once_one_gets_in(residents, asked, step):
    """Guide 1.6, 17"""
    jan = await residents.move_in()
    key = await residents.with_passkey(jan, counts=False)
    challenge = await asked(jan)
    signed = key.sign(challenge.passkey_options)

    answers = await asyncio.gather(
        *(step(challenge.challenge, "passkey", passkey=signed) for _ in range(50))
    )

    assert sorted(each.status_code for each in answers) == [201] + [422] * 49


async def test_a_recovery_code_lets_in_once_and_says_so_by_mail(residents, asked, step, as_):
    """Guide 1.6, 12"""
    jan = await residents.move_in()
    await residents.with_totp(jan)

    first = await step((await asked(jan)).challenge, "recovery", code=jan.codes[0])
    again = await step((await asked(jan)).challenge, "recovery", code=jan.codes[0])

    assert (first.status_code, again.status_code) == (201, 422)
    assert (await as_(jan, "GET", "/v1/me")).json()["recovery_codes_left"] == 9
    mail = (await residents.told(WriteToPerson))[-1]
    assert (mail.kind, mail.facts["change"], mail.facts["left"]) == (
        "second_factor_changed",
        "recovery_code_used",
        "9",
    )


@pytest.mark.usefixtures("no_throttle")
async def test_a_challenge_dies_of_five_wrong_answers(residents, asked, step, database):
    """Guide 1.6, 19"""
    jan = await residents.move_in()
    await residents.with_totp(jan)
    challenge = (await asked(jan)).challenge

    wrong = [await step(challenge, "totp", code="000000") for _ in range(5)]
    right = await step(challenge, "totp", code=jan.code())

    assert {each.status_code for each in wrong} == {422}
    assert right.status_code == 422
    assert right.json()["problems"] == wrong[0].json()["problems"]
    assert (await acts(database)).count("second_step_refused") == 5


@pytest.mark.usefixtures("no_throttle")
async def test_wrong_answers_at_once_are_counted_each(residents, asked, step, database):
    """Guide 1.6, 19"""
    jan = await residents.move_in()
    await residents.with_totp(jan)
    challenge = (await asked(jan)).challenge

    await asyncio.gather(*(step(challenge, "totp", code="000000") for _ in range(20)))

    async with database.transaction() as session:
        (kept,) = (await session.scalars(sa.select(Challenge))).all()
    assert kept.tries == 5
    assert (await acts(database)).count("second_step_refused") == 5


async def test_guessing_goes_slower_over_all_challenges(residents, asked, step):
    jan = await residents.move_in()
    await residents.with_totp(jan)

    answers = [await step((await asked(jan)).challenge, "totp", code="000000") for _ in range(11)]

    assert [each.status_code for each in answers] == [422] * 10 + [429]


async def test_a_challenge_dies_of_old_age(residents, asked, step, database):
    """Guide 1.6, 19"""
    jan = await residents.move_in()
    await residents.with_totp(jan)
    challenge = (await asked(jan)).challenge
    async with database.transaction() as session:
        await session.execute(
            sa.update(Challenge).values(
                expires_at=Challenge.expires_at - second_steps.LIFETIME - timedelta(seconds=1)
            )
        )

    assert (await step(challenge, "totp", code=jan.code())).status_code == 422


async def test_what_one_was_asked_another_cannot_answer(residents, asked, step):
    """Guide 1.6, 20"""
    jan, an = await residents.move_in(), await residents.move_in("an@example.com")
    await residents.with_totp(jan)
    await residents.with_passkey(jan)
    await residents.with_totp(an)
    key = await residents.with_passkey(an)
    challenge = await asked(jan)

    answers = [
        await step(challenge.challenge, "totp", code=an.code()),
        await step(challenge.challenge, "recovery", code=an.codes[0]),
        await step(challenge.challenge, "passkey", passkey=key.sign(challenge.passkey_options)),
    ]

    assert {each.status_code for each in answers} == {422}


async def test_a_passkey_is_a_second_step(residents, password, step):
    jan = await residents.move_in()
    key = await residents.with_passkey(jan, verified=False)

    asked = await password(jan)
    answer = await step(asked["challenge"], "passkey", passkey=key.sign(asked["passkey_options"]))

    assert asked["kinds"] == ["passkey", "recovery"]
    assert answer.status_code == 201


async def test_what_a_passkey_signed_for_one_challenge_answers_no_other(residents, asked, step):
    """Guide 1.6, 20"""
    jan = await residents.move_in()
    key = await residents.with_passkey(jan)
    first, second = await asked(jan), await asked(jan)
    signed = key.sign(first.passkey_options)

    assert (await step(second.challenge, "passkey", passkey=signed)).status_code == 422
    assert (await step(first.challenge, "passkey", passkey=signed)).status_code == 201
    assert (await step(first.challenge, "passkey", passkey=signed)).status_code == 422


async def test_a_copied_passkey_is_refused(residents, asked, step, database):
    jan = await residents.move_in()
    key = await residents.with_passkey(jan)
    for _ in range(2):
        challenge = await asked(jan)
        await step(challenge.challenge, "passkey", passkey=key.sign(challenge.passkey_options))
    key.uses = 0

    challenge = await asked(jan)
    signed = key.sign(challenge.passkey_options)

    assert (await step(challenge.challenge, "passkey", passkey=signed)).status_code == 422
    async with database.transaction() as session:
        (factor,) = (await session.scalars(sa.select(SecondFactor))).all()
    assert factor.sign_count == 2


@pytest.mark.parametrize(
    ("kind", "proof"),
    [
        ("totp", {}),
        ("recovery", {}),
        ("passkey", {}),
        ("passkey", {"code": "123456"}),
        ("passkey", {"passkey": {}}),
        ("passkey", {"passkey": {"id": "AAAA"}}),
        ("totp", {"code": "\x00"}),
        ("recovery", {"code": "-" * 24}),
    ],
)
async def test_what_answers_nothing_is_refused_alike(residents, asked, step, kind, proof):
    jan = await residents.move_in()
    await residents.with_totp(jan)
    await residents.with_passkey(jan)

    answer = await step((await asked(jan)).challenge, kind, **proof)

    assert (answer.status_code, problems(answer)) == (422, [("", "second_step_refused")])


async def test_a_challenge_that_nobody_made_is_refused_alike(step):
    answer = await step("nobody made it", "totp", code="123456")

    assert (answer.status_code, problems(answer)) == (422, [("", "second_step_refused")])


async def alone(portal, key, *, issuer="dl5", **lies):
    asked = await portal("/v1/passkeys/sign-in/options", issuer=issuer, visitor=VISITOR)
    assert asked.status_code == 200
    told = asked.json()
    return await portal(
        "/v1/passkeys/sign-in",
        challenge=told["challenge"],
        passkey=key.sign(told["options"], **lies),
        visitor=VISITOR,
    )


async def test_a_passkey_alone_lets_in_as_strongly_as_can_be(residents, portal, database):
    """Guide 1.6, 11"""
    jan = await residents.move_in()
    key = await residents.with_passkey(jan)

    answer = await alone(portal, key)

    assert answer.status_code == 201
    assert answer.json()["person_id"] == str(jan.id)
    async with database.transaction() as session:
        newest = sa.select(Session).order_by(Session.started_at.desc()).limit(1)
        assert (await session.scalar(newest)).strength == 2


async def test_a_passkey_alone_must_know_whose_finger_it_is(residents, portal):
    jan = await residents.move_in()
    key = await residents.with_passkey(jan, verified=False)

    answer = await alone(portal, key)

    assert (answer.status_code, problems(answer)) == (422, [("", "second_step_refused")])


async def test_a_passkey_of_another_group_opens_no_door_here(residents, portal):
    jan = await residents.move_in()
    key = await residents.with_passkey(jan)
    await residents.issuer("dl6")

    assert (await alone(portal, key, issuer="dl6")).status_code == 422
    assert (await alone(portal, key)).status_code == 201


async def test_what_is_asked_without_a_password_names_nobody(residents, portal):
    jan = await residents.move_in()
    await residents.with_passkey(jan)

    asked = await portal("/v1/passkeys/sign-in/options", issuer="dl5", visitor=VISITOR)
    nowhere = await portal("/v1/passkeys/sign-in/options", issuer="dl9", visitor=VISITOR)

    assert asked.json()["options"].get("allowCredentials", []) == []
    assert nowhere.status_code == 404


async def test_staff_come_in_as_staff(residents, password, step):
    """Guide 1.6, 10"""
    kim = await residents.move_in("kim@lease.example", staff=True)
    await residents.with_totp(kim)

    asked = await password(kim)
    answer = await step(asked["challenge"], "totp", code=kim.code())

    assert (answer.json()["staff"], answer.json()["must"]) == (True, None)


async def test_a_challenge_of_one_purpose_is_none_of_another(residents, portal, step, as_, asked):
    jan = await residents.move_in()
    await residents.with_totp(jan)
    key = await residents.with_passkey(jan)
    told = (await portal("/v1/passkeys/sign-in/options", issuer="dl5", visitor=VISITOR)).json()
    made = (await as_(jan, "POST", "/v1/me/passkeys/options")).json()
    second = await asked(jan)

    async def enter(challenge, options):
        signed = key.sign(options)
        return (
            await portal(
                "/v1/passkeys/sign-in", challenge=challenge, passkey=signed, visitor=VISITOR
            )
        ).status_code

    assert (await step(told["challenge"], "totp", code=jan.code())).status_code == 422
    assert (await step(made["challenge"], "totp", code=jan.code())).status_code == 422
    assert await enter(made["challenge"], made["options"]) == 422
    assert await enter(second.challenge, second.passkey_options) == 422
    assert await enter(told["challenge"], told["options"]) == 201


async def test_no_challenge_is_kept_as_it_was_given_out(residents, asked, database):
    """Guide 1.6, 18"""
    jan = await residents.move_in()
    await residents.with_totp(jan)
    challenge = (await asked(jan)).challenge

    async with database.transaction() as session:
        rows = (await session.execute(sa.select(Challenge.__table__))).all()
        codes = (await session.execute(sa.select(RecoveryCode.__table__))).all()

    assert len(rows) == 1
    assert challenge not in str(rows)
    assert len(codes) == 10


@pytest.fixture
def key_dropped(gateways, monkeypatch):
    """Return a function that starts identity with other vault keys than before."""

    def drop():
        monkeypatch.setattr(gateways.vault, "_ciphers", Vault([b"n" * 32])._ciphers)

    return drop


async def test_an_app_whose_key_was_dropped_is_refused_like_a_wrong_code(
    residents, asked, step, key_dropped
):
    jan = await residents.move_in()
    await residents.with_totp(jan)
    wrong = await step((await asked(jan)).challenge, "totp", code="000000")
    key_dropped()
    code = jan.code()

    with structlog.testing.capture_logs() as told:
        right = await step((await asked(jan)).challenge, "totp", code=code)

    assert (right.status_code, right.json()) == (wrong.status_code, wrong.json())
    assert right.status_code == 422
    (line,) = [each for each in told if each["event"] == "second_factor_not_opened"]
    assert set(line) == {"event", "log_level", "factor_id", "kind"}
    assert not [each for each in told if code in str(each) or jan.secret in str(each)]


async def test_without_the_key_of_an_app_all_other_ways_in_remain(
    residents, asked, step, key_dropped, as_
):
    jan = await residents.move_in()
    await residents.with_totp(jan)
    key = await residents.with_passkey(jan)
    key_dropped()

    asked_again = await asked(jan)
    answers = [
        await step((await asked(jan)).challenge, "recovery", code=jan.codes[0]),
        await step(asked_again.challenge, "passkey", passkey=key.sign(asked_again.passkey_options)),
        await as_(jan, "POST", "/v1/me/proof", json={"code": jan.codes[1]}),
    ]

    assert [each.status_code for each in answers] == [201, 201, 200]
    new = await residents.with_totp(jan)
    assert new
    assert (await step((await asked(jan)).challenge, "totp", code=jan.code())).status_code == 201


async def test_an_app_that_is_set_up_while_its_key_is_dropped_is_not_taken(
    residents, key_dropped, as_
):
    jan = await residents.move_in()
    made = (await as_(jan, "POST", "/v1/me/totp", json={"name": "phone"})).json()
    jan.secret = made["secret"]
    key_dropped()

    answer = await as_(jan, "POST", f"/v1/me/totp/{made['id']}/confirm", json={"code": jan.code()})

    assert (answer.status_code, problems(answer)) == (422, [("", "second_step_refused")])
