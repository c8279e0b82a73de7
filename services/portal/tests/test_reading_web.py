"""The door to one document: what it says, who has read it, its neighbours, files, a duplicate."""

import httpx
import pytest

from portal.archive_testing import FIRST, NUMBER, documents
from portal.document import GuestDocument, ListedDocument
from portal.testing import SHA

DOCUMENT = f"/v1/documents/{FIRST}"
HOSTILE = '"><script>alert(1)</script>\u202efdp.exe\u2066{{ 7*7 }}\u2028' + "W" * 400
AHEAD = {"Sec-Purpose": "prefetch;prerender"}

pytestmark = pytest.mark.usefixtures("shares", "archive")


def nth(index):
    return f"01930000-0000-7000-8000-{index:012x}"


@pytest.fixture
def archive(archive):
    """Give the first document bytes."""
    kind = {"Content-Type": "application/xml"}
    archive.says |= {
        f"GET {DOCUMENT}/files/{SHA}": httpx.Response(200, content=b"<Invoice>", headers=kind),
        f"GET {DOCUMENT}/rendition": httpx.Response(200, content=b"%PDF-1.7"),
        f"GET {DOCUMENT}/pages/1": httpx.Response(200, content=b"\x89PNG"),
        f"GET {DOCUMENT}/invoice": httpx.Response(404, json={}),
    }
    return archive


@pytest.fixture
def hostile(an_invoice):
    """Return an invoice with a hostile text in each of its fields, and 5,000 lines."""

    def spoil(value, key=""):
        if isinstance(value, dict):
            return {name: spoil(each, name) for name, each in value.items()}
        if isinstance(value, list):
            return [spoil(each, key) for each in value]
        kept = {"type", "means", "kind", "currency", "issue_date", "due_date", "start", "end"}
        return (
            HOSTILE
            if isinstance(value, str) and not _is_number(value) and key not in kept
            else value
        )

    invoice = spoil(an_invoice())
    invoice["lines"] = (invoice["lines"] * 5000)[:5000]
    invoice["line_count"] = 5000
    return invoice


def _is_number(text):
    return text.replace(".", "").replace("-", "").isdigit()


async def test_a_document_is_shown_as_behind_a_mails_link(an, archive, an_invoice, shown):
    archive.says[f"GET {DOCUMENT}/invoice"] = httpx.Response(200, json=an_invoice())

    answer = await an.get(f"/documents/{FIRST}")

    said = shown(answer)
    assert "Factuur F2026-4931" in said
    assert "Bakkerij Van Damme & Zonen BV" in said
    assert "Financiële leasing voertuig" in said
    assert 'class="qr"' in answer.text
    assert f'href="/documents/{FIRST}/rendition?language=nl"' in answer.text


async def test_a_document_without_words_shows_its_facts(an, shown):
    said = shown(await an.get(f"/documents/{FIRST}"))

    assert "Factuurnummer F2026-4931" in said
    assert "kan hier niet" in said


async def test_who_opens_a_document_has_read_it_and_the_menu_knows(an, archive, shown):
    """D-13"""
    answer = await an.get(f"/documents/{FIRST}")

    assert archive.one()["unread"] is False
    assert "Documenten 2 ongelezen" in shown(answer)


@pytest.mark.parametrize("how", ["ahead", "head", "a file"])
async def test_who_has_not_seen_it_has_not_read_it(an, archive, web_door, how):
    """D-13"""
    if how == "head":
        cookie = {"Cookie": f"__Host-sid={an.cookies['__Host-sid']}"}
        await web_door.http.head(f"/documents/{FIRST}", headers=cookie)
    elif how == "a file":
        await an.get(f"/documents/{FIRST}/files/{SHA}")
    else:
        await an.get(f"/documents/{FIRST}", **(AHEAD if how == "ahead" else {}))

    assert archive.one()["unread"] is True


async def test_a_document_is_read_even_where_that_cannot_be_kept(an, archive, shown):
    archive.says[f"PUT {DOCUMENT}/read"] = httpx.Response(503)

    assert "Factuur F2026-4931" in shown(await an.get(f"/documents/{FIRST}"))


async def test_neighbours_are_those_of_the_same_search(an):
    """D-01"""
    query = "?type=invoice&sort=number"
    page = (await an.get(f"/documents/{nth(3)}{query}")).text

    escaped = query.replace("&", "&amp;")
    assert f'rel="prev" href="/documents/{nth(5)}{escaped}"' in page  # the credit note is between
    assert f'rel="next" href="/documents/{nth(2)}{escaped}"' in page
    assert f'href="/documents{escaped}">Terug naar de lijst' in page


async def test_neighbours_go_over_the_edge_of_a_page(an, archive):
    archive.documents = documents(120)
    second = "?cursor=-issue_date~50"

    last = (await an.get(f"/documents/{nth(49)}")).text
    assert f'rel="next" href="/documents/{nth(50)}{second}"' in last
    first = (await an.get(f"/documents/{nth(50)}{second}")).text
    assert f'rel="prev" href="/documents/{nth(49)}"' in first
    assert f'rel="next" href="/documents/{nth(51)}{second}"' in first


async def test_the_list_is_beside_it_and_says_where_one_is(an):
    page = (await an.get(f"/documents/{nth(2)}?type=invoice")).text

    assert page.count('aria-current="page"') == 2  # in the menu too
    assert f'href="/documents/{nth(2)}?type=invoice" aria-current="page"' in page
    assert f'href="/documents/{nth(1)}?type=invoice" class="unread"' in page


@pytest.mark.parametrize("query", ["?q=zzz", "?sort=number&cursor=-issue_date~50", "?from=x"])
async def test_a_document_that_is_in_no_list_has_no_neighbours(an, query):
    answer = await an.get(f"/documents/{FIRST}{query}")

    assert answer.status_code == 200
    assert 'rel="next"' not in answer.text.partition("<main")[2] or query == "?from=x"


async def test_its_way_is_told(an, archive, shown):
    archive.events = [
        {"sequence": 1, "at": "2026-11-20T08:11:04Z", "act": "received", "facts": None},
        {"sequence": 2, "at": "2026-11-20T08:11:06Z", "act": "published", "facts": {}},
        {"sequence": 3, "at": "2026-11-21T10:00:00Z", "act": "held", "facts": {}},
    ]

    said = shown(await an.get(f"/documents/{FIRST}"))

    steps = ["Factuur opgemaakt 20 november 2026", "Ontvangen en in het archief bewaard"]
    assert all(each in said for each in [*steps, "20 november 2026 om 09.11 uur", "Vervaldatum"])
    assert "held" not in said.partition("Verloop")[2]


async def test_what_an_accounting_program_may_not_read_is_said_in_plain_words(an, archive, shown):
    problem = {"rule": "BR-CO-15", "text": "Invoice total <b>amount</b>", "where": None}
    archive.verdicts = [
        {"file_sha256": SHA, "judge": "en16931", "rules_version": "1", "passed": False}
        | {"problems": [problem]}
    ]

    answer = await an.get(f"/documents/{FIRST}")

    assert "niet elk boekhoudprogramma deze xml lezen: bedragen kloppen niet" in shown(answer)
    assert "BR-CO-15" in shown(answer)
    assert "<b>amount" not in answer.text


async def test_what_differs_is_said(an, archive, shown):
    archive.documents[0]["flags"] = ["amount_due_differs", "xml_and_pdf_differ", "number_reused"]

    said = shown(await an.get(f"/documents/{FIRST}"))

    assert "De xml zegt iets anders dan wat de afzender er apart bij meldde (Te betalen)" in said
    assert "De xml en de pdf van de afzender verschillen" in said
    assert "Er is nog een document met dit nummer" in said


@pytest.mark.parametrize("path", ["/events", "/verdicts", "/v1/documents"])
async def test_a_document_is_shown_without_what_is_beside_it(an, others, path):
    others.away = path

    assert (await an.get(f"/documents/{FIRST}")).status_code == 200


async def test_a_duplicate_is_made_in_the_readers_language_on_request_only(an, others):
    """D-06"""
    assert f'action="/documents/{FIRST}/duplicate"' in (await an.get(f"/documents/{FIRST}")).text
    asked = [each for each in others.asked if each.url.path.endswith("/duplicate")]
    assert asked == []

    for language, name in (("nl", "duplicaat"), ("fr", "duplicata"), ("de", "duplikat")):
        answer = await an.post(f"/documents/{FIRST}/duplicate?language={language}")
        assert answer.content == b"%PDF-1.7 duplicate"
        assert answer.headers["Content-Type"] == "application/pdf"
        assert answer.headers["Content-Disposition"].endswith(f"F2026-4931-{name}.pdf")
    asked = [each for each in others.asked if each.url.path.endswith("/duplicate")]
    assert [each.url.params["language"] for each in asked] == ["nl", "fr", "de"]


async def test_a_document_is_marked_unread_from_its_own_page(an, archive):
    """D-13"""
    await an.get(f"/documents/{FIRST}")
    given = {"id": FIRST, "do": "unread", "back": "/documents?type=invoice"}

    answer = await an.post("/documents/marks", given)

    assert answer.headers["Location"] == "/documents?type=invoice"
    assert archive.one()["unread"] is True


async def test_files_are_handed_out_as_they_came(an):
    """D-02"""
    answer = await an.get(f"/documents/{FIRST}/files/{SHA}")

    assert answer.content == b"<Invoice>"
    assert answer.headers["Content-Type"] == "application/xml"
    assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''F2026-4931.xml"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")

    made = await an.get(f"/documents/{FIRST}/rendition?language=fr")
    assert made.headers["Content-Type"] == "application/pdf"
    assert made.content == b"%PDF-1.7"
    picture = await an.get(f"/documents/{FIRST}/pages/1")
    assert picture.headers["Content-Type"] == "image/png"


async def test_a_rendition_is_in_the_readers_language_unless_asked(an, others):
    await an.get(f"/documents/{FIRST}/rendition")
    await an.get(f"/documents/{FIRST}/rendition?language=de")
    await an.get(f"/documents/{FIRST}/rendition?language=klingon")

    asked = [str(each.url.query, "ascii") for each in others.asked if "rendition" in each.url.path]
    assert asked == ["language=nl", "language=de", "language=nl"]


@pytest.mark.parametrize(
    "path", ["", "/files/" + "f" * 64, "/files/" + SHA, "/rendition", "/pages/1"]
)
async def test_anothers_document_is_not_there(an, path):
    """D-15"""
    other = FIRST[:-2] + "ff"

    assert (await an.get(f"/documents/{other}{path}")).status_code == 404
    assert (await an.post(f"/documents/{other}/duplicate")).status_code == 404


async def test_files_are_asked_with_the_readers_own_token_and_the_menu_is_not_counted(an, others):
    await an.get(f"/documents/{FIRST}/files/{SHA}")
    await an.get(f"/documents/{FIRST}/pages/1")

    asked = [each for each in others.asked if each.url.host == "documents.test"]
    assert {each.headers["Authorization"] for each in asked} == {"Bearer documents-token"}
    assert not [each for each in asked if each.url.path == "/v1/me/unread"]


@pytest.mark.parametrize("path", [f"/{FIRST}", f"/{FIRST}/files/{SHA}", f"/{FIRST}/pages/1"])
async def test_strangers_are_led_to_sign_in_and_back(stranger, path):
    answer = await stranger.get(f"/documents{path}")

    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/sign-in?next=%2Fdocuments")


async def test_hostile_text_in_every_field_of_a_document_is_inert(an, archive, hostile, alive):
    """HTML, overrides of direction, endless words and 5,000 lines; in time and not in full."""
    found = archive.documents[0]
    for name in ("number", "payment_reference", "customer_number", "type"):
        found[name] = HOSTILE
    found["flags"] = [HOSTILE]
    for file in found["files"]:
        file |= {"name": HOSTILE, "media_type": HOSTILE}
    found["files"] += [dict(found["files"][0], role="attachment")]
    archive.says[f"GET {DOCUMENT}/invoice"] = httpx.Response(200, json=hostile)
    archive.verdicts = [
        {"file_sha256": SHA, "judge": HOSTILE, "rules_version": HOSTILE, "passed": False}
        | {"problems": [{"rule": HOSTILE, "text": HOSTILE, "where": HOSTILE}]}
    ]
    archive.events = [{"sequence": 1, "at": "2026-11-20T08:11:04Z", "act": HOSTILE, "facts": {}}]

    for path in ("", f"?q={HOSTILE}", f"?number={HOSTILE}&from={HOSTILE}"):
        answer = await an.get(f"/documents/{FIRST}{path}")
        assert answer.status_code == 200
        page = answer.text
        assert alive(page) == []
        assert page.count("<tr>") <= 210
        assert len(page) < 3_000_000
    taken = await an.get(f"/documents/{FIRST}/files/{SHA}")
    assert "\n" not in taken.headers["Content-Disposition"]
    assert "%3Cscript%3E" in taken.headers["Content-Disposition"]


def test_a_total_without_a_sign_gets_one():
    """D-09"""
    told = documents(5)[4]
    del told["signed_total"]

    assert str(ListedDocument.model_validate(told).counted.amount) == "-1136.17"
    assert GuestDocument.model_validate(told).customer_number == NUMBER


@pytest.mark.parametrize("language", ["nl", "fr", "de", "en"])
async def test_every_page_speaks_every_language(an, language):
    answer = await an.get(f"/documents/{FIRST}?language={language}")

    assert f'<html lang="{language}">' in answer.text
