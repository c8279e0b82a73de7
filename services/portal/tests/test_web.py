"""The door for browsers: every address behind "View invoice", its headers, and who may see what."""

import re

import httpx
import pytest

from chassis.testing import figure
from portal.testing import SHA, WOLKENHOF, a_file
from portal.words import LANGUAGES, WORDS

GOOD = "01930000-0000-7000-8000-000000000001.2026-11-21.mac"
FILE = f"/files/{SHA}"
GOT = ("it", "nothing", "away")
LATER_PARTS = ("", "/register", FILE, "/rendition", "/pages/1")


def text_of(answer):
    """Return what a reader sees, spaces as spaces."""
    words = re.sub(r"<[^>]+>", " ", answer.text)
    return " ".join(words.replace("\xa0", " ").replace("\u202f", " ").split())


@pytest.fixture
def others(others):
    """Give the document's files bytes."""
    others.contents = {
        FILE: httpx.Response(
            200,
            content=b"<Invoice>",
            headers={
                "Content-Type": "application/xml",
                "Content-Disposition": "inline; filename=documents-may-say-what-it-likes.html",
                "Set-Cookie": "not=ours",
            },
        ),
        "/rendition": httpx.Response(
            200, content=b"%PDF-1.7", headers={"Content-Type": "text/html"}
        ),
        "/pages/1": httpx.Response(
            200, content=b"\x89PNG", headers={"Content-Type": "image/svg+xml"}
        ),
    }
    return others


async def test_view_invoice_shows_the_newest_document(web_door, link):
    """I-02, I-11, I-31, D-18: without an account; who has one will be asked to sign in."""
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


async def test_the_language_asked_for_goes_along_to_the_next_page(web_door, link):
    page = (await web_door.http.get(f"/view/{link}", params={"language": "de"})).text

    assert f'href="/view/{link}/register?language=de"' in page
    back = (await web_door.http.get(f"/view/{link}/register", params={"language": "de"})).text
    assert f'href="/view/{link}?language=de"' in back


async def test_a_language_we_do_not_speak_is_answered_in_the_readers_own(web_door, link):
    answer = await web_door.http.get(f"/view/{link}", params={"language": "klingon"})

    assert '<html lang="nl">' in answer.text


async def test_a_reader_whose_language_we_do_not_speak_reads_english(web_door, link, others):
    others.guest["language"] = "sv"

    assert '<html lang="en">' in (await web_door.http.get(f"/view/{link}")).text


async def test_the_third_thing_in_the_menu_is_to_register(web_door, link):
    """W-01"""
    for part in ("", "/register"):
        page = (await web_door.http.get(f"/view/{link}{part}")).text

        menu = re.search(r'<nav class="menu".*?</nav>', page, re.DOTALL)[0]
        items = [" ".join(re.sub(r"<[^>]+>", " ", item).split()) for item in menu.split("<li>")[1:]]
        assert items == ["Bekijken", "Downloaden", "Registreren", "Aanmelden"]
        assert menu.count('aria-current="page"') == 1


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_link_that_opens_nothing_says_so_helpfully(web_door, language):
    answer = await web_door.http.get(
        "/view/forged", headers={"Accept-Language": f"{language}-BE,en;q=0.5"}
    )

    assert answer.status_code == 404
    for word in ("nothing_title", "nothing", "nothing_newest", "nothing_ask"):
        assert WORDS[language][word].replace("\xa0", " ") in text_of(answer).replace("&#39;", "'")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_stranger_never_learns_why_a_link_opens_nothing(web_door, others, method):
    """Q6: forged, old, revoked, unknown, cut short, grown, or nothing at all: the same bytes."""
    forged = [
        "/view",
        "/view/",
        "/view/forged",
        f"/view/{GOOD}x",
        f"/view/{GOOD[:-1]}",
        "/view/" + "x" * 3000,
        "/view/%00",
        "/view/..%2F..%2Fetc",
        *(f"/view/forged{part}" for part in LATER_PARTS),
        f"/view/{GOOD}/files/short",
        f"/view/{GOOD}/files/{'b' * 64}",
        f"/view/{GOOD}/files/..%2F..%2Fetc",
        f"/view/{GOOD}/pages/99",
        f"/view/{GOOD}/pages/first",
        f"/view/{GOOD}/pages/-1",
        f"/view/{GOOD}/elsewhere/and/on",
    ]

    answers = [await web_door.http.request(method, address) for address in forged]
    others.links.clear()  # it is revoked now
    answers += [await web_door.http.request(method, f"/view/{GOOD}{part}") for part in LATER_PARTS]

    own = {"x-correlation-id"}
    seen = {
        (each.status_code, each.content, *(h for h in each.headers.items() if h[0] not in own))
        for each in answers
    }
    assert len(seen) == 1
    assert answers[0].status_code == 404


async def test_a_revoked_link_opens_nothing_at_once(web_door, link, others):
    for part in LATER_PARTS:
        assert (await web_door.http.get(f"/view/{link}{part}")).status_code == 200

    others.links.clear()

    for part in LATER_PARTS:
        assert (await web_door.http.get(f"/view/{link}{part}")).status_code == 404


async def test_when_a_service_is_away_the_page_says_to_try_again(web_door, link, others):
    others.away = ""

    answer = await web_door.http.get(f"/view/{link}")

    assert answer.status_code == 503
    assert WORDS["en"]["away_title"] in text_of(answer)
    assert answer.headers["Retry-After"] == "120"


@pytest.mark.parametrize(
    "wrong",
    [
        {"files": "none"},
        {"amount_due": {"amount": "NaN", "currency": "EUR"}},
        {"document_id": "../../etc"},
    ],
)
async def test_what_documents_must_not_say_is_not_shown(web_door, link, others, wrong):
    others.document |= wrong

    assert (await web_door.http.get(f"/view/{link}")).status_code == 503


async def test_where_only_the_invoice_cannot_be_had_the_rest_is_shown(web_door, link, others):
    others.away = "/invoice"

    answer = await web_door.http.get(f"/view/{link}")

    assert answer.status_code == 200
    assert "€ 1.284,17" in text_of(answer)
    assert WORDS["nl"]["not_now"] in text_of(answer)
    assert FILE in answer.text


async def test_a_file_is_handed_out_byte_for_byte(web_door, link):
    """D-02"""
    answer = await web_door.http.get(f"/view/{link}{FILE}")

    assert answer.content == b"<Invoice>"
    assert answer.headers["Content-Type"] == "application/xml"
    assert answer.headers["Content-Length"] == "9"
    assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''F2026-0042.xml"
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    ("type_", "handed_out_as"),
    [
        ("text/xml", "text/xml"),
        ("application/pdf", "application/pdf"),
        ("text/html", "application/octet-stream"),
        ("image/svg+xml", "application/octet-stream"),
        ("application/xml; charset=x", "application/octet-stream"),
    ],
)
async def test_a_file_is_only_what_it_may_be(web_door, link, others, type_, handed_out_as):
    others.contents[FILE].headers["Content-Type"] = type_

    answer = await web_door.http.get(f"/view/{link}{FILE}")

    assert answer.headers["Content-Type"] == handed_out_as


async def test_the_name_of_a_file_cannot_lead_elsewhere(web_door, link, others):
    name = '../a\u202efdp.exe\r\nX-Evil: 1;"é'
    others.document["files"] = [a_file("attachment", name, "application/pdf")]

    headers = (await web_door.http.get(f"/view/{link}{FILE}")).headers

    assert headers["Content-Disposition"] == (
        "attachment; filename*=UTF-8''..-afdp.exe%20X-Evil%3A%201%3B%22%C3%A9"
    )
    assert "X-Evil" not in headers


async def test_only_files_of_the_newest_document_are_handed_out(web_door, link, others):
    answer = await web_door.http.get(f"/view/{link}/files/{'b' * 64}")

    assert answer.status_code == 404
    assert not any("/files/" in str(request.url) for request in others.asked)


@pytest.mark.parametrize(
    ("asked", "language"), [("", "nl"), ("?language=fr", "fr"), ("?language=xx", "nl")]
)
async def test_a_rendition_speaks_the_readers_language(web_door, link, others, asked, language):
    answer = await web_door.http.get(f"/view/{link}/rendition{asked}")

    assert answer.content == b"%PDF-1.7"
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].endswith("''F2026-0042.pdf")
    assert others.asked[-1].url.params["language"] == language


async def test_a_page_of_a_pdf_is_a_picture_and_nothing_else(web_door, link):
    answer = await web_door.http.get(f"/view/{link}/pages/1")

    assert answer.content == b"\x89PNG"
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Content-Disposition"].startswith("inline")


async def test_looking_changes_nothing_and_asks_others_for_nothing_but_to_look(
    web_door, link, others
):
    """Q6: GET never consumes."""
    for method in ("GET", "HEAD") * 10:
        for part in LATER_PARTS:
            answer = await web_door.http.request(method, f"/view/{link}{part}")
            assert answer.status_code == 200

    posted = {request.url.path for request in others.asked if request.method != "GET"}
    assert posted == {"/v1/oauth/token", "/v1/links/open"}


async def test_a_head_has_the_headers_of_its_get_and_no_body(web_door, link):
    for part in LATER_PARTS[2:]:
        got = await web_door.http.get(f"/view/{link}{part}")
        head = await web_door.http.head(f"/view/{link}{part}")

        assert head.content == b""
        assert dict(head.headers, **{"x-correlation-id": ""}) == dict(
            got.headers, **{"x-correlation-id": ""}
        )


async def test_the_bytes_of_a_file_are_not_sent_for_a_head(web_door, link):
    scope = {
        "type": "http",
        "method": "HEAD",
        "path": f"/view/{link}{FILE}",
        "query_string": b"",
        "headers": [],
        "app": web_door.app,
    }
    sent = []

    async def receive():
        return {"type": "http.request", "body": b""}

    async def send(message):
        sent.append(message)

    await web_door.app(scope, receive, send)

    assert sent[0]["status"] == 200
    assert not any(message.get("body") for message in sent[1:])


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
async def test_nothing_can_be_done_but_look_and_ask_for_mail(web_door, link, method):
    for part in (*LATER_PARTS, "/elsewhere"):
        answer = await web_door.http.request(method, f"/view/{link}{part}")

        assert answer.status_code == 405


async def test_the_visitors_own_token_is_all_that_documents_sees(web_door, link, others):
    for part in LATER_PARTS:
        await web_door.http.get(f"/view/{link}{part}")

    seen = {
        request.headers["Authorization"]
        for request in others.asked
        if request.url.host == "documents.test"
    }
    assert seen == {"Bearer guest-token"}


async def test_every_answer_is_guarded(web_door, link):
    for address in (*(f"/view/{link}{part}" for part in LATER_PARTS), "/view/forged"):
        headers = (await web_door.http.get(address)).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert "script-src 'self';" in policy or policy.startswith("sandbox")
        assert "form-action 'self';" in policy or policy.startswith("sandbox")
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Robots-Tag"] == "noindex"
        assert headers["Strict-Transport-Security"]
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


async def test_files_may_not_even_draw_themselves(web_door, link):
    for part in LATER_PARTS[2:]:
        policy = (await web_door.http.get(f"/view/{link}{part}")).headers["Content-Security-Policy"]

        assert policy.startswith("sandbox; default-src 'none'")


async def test_two_issuers_look_like_themselves(web_door, link, others):
    """I-42: nothing of one shows with the other."""
    one = (await web_door.http.get(f"/view/{link}")).text
    others.guest["issuer"] = {"issuer": "dl2", "name": "Wolkenhof", "palette": WOLKENHOF}
    other = (await web_door.http.get(f"/view/{link}")).text

    themes = [re.findall(r'href="(/theme/[^"]+)"', page) for page in (one, other)]
    assert themes[0] != themes[1]
    assert "Meridiaan" in one
    assert "Meridiaan" not in other
    for (address,), colour in zip(themes, ("#0a6c74", "#f5b700"), strict=True):
        css = await web_door.http.get(address)
        assert f"--accent: light-dark({colour}, {colour});" in css.text
        assert css.headers["Content-Type"].startswith("text/css")
        assert "immutable" in css.headers["Cache-Control"]


async def test_an_issuer_without_a_palette_has_the_houses_own(web_door, link, others):
    del others.guest["issuer"]["palette"]

    page = (await web_door.http.get(f"/view/{link}")).text

    assert "/theme/" not in page
    assert "Meridiaan Lease" in page


@pytest.mark.parametrize("colours", ["0a6c74", "x", "..%2Fportal", "0a6c74-" * 9 + "url(x)"])
async def test_a_theme_is_ten_colours_or_nothing(web_door, colours):
    answer = await web_door.http.get(f"/theme/{colours}.css")

    assert answer.status_code == 404
    assert "css" not in answer.headers["Content-Type"]


async def test_what_a_page_is_made_of_keeps_for_good_at_its_own_address(web_door, link):
    page = (await web_door.http.get(f"/view/{link}")).text

    addresses = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
    assert len(addresses) == 3
    for address in addresses:
        answer = await web_door.http.get(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]
        bare = await web_door.http.get(address.partition("?")[0])
        assert "immutable" not in bare.headers["Cache-Control"]


@pytest.mark.parametrize("name", ["nothing.css", "../assets.py", "..%2Fassets.py", "%00", ""])
async def test_nothing_else_lies_on_the_shelf(web_door, name):
    assert (await web_door.http.get(f"/static/{name}")).status_code == 404


async def test_the_portals_own_token_is_asked_for_once(web_door, link, others):
    for _ in range(3):
        await web_door.http.get(f"/view/{link}")

    tokens = [each for each in others.asked if each.url.path == "/v1/oauth/token"]
    assert len(tokens) == 1


async def test_what_readers_asked_for_and_got_is_counted(web_door, link, others):
    def counted():
        got = [figure("postkamer_looks_total", what="document", got=each) for each in GOT]
        return [*got, figure("postkamer_services_away_total", asked="identity")]

    before = counted()

    await web_door.http.get(f"/view/{link}")
    await web_door.http.get("/view/nonsense")
    await web_door.http.get("/static/nothing.css")
    others.away = ""
    await web_door.http.get(f"/view/{link}")

    assert [now - then for now, then in zip(counted(), before, strict=True)] == [1, 1, 1, 1]
