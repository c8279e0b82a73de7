"""The page behind "View invoice", as a browser gets it."""

import re

import pytest

from portal.words import LANGUAGES, WORDS

GOOD = "01930000-0000-7000-8000-000000000001.2026-11-21.mac"
FILE = f"/files/{'a' * 64}"


def text_of(answer):
    """Return what a reader sees, spaces as spaces."""
    words = re.sub(r"<[^>]+>", " ", answer.text)
    return " ".join(words.replace("\xa0", " ").replace("\u202f", " ").split())


async def test_view_invoice_shows_the_newest_document(web_door, link):
    """I-02"""
    answer = await web_door.http.get(f"/view/{link}")

    assert answer.status_code == 200
    shown = text_of(answer)
    for fact in ("Factuur F2026-0042", "€ 1.284,17", "21 december 2026", "DL5-104233"):
        assert fact in shown
    assert "+++202/6004/81758+++" in shown


@pytest.mark.parametrize(
    ("language", "amount", "day"),
    [
        ("nl", "€ 1.284,17", "21 december 2026"),
        ("fr", "1 284,17 €", "21 décembre 2026"),
        ("de", "1.284,17 €", "21. Dezember 2026"),
        ("en", "€1,284.17", "21 December 2026"),
    ],
)
async def test_the_page_speaks_the_language_asked_for(web_door, link, language, amount, day):
    answer = await web_door.http.get(f"/view/{link}", params={"language": language})

    assert f'<html lang="{language}">' in answer.text
    assert amount in text_of(answer)
    assert day in text_of(answer)
    assert WORDS[language]["amount_due"] in text_of(answer)


def test_every_language_has_every_word():
    for language in LANGUAGES:
        assert WORDS[language].keys() == WORDS["en"].keys()
        assert all(WORDS[language].values())


async def test_a_credit_note_is_in_the_readers_favour_and_has_no_due_date(web_door, link, others):
    """D-09"""
    others.document |= {
        "type": "credit_note",
        "amount_due": {"amount": "-96.80", "currency": "EUR"},
    }

    shown = text_of(await web_door.http.get(f"/view/{link}"))

    assert "In uw voordeel" in shown
    assert "€ 96,80" in shown
    assert "Te betalen vóór" not in shown


async def test_a_link_that_opens_nothing_says_so_helpfully_in_the_browsers_language(web_door):
    answer = await web_door.http.get("/view/forged", headers={"Accept-Language": "fr-BE,en;q=0.5"})

    assert answer.status_code == 404
    assert WORDS["fr"]["nothing_title"] in text_of(answer)


@pytest.mark.parametrize(
    "address",
    ["/view/" + "x" * 3000, f"/view/{GOOD}/files/short", f"/view/{GOOD}/files/..%2F..%2Fetc"],
)
async def test_a_link_cut_short_or_grown_says_the_same_helpful_thing(web_door, address):
    answer = await web_door.http.get(address)

    assert answer.status_code == 404


async def test_a_language_we_do_not_speak_is_answered_in_the_readers_own(web_door, link):
    answer = await web_door.http.get(f"/view/{link}", params={"language": "klingon"})

    assert '<html lang="nl">' in answer.text


async def test_when_a_service_is_away_the_page_says_to_try_again(web_door, link, others):
    others.away = True

    answer = await web_door.http.get(f"/view/{link}")

    assert answer.status_code == 503
    assert WORDS["en"]["away_title"] in text_of(answer)


async def test_a_file_is_handed_out_byte_for_byte(web_door, link):
    answer = await web_door.http.get(f"/view/{link}{FILE}")

    assert answer.content == b"<Invoice>"
    assert "F2026-0042.xml" in answer.headers["Content-Disposition"]
    assert "Set-Cookie" not in answer.headers


async def test_only_files_of_the_newest_document_are_handed_out(web_door, link, others):
    answer = await web_door.http.get(f"/view/{link}/files/{'b' * 64}")

    assert answer.status_code == 404
    assert not any("/files/" in str(request.url) for request in others.asked)


async def test_looking_asks_others_for_nothing_but_to_look(web_door, link, others):
    """Q6: GET never consumes."""
    for method in ("GET", "HEAD") * 3:
        assert (await web_door.http.request(method, f"/view/{link}")).status_code == 200

    posted = {request.url.path for request in others.asked if request.method != "GET"}
    assert posted == {"/v1/oauth/token", "/v1/links/open"}


async def test_every_page_is_guarded(web_door, link):
    for address in (f"/view/{link}", "/view/forged", f"/view/{link}{FILE}"):
        headers = (await web_door.http.get(address)).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"


async def test_what_others_wrote_is_never_markup(web_door, link, others):
    others.document["number"] = "<script>alert(1)</script>"
    others.guest["issuer"]["name"] = "<img src=x>"

    answer = await web_door.http.get(f"/view/{link}")

    assert "<script" not in answer.text
    assert "<img" not in answer.text
    assert "&lt;script&gt;" in answer.text


async def test_no_style_or_script_stands_in_a_page(web_door, link):
    answer = await web_door.http.get(f"/view/{link}")

    assert "<style" not in answer.text
    assert "style=" not in answer.text
    assert (
        (await web_door.http.get("/static/portal.css"))
        .headers["content-type"]
        .startswith("text/css")
    )


async def test_the_portals_own_token_is_asked_for_once(web_door, link, others):
    for _ in range(3):
        await web_door.http.get(f"/view/{link}")

    tokens = [each for each in others.asked if each.url.path == "/v1/oauth/token"]
    assert len(tokens) == 1
