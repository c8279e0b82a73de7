"""The door to customer numbers: the list, the settings of each, handing one over."""

import pytest

from portal.accounts_testing import problem
from portal.sharing_testing import BOOKKEEPER, COLLEAGUE, NUMBER, OTHER_NUMBER, numbers

PATH = f"/customer-numbers/{NUMBER}"
SETTINGS = f"PUT /v1/me/customer-numbers/{NUMBER}/settings"
HAND_OVER = f"POST /v1/me/customer-numbers/{NUMBER}/main-contact"
TO = {"portal": True, "mail": True}

pytestmark = pytest.mark.usefixtures("shares")


async def test_the_list_says_how_mails_go_out_for_each_number(an, shares, shown):
    """W-05, N-04"""
    shares.numbers[1]["settings"] = {"notify": "none", "attach": ["pdf", "xml"]}

    said = shown(await an.get("/customer-numbers"))

    assert f"{NUMBER} Hoofdzetel Mariakerke" in said
    assert "Meteen Alleen een link" in said
    assert "Voorlopig niet Pdf en xml" in said


async def test_somebody_elses_number_names_who_decides(an, shares, shown):
    contact = {"person_id": BOOKKEEPER, "name": "Joris De Smet", "email": "joris@example.com"}
    shares.numbers[0] |= {"role": "shared", "main_contact": contact}

    assert "Joris De Smet" in shown(await an.get("/customer-numbers"))
    page = await an.get(PATH)
    assert "Joris De Smet is de hoofdcontactpersoon" in shown(page)
    for form in ("settings", "main-contact"):
        assert f"{PATH}/{form}" not in page.text
    assert "/shared-users?search" not in page.text


async def test_many_numbers_are_searched_and_turned(an, shares, shown):
    shares.numbers = numbers(120)

    first = await an.get("/customer-numbers?search=DL5")
    assert 'href="/customer-numbers?search=DL5&amp;cursor=c50"' in first.text
    second = await an.get("/customer-numbers?search=DL5&cursor=c50")
    assert 'href="/customer-numbers?search=DL5"' in second.text
    assert "DL5-104283" in shown(second)
    assert "DL5-104282" not in shown(second)
    found = shown(await an.get("/customer-numbers?search=nergens"))
    assert "Geen klantnummer lijkt op ‘nergens’" in found


async def test_a_number_shows_who_sees_it_and_who_is_mailed(an, shown):
    """N-04, I-22"""
    said = shown(await an.get(PATH))

    assert "An Peeters ( u ) ja ja" in said.replace("(u)", "( u )")
    assert "Joris De Smet joris.de-smet@example.com ja ja" in said
    assert "Fatima El Amrani fatima.el-amrani@example.com nee ja" in said


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"notify": "none"}, {"notify": "none", "attach": []}),
        (
            {"notify": "at_once", "attach": ["xml", "pdf"]},
            {"notify": "at_once", "attach": ["pdf", "xml"]},
        ),
        ({"notify": "hourly", "attach": ["exe"]}, {"notify": "at_once", "attach": []}),
    ],
)
async def test_settings_are_kept(an, sent, shown, given, kept):
    """N-04"""
    answer = await an.post(f"{PATH}/settings", given)

    assert sent(SETTINGS) == [kept]
    assert answer.headers["Location"] == PATH
    assert f"De instellingen van {NUMBER} zijn bewaard." in shown(await an.follow(answer))


OWN = f"PUT /v1/me/customer-numbers/{NUMBER}/attachments"


@pytest.mark.parametrize(
    ("chosen", "kept", "said"),
    [
        ("both", ["pdf", "xml"], "Pdf en xml"),
        ("xml", ["xml"], "Xml"),
        ("none", [], "Alleen een link"),
        ("number", None, "Pdf"),
        ("everything", None, "Pdf"),
    ],
)
async def test_a_shared_user_chooses_what_comes_with_their_own_mails(
    an, shares, sent, shown, chosen, kept, said
):
    """D-03, N-07"""
    shares.numbers[0] |= {"role": "shared", "attach": ["pdf"]}
    shares.numbers[0]["settings"] = {"notify": "at_once", "attach": ["pdf"]}
    page = await an.get(PATH)
    assert 'value="pdf" checked' in page.text
    assert "Zoals de hoofdcontactpersoon koos Pdf" in shown(page)

    answer = await an.post(f"{PATH}/attachments", {"attach": chosen})

    assert sent(OWN) == [{"attach": kept}]
    assert f"Wat bij uw mails over {NUMBER} zit, is bewaard." in shown(await an.follow(answer))
    assert f"Meteen {said}" in shown(await an.get("/customer-numbers"))
    assert (await an.get(PATH)).text.count(" checked") == 1


async def test_who_gets_no_mails_is_not_asked_what_comes_with_them(an, shares):
    shares.numbers[0] |= {"role": "shared", "mail": False}

    assert "/attachments" not in (await an.get(PATH)).text


async def test_a_main_contact_has_the_settings_and_no_other_choice(an):
    assert "/attachments" not in (await an.get(PATH)).text

    assert (await an.post(f"{PATH}/attachments", {"attach": "xml"})).status_code == 403


async def test_a_number_is_handed_over_to_who_has_registered(an, sent, shown):
    """I-17"""
    page = await an.get(f"{PATH}/main-contact")
    assert "Joris De Smet" in shown(page)
    assert COLLEAGUE not in page.text

    answer = await an.post(f"{PATH}/main-contact", {"person_id": BOOKKEEPER})

    assert sent(HAND_OVER) == [{"person_id": BOOKKEEPER}]
    said = shown(await an.follow(answer))
    assert f"Joris De Smet is nu hoofdcontactpersoon van {NUMBER}." in said


async def test_nobody_is_chosen_unasked(an, sent, shown):
    page = await an.get(f"{PATH}/main-contact")
    assert "checked" not in page.text

    for given in ({}, {"person_id": "nobody"}):
        answer = await an.post(f"{PATH}/main-contact", given)
        assert answer.status_code == 422
        assert shown(answer).count("Kies wie hoofdcontactpersoon wordt.") == 2
    assert sent(HAND_OVER) == []


async def test_handing_over_asks_first_who_it_is(an, others):
    others.accounts.proved_at = "2020-01-01T00:00:00Z"

    answer = await an.get(f"{PATH}/main-contact")

    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/account/prove?next=%2Fcustomer-numbers")


async def test_a_proof_that_grew_old_meanwhile_is_asked_again(an, shares):
    shares.says[HAND_OVER] = problem(403, "proof_needed")
    here = {"Referer": f"http://service.test{PATH}/main-contact"}

    answer = await an.post(f"{PATH}/main-contact", {"person_id": BOOKKEEPER}, **here)

    assert answer.headers["Location"].startswith("/account/prove?next=%2Fcustomer-numbers")
    assert answer.headers["Location"].endswith("main-contact")


async def test_what_identity_refuses_is_said(an, shares, shown):
    shares.says[HAND_OVER] = problem(409, "shared_user_not_registered")

    answer = await an.post(f"{PATH}/main-contact", {"person_id": BOOKKEEPER})

    assert answer.status_code == 422
    assert "Deze persoon is nog niet geregistreerd." in shown(answer)


async def test_with_nobody_to_hand_it_to_the_page_says_what_to_do(an, shown):
    page = await an.get(f"/customer-numbers/{OTHER_NUMBER}/main-contact")

    assert "Er is niemand om het aan over te dragen" in shown(page)
    assert f'href="/shared-users?search={OTHER_NUMBER}"' in page.text


async def test_who_is_not_the_main_contact_hands_nothing_over(an, shares):
    shares.numbers[0]["role"] = "shared"

    assert (await an.get(f"{PATH}/main-contact")).status_code == 403


async def test_anothers_number_is_not_there(an):
    for path in ("", "/main-contact"):
        assert (await an.get(f"/customer-numbers/XX9-1{path}")).status_code == 404
    for form in ("settings", "attachments"):
        assert (await an.post(f"/customer-numbers/XX9-1/{form}", {})).status_code == 404


async def test_strangers_are_led_to_sign_in(stranger):
    for path in ("/customer-numbers", PATH, f"{PATH}/main-contact"):
        answer = await stranger.get(path)
        assert answer.headers["Location"].startswith("/sign-in?next=%2Fcustomer-numbers")


@pytest.mark.parametrize("language", ["nl", "fr", "de", "en"])
async def test_every_page_speaks_every_language(an, language):
    for path in ("/customer-numbers", PATH, f"{PATH}/main-contact"):
        answer = await an.get(f"{path}?language={language}")
        assert f'<html lang="{language}">' in answer.text
