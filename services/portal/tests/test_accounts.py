"""A person's own account: each thing on its page, proved anew where it matters."""

import io
import json
import zipfile

import httpx
import pytest

from portal.accounts_testing import (
    HERE,
    PASSKEY,
    PASSWORD,
    RECOVERY_CODES,
    RENAMED,
    THERE,
    TOTP,
    problem,
    too_often,
)
from portal.words import LANGUAGES, WORDS

NL = WORDS["nl"]
PAGES = [
    "/account",
    "/account/email",
    "/account/password",
    "/account/language",
    "/account/details",
    "/account/prove",
    "/account/sessions",
    "/account/second-step",
    "/account/second-step/totp",
    "/account/second-step/passkey",
    "/account/data",
    "/account/data/erase",
]
ACTS = [
    "/account/email",
    "/account/email/cancel",
    "/account/password",
    "/account/language",
    "/account/details",
    "/account/prove",
    f"/account/sessions/{THERE}/end",
    "/account/sessions/end",
    "/account/second-step/totp",
    f"/account/second-step/totp/{TOTP}",
    "/account/second-step/passkey",
    "/account/second-step/passkey/finish",
    f"/account/second-step/{TOTP}/remove",
    "/account/recovery-codes",
    "/account/data/export",
    "/account/data/erase",
]
FACTORS = [
    {"id": TOTP, "kind": "totp", "name": "Mijn telefoon", "made_at": "2026-03-02T09:12:00Z"},
    {"id": PASSKEY, "kind": "passkey", "name": "Sleutel", "made_at": "2026-03-02T09:12:00Z"},
]


@pytest.fixture
def an(an):
    an.cookies["__Host-language"] = "nl"
    return an


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_page_has_one_heading_a_title_and_the_issuers_look(an, page, language):
    """W-02"""
    answer = await an.get(f"{page}?language={language}")

    assert answer.status_code == 200
    assert f'<html lang="{language}">' in answer.text
    assert answer.text.count("<h1>") == 1
    assert "– Meridiaan Lease</title>" in answer.text
    assert "/theme/" in answer.text
    assert '<a href="/account" aria-current="page">' in answer.text
    assert 'href="/help' in answer.text


@pytest.mark.parametrize("page", PAGES)
async def test_no_page_of_an_account_is_for_strangers(stranger, page):
    answer = await stranger.get(page)

    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/sign-in?next={page.replace('/', '%2F')}"


@pytest.mark.parametrize("act", ACTS)
async def test_nothing_is_done_for_strangers_nor_for_another_site(stranger, an, others, act):
    """Same-origin: a form of another site does nothing, whatever the cookies."""
    for answer in (
        await stranger.post(act),
        await an.post(act, **{"Sec-Fetch-Site": "cross-site"}),
        await an.post(act, **{"Sec-Fetch-Site": "same-site"}),
        await an.post(act, Origin="https://evil.example"),
    ):
        assert answer.status_code in {303, 403}
    done = {r.url.path for r in others.asked} - {"/v1/oauth/token", "/v1/sessions/resolve"}
    assert not done


async def test_the_account_shows_how_things_are(an, others, shown):
    """W-02, I-08, I-10"""
    others.accounts.me["email_change"] = {"address": "an@new.be", "until": "2026-11-23T10:00:00Z"}
    others.accounts.me["second_factors"] = FACTORS

    read = shown(await an.get("/account"))

    for fact in (
        "an.peeters@example.com",
        "Wacht op bevestiging van an@new.be",
        "Gewijzigd op 2 maart 2026",
        "Mijn telefoon, Sleutel",
        "An Peeters",
        "Nederlands",
    ):
        assert fact in read


async def test_changing_the_address_says_what_follows_and_changes_nothing_yet(an, sent, shown):
    """I-08"""
    read = shown(await an.get("/account/email"))
    assert "Dit verandert ook uw gebruikersnaam en waar uw facturen aankomen." in read

    answer = await an.post("/account/email", {"address": " an@new.be "})

    assert answer.headers["Location"] == "/account"
    assert sent("POST /v1/me/email-changes") == [{"address": "an@new.be"}]
    assert "link onderweg naar an@new.be" in shown(await an.follow(answer))


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (problem(422, "email", "/address"), "rule_email"),
        (problem(400, "email", "/email"), "rule_email"),
        (problem(409, "address_taken"), "rule_address_taken"),
    ],
)
async def test_an_address_that_is_none_is_told_and_kept_to_mend(an, others, shown, answer, word):
    others.accounts.says["POST /v1/me/email-changes"] = answer

    page = await an.post("/account/email", {"address": "an at new"})

    assert page.status_code == 422
    assert shown(page).count(NL[word]) == 2
    assert 'value="an at new"' in page.text


async def test_a_change_under_way_can_be_stopped(an, others, sent):
    others.accounts.me["email_change"] = {"address": "an@new.be", "until": "2026-11-23T10:00:00Z"}
    page = await an.get("/account/email")
    assert 'action="/account/email/cancel"' in page.text

    await an.post("/account/email/cancel")

    assert len(sent("DELETE /v1/me/email-changes")) == 1


async def test_the_password_has_a_screen_of_its_own(an, sent, shown):
    """I-10"""
    page = await an.get("/account/password")
    assert 'name="current"' in page.text
    assert 'name="new"' in page.text
    assert 'name="address"' not in page.text
    assert "Minstens 15 tekens" in shown(page)

    answer = await an.post(
        "/account/password", {"current": PASSWORD, "new": "nieuw en lang genoeg"}
    )

    assert sent("PUT /v1/me/password") == [{"current": PASSWORD, "new": "nieuw en lang genoeg"}]
    assert NL["done_password"] in shown(await an.follow(answer))


async def test_with_a_second_step_a_shorter_password_will_do(an, others, shown):
    others.accounts.me["second_factors"] = FACTORS

    assert "Minstens 8 tekens" in shown(await an.get("/account/password"))


@pytest.mark.parametrize(
    ("rule", "pointer", "field"),
    [
        ("too_short", "/new", "new"),
        ("too_easy", "/password", "new"),
        ("too_common", "/password", "new"),
        ("password_wrong", "/current", "current"),
        ("proof_refused", "", "current"),
    ],
)
async def test_a_refused_password_is_told_at_its_field(an, others, shown, rule, pointer, field):
    others.accounts.says["PUT /v1/me/password"] = problem(422, rule, pointer)

    page = await an.post("/account/password", {"current": "xyzzy", "new": "plugh-plugh"})

    assert page.status_code == 422
    assert f'id="{field}-error"' in page.text
    assert NL[f"rule_{rule}"].format(least=15) in shown(page)
    assert "xyzzy" not in page.text
    assert "plugh" not in page.text


async def test_language_and_names_are_kept(an, sent, shown):
    answer = await an.post("/account/language", {"language": "fr"})
    assert "Désormais nous vous écrivons en français." in shown(await an.follow(answer))
    assert (await an.post("/account/language", {"language": "xx"})).headers["Location"] == (
        "/account/language"
    )
    await an.post("/account/details", {"first_name": " Anna ", "last_name": "Peeters"})

    assert sent("PATCH /v1/me") == [
        {"language": "fr"},
        {"first_name": "Anna", "last_name": "Peeters"},
    ]


async def test_what_matters_is_proved_anew_and_then_gone_on_with(an, others, sent, shown):
    """Proved lately: asked beforehand, so that nothing filled in is lost."""
    others.accounts.proved_at = "2026-01-01T00:00:00Z"
    for page in ("/account/email", "/account/second-step/totp", "/account/data/erase"):
        place = page.replace("/", "%2F")
        assert (await an.get(page)).headers["Location"] == f"/account/prove?next={place}"

    form = await an.get("/account/prove?next=%2Faccount%2Femail")
    assert 'name="place" value="/account/email"' in form.text
    wrong = await an.post("/account/prove", {"password": "wrong", "place": "/account/email"})
    assert wrong.status_code == 422
    assert NL["rule_proof_refused"] in shown(wrong)
    right = await an.post("/account/prove", {"password": PASSWORD, "place": "/account/email"})
    assert right.headers["Location"] == "/account/email"
    assert 'id="code"' not in form.text

    others.accounts.me["second_factors"] = FACTORS
    form = await an.get("/account/prove")
    assert 'id="password"' not in form.text
    nothing = await an.post("/account/prove", {"code": " "})
    assert NL["empty_code"] in shown(nothing)
    elsewhere = await an.post("/account/prove", {"code": "123 456", "place": "//evil.example"})
    assert elsewhere.headers["Location"] == "/account"
    assert sent("POST /v1/me/proof")[-1] == {"code": "123456"}


async def test_who_proves_it_anew_goes_on_with_another_cookie(an, others):
    answer = await an.post("/account/prove", {"password": PASSWORD, "place": "/account/email"})

    (cookie,) = [each for each in answer.headers.get_list("set-cookie") if "__Host-sid" in each]
    for part in (f"__Host-sid={RENAMED}", "Secure", "HttpOnly", "SameSite=lax", "Path=/"):
        assert part in cookie
    assert others.accounts.open == [RENAMED]
    assert (await an.get("/account")).status_code == 200


async def test_a_tab_that_came_second_keeps_the_cookie_of_the_first(an, others):
    others.accounts.says["POST /v1/me/proof"] = httpx.Response(200, json={"session": None})

    answer = await an.post("/account/prove", {"password": PASSWORD})

    assert answer.status_code == 303
    assert "set-cookie" not in answer.headers


async def test_what_identity_wants_proved_is_proved(an, others):
    others.accounts.says["POST /v1/me/email-changes"] = problem(403, "proof_needed")

    given, page = {"address": "an@new.be"}, "http://service.test/account/email"
    answer = await an.post("/account/email", given, Referer=page)

    assert answer.headers["Location"] == "/account/prove?next=%2Faccount%2Femail"


async def test_every_browser_is_listed_and_can_be_signed_out(an, others, shown):
    read = shown(await an.get("/account/sessions"))
    assert "Firefox op Windows Deze browser" in read
    assert "Safari op iPhone" in read
    assert "20 november 2026 om 07.02 uur" in read
    assert read.index("Firefox") < read.index("Safari")

    await an.post(f"/account/sessions/{THERE}/end")
    await an.post("/account/sessions/end")
    assert "__Host-sid" in an.cookies
    assert [each.url.params.get("all") for each in others.asked if each.method == "DELETE"] == [
        None,
        None,
    ]
    answer = await an.post("/account/sessions/end", {"all": "yes"})
    assert answer.headers["Location"] == "/sign-in/dl5"
    assert others.asked[-1].url.params["all"] == "true"
    assert "__Host-sid" not in an.cookies


async def test_ending_this_very_session_signs_out_here(an):
    answer = await an.post(f"/account/sessions/{HERE}/end")

    assert answer.headers["Location"] == "/sign-in/dl5"
    assert "__Host-sid" not in an.cookies


async def test_an_app_with_codes_is_set_up_and_its_codes_are_shown_once(an, sent, shown):
    page = await an.post("/account/second-step/totp", {"name": "Mijn telefoon"})
    assert 'role="img"' in page.text
    assert "JBSW Y3DP EHPK 3PXP" in shown(page)
    assert "no-store" in page.headers["Cache-Control"]
    given = {"secret": "JBSWY3DPEHPK3PXP", "uri": "otpauth://totp/x?secret=JBSWY3DPEHPK3PXP"}

    wrong = await an.post(f"/account/second-step/totp/{TOTP}", given)
    assert wrong.status_code == 422
    assert "JBSW Y3DP EHPK 3PXP" in shown(wrong)
    right = await an.post(f"/account/second-step/totp/{TOTP}", given | {"code": "123 456"})

    assert sent(f"POST /v1/me/totp/{TOTP}/confirm") == [{"code": "123456"}]
    for code in RECOVERY_CODES:
        assert code in right.text
    assert "data-print" in right.text
    assert RECOVERY_CODES[0] not in (await an.get("/account/second-step")).text


async def test_what_is_shown_as_a_secret_cannot_lead_elsewhere(an):
    given = {"uri": 'javascript:alert("x")', "secret": "<b>", "code": ""}

    page = await an.post(f"/account/second-step/totp/{TOTP}", given)

    assert 'href="javascript' not in page.text
    assert "<b>" not in page.text.partition("<h1>")[2]
    long = await an.post(
        f"/account/second-step/totp/{TOTP}", {"uri": "x" * 9000, "secret": "y" * 9000}
    )
    assert long.status_code == 422


async def test_a_passkey_is_made_by_the_browser_and_kept(an, sent, others):
    page = await an.post("/account/second-step/passkey", {"name": "Mijn laptop"})
    assert 'data-passkey="make"' in page.text
    assert "<noscript>" in page.text
    given = {"name": "Mijn laptop", "challenge": "opaque", "passkey": '{"id": "x"}'}

    kept = await an.post("/account/second-step/passkey/finish", given)
    assert RECOVERY_CODES[0] in kept.text
    assert sent("POST /v1/me/passkeys")[0] == {
        "challenge": "opaque",
        "passkey": {"id": "x"},
        "name": "Mijn laptop",
    }
    others.accounts.says["POST /v1/me/passkeys"] = httpx.Response(201, json={"id": PASSKEY})
    again = await an.post("/account/second-step/passkey/finish", given)
    assert again.headers["Location"] == "/account/second-step"
    others.accounts.says["POST /v1/me/passkeys"] = problem(422, "passkey_unusable")
    for bad in (given, given | {"passkey": "no json"}):
        assert (await an.post("/account/second-step/passkey/finish", bad)).status_code == 422


@pytest.mark.parametrize(("factors", "word"), [(1, "factor_remove_last"), (2, "factor_remove_one")])
async def test_taking_a_second_factor_away_says_what_is_left(
    an, others, sent, shown, factors, word
):
    others.accounts.me["second_factors"] = FACTORS[:factors]

    page = await an.get(f"/account/second-step/{TOTP}/remove")
    assert NL[word] in shown(page)
    assert "button danger" in page.text
    await an.post(f"/account/second-step/{TOTP}/remove")

    assert len(sent(f"DELETE /v1/me/second-factors/{TOTP}")) == 1
    assert (await an.get(f"/account/second-step/{HERE}/remove")).status_code == 404


@pytest.mark.parametrize(
    ("left", "said"),
    [(0, "codes_left_none"), (1, "codes_left_one"), (7, "codes_left")],
)
async def test_recovery_codes_are_counted_and_made_anew(an, others, shown, left, said):
    others.accounts.me |= {"second_factors": FACTORS, "recovery_codes_left": left}

    assert NL[said].format(count=left) in shown(await an.get("/account/second-step"))
    assert RECOVERY_CODES[9] in (await an.post("/account/recovery-codes")).text


async def test_everything_that_is_kept_can_be_taken_along(an):
    """GDPR 15, 20: identity's export and every mail, in one zip."""
    answer = await an.post("/account/data/export")

    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="postkamer-')
    assert answer.headers["Cache-Control"] == "no-store"
    kept = json.loads(zipfile.ZipFile(io.BytesIO(answer.content)).read("all.json"))
    assert kept["person"]["email"] == "an.peeters@example.com"
    assert [each["letter_id"] for each in kept["letters"]] == ["l1", "l2"]


async def test_an_export_that_would_lack_something_is_no_export(an, others):
    others.away = "/v1/me/letters"

    assert (await an.post("/account/data/export")).status_code == 503


@pytest.mark.parametrize(
    ("numbers", "said"),
    [(0, None), (1, "Van 1 klantnummer bent u"), (12, "Van 12 klantnummers bent u")],
)
async def test_erasing_says_its_consequence_in_figures_and_asks_twice(
    an, others, sent, shown, numbers, said
):
    """GDPR 17"""
    others.accounts.main_contact_of = numbers
    page = await an.get("/account/data/erase")
    read = shown(page)
    assert "U wordt afgemeld in 2 browsers." in read
    assert "checked" not in page.text
    assert (said in read) if said else ("hoofdcontactpersoon. Daar" not in read)

    refused = await an.post("/account/data/erase")
    assert refused.status_code == 422
    assert not sent("POST /v1/me/erasure")
    answer = await an.post("/account/data/erase", {"understood": "yes"})

    assert len(sent("POST /v1/me/erasure")) == 1
    assert answer.headers["Location"] == "/sign-in/dl5"
    assert "__Host-sid" not in an.cookies
    assert NL["done_erased"] in shown(await an.follow(answer))


@pytest.mark.parametrize(
    ("answer", "status"), [(too_often(30), 429), (problem(403, "no"), 403), (problem(500), 503)]
)
async def test_what_stands_in_the_way_is_a_page_that_helps(an, others, answer, status):
    others.accounts.says["GET /v1/me"] = answer

    page = await an.get("/account")

    assert page.status_code == status
    assert page.headers["Content-Type"].startswith("text/html")
    assert page.text.count("<h1>") == 1
