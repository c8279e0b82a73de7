"""The door to sharing: the matrix as one form, and every shared user."""

from html.parser import HTMLParser

import httpx
import pytest

from portal.accounts_testing import problem, too_often
from portal.sharing_testing import (
    BOOKKEEPER,
    COLLEAGUE,
    NUMBER,
    OTHER_NUMBER,
    SOMEBODY_NEW,
    a_person,
    numbers,
)

BOTH, NOTHING = {"portal": True, "mail": True}, {"portal": False, "mail": False}
SHARE = "POST /v1/me/sharing"

pytestmark = pytest.mark.usefixtures("shares")


class Forms(HTMLParser):
    """The forms of a page, each as a browser would send it."""

    def __init__(self, page):
        super().__init__()
        self.forms, self._at, self.buttons = {}, None, []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        told = dict(attributes)
        if tag == "form":
            self._at = self.forms.setdefault(told.get("id") or told["action"], [])
        elif tag == "button" and told.get("name") == "go":
            self.buttons.append(told["value"])
        elif tag == "input" and self._at is not None and is_sent(told):
            self._at.append((told["name"], told.get("value", "on")))

    def handle_endtag(self, tag):
        if tag == "form":
            self._at = None


def is_sent(field):
    ticked = "checked" in field or field.get("type") not in {"checkbox", "radio"}
    return ticked and "name" in field


def sendable(fields, go=None):
    given = {}
    for name, value in [*fields, *([("go", go)] if go else [])]:
        given.setdefault(name, []).append(value)
    return given


def form_of(answer, name="matrix"):
    return Forms(answer.text).forms[name]


def box(who, number, index):
    return (who, f"{index}:{number}")


async def test_the_matrix_shows_who_sees_what(an, shown):
    """W-06, I-20, I-22"""
    answer = await an.get("/shared-users")

    assert answer.status_code == 200
    fields = form_of(answer)
    assert ("row", f"32:{NUMBER}") in fields
    assert ("row", f"00:{OTHER_NUMBER}") in fields
    assert [each for each in fields if each[0] in {"portal", "mail"}] == [
        box("portal", NUMBER, 0),
        box("mail", NUMBER, 0),
        box("mail", NUMBER, 1),
    ]
    assert "Fatima El Amrani" in shown(answer)
    assert "Uitgenodigd" in shown(answer)


async def test_a_new_number_is_seen_by_nobody_else_and_the_page_says_so(an, shown):
    """I-21, W-06"""
    answer = await an.get("/shared-users")

    assert f"Klantnummer {OTHER_NUMBER} deelt u nog met niemand." in shown(answer)
    assert "sinds 17 november 2026" in shown(answer)
    assert answer.text.count('class="alone"') == 1
    assert f"like:{OTHER_NUMBER}:{NUMBER}" in Forms(answer.text).buttons


async def test_only_what_differs_is_sent_and_the_way_back_is_offered(an, shares, sent, shown):
    """I-18, I-20, I-22, W-06"""
    fields = form_of(await an.get("/shared-users"))
    fields.remove(box("mail", NUMBER, 1))
    fields.append(box("portal", OTHER_NUMBER, 0))

    answer = await an.post("/shared-users", sendable(fields, "save"))

    assert sent(SHARE) == [
        {
            "changes": [
                {"customer_number": NUMBER, "person_id": COLLEAGUE, **NOTHING},
                {
                    "customer_number": OTHER_NUMBER,
                    "person_id": BOOKKEEPER,
                    "portal": True,
                    "mail": False,
                },
            ]
        }
    ]
    assert answer.status_code == 200
    assert "Bewaard. Wijzigingen: 2." in shown(answer)

    answer = await an.post("/shared-users", sendable(form_of(answer, "/shared-users"), "undo"))

    assert "Ongedaan gemaakt." in shown(answer)
    assert shares.grants[NUMBER, COLLEAGUE] == {"portal": False, "mail": True}
    assert (OTHER_NUMBER, BOOKKEEPER) not in shares.grants


async def test_saving_nothing_asks_identity_nothing(an, sent, shown):
    fields = form_of(await an.get("/shared-users"))

    answer = await an.post("/shared-users", sendable(fields, "save"))

    assert "Er is niets gewijzigd." in shown(answer)
    assert sent(SHARE) == []


async def test_what_is_not_saved_travels_from_page_to_page(an, shares, sent, shown):
    """W-06"""
    shares.numbers = numbers(120)
    first = await an.get("/shared-users")
    fields = form_of(first)
    fields.append(box("portal", "DL5-104240", 1))

    second = await an.post("/shared-users", sendable(fields, "next"))

    assert second.status_code == 200
    assert "Wijzigingen op andere pagina’s: 1" in shown(second)
    fields = form_of(second)
    assert ("row", "00:DL5-104283") in fields
    fields.append(box("mail", "DL5-104283", 0))
    back = await an.post("/shared-users", sendable(fields, "previous"))
    assert box("portal", "DL5-104240", 1) in form_of(back)
    await an.post("/shared-users", sendable(form_of(back), "save"))

    [told] = sent(SHARE)
    assert [(each["customer_number"], each["person_id"]) for each in told["changes"]] == [
        ("DL5-104283", BOOKKEEPER),
        ("DL5-104240", COLLEAGUE),
    ]


@pytest.mark.parametrize(
    ("go", "more", "leads_to"),
    [
        ("next", [], "/shared-users?cursor=c50"),
        ("search", [("gaps", "yes")], "/shared-users?gaps=yes"),
        (None, [], "/shared-users"),
    ],
)
async def test_with_nothing_unsaved_a_button_leads_to_an_address(an, shares, go, more, leads_to):
    shares.numbers = numbers(60)
    fields = form_of(await an.get("/shared-users")) + more

    answer = await an.post("/shared-users", sendable(fields, go))

    assert answer.status_code == 303
    assert answer.headers["Location"] == leads_to


async def test_a_search_and_its_page_stay_after_saving(an, shares):
    shares.numbers = numbers(120)
    fields = form_of(await an.get("/shared-users?search=DL5&cursor=c50&gaps=yes"))
    fields.append(box("mail", "DL5-104300", 0))

    answer = await an.post("/shared-users", sendable(fields, "save"))

    fields = form_of(answer)
    for each in (("search", "DL5"), ("gaps", "yes"), ("cursor", "c50")):
        assert each in fields
    assert ("row", "20:DL5-104300") in fields


async def test_a_gap_is_filled_like_another_number_but_not_saved_unseen(an, shares, sent):
    """I-21, W-06"""
    fields = form_of(await an.get("/shared-users"))

    answer = await an.post("/shared-users", sendable(fields, f"like:{OTHER_NUMBER}:{NUMBER}"))

    assert sent(SHARE) == []
    fields = form_of(answer)
    assert box("portal", OTHER_NUMBER, 0) in fields
    assert box("mail", OTHER_NUMBER, 1) in fields
    assert answer.text.count('class="turned"') == 3

    await an.post("/shared-users", sendable(fields, "save"))
    assert shares.grants[OTHER_NUMBER, BOOKKEEPER] == BOTH
    assert shares.grants[OTHER_NUMBER, COLLEAGUE] == {"portal": False, "mail": True}


async def test_a_column_is_ticked_or_cleared_at_once(an):
    fields = form_of(await an.get("/shared-users"))

    on = form_of(await an.post("/shared-users", sendable(fields, f"all_on:{COLLEAGUE}")))
    off = form_of(await an.post("/shared-users", sendable(on, f"all_off:{BOOKKEEPER}")))

    assert [each for each in off if each[0] in {"portal", "mail"}] == [
        box("portal", NUMBER, 1),
        box("mail", NUMBER, 1),
        box("portal", OTHER_NUMBER, 1),
        box("mail", OTHER_NUMBER, 1),
    ]


@pytest.mark.parametrize(
    "answer", [problem(404, "customer_number_unknown"), problem(409, "is_main_contact")]
)
async def test_what_changed_meanwhile_is_said_and_nothing_is_lost_in_silence(
    an, shares, shown, answer
):
    fields = form_of(await an.get("/shared-users"))
    fields.append(box("portal", OTHER_NUMBER, 0))
    shares.says[SHARE] = answer

    answer = await an.post("/shared-users", sendable(fields, "save"))

    assert answer.status_code == 409
    assert "er is niets bewaard" in shown(answer)


async def test_more_changes_than_identity_takes_are_kept_and_not_sent(an, shares, sent, shown):
    shares.numbers = numbers(300)
    carried = [
        ("carried", f"{person}:10:DL5-{104233 + index}")
        for index in range(60, 320)
        for person in (BOOKKEEPER, COLLEAGUE)
    ]
    fields = form_of(await an.get("/shared-users")) + carried

    answer = await an.post("/shared-users", sendable(fields, "save"))

    assert answer.status_code == 422
    assert "Dit zijn 520 wijzigingen. Er worden er hoogstens 500 tegelijk bewaard." in shown(answer)
    assert sent(SHARE) == []
    assert len([each for each in form_of(answer) if each[0] == "carried"]) == 520


@pytest.mark.parametrize(
    "field",
    [
        {"row": "9:DL5-1"},
        {"carried": "x"},
        {"done": "x", "go": "undo"},
        {"go": "all_on:nobody"},
    ],
)
async def test_a_garbled_form_is_nothing(an, field):
    assert (await an.post("/shared-users", field)).status_code == 404


async def test_another_sites_page_changes_nothing(an, sent):
    fields = form_of(await an.get("/shared-users"))
    fields.append(box("portal", OTHER_NUMBER, 0))

    given = sendable(fields, "save")
    answer = await an.post("/shared-users", given, **{"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403
    assert sent(SHARE) == []


async def test_who_shares_with_nobody_is_helped_to_begin(an, shares, shown):
    shares.people = []

    answer = await an.get("/shared-users")

    assert "U deelt nog met niemand" in shown(answer)
    assert 'href="/shared-users/add"' in answer.text
    assert "<table" not in answer.text


async def test_a_shared_user_has_no_sharing(an, shares, others, shown):
    """I-18: only the main contact."""
    others.accounts.main_contact_of = 0
    for each in shares.numbers:
        each["role"] = "shared"
    shares.people = []

    answer = await an.get("/shared-users")

    assert "U hebt niets om te delen" in shown(answer)
    assert 'href="/shared-users"' not in answer.text
    assert 'href="/shared-users/add"' not in answer.text
    assert "U hebt niets om te delen" in shown(await an.get("/shared-users/add"))


@pytest.mark.parametrize(
    ("asked", "said"),
    [("search=nergens", "Geen klantnummer lijkt op ‘nergens’"), ("gaps=yes", "Er zijn geen gaten")],
)
async def test_an_empty_matrix_says_why(an, shares, shown, asked, said):
    shares.grants = {
        (each["customer_number"], person["person_id"]): BOTH
        for each in shares.numbers
        for person in shares.people
    }

    assert said in shown(await an.get(f"/shared-users?{asked}"))


async def test_many_people_stand_on_pages_of_their_own(an, shares):
    ids = [f"{BOOKKEEPER[:-4]}{index:04x}" for index in range(60)]
    shares.people = [a_person(each, "P", each[-2:]) for each in ids]
    first = await an.get("/shared-users")
    fields = form_of(first)

    assert len([each for each in fields if each[0] == "person"]) == 50
    answer = await an.follow(await an.post("/shared-users", sendable(fields, "column_next")))
    assert len([each for each in form_of(answer) if each[0] == "person"]) == 10
    back = await an.post("/shared-users", sendable(form_of(answer), "column_previous"))
    assert back.headers["Location"] == "/shared-users"


NEW = {
    "email": "kim@kantoor.example",
    "first_name": "Kim",
    "last_name": "Vos",
    "language": "fr",
    "get_portal": "yes",
    "which": "some",
    "number": [NUMBER],
}


async def test_somebody_is_added_with_what_was_chosen(an, sent, shown):
    """I-18, I-19, I-20"""
    answer = await an.post("/shared-users/add", NEW | {"future_mail": "yes"})

    assert answer.headers["Location"] == f"/shared-users/{SOMEBODY_NEW}"
    assert sent("POST /v1/me/shared-users") == [
        {
            "email": "kim@kantoor.example",
            "first_name": "Kim",
            "last_name": "Vos",
            "language": "fr",
            "numbers": [{"customer_number": NUMBER, "portal": True, "mail": False}],
            "future": {"portal": False, "mail": True},
        }
    ]
    said = shown(await an.follow(answer))
    assert "Kim Vos is toegevoegd. Een mail is onderweg naar kim@kantoor.example." in said


async def test_numbers_to_come_are_not_shared_unless_it_is_said(an, sent):
    """I-21"""
    await an.post("/shared-users/add", NEW)

    [told] = sent("POST /v1/me/shared-users")
    assert "future" not in told


async def test_all_numbers_are_shared_however_many(an, shares, sent):
    """I-24"""
    shares.numbers = numbers(620)
    shares.numbers[3]["role"] = "shared"

    await an.post("/shared-users/add", NEW | {"which": "all"})

    [told], [rest] = sent("POST /v1/me/shared-users"), sent(SHARE)
    assert (len(told["numbers"]), len(rest["changes"])) == (500, 119)
    assert len({key[0] for key in shares.grants if key[1] == SOMEBODY_NEW}) == 619
    assert "DL5-104236" not in {each["customer_number"] for each in told["numbers"]}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"email": " "}, "Vul een e-mailadres in."),
        ({"email": "AN.Peeters@example.com"}, "U ziet uw klantnummers al."),
        ({"first_name": ""}, "Vul een voornaam in."),
        ({"last_name": ""}, "Vul een naam in."),
        ({"get_portal": ""}, "Kies minstens één van beide: het portaal of de mails."),
        ({"number": []}, "Kies minstens één klantnummer."),
    ],
)
async def test_what_is_missing_is_said_at_its_field_and_the_rest_is_kept(
    an, sent, shown, change, said
):
    answer = await an.post("/shared-users/add", NEW | change)

    assert answer.status_code == 422
    assert shown(answer).count(said) == 2
    assert "<title>Fout: " in answer.text
    if "email" not in change:
        assert 'value="kim@kantoor.example"' in answer.text
    if "number" not in change:
        assert ("number", NUMBER) in form_of(answer, "/shared-users/add")
    assert sent("POST /v1/me/shared-users") == []


async def test_what_identity_refuses_is_said_at_its_field(an, shares):
    shares.says["POST /v1/me/shared-users"] = problem(422, "email", "/email")

    answer = await an.post("/shared-users/add", NEW | {"email": "kim@kantoor"})

    assert answer.status_code == 422
    assert 'id="email-error"' in answer.text
    assert 'value="kim@kantoor"' in answer.text


async def test_a_persons_page_shows_their_column_only(an, sent):
    """W-06"""
    answer = await an.get(f"/shared-users/{COLLEAGUE}")

    fields = form_of(answer)
    assert ("row", f"2:{NUMBER}") in fields
    assert [value for name, value in fields if name == "person"] == [COLLEAGUE]
    fields.append(box("portal", NUMBER, 0))
    await an.post(f"/shared-users/{COLLEAGUE}", sendable(fields, "save"))
    assert sent(SHARE) == [
        {"changes": [{"customer_number": NUMBER, "person_id": COLLEAGUE, **BOTH}]}
    ]


async def test_numbers_to_come_are_shared_by_choice_and_no_more(an, sent, shown):
    """I-21"""
    path = f"/shared-users/{COLLEAGUE}"

    on = await an.post(f"{path}/future", {"future_portal": "yes"})
    assert "Fatima El Amrani krijgt ook nieuwe klantnummers." in shown(await an.follow(on))
    assert ("future_portal", "yes") in form_of(await an.get(path), f"{path}/future")
    await an.post(f"{path}/future", {})

    assert sent(f"PATCH /v1/me/shared-users/{COLLEAGUE}") == [
        {"future": {"portal": True, "mail": False}},
        {"future": None},
    ]


async def test_who_has_an_account_looks_after_their_own_name(an, shown):
    theirs = await an.get(f"/shared-users/{BOOKKEEPER}")
    ours = await an.get(f"/shared-users/{COLLEAGUE}")

    assert 'name="first_name"' not in theirs.text
    assert "beheert daar zelf naam en taal" in shown(theirs)
    assert "/invite" not in theirs.text
    assert 'name="first_name"' in ours.text


async def test_the_name_of_who_has_no_account_can_be_changed(an, sent, shown):
    """I-18"""
    path = f"/shared-users/{COLLEAGUE}/details"
    given = {"first_name": "Fatiha", "last_name": "El Amrani", "language": "fr"}

    refused = await an.post(path, given | {"first_name": " "})
    assert refused.status_code == 422
    assert "Vul een voornaam in." in shown(refused)
    assert "bewaard" in shown(await an.follow(await an.post(path, given)))

    assert sent(f"PATCH /v1/me/shared-users/{COLLEAGUE}") == [given]


async def test_an_invitation_is_sent_again_but_not_without_end(an, shares, sent, shown):
    """I-16"""
    path = f"/shared-users/{COLLEAGUE}/invite"
    again = f"POST /v1/me/shared-users/{COLLEAGUE}/invitation"

    answer = await an.post(path)
    assert "onderweg naar fatima.el-amrani@example.com" in shown(await an.follow(answer))
    assert len(sent(again)) == 1

    shares.says[again] = too_often(600)
    assert (await an.post(path)).status_code == 429


async def test_removing_says_first_what_it_means_in_figures(an, sent, shown):
    """I-18"""
    answer = await an.get(f"/shared-users/{BOOKKEEPER}/remove")

    assert "Joris De Smet verwijderen?" in shown(answer)
    assert "Klantnummers: 1." in shown(answer)
    assert sent(f"DELETE /v1/me/shared-users/{BOOKKEEPER}") == []


async def test_who_was_removed_can_be_shared_with_again_as_before(an, shares, sent, shown):
    """I-18, W-06"""
    shares.people[0]["future"] = {"portal": True, "mail": False}
    shares.grants[OTHER_NUMBER, BOOKKEEPER] = {"portal": False, "mail": True}

    answer = await an.post(f"/shared-users/{BOOKKEEPER}/remove")

    assert "Joris De Smet is verwijderd" in shown(answer)
    assert "niet meer ziet: 2." in shown(answer)
    assert not [key for key in shares.grants if key[1] == BOOKKEEPER]

    await an.post("/shared-users/add", sendable(form_of(answer, "/shared-users/add")))
    [told] = sent("POST /v1/me/shared-users")
    assert told["email"] == "joris.de-smet@example.com"
    assert told["future"] == {"portal": True, "mail": False}
    assert told["numbers"] == [
        {"customer_number": NUMBER, **BOTH},
        {"customer_number": OTHER_NUMBER, "portal": False, "mail": True},
    ]


async def test_who_is_gone_is_gone_quietly(an, shares):
    shares.people = []

    for method in (an.get, an.post):
        answer = await method(f"/shared-users/{BOOKKEEPER}/remove")
        assert answer.headers["Location"] == "/shared-users"
    assert (await an.get(f"/shared-users/{BOOKKEEPER}")).status_code == 404


@pytest.mark.parametrize("language", ["nl", "fr", "de", "en"])
async def test_every_page_speaks_every_language(an, language):
    for path in ("", "/add", f"/{COLLEAGUE}", f"/{BOOKKEEPER}", f"/{BOOKKEEPER}/remove"):
        answer = await an.get(f"/shared-users{path}?language={language}")
        assert answer.status_code == 200
        assert f'<html lang="{language}">' in answer.text


async def test_what_others_wrote_is_never_markup(an, shares):
    shares.people[0] |= {"first_name": "<script>x</script>", "email": '"><b>@example.com'}
    shares.numbers[0]["name"] = "<i>x</i>"

    for path in ("/shared-users", f"/shared-users/{BOOKKEEPER}", "/shared-users/add"):
        page = (await an.get(path)).text
        assert "<script>x" not in page
        assert "<b>@" not in page
        assert "<i>x" not in page


async def test_looking_changes_nothing(an, others):
    for path in ("", "/add", f"/{COLLEAGUE}", f"/{COLLEAGUE}/remove"):
        await an.get(f"/shared-users{path}")

    asked = {request.method for request in others.asked if "/v1/me/" in request.url.path}
    assert asked == {"GET"}


async def test_strangers_are_led_to_sign_in(stranger):
    for path in ("", "/add", f"/{COLLEAGUE}", f"/{COLLEAGUE}/remove"):
        answer = await stranger.get(f"/shared-users{path}")
        assert answer.headers["Location"].startswith("/sign-in")
    assert (await stranger.post("/shared-users", {"go": "save"})).status_code == 303


async def test_an_address_that_identity_cannot_read_is_nothing(an, shares):
    shares.says["GET /v1/me/sharing"] = httpx.Response(422, json={"problems": []})

    assert (await an.get("/shared-users?cursor=garbage")).status_code == 404
