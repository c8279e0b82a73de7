"""The door to the archive: the list, its filters and order, marks, and why there is nothing."""

from datetime import UTC, datetime
from urllib.parse import urlencode

import httpx
import pytest

from portal.archive_testing import FILTER, FIRST, NUMBER, OTHER_NUMBER, documents
from portal.sharing_testing import a_number, numbers
from portal.testing import SHA

PDF = SHA.replace("a", "c")
HOSTILE = '"><script>alert(1)</script>\u202efdp.exe\u2066{{ 7*7 }}' + "W" * 300

pytestmark = pytest.mark.usefixtures("shares", "archive")


@pytest.fixture
def listed(an, shown):
    """Return a function that says which numbers are listed, in order, under an address."""

    async def listed(query=""):
        page = await an.get(f"/documents{query}")
        assert page.status_code == 200, page.text
        said = shown(page)
        found = [f"F2026-{each}" for each in range(4931, 4911, -1) if f"F2026-{each}" in said]
        return sorted(found, key=said.index)

    return listed


@pytest.fixture
def asked(others):
    """Return a function that says what the archive was asked for by a method and path."""

    def find(method="GET", path="/v1/documents"):
        return [
            each
            for each in others.asked
            if (each.method, each.url.path) == (method, path)
            and "documents-token" in each.headers["Authorization"]
        ]

    return find


def nth(index):
    return f"01930000-0000-7000-8000-{index:012x}"


async def test_documents_are_listed_newest_first_with_amount_and_dates(an, shown, listed):
    """D-01, D-11, I-15: all customer numbers, after one password."""
    said = shown(await an.get("/documents"))

    assert "F2026-4931 20 nov. 2026 DL5-104871" in said
    assert "€ 1.284,17" in said
    assert "8 documenten · 3 ongelezen" in said
    assert await listed() == [f"F2026-{each}" for each in range(4931, 4923, -1)]


async def test_a_credit_note_is_called_so_and_counts_down(an, shown):
    """D-09"""
    said = shown(await an.get("/documents"))

    assert "F2026-4927 15 okt. 2026 DL5-104233 Hoofdzetel Mariakerke geen Creditnota" in said
    assert "€ −1.136,17" in said


async def test_each_row_offers_its_file(an, archive):
    """D-02"""
    archive.documents[2]["flags"] = ["xml_not_understood"]
    page = (await an.get("/documents?language=de")).text

    assert f'href="/documents/{FIRST}/rendition?language=de"' in page  # no PDF came: one is made
    assert f'href="/documents/{nth(1)}/files/{PDF}"' in page
    assert f'href="/documents/{nth(2)}/files/{SHA}"' in page  # nobody understood it: no PDF is made
    assert f'href="/documents/{nth(2)}/rendition' not in page


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?number=493", ["4931", "4930"]),
        ("?q=f2026-4929", ["4929"]),
        ("?type=credit_note", ["4927"]),
        ("?type=invoice&type=credit_note&from=2026-11-01", ["4931", "4930", "4929"]),
        ("?from=2026-10-06&to=2026-10-15", ["4927", "4926"]),
        ("?amount_min=1.247,17", ["4931", "4930"]),
        ("?amount_max=-1.000", ["4927"]),
        (f"?customer_number={OTHER_NUMBER}&from=2026-10-01", ["4931", "4928"]),
        ("?unread=true&sort=amount", ["4927", "4930", "4931"]),
        ("?type=invoice&unread=true&sort=-number&amount_min=1200", ["4931", "4930"]),
    ],
)
async def test_filters_are_combined(listed, query, expected):
    """D-10, D-13, D-14, W-04: by number, text, type, date, amount incl. VAT, number and unread."""
    assert await listed(query) == [f"F2026-{each}" for each in expected]


@pytest.mark.parametrize(
    ("column", "first", "turned"),
    [
        ("issue_date", "4931", "4924"),
        ("number", "4924", "4931"),
        ("amount", "4931", "4927"),
        ("due_date", "4924", "4931"),
        ("type", "4927", "4931"),
        ("customer_number", "4926", "4931"),
    ],
)
async def test_a_click_on_a_title_sorts_and_a_second_turns_round(
    an, listed, archive, column, first, turned
):
    """D-12"""
    for each in archive.documents:
        if each["number"] == "F2026-4926":
            each["customer_number"] = "DL5-000001"
    start = "-" if column in {"issue_date", "amount"} else ""
    address = f"/documents?sort={start}{column}" if column != "issue_date" else "/documents"

    page = await an.get(address)
    other = f'href="/documents?sort={"" if start else "-"}{column}"'
    assert other in page.text
    assert page.text.count("aria-sort=") == 1
    assert f'aria-sort="{"descending" if start else "ascending"}"' in page.text
    assert (await listed(address.removeprefix("/documents")))[0] == f"F2026-{first}"
    query = f"?sort={'' if start else '-'}{column}"
    assert (await listed(query))[0] == f"F2026-{turned}"


async def test_a_title_keeps_what_is_looked_for_and_starts_at_the_first_page(an, archive):
    archive.documents = documents(120)
    page = await an.get("/documents?type=invoice&cursor=-issue_date~50")

    assert 'href="/documents?type=invoice&amp;sort=-amount"' in page.text


async def test_older_documents_are_on_the_next_page(an, archive):
    archive.documents = documents(120, customer_number=NUMBER)
    of_number = f"/documents?customer_number={NUMBER}"

    first = await an.get(of_number)
    assert f'href="{of_number}&amp;cursor=-issue_date~50" rel="next"' in first.text
    second = await an.get(f"{of_number}&cursor=-issue_date~50")
    assert f'href="{of_number}" rel="prev"' in second.text
    last = await an.get("/documents?cursor=-issue_date~50&cursor=-issue_date~100")
    assert 'rel="next"' not in last.text
    assert 'href="/documents?cursor=-issue_date~50" rel="prev"' in last.text


async def test_a_page_of_another_order_leads_to_the_first(an):
    answer = await an.get("/documents?type=invoice&sort=number&cursor=-issue_date~50")

    assert answer.status_code == 303
    assert answer.headers["Location"] == "/documents?type=invoice&sort=number"


async def test_a_count_is_capped(an, archive, shown):
    archive.says["GET /v1/documents/count"] = httpx.Response(
        200, json={"count": 1000, "capped": True}
    )

    assert "meer dan 1.000 documenten" in shown(await an.get("/documents"))


async def test_what_is_unread_is_bold_and_said_in_words(an, archive, shown):
    """D-13"""
    page = await an.get("/documents")

    assert page.text.count('<tr role="row" class="unread">') == 3
    assert "Ongelezen: F2026-4931" in shown(page)
    assert "Ongelezen: F2026-4929" not in shown(page)
    for each in archive.documents:
        each["unread"] = False
    assert "ongelezen" not in shown(await an.get("/documents")).partition("Filters")[0]


@pytest.mark.parametrize("page", ["/documents", "/account", "/customer-numbers", "/help"])
async def test_the_menu_says_everywhere_how_much_is_unread(an, archive, shown, page):
    """D-13"""
    assert "Documenten 3 ongelezen" in shown(await an.get(page))
    archive.says["GET /v1/me/unread"] = httpx.Response(200, json={"count": 100, "capped": True})
    assert "Documenten 100+ ongelezen" in shown(await an.get(page))


async def test_a_menu_does_without_the_count_where_it_cannot_be_had(an, others):
    others.away = "/v1/me/unread"

    assert (await an.get("/account")).status_code == 200


async def test_documents_are_marked_unread_and_read_again(an, archive, shown):
    """D-13"""
    back = "/documents?type=invoice"
    some = {"id": [nth(2), nth(3)], "back": back}

    answer = await an.post("/documents/marks", some | {"do": "unread"})
    assert answer.headers["Location"] == back
    assert "2 documenten zijn weer ongelezen" in shown(await an.follow(answer))
    assert archive.one(nth(2))["unread"]

    answer = await an.post("/documents/marks", {"id": nth(2), "do": "read", "back": back})
    assert "1 document is als gelezen gemarkeerd" in shown(await an.follow(answer))
    assert not archive.one(nth(2))["unread"]


async def test_all_of_a_search_is_marked_page_after_page(an, archive, asked):
    archive.documents = documents(450, unread=True)

    answer = await an.post(
        "/documents/marks", {"all": "yes", "do": "read", "back": "/documents?type=invoice"}
    )

    assert answer.status_code == 303
    assert all(each["unread"] == (each["type"] == "credit_note") for each in archive.documents)
    assert len(asked("POST", "/v1/documents/read")) == 2


async def test_nothing_picked_changes_nothing_and_says_so(an, asked, shown):
    for given in ({"do": "read"}, {"do": "read", "id": "x"}):
        answer = await an.post("/documents/marks", given)
        assert "Er is niets gekozen" in shown(await an.follow(answer))
    assert not asked("POST", "/v1/documents/read")


@pytest.mark.parametrize(
    "back",
    [
        "https://evil.example/documents",
        "//evil.example",
        "/account?q=a",
        "documents?q=a",
        "\r\nX: y",
    ],
)
async def test_a_form_leads_back_to_the_list_and_nowhere_else(an, back):
    answer = await an.post("/documents/marks", {"id": FIRST, "do": "read", "back": back})

    assert answer.headers["Location"] in {"/documents", "/documents?q=a"}


async def test_all_on_a_page_and_then_all_of_a_search_are_picked_without_script(an, archive, shown):
    archive.documents = documents(120)

    page = await an.get("/documents?pick=page")
    assert page.text.count(" checked>") >= 50
    assert "Kies alle 120 documenten van deze zoekopdracht" in shown(page)
    assert 'href="/documents?pick=all"' in page.text
    everything = await an.get("/documents?pick=all")
    assert '<input type="hidden" name="all" value="yes">' in everything.text
    assert "Alles van deze zoekopdracht gekozen: 120 documenten" in shown(everything)


async def test_a_search_on_one_page_needs_no_second_step(an, shown):
    assert "van deze zoekopdracht" not in shown(await an.get("/documents?pick=page"))


async def test_a_filter_is_kept_under_a_name_and_found_again(an, archive, shown, listed):
    """D-10: a saved filter."""
    back = "/documents?type=credit_note&amount_max=-1000.00"
    answer = await an.post("/documents/filters", {"name": " Grote tegoeden ", "back": back})

    page = await an.follow(answer)
    assert "De filter ‘Grote tegoeden’ is bewaard." in shown(page)
    assert archive.filters[0]["query"] == {"type": "credit_note", "amount_max": "-1000.00"}
    there = 'href="/documents?type=credit_note&amp;amount_max=-1000.00"'
    assert f'{there} aria-current="true"' in page.text
    assert there in (await an.get("/documents")).text
    assert await listed("?type=credit_note&amount_max=-1000.00") == ["F2026-4927"]

    answer = await an.post(f"/documents/filters/{FILTER}/remove", {"back": back})
    assert answer.headers["Location"] == back
    assert archive.filters == []


async def test_a_filter_without_a_name_or_too_many_are_not_kept(an, archive, shown):
    answer = await an.post("/documents/filters", {"name": " \u202e", "back": "/documents?q=a"})
    assert answer.status_code == 422
    assert "Geef de filter een naam." in shown(answer)

    archive.filters = [
        {"filter_id": FILTER, "name": f"Filter {each}", "query": {}} for each in range(20)
    ]
    answer = await an.post("/documents/filters", {"name": "Nog een", "back": "/documents?q=a"})
    assert answer.status_code == 422
    assert "grootste aantal" in shown(answer)
    assert 'value="Nog een"' in answer.text


async def test_what_is_wrong_with_a_filter_is_said_at_its_field_and_nothing_is_looked_for(
    an, asked, shown
):
    answer = await an.get("/documents?from=2026-12-01&to=2026-01-01&amount_min=veel")

    assert answer.status_code == 422
    assert "<title>Fout: Documenten" in answer.text
    said = shown(answer)
    assert said.count("‘Van’ moet vóór ‘tot en met’ liggen.") == 2
    assert said.count("Vul een bedrag in met hoogstens twee cijfers") == 2
    assert 'value="veel"' in answer.text
    assert not asked()


async def test_documents_of_one_number_are_picked(asked, listed):
    """D-14"""
    assert await listed(f"?customer_number={OTHER_NUMBER.lower()}") == [
        "F2026-4931",
        "F2026-4928",
        "F2026-4925",
    ]
    assert asked()[0].url.params["customer_number"] == OTHER_NUMBER


async def test_a_number_is_found_by_its_name(an, asked):
    """D-14"""
    await an.get("/documents?customer_number=aalst")

    assert asked()[0].url.params["customer_number"] == OTHER_NUMBER


async def test_few_numbers_are_a_list_and_many_a_field(an, shares):
    """D-14"""
    shares.numbers = numbers(15)
    assert '<select class="input" id="customer_number"' in (await an.get("/documents")).text

    shares.numbers = numbers(16)
    page = (await an.get("/documents")).text
    assert '<datalist id="numbers">' in page
    assert '<select class="input" id="customer_number"' not in page


async def test_one_number_needs_no_filter(an, shares):
    shares.numbers = [a_number(NUMBER, "Hoofdzetel")]

    assert 'name="customer_number"' not in (await an.get("/documents")).text


async def test_other_currencies_than_the_euro_can_be_told_apart(an, archive, listed):
    assert 'name="currency"' not in (await an.get("/documents")).text

    archive.documents[3]["signed_total"] = {"amount": "9.00", "currency": "USD"}
    assert 'name="currency"' in (await an.get("/documents")).text
    assert await listed("?currency=USD") == ["F2026-4928"]


def just_now(shares, _):
    shares.numbers[0]["version"] = None
    shares.numbers[0]["since"] = datetime.now(UTC).isoformat()


def not_heard_yet(_, archive):
    archive.known[NUMBER] = (2, None)


def not_heard_at_all(_, archive):
    del archive.known[NUMBER]


def of_nobody(shares, _):
    shares.numbers = []


@pytest.mark.parametrize(
    ("change", "asked", "title", "button"),
    [
        (None, "", "Er zijn nog geen documenten", None),
        (None, f"?customer_number={NUMBER}", f"Geen documenten van {NUMBER}", "Filters wissen"),
        (just_now, "", "Uw documenten zijn onderweg", "Opnieuw kijken"),
        (not_heard_yet, "", "Uw documenten zijn onderweg", "Opnieuw kijken"),
        (not_heard_at_all, "", "Uw documenten zijn onderweg", "Opnieuw kijken"),
        (
            not_heard_yet,
            f"?customer_number={NUMBER}",
            "Uw documenten zijn onderweg",
            "Opnieuw kijken",
        ),
        (None, "?q=zoek", "Niets gevonden met deze filters", "Filters wissen"),
        (None, "?unread=true", "U hebt alles gelezen", "Filters wissen"),
        (None, "?customer_number=XX9-1", "U ziet klantnummer XX9-1 niet", "Filters wissen"),
        (of_nobody, "", "U ziet geen enkel klantnummer", None),
    ],
)
async def test_an_empty_list_says_why_and_what_to_do(
    an, shares, archive, shown, change, asked, title, button
):
    archive.documents = []
    if change:
        change(shares, archive)

    answer = await an.get(f"/documents{asked}")

    assert title in shown(answer)
    if button:
        assert f">{button}</a>" in answer.text
    assert "<table" not in answer.text


async def test_what_is_still_coming_is_said_under_the_list_and_then_that_all_is_there(
    an, archive, shown
):
    """D-04, D-07"""
    archive.known[OTHER_NUMBER] = (2, None)
    page = await an.get("/documents")
    assert f"We halen nog documenten op van {OTHER_NUMBER}." in shown(page)
    assert 'data-watch="coming"' in page.text
    assert "volledig" not in shown(page)

    archive.known[OTHER_NUMBER] = (3, "2021-02-01")
    said = shown(await an.get("/documents"))
    assert "Uw archief is volledig: alle documenten sinds 21 november 2019." in said


async def test_anothers_number_is_not_even_asked_for(an, asked):
    """D-15"""
    await an.get("/documents?customer_number=XX9-1")

    assert not asked()


async def test_who_only_gets_mails_of_a_number_has_no_documents_of_it_here(an, shares, shown):
    """D-15, I-22"""
    shares.numbers[0] |= {"portal": False, "role": "shared"}

    assert f"U ziet klantnummer {NUMBER} niet" in shown(
        await an.get(f"/documents?customer_number={NUMBER}")
    )


async def test_documents_are_asked_with_the_readers_own_token_and_looking_only_looks(an, others):
    await an.get("/documents")

    asked = [each for each in others.asked if each.url.host == "documents.test"]
    assert {each.headers["Authorization"] for each in asked} == {"Bearer documents-token"}
    assert {each.method for each in asked} == {"GET"}


async def test_an_archive_that_is_away_is_said(an, others):
    others.away = "/v1/documents"

    assert (await an.get("/documents")).status_code == 503


@pytest.mark.parametrize("path", ["/count", "/filters", "/customer-numbers", "/unread"])
async def test_a_list_does_without_what_is_beside_it(others, path, listed):
    others.away = path if path != "/customer-numbers" else "documents.test/v1/me/customer-numbers"

    assert await listed()


@pytest.mark.parametrize("path", ["", "?type=invoice", "/take", "/exports/" + FIRST])
async def test_strangers_are_led_to_sign_in_and_back(stranger, path):
    answer = await stranger.get(f"/documents{path}")

    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/sign-in?next=%2Fdocuments")


async def test_nothing_that_a_sender_wrote_is_markup(an, archive, alive):
    """Hostile text in every field of a row, and in what was typed."""
    archive.documents = documents(3)
    for name in ("number", "customer_number", "payment_reference", "type"):
        archive.documents[0][name] = HOSTILE
    archive.documents[0]["signed_total"]["currency"] = "EUR"
    archive.documents[0]["files"][0]["name"] = HOSTILE
    archive.documents[0]["files"][0]["media_type"] = HOSTILE
    archive.filters = [
        {"filter_id": FILTER, "name": HOSTILE, "query": {"q": HOSTILE, "x": HOSTILE}}
    ]
    typed = urlencode(
        dict.fromkeys(["q", "number", "customer_number", "currency", "sort", "pick"], HOSTILE)
    )

    for query in ("", f"?q={HOSTILE}", f"?{typed}", f"?from={HOSTILE}&amount_min={HOSTILE}"):
        page = (await an.get(f"/documents{query}")).text
        assert alive(page) == []


@pytest.mark.parametrize("language", ["nl", "fr", "de", "en"])
@pytest.mark.parametrize(
    "query", ["", "?pick=page", "?pick=all", "?q=zzz", "?from=x", "?customer_number=XX9-1"]
)
async def test_every_page_speaks_every_language(an, language, query):
    mark = "&" if query else "?"
    answer = await an.get(f"/documents{query}{mark}language={language}")

    assert f'<html lang="{language}">' in answer.text
