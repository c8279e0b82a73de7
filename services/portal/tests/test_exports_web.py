"""The door to taking many documents at once: what is asked for, how far it is, and the bytes."""

import httpx
import pytest

from portal.archive_testing import EXPORT, FIRST
from portal.exports import WAYS

ADDRESS = f"/documents/exports/{EXPORT}"
SECOND = FIRST[:-1] + "1"

pytestmark = pytest.mark.usefixtures("shares", "archive")


@pytest.mark.parametrize(
    ("way", "asked"),
    [
        ("pdf", {"format": "zip", "files": ["pdf"]}),
        ("xml", {"format": "zip", "files": ["xml"]}),
        ("both", {"format": "zip", "files": ["pdf", "xml"]}),
        ("csv", {"format": "csv"}),
        ("xlsx", {"format": "xlsx"}),
    ],
)
async def test_picked_documents_are_taken_as_what_was_asked(an, archive, way, asked):
    """D-02"""
    given = {"id": [FIRST, SECOND], "do": way, "back": "/documents?type=invoice"}

    answer = await an.post("/documents/take?language=fr", given)

    assert answer.headers["Location"] == ADDRESS
    assert archive.taken == [asked | {"language": "fr", "document_ids": [FIRST, SECOND]}]


async def test_all_of_a_search_is_taken_by_what_was_looked_for_and_not_by_what_is_shown(
    an, archive
):
    """D-02, D-10"""
    back = "/documents?type=invoice&amount_min=5.00&sort=-amount&cursor=-amount~50"

    await an.post("/documents/take", {"all": "yes", "id": FIRST, "do": "pdf", "back": back})

    query = {"type": "invoice", "amount_min": "5.00", "sort": "-amount"}
    assert archive.taken[0]["query"] == query
    assert "document_ids" not in archive.taken[0]


async def test_nothing_or_nonsense_is_not_taken(an, archive, shown):
    for given in ({"do": "pdf"}, {"do": "exe", "id": FIRST}, {"id": FIRST}):
        answer = await an.post("/documents/take", given)
        assert "Er is niets gekozen" in shown(await an.follow(answer))
    assert archive.taken == []


async def test_too_much_is_said(an, archive, shown):
    refused = {"problems": [{"pointer": "/query", "rule": "too_many", "detail": "too many"}]}
    archive.says["POST /v1/exports"] = httpx.Response(422, json=refused)

    answer = await an.post("/documents/take", {"all": "yes", "do": "pdf", "back": "/documents"})

    assert "Kies minder documenten" in shown(await an.follow(answer))


async def test_what_to_take_is_asked_with_how_many_there_are(an, shown):
    answer = await an.get("/documents/take?type=invoice")

    assert "7 documenten" in shown(answer)
    assert all(f'name="do" value="{way}"' in answer.text for way in WAYS)
    assert 'name="back" value="/documents?type=invoice"' in answer.text
    assert (await an.get("/documents/take?from=nonsense")).headers["Location"] == "/documents"


async def test_how_far_it_is_is_shown_until_it_is_done(an, archive, shown):
    page = await an.get(ADDRESS)
    assert 'data-fetch="at-once"' in page.text
    assert '<noscript><meta http-equiv="refresh"' in page.text
    assert f'href="{ADDRESS}/content"' in page.text

    archive.export |= {"state": "running", "done": 312, "documents": 1284, "bytes": 84_000_000}
    page = await an.get(ADDRESS)
    assert "312 van 1.284" in shown(page)
    assert "1.284 documenten · 84 MB" in shown(page)
    assert '<progress max="1284" value="312"' in page.text
    assert 'data-watch="export"' in page.text
    assert "at-once" not in page.text

    failed = [{"document_id": FIRST, "reason": "file_missing"}]
    archive.export |= {"state": "done", "done": 1284, "failed": failed}
    page = await an.get(ADDRESS)
    assert "Alles is gedownload" in shown(page)
    assert "Niet meegekomen: 1" in shown(page)
    assert f'href="/documents/{FIRST}"' in page.text
    assert "data-watch" not in page.text
    assert "http-equiv" not in page.text


async def test_one_that_was_broken_off_says_so(an, archive, shown):
    archive.export["state"] = "failed"

    page = await an.get(ADDRESS)

    assert "afgebroken" in shown(page)
    assert "/content" not in page.text


async def test_the_bytes_are_handed_out_under_the_name_that_documents_gives(an, archive):
    answer = await an.get(f"{ADDRESS}/content")
    assert answer.content == b"PK\x05\x06"
    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''documents.zip"

    named = {"Content-Disposition": "attachment; filename*=UTF-8''documenten%2F2026%E2%80%AE.zip"}
    archive.says[f"GET /v1/exports/{EXPORT}/content"] = httpx.Response(
        200, content=b"PK", headers=named | {"Content-Type": "text/html"}
    )
    answer = await an.get(f"{ADDRESS}/content")
    assert answer.headers["Content-Disposition"].endswith("''documenten-2026.zip")
    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")


async def test_to_ask_about_the_bytes_does_not_begin_to_make_them(an, web_door, others):
    cookie = {"Cookie": f"__Host-sid={an.cookies['__Host-sid']}"}

    answer = await web_door.http.head(f"{ADDRESS}/content", headers=cookie)

    assert answer.status_code == 200
    assert not [each for each in others.asked if each.url.path.endswith("/content")]


async def test_anothers_export_is_not_there(an):
    """D-15"""
    for path in ("", "/content"):
        assert (await an.get(f"/documents/exports/{FIRST}{path}")).status_code == 404


@pytest.mark.parametrize("language", ["nl", "fr", "de", "en"])
@pytest.mark.parametrize("path", ["/documents/take", ADDRESS])
async def test_every_page_speaks_every_language(an, language, path):
    assert f'<html lang="{language}">' in (await an.get(f"{path}?language={language}")).text
