"""The door to the archive: the list, a document, its files, and why there may be nothing."""

from datetime import UTC, datetime

import httpx
import pytest

from portal.sharing_testing import NUMBER, OTHER_NUMBER, a_number, documents, numbers
from portal.testing import SHA

FIRST = "01930000-0000-7000-8000-000000000000"
DOCUMENT = f"/v1/documents/{FIRST}"
PDF = SHA.replace("a", "c")

pytestmark = pytest.mark.usefixtures("shares")


@pytest.fixture
def shares(shares):
    """Give the first document bytes."""
    kind = {"Content-Type": "application/xml"}
    shares.says |= {
        f"GET {DOCUMENT}/files/{SHA}": httpx.Response(200, content=b"<Invoice>", headers=kind),
        f"GET {DOCUMENT}/rendition": httpx.Response(200, content=b"%PDF-1.7"),
        f"GET {DOCUMENT}/pages/1": httpx.Response(200, content=b"\x89PNG"),
        f"GET {DOCUMENT}/invoice": httpx.Response(404, json={}),
    }
    return shares


async def test_documents_are_listed_newest_first_with_amount_and_dates(an, shown):
    """I-15: all customer numbers, after one password."""
    said = shown(await an.get("/documents"))

    assert "F2026-4931 20 nov. 2026 DL5-104871 Filiaal Aalst" in said
    assert "€ 1.284,17" in said
    numbers = [f"F2026-{each}" for each in range(4931, 4923, -1)]
    assert sorted(numbers, key=said.index) == numbers


async def test_a_credit_note_is_called_so_and_counts_down(an, shown):
    said = shown(await an.get("/documents"))

    assert "F2026-4927 Creditnota 15 okt. 2026 DL5-104233 Hoofdzetel Mariakerke geen" in said
    assert "€ −1.136,17" in said


async def test_each_row_offers_its_files(an):
    page = (await an.get("/documents?language=de")).text

    assert f'href="/documents/{FIRST}/rendition?language=de"' in page  # no PDF came: one is made
    assert f'href="/documents/{FIRST}/files/{SHA}"' in page
    second = FIRST[:-1] + "1"
    assert f'href="/documents/{second}/files/{PDF}"' in page


async def test_an_xml_that_nobody_understood_makes_no_pdf(an, shares):
    shares.documents = documents(1, flags=["xml_not_understood"])

    page = (await an.get("/documents")).text

    assert "/rendition" not in page
    assert f"/files/{SHA}" in page


async def test_older_documents_are_on_the_next_page(an, shares):
    shares.documents = documents(120, customer_number=NUMBER)

    first = await an.get(f"/documents?customer_number={NUMBER}")
    assert f'href="/documents?customer_number={NUMBER}&amp;cursor=c50"' in first.text
    second = await an.get(f"/documents?customer_number={NUMBER}&cursor=c50")
    assert f'href="/documents?customer_number={NUMBER}"' in second.text
    last = await an.get("/documents?cursor=c50&cursor=c100")
    assert 'rel="next"' not in last.text
    assert 'href="/documents?cursor=c50"' in last.text


async def test_documents_of_one_number_are_picked(an, others, shown):
    said = shown(await an.get(f"/documents?customer_number={OTHER_NUMBER.lower()}"))

    assert "F2026-4931" in said
    assert "F2026-4930" not in said
    asked = [each.url.params for each in others.asked if each.url.path == "/v1/documents"]
    assert asked[0]["customer_number"] == OTHER_NUMBER


async def test_few_numbers_are_a_list_and_many_a_field(an, shares):
    shares.numbers = numbers(15)
    assert '<select class="input" id="customer_number"' in (await an.get("/documents")).text

    shares.numbers = numbers(16)
    page = (await an.get("/documents")).text
    assert '<datalist id="numbers">' in page
    assert "<select" not in page


async def test_one_number_needs_no_filter(an, shares):
    shares.numbers = [a_number(NUMBER, "Hoofdzetel")]

    assert 'name="customer_number"' not in (await an.get("/documents")).text


def just_now(shares):
    shares.numbers[0]["since"] = datetime.now(UTC).isoformat()


def of_nobody(shares):
    shares.numbers = []


@pytest.mark.parametrize(
    ("change", "asked", "title", "button"),
    [
        (None, "", "Er zijn nog geen documenten", None),
        (None, f"?customer_number={NUMBER}", f"Geen documenten van {NUMBER}", "Alles tonen"),
        (just_now, "", "Uw documenten zijn onderweg", "Opnieuw kijken"),
        (just_now, f"?customer_number={NUMBER}", "Uw documenten zijn onderweg", "Opnieuw kijken"),
        (None, "?customer_number=XX9-1", "U ziet klantnummer XX9-1 niet", "Alles tonen"),
        (of_nobody, "", "U ziet geen enkel klantnummer", None),
    ],
)
async def test_an_empty_list_says_why_and_what_to_do(
    an, shares, shown, change, asked, title, button
):
    shares.documents = []
    if change:
        change(shares)

    answer = await an.get(f"/documents{asked}")

    assert title in shown(answer)
    if button:
        assert f">{button}</a>" in answer.text
    assert "<table" not in answer.text


async def test_anothers_number_is_not_even_asked_for(an, others):
    await an.get("/documents?customer_number=XX9-1")

    assert not [each for each in others.asked if each.url.path == "/v1/documents"]


async def test_who_only_gets_mails_of_a_number_has_no_documents_of_it_here(an, shares, shown):
    """I-22"""
    shares.numbers[0] |= {"portal": False, "role": "shared"}

    assert f"U ziet klantnummer {NUMBER} niet" in shown(
        await an.get(f"/documents?customer_number={NUMBER}")
    )


async def test_a_document_is_shown_as_behind_a_mails_link(an, shares, an_invoice, shown):
    shares.says[f"GET {DOCUMENT}/invoice"] = httpx.Response(200, json=an_invoice())

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
    assert "Download het om het te lezen" in said or "kan hier niet" in said


async def test_files_are_handed_out_as_they_came(an):
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
    other = FIRST[:-2] + "ff"

    assert (await an.get(f"/documents/{other}{path}")).status_code == 404


async def test_documents_are_asked_with_the_readers_own_token_and_never_more(an, others):
    await an.get("/documents")
    await an.get(f"/documents/{FIRST}")
    await an.get(f"/documents/{FIRST}/files/{SHA}")

    asked = [each for each in others.asked if each.url.path.startswith("/v1/documents")]
    assert {each.headers["Authorization"] for each in asked} == {"Bearer documents-token"}
    assert {each.method for each in others.asked if "/v1/documents" in each.url.path} == {"GET"}


async def test_an_archive_that_is_away_is_said(an, others):
    others.away = "/v1/documents"

    assert (await an.get("/documents")).status_code == 503


@pytest.mark.parametrize("path", ["", f"/{FIRST}", f"/{FIRST}/files/{SHA}", f"/{FIRST}/pages/1"])
async def test_strangers_are_led_to_sign_in_and_back(stranger, path):
    answer = await stranger.get(f"/documents{path}")

    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/sign-in?next=%2Fdocuments")


@pytest.mark.parametrize("language", ["nl", "fr", "de", "en"])
async def test_every_page_speaks_every_language(an, language):
    for path in ("/documents", f"/documents/{FIRST}"):
        answer = await an.get(f"{path}?language={language}")
        assert f'<html lang="{language}">' in answer.text
