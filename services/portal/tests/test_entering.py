"""The way in: registering, signing in and out, second step, forgotten passwords, proofs."""

import httpx
import pytest

from portal.accounts_testing import (
    AGAIN,
    CODE,
    PASSWORD,
    PROOF,
    RECOVERY_CODES,
    REGISTRATION,
    RESET,
    SESSION,
    problem,
    too_often,
)
from portal.words import LANGUAGES, WORDS

WORDS_NL = WORDS["nl"]
SIGN_IN = {"username": "an.peeters@example.com", "password": PASSWORD}
NAMES = {"first_name": "An", "last_name": "Peeters", "language": "fr"}


async def test_a_guest_registers_in_two_steps_and_is_in(stranger, link, sent, shown):
    """I-03, I-04, I-05, I-12, I-13, W-01"""
    form = await stranger.get(f"/view/{link}/register")
    assert "an.peeters@example.com" in shown(form)

    answer = await stranger.post(f"/view/{link}/register", NAMES)
    assert answer.headers["Location"] == f"/register/{REGISTRATION}"
    asked = sent("POST /v1/registrations")[0]
    assert {key: asked[key] for key in NAMES} == NAMES
    assert asked["link"] == link

    code = await stranger.follow(answer)
    assert "We stuurden een code van 8 cijfers naar an.peeters@example.com" in shown(code)
    assert "Meridiaan Lease" in shown(code)

    answer = await stranger.post(
        f"/register/{REGISTRATION}", {"code": "1234 5678", "password": PASSWORD}
    )
    assert answer.headers["Location"] == "/documents"
    assert sent(f"POST /v1/registrations/{REGISTRATION}/finish")[0]["code"] == CODE
    assert stranger.cookies["__Host-sid"] == SESSION
    assert "__Host-pending" not in stranger.cookies


async def test_who_leaves_a_name_out_is_told_at_the_field(stranger, link, sent):
    answer = await stranger.post(f"/view/{link}/register", NAMES | {"first_name": " "})

    assert answer.status_code == 422
    assert "<title>Fout: Registreren – Meridiaan Lease</title>" in answer.text
    assert '<a href="#first_name">Vul uw voornaam in.</a>' in answer.text
    assert 'aria-describedby="first_name-error" aria-invalid="true"' in answer.text
    assert 'value="Peeters"' in answer.text
    assert not sent("POST /v1/registrations")


async def test_another_mail_can_be_asked_for_but_not_at_once(stranger, link, sent, shown):
    await stranger.post(f"/view/{link}/register", NAMES)

    answer = await stranger.post(f"/register/{REGISTRATION}/again")
    assert answer.headers["Location"] == f"/register/{REGISTRATION}"
    assert WORDS_NL["done_wait"] in shown(
        await stranger.get(f"/register/{REGISTRATION}?language=nl")
    )
    assert not sent(f"POST /v1/registrations/{REGISTRATION}/again")

    del stranger.cookies["__Host-pending"]
    answer = await stranger.post(f"/register/{REGISTRATION}/again")
    assert answer.headers["Location"] == f"/register/{AGAIN}"
    assert len(sent(f"POST /v1/registrations/{REGISTRATION}/again")) == 1


@pytest.mark.parametrize(
    ("code", "password", "word"),
    [
        ("00000000", PASSWORD, "rule_code_wrong"),
        (CODE, "kort", "rule_too_short"),
        ("", PASSWORD, "empty_code"),
        (CODE, "", "empty_password"),
    ],
)
async def test_a_wrong_code_and_a_weak_password_are_told(stranger, shown, code, password, word):
    answer = await stranger.post(
        f"/register/{REGISTRATION}?language=nl", {"code": code, "password": password}
    )

    assert answer.status_code == 422
    assert shown(answer).count(WORDS_NL[word].format(least=15)) == 2
    assert "__Host-sid" not in stranger.cookies


async def test_a_password_is_never_echoed_nor_trimmed(stranger, sent):
    """ASVS 6.2.9: verified exactly as typed."""
    typed = "  <Ünïcode & spaces> '\"  "
    answer = await stranger.post("/sign-in/dl5", SIGN_IN | {"password": typed})

    assert sent("POST /v1/sessions")[0]["password"] == typed
    assert "Ünïcode" not in answer.text
    for page in (f"/register/{REGISTRATION}", f"/forgot/dl5/{RESET}", "/proof/reset"):
        stranger.cookies.clear()
        await stranger.get(f"/proof/reset/{PROOF}")
        answer = await stranger.post(page, {"code": "1", "password": "een-kort-geheim"[:14]})
        assert answer.status_code == 422
        assert "een-kort-gehei" not in answer.text


@pytest.mark.parametrize(
    "page", ["/sign-in/dl5", f"/register/{REGISTRATION}", f"/forgot/dl5/{RESET}"]
)
async def test_password_fields_are_what_password_managers_expect(stranger, page):
    """ASVS 6.2.6, 6.2.7"""
    html = (await stranger.get(page)).text

    assert 'type="password"' in html
    assert 'autocomplete="current-password"' in html or 'autocomplete="new-password"' in html
    assert "onpaste" not in html


async def test_who_signs_in_is_in_and_comes_where_they_wanted(stranger, cookies, sent):
    """I-11, I-15"""
    page = await stranger.get("/sign-in/dl5?next=%2Faccount%2Fpassword")
    assert 'name="place" value="/account/password"' in page.text

    answer = await stranger.post("/sign-in/dl5", SIGN_IN | {"place": "/account/password"})

    assert answer.headers["Location"] == "/account/password"
    assert sent("POST /v1/sessions")[0]["visitor"] == {
        "address": "127.0.0.1",
        "browser": "Browser",
        "device": None,
    }
    for name in ("__Host-sid", "__Host-device", "__Host-issuer", "__Host-language"):
        cookie = cookies(answer)[name]
        assert cookie["secure"]
        assert cookie["httponly"]
        assert cookie["samesite"].lower() == "lax"
        assert cookie["path"] == "/"
        assert not cookie["domain"]


async def test_a_known_device_says_so_the_next_time(stranger, sent):
    await stranger.post("/sign-in/dl5", SIGN_IN)
    await stranger.post("/sign-in/dl5", SIGN_IN)

    assert sent("POST /v1/sessions")[1]["visitor"]["device"] == "device-of-an"


@pytest.mark.parametrize(
    "place",
    ["https://evil.example", "//evil.example", "/\\evil", "/documents\r\nX: 1", "/sign-out"],
)
async def test_signing_in_never_leads_elsewhere(stranger, place):
    page = await stranger.get("/sign-in/dl5", **{"X-Forwarded-Host": "evil.example"})
    assert "evil" not in page.text
    page = await stranger.http.get("/sign-in/dl5", params={"next": place})
    assert 'name="place"' not in page.text

    answer = await stranger.post("/sign-in/dl5", SIGN_IN | {"place": place})

    assert answer.headers["Location"] == "/documents"


async def test_wrong_user_name_and_wrong_password_are_the_same_page(stranger):
    one = await stranger.post("/sign-in/dl5", {"username": "x@y.be", "password": "one"})
    other = await stranger.post("/sign-in/dl5", {"username": "x@y.be", "password": PASSWORD})

    assert one.status_code == other.status_code == 422
    assert one.content == other.content


async def test_who_tries_too_often_learns_how_long_to_wait(stranger, others, shown):
    others.accounts.says["POST /v1/sessions"] = too_often(340)

    answer = await stranger.post("/sign-in/dl5?language=nl", SIGN_IN)

    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "340"
    assert "over 6 minuten opnieuw" in shown(answer)
    assert 'href="/forgot/dl5"' in answer.text


@pytest.mark.parametrize(
    ("kind", "given", "proof"),
    [
        ("totp", {"code": "123 456"}, {"code": "123456"}),
        ("recovery", {"recovery": RECOVERY_CODES[3]}, {"code": RECOVERY_CODES[3]}),
        ("passkey", {"passkey": '{"id": "x"}'}, {"passkey": {"id": "x"}}),
    ],
)
async def test_a_second_step_follows_where_there_is_one(stranger, others, sent, kind, given, proof):
    others.accounts.second_step = ["totp", "passkey", "recovery"]

    answer = await stranger.post("/sign-in/dl5", SIGN_IN | {"place": "/account"})
    assert answer.headers["Location"] == "/sign-in/dl5/second-step"
    assert "__Host-sid" not in stranger.cookies
    page = await stranger.follow(answer)
    assert "opaque" not in page.text

    answer = await stranger.post("/sign-in/dl5/second-step", {"kind": kind} | given)

    assert answer.headers["Location"] == "/account"
    assert stranger.cookies["__Host-sid"] == SESSION
    assert "__Host-second-step" not in stranger.cookies
    asked = sent("POST /v1/sessions/second-step")[0]
    assert asked["kind"] == kind
    assert {key: asked[key] for key in proof} == proof


@pytest.mark.parametrize(
    "given",
    [
        {"kind": "totp", "code": "000000"},
        {"kind": "totp"},
        {"kind": "recovery", "recovery": "no"},
        {"kind": "passkey", "passkey": "[]"},
        {"kind": "passkey", "passkey": "not json"},
    ],
)
async def test_a_wrong_second_step_lets_nobody_in(stranger, others, given):
    others.accounts.second_step = ["totp", "passkey", "recovery"]
    await stranger.post("/sign-in/dl5", SIGN_IN)

    answer = await stranger.post("/sign-in/dl5/second-step", given)

    assert answer.status_code == 422
    assert "__Host-sid" not in stranger.cookies


async def test_a_second_step_without_a_first_begins_anew(stranger):
    for answer in (
        await stranger.get("/sign-in/dl5/second-step"),
        await stranger.post("/sign-in/dl5/second-step", {"kind": "totp", "code": "123456"}),
    ):
        assert answer.headers["Location"] == "/sign-in/dl5"


async def test_a_passkey_alone_is_enough(stranger, sent):
    page = await stranger.post("/sign-in/dl5/passkey", {"place": "/account"})
    assert 'data-passkey="use"' in page.text
    assert "<noscript>" in page.text
    assert "&#34;challenge&#34;" in page.text

    given = {"challenge": "opaque", "passkey": '{"id": "x"}', "place": "/account"}
    answer = await stranger.post("/sign-in/dl5/passkey/finish", given)

    assert answer.headers["Location"] == "/account"
    assert sent("POST /v1/passkeys/sign-in")[0]["passkey"] == {"id": "x"}


async def test_a_passkey_that_fails_leads_back_to_the_other_ways(stranger, others):
    others.accounts.says["POST /v1/passkeys/sign-in"] = problem(422, "sign_in_refused")
    given = {"challenge": "opaque", "passkey": '{"id": "x"}'}

    answer = await stranger.post("/sign-in/dl5/passkey/finish", given)

    assert answer.status_code == 422
    assert 'id="password"' in answer.text


async def test_staff_without_a_second_factor_may_only_set_one_up(stranger, others):
    """ASVS 6.3.3"""
    others.accounts.must = "second_factor"

    answer = await stranger.post("/sign-in/dl5", SIGN_IN | {"place": "/account"})
    assert answer.headers["Location"] == "/account/second-step"
    for page in ("/account", "/account/email", "/account/data", "/account/sessions", "/documents"):
        assert (await stranger.get(page)).headers["Location"] == "/account/second-step"
    for page in ("/account/second-step", "/account/second-step/totp"):
        assert (await stranger.get(page)).status_code == 200


async def test_signing_out_ends_the_session_at_identity_and_here(an, others, shown):
    an.cookies["__Host-issuer"] = "dl5"

    answer = await an.post("/sign-out")

    assert answer.headers["Location"] == "/sign-in/dl5"
    assert others.accounts.open == []
    assert "__Host-sid" not in an.cookies
    said = await an.follow(answer)
    assert WORDS_NL["done_signed_out"] in shown(said)
    assert WORDS_NL["done_signed_out"] not in shown(await an.get("/sign-in/dl5"))


async def test_a_session_that_ended_elsewhere_is_over_at_once(an, others):
    assert (await an.get("/account")).status_code == 200
    others.accounts.open.clear()

    answer = await an.get("/account/sessions?x=1")

    assert answer.headers["Location"] == "/sign-in?next=%2Faccount%2Fsessions%3Fx%3D1"
    assert "__Host-sid" not in an.cookies


async def test_a_forgotten_password_is_replaced_by_a_mailed_code(stranger, sent, shown):
    """I-07"""
    stranger.cookies["__Host-language"] = "nl"
    answer = await stranger.post("/forgot/dl5", {"username": "an.peeters@example.com"})
    assert answer.headers["Location"] == f"/forgot/dl5/{RESET}"
    assert "Hoort an.peeters@example.com bij een account" in shown(await stranger.follow(answer))

    given = {"code": CODE, "password": PASSWORD}
    answer = await stranger.post(f"/forgot/dl5/{RESET}", given)

    assert answer.headers["Location"] == "/sign-in/dl5"
    assert sent(f"POST /v1/forgotten-passwords/{RESET}/finish")[0]["code"] == CODE
    assert WORDS_NL["done_reset"] in shown(await stranger.follow(answer))
    assert "__Host-sid" not in stranger.cookies


async def test_who_forgot_the_user_name_learns_whom_to_ask(stranger, shown):
    """I-06"""
    for page in ("/sign-in/dl5?language=nl", "/forgot/dl5?language=nl"):
        assert "Vraag het aan Meridiaan Lease" in shown(await stranger.get(page))


@pytest.mark.parametrize("kind", ["register", "reset", "staff", "email_confirm", "email_cancel"])
async def test_a_proof_leaves_the_address_at_once_and_shows_nowhere(
    stranger, cookies, kind, capsys
):
    """Guide 1.2: GET never consumes; the proof moves to a short-lived cookie."""
    answer = await stranger.get(f"/proof/{kind}/{PROOF}")

    assert answer.headers["Location"] == f"/proof/{kind}"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    cookie = cookies(answer)["__Host-proof"]
    assert cookie["httponly"]
    assert cookie["secure"]
    assert int(cookie["max-age"]) <= 900
    page = await stranger.follow(answer)
    assert page.status_code == 200
    given = {"password": "kort"}
    for each in (page, await stranger.post(f"/proof/{kind}", given)):
        assert "mac-of-the-proof" not in each.text
        assert PROOF not in each.text
        assert "mac-of-the-proof" not in each.headers.get("Location", "")
    assert "mac-of-the-proof" not in capsys.readouterr().out


@pytest.mark.parametrize("kind", ["register", "reset", "staff", "email_confirm", "email_cancel"])
async def test_scanners_use_nothing_up(stranger, others, kind):
    """GET and HEAD twenty times, then a person's POST."""
    for _ in range(20):
        await stranger.http.head(f"/proof/{kind}/{PROOF}")
        await stranger.get(f"/proof/{kind}/{PROOF}")
        await stranger.get(f"/proof/{kind}")
    posted = {r.url.path for r in others.asked if r.method != "GET"}
    assert posted <= {"/v1/proofs/look", "/v1/oauth/token"}

    answer = await stranger.post(f"/proof/{kind}", {"password": PASSWORD})

    assert answer.status_code == 303
    assert "__Host-proof" not in stranger.cookies


async def test_the_mailed_link_finishes_what_the_code_would(stranger, sent):
    await stranger.get(f"/proof/register/{PROOF}")

    answer = await stranger.post("/proof/register", {"password": PASSWORD})

    assert answer.headers["Location"] == "/documents"
    assert sent(f"POST /v1/registrations/{REGISTRATION}/finish")[0]["proof"] == PROOF
    assert stranger.cookies["__Host-sid"] == SESSION


async def test_a_new_address_counts_only_once_it_is_confirmed(stranger, sent, shown):
    """I-08"""
    await stranger.get(f"/proof/email_confirm/{PROOF}")
    assert not sent("POST /v1/email-changes/finish")

    answer = await stranger.post("/proof/email_confirm")

    assert sent("POST /v1/email-changes/finish") == [{"proof": PROOF}]
    assert "Uw adres is nu an.peeters@example.com" in shown(await stranger.follow(answer))


async def test_the_old_address_can_cancel_the_change(stranger, sent, shown):
    """I-08"""
    await stranger.get(f"/proof/email_cancel/{PROOF}")

    answer = await stranger.post("/proof/email_cancel")

    assert sent("POST /v1/email-changes/cancel") == [{"proof": PROOF}]
    assert "Uw adres blijft an.peeters@example.com" in shown(await stranger.follow(answer))


@pytest.mark.parametrize(
    ("kind", "leads_to"),
    [("register", "/sign-in/dl5"), ("reset", "/forgot/dl5"), ("email_confirm", "/sign-in/dl5")],
)
async def test_a_proof_that_is_gone_offers_the_next_step(stranger, others, shown, kind, leads_to):
    others.accounts.proof_state = "gone"
    await stranger.get(f"/proof/{kind}/{PROOF}")

    page = await stranger.get(f"/proof/{kind}?language=nl")

    assert page.status_code == 410
    assert WORDS_NL["gone"] in shown(page)
    assert f'href="{leads_to}"' in page.text


async def test_a_forged_proof_is_told_nothing(stranger):
    await stranger.get("/proof/reset/forged.proof")
    assert (await stranger.get("/proof/reset")).status_code == 404
    assert (await stranger.get("/proof/else/x")).status_code == 404


async def test_a_proof_for_one_thing_is_no_proof_for_another(stranger, sent):
    await stranger.get(f"/proof/reset/{PROOF}")

    answer = await stranger.post("/proof/register", {"password": PASSWORD})

    assert answer.status_code == 404
    assert not sent(f"POST /v1/registrations/{REGISTRATION}/finish")


async def test_without_its_cookie_a_proof_page_says_to_open_the_link_again(stranger, shown):
    page = await stranger.get("/proof/reset?language=nl")

    assert page.status_code == 404
    assert WORDS_NL["lost"] in shown(page)


async def test_the_link_of_someone_with_an_account_leads_to_signing_in(stranger, an, others, link):
    """I-11: and back to the document it announced."""
    others.guest["registered"] = True
    document = f"/documents/{others.document['document_id']}"

    answer = await stranger.get(f"/view/{link}")
    assert answer.headers["Location"] == f"/sign-in/dl5?next={document.replace('/', '%2F')}"
    for part in ("/register", "/rendition", "/pages/1", f"/files/{'a' * 64}"):
        answer = await stranger.get(f"/view/{link}{part}")
        assert answer.headers["Location"] == "/sign-in/dl5"

    assert (await an.get(f"/view/{link}")).headers["Location"] == document
    others.guest["email"] = "someone.else@example.com"
    assert (await an.get(f"/view/{link}")).headers["Location"].startswith("/sign-in/dl5?next=")


@pytest.mark.parametrize("address", ["/view/too-old", "/renew/too-old", "/view/too-old/pages/1"])
async def test_an_old_link_can_ask_for_a_new_mail(stranger, sent, shown, address):
    """I-16, I-33: whether one goes out, nobody learns."""
    answer = await stranger.post(address)

    assert answer.headers["Location"] == "/renewed"
    assert sent("POST /v1/links/renew")[0]["link"] == "too-old"
    assert WORDS_NL["renewed_title"] in shown(await stranger.get("/renewed?language=nl"))


async def test_a_link_that_cannot_be_renewed_answers_the_same(stranger, others):
    renewed = await stranger.post("/renew/old")
    others.accounts.says["POST /v1/links/renew"] = problem(404)
    refused = await stranger.post("/renew/forged")

    assert (renewed.status_code, renewed.headers["Location"]) == (
        refused.status_code,
        refused.headers["Location"],
    )


async def test_who_comes_without_an_issuer_chooses_one_and_is_remembered(stranger, others):
    looks = [others.accounts.look, {"issuer": "dl2", "name": "Wolkenhof"}]
    others.accounts.says["GET /v1/issuers"] = httpx.Response(200, json={"items": looks})

    page = await stranger.get("/sign-in?next=/account")
    assert 'href="/sign-in/dl5?next=%2Faccount"' in page.text
    assert "Wolkenhof" in page.text

    stranger.cookies["__Host-issuer"] = "dl2"
    assert (await stranger.get("/sign-in")).headers["Location"] == "/sign-in/dl2"
    assert (await stranger.get("/sign-in?other=yes")).status_code == 200


async def test_the_front_door_leads_in_or_to_the_way_in(stranger, an):
    assert (await stranger.get("/")).headers["Location"] == "/sign-in"
    assert (await an.get("/")).headers["Location"] == "/documents"


async def test_staff_begin_at_their_desk(an, others):
    """O-02"""
    others.accounts.staff = True

    assert (await an.get("/")).headers["Location"] == "/desk"
    signed_in = await an.post("/sign-in/dl5", SIGN_IN)
    assert signed_in.headers["Location"] == "/desk"
    wanted = await an.post("/sign-in/dl5", SIGN_IN | {"place": "/account"})
    assert wanted.headers["Location"] == "/account"


async def test_an_issuer_nobody_knows_has_no_door(stranger):
    for page in ("/sign-in/nobody", "/forgot/nobody", f"/forgot/nobody/{RESET}"):
        assert (await stranger.get(page)).status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_page_of_the_way_in_speaks_every_language(stranger, language):
    for page in ("/sign-in/dl5", "/forgot/dl5", f"/register/{REGISTRATION}", "/renewed"):
        answer = await stranger.get(f"{page}?language={language}")
        assert f'<html lang="{language}">' in answer.text
    assert stranger.cookies["__Host-language"] == language
