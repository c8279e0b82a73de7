"""The desk: staff find a customer, see what became of each mail, and help."""

import httpx
import pytest

from portal.accounts_testing import problem
from portal.archive_testing import FIRST, NUMBER
from portal.desk_testing import GUEST, HOLDER, LETTER, VIEW, letter, reader

ONE = f"/desk/customers/{NUMBER}"
READDRESS = f"{ONE}/people/{GUEST}/address"
WHY = {"reason": "asked_by_phone"}

pytestmark = pytest.mark.usefixtures("desk")

PAGES = [
    "/desk",
    f"/desk?search={NUMBER}",
    ONE,
    READDRESS,
    f"{ONE}/people/{GUEST}/links",
    f"{ONE}/people/{HOLDER}/view",
    f"{ONE}/people/{HOLDER}/reset",
    f"{ONE}/letters/{LETTER}",
]


@pytest.mark.parametrize("path", [*PAGES, "/desk/view", f"/desk/view/{FIRST}"])
async def test_the_desk_is_not_there_for_customers(an, others, path):
    """O-02"""
    others.accounts.staff = False

    assert (await an.get(path)).status_code == 404
    assert not [each for each in others.asked if "/desk/" in each.url.path]


@pytest.mark.parametrize("path", PAGES)
async def test_every_page_of_the_desk_is_there_for_staff(an, path):
    assert (await an.get(path)).status_code == 200


async def test_staff_without_a_second_step_set_one_up_first(an, others):
    others.accounts.must = "second_factor"

    assert (await an.get("/desk")).headers["Location"] == "/account/second-step"


@pytest.mark.parametrize("search", [NUMBER, "dl5-1", "korenaar", "els@"])
async def test_a_customer_is_found_by_number_name_or_address(an, shown, search):
    """O-02, I-06"""
    said = shown(await an.get(f"/desk?search={search}"))

    assert f"{NUMBER} Bakkerij De Korenaar bv" in said
    assert "Els Vandenbroucke els@korenaar.example" in said
    assert "Geen account" in said


async def test_nobody_is_said_so(an, shown):
    assert "Niemand gevonden voor ‘zzz’" in shown(await an.get("/desk?search=zzz"))


async def test_nothing_is_looked_for_before_it_is_asked(an, others):
    """What is looked at is written down."""
    await an.get("/desk")

    assert not [each for each in others.asked if each.url.path == "/v1/desk/customers"]


@pytest.mark.parametrize(
    ("state", "code", "words"),
    [
        ("refused", "bad_address", "Geweigerd Dit adres bestaat niet."),
        ("bounced", "mailbox_full", "Teruggekeerd De mailbox is vol."),
        ("refused", "policy", "Geweigerd De mailserver van de lezer aanvaardt onze mails niet."),
        ("deferred", "archive_away", "Opnieuw De bestanden waren toen niet op te halen."),
        ("sent", None, "Verzonden"),
        ("bounced", "of_tomorrow", "Teruggekeerd of_tomorrow"),
    ],
)
async def test_what_became_of_a_mail_is_told_in_plain_words(an, desk, shown, state, code, words):
    """O-02"""
    desk.letters = [letter(state, code)]

    assert f"F2026-4931 Els Vandenbroucke e…@korenaar.example {words}" in shown(await an.get(ONE))


async def test_a_mail_on_its_way_is_not_sent_again(an, desk):
    desk.letters = [letter("owed"), letter("deferred", "deferred")]

    assert f"/letters/{LETTER}" not in (await an.get(ONE)).text


async def test_who_has_an_account_changes_the_address_there(an):
    """I-09, O-05"""
    page = await an.get(ONE)

    assert READDRESS in page.text
    assert f"/people/{HOLDER}/address" not in page.text
    assert (await an.get(f"{ONE}/people/{HOLDER}/address")).status_code == 404
    assert (await an.get(f"{ONE}/people/{GUEST}/view")).status_code == 404


async def test_a_guest_gets_another_address(an, sent, shown):
    """I-09, O-05"""
    given = WHY | {"address": " new@korenaar.example "}

    answer = await an.post(READDRESS, given)

    path = f"PUT /v1/desk/customers/{NUMBER}/people/{GUEST}/address"
    assert sent(path) == [WHY | {"address": "new@korenaar.example"}]
    assert answer.headers["Location"] == ONE
    said = shown(await an.follow(answer))
    assert "Mails voor Els Vandenbroucke gaan vanaf nu naar new@korenaar.example." in said


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"address": "a@b.example"}, "Kies waarom u dit doet."),
        ({"address": "a@b.example", "reason": "boredom"}, "Kies waarom u dit doet."),
        (WHY, "Vul"),
    ],
)
async def test_nothing_is_done_without_a_reason_or_an_address(an, others, shown, given, words):
    answer = await an.post(READDRESS, given)

    assert answer.status_code == 422
    assert words in shown(answer)
    assert not [each for each in others.asked if each.method == "PUT"]


async def test_what_identity_refuses_is_told_and_kept(an, desk, shown):
    desk.says[r"PUT .+/address"] = problem(409, "has_account")

    answer = await an.post(READDRESS, WHY | {"address": "new@korenaar.example"})

    assert answer.status_code == 422
    assert "Deze lezer heeft nu een account" in shown(answer)
    assert 'value="new@korenaar.example"' in answer.text


async def test_links_are_revoked_and_a_new_password_is_sent(an, sent, shown):
    """O-05, I-07"""
    revoked = await an.post(f"{ONE}/people/{GUEST}/links", WHY)
    assert sent(f"POST /v1/desk/customers/{NUMBER}/links/revoke") == [WHY | {"person_id": GUEST}]
    assert "De eerdere links van Els Vandenbroucke" in shown(await an.follow(revoked))

    reset = await an.post(f"{ONE}/people/{HOLDER}/reset", WHY)
    assert sent(f"POST /v1/desk/customers/{NUMBER}/people/{HOLDER}/reset") == [WHY]
    assert "De mail is onderweg naar joris@ledger.example." in shown(await an.follow(reset))


async def test_a_mail_is_sent_again(an, desk, sent, shown):
    """O-02"""
    answer = await an.post(f"{ONE}/letters/{LETTER}", WHY)

    assert sent(f"POST /v1/letters/{LETTER}/resend") == [WHY]
    assert "De mail is opnieuw onderweg." in shown(await an.follow(answer))

    desk.says[r"POST .+/resend"] = problem(409, "letter_under_way")
    refused = await an.post(f"{ONE}/letters/{LETTER}", WHY)
    assert refused.status_code == 422
    assert "Deze mail is nu onderweg." in shown(refused)


async def test_a_reader_on_a_later_page_is_found_too(an, desk):
    desk.customer["next_cursor"] = "more"
    desk.customer["shared_users"] = []
    rest = desk.customer | {"next_cursor": None, "main_contact": None}
    rest["shared_users"] = [reader(HOLDER, "Joris", "j@ledger.example", registered=True)]
    pages = iter([desk.customer, rest])
    desk._routes = lambda: {
        r"GET /v1/desk/customers/.+": (
            "identity",
            lambda *_: httpx.Response(200, json=next(pages)),
        )
    }

    assert (await an.get(f"{ONE}/people/{HOLDER}/reset")).status_code == 200


async def test_staff_look_as_a_customer_and_nothing_acts(an, shown, others):
    """O-02, O-05"""
    begun = await an.post(f"{ONE}/people/{HOLDER}/view", WHY)
    assert begun.headers["Location"] == "/desk/view"
    assert an.cookies["__Host-view"] == VIEW

    listed = await an.follow(begun)
    assert "U kijkt mee als de klant, tot 22 november 2026" in shown(listed)
    assert "F2026-4931" in shown(listed)
    others.asked.clear()
    opened = await an.get(f"/desk/view/{FIRST}")
    assert opened.status_code == 200
    assert "Stoppen met meekijken" in shown(opened)
    assert {each.method for each in others.asked if "/documents" in each.url.path} == {"GET"}
    forms = [line for line in opened.text.split("<form")[1:] if "language" not in line]
    assert {form.split('action="')[1].split('"')[0] for form in forms} <= {
        "/desk/view/end",
        "/sign-out",
    }

    stopped = await an.post("/desk/view/end")
    assert [each for each in others.asked if each.method == "DELETE"]
    assert "__Host-view" not in an.cookies
    assert "U kijkt niet meer mee als klant." in shown(await an.follow(stopped))
    assert (await an.get("/desk/view")).status_code == 404


async def test_a_view_that_is_over_shows_nothing(an, desk):
    an.cookies["__Host-view"] = VIEW
    desk.says[r"POST /v1/desk/views/.+"] = problem(409, "view_over")
    assert (await an.get("/desk/view")).status_code == 404

    an.cookies["__Host-view"] = "nonsense"
    assert (await an.get("/desk/view")).status_code == 404


async def test_hostile_names_stay_words(an, desk, alive):
    evil = "<script>alert(1)</script>\u202efdp.exe"
    desk.customer["name"] = evil
    desk.customer["main_contact"]["name"] = evil
    desk.letters = [letter("sent", number=evil, address=evil)]

    for path in (f"/desk?search={NUMBER}", ONE, READDRESS):
        assert alive((await an.get(path)).text) == []
