"""What all pages share: who may post, what is guarded, notices, languages, proxies."""

import pytest
import structlog

from chassis.testing import figure
from portal.accounts_testing import PASSWORD
from portal.words import WORDS

SIGN_IN = {"username": "an.peeters@example.com", "password": PASSWORD}
EVERYWHERE = [
    "/sign-in/dl5",
    "/account",
    "/missing",
    "/renewed",
    "/proof/reset",
    "/static/portal.js",
]


@pytest.mark.parametrize("page", EVERYWHERE)
async def test_every_answer_is_guarded(an, page):
    headers = (await an.get(page)).headers

    assert headers["Strict-Transport-Security"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Referrer-Policy"] in {"no-referrer", "same-origin"}
    if headers["Content-Type"].startswith("text/html"):
        assert headers["Cache-Control"] == "no-store"
        policy = headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; ")
        for rule in ("script-src", "connect-src", "form-action", "style-src"):
            assert f"{rule} 'self'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy


async def test_a_redirect_is_guarded_too(stranger):
    for page in ("/", "/account", "/sign-in"):
        headers = (await stranger.get(page)).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["Strict-Transport-Security"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://service.test"}, 303),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, 303),
        ({"Sec-Fetch-Site": "none"}, 303),
        ({"Origin": "http://service.test"}, 303),
        ({}, 303),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "nonsense"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "http://service.test.evil.example"}, 403),
        ({"Origin": "http://service.test:8080"}, 403),
        ({"Origin": "http://evil.example", "X-Forwarded-Host": "evil.example"}, 403),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"}, 403),
    ],
)
async def test_only_our_own_pages_may_send_a_form(web_door, headers, status):
    answer = await web_door.http.post("/sign-in/dl5", data=SIGN_IN, headers=headers)

    assert answer.status_code == status


async def test_a_guests_page_may_send_its_form_from_an_old_browser_too(web_door, link):
    """It tells no referrer, so an old browser says "null"; the link in the address allows it."""
    answer = await web_door.http.post(
        f"/view/{link}/register",
        data={"first_name": "An", "last_name": "P", "language": "nl"},
        headers={"Origin": "null"},
    )

    assert answer.status_code == 303


async def test_a_form_that_is_far_too_large_is_not_even_read(web_door, others):
    answer = await web_door.http.post("/sign-in/dl5", data=SIGN_IN | {"place": "x" * 1_100_000})

    assert answer.status_code == 413
    assert not others.asked

    async def dripping():
        yield b"username=x"

    answer = await web_door.http.post("/sign-in/dl5", content=dripping())
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "203.0.113.9", "127.0.0.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "1.1.1.1, 203.0.113.9", "203.0.113.9"),
        (2, "1.1.1.1, 203.0.113.9, 10.0.0.1", "203.0.113.9"),
        (2, "10.0.0.1", "127.0.0.1"),
        (1, None, "127.0.0.1"),
    ],
)
async def test_where_a_visitor_is_comes_from_our_own_proxies_only(
    web_door, others, proxies, forwarded, address, sent
):
    others.proxies = proxies
    web_door.app.state.gateways = others.gateways()
    headers = {"X-Forwarded-For": forwarded, "Forwarded": "for=9.9.9.9"} if forwarded else {}

    await web_door.http.post("/sign-in/dl5", data=SIGN_IN, headers=headers)

    assert sent("POST /v1/sessions")[0]["visitor"]["address"] == address


async def test_a_page_that_is_not_there_says_so_helpfully(stranger, shown):
    answer = await stranger.get("/nowhere/at/all?language=nl")

    assert answer.status_code == 404
    assert WORDS["nl"]["missing_title"] in shown(answer)


@pytest.mark.parametrize(
    "path", ["/health/live", "/metrics", "/docs", "/openapi.json", "/asyncapi"]
)
async def test_what_the_chassis_answers_is_left_to_it(web_door, path):
    answer = await web_door.http.get(path)

    assert WORDS["en"]["missing_title"] not in answer.text


async def test_a_notice_is_said_once_and_not_to_who_only_fetches_ahead(an, shown):
    await an.post("/account/details", {"first_name": "An", "last_name": "Peeters"})
    done = WORDS["nl"]["done_details"]

    ahead = await an.get("/account?language=nl", **{"Sec-Purpose": "prefetch"})
    assert done in shown(ahead)
    assert done in shown(await an.get("/account?language=nl"))
    assert done not in shown(await an.get("/account?language=nl"))


async def test_another_language_keeps_the_rest_of_the_address(stranger):
    page = await stranger.get("/sign-in/dl5?next=%2Faccount&language=nl")

    assert 'href="?next=%2Faccount&amp;language=fr"' in page.text
    assert stranger.cookies["__Host-language"] == "nl"
    assert (
        '<html lang="nl">' in (await stranger.get("/forgot/dl5", **{"Accept-Language": "de"})).text
    )


async def test_the_frame_shows_only_what_a_person_may_use(an, others, shown):
    others.accounts.main_contact_of = 0
    assert 'href="/shared-users"' not in (await an.get("/account")).text

    others.accounts.main_contact_of = 3
    page = await an.get("/account")
    assert 'href="/shared-users"' in page.text
    assert 'method="post" action="/sign-out"' in page.text
    assert "An Peeters" in shown(page)


async def test_nothing_that_a_person_wrote_is_markup(an, others):
    hostile = '"><script>alert(1)</script>{{ 7*7 }}'
    others.accounts.me |= {"first_name": hostile, "last_name": hostile, "email": hostile}
    others.accounts.look["name"] = hostile
    others.accounts.sessions[0]["browser"] = hostile

    for page in ("/account", "/account/sessions", "/account/details", "/sign-in/dl5"):
        html = (await an.get(page)).text
        assert "<script>alert" not in html
        assert "49" not in html.partition("<main")[2]


async def test_what_was_sent_is_never_markup_when_it_comes_back(stranger):
    hostile = '"><script>alert(1)</script>'
    for page in ("/sign-in/dl5", "/forgot/dl5"):
        answer = await stranger.post(page, {"username": hostile, "password": ""})
        assert "<script>alert" not in answer.text
        if answer.status_code == 303:
            assert "<script>alert" not in (await stranger.follow(answer)).text


@pytest.fixture
def broken(gateways):
    """Break something that no page expects to be broken."""

    async def issuers():
        raise RuntimeError("the secret of an.peeters@example.com is 12345678")

    gateways.identity.issuers = issuers


@pytest.mark.usefixtures("broken")
@pytest.mark.parametrize("language", ["nl", "fr", "de", "en"])
async def test_a_mistake_of_ours_is_a_page_in_the_readers_language(stranger, shown, language):
    answer = await stranger.get("/sign-in?other=yes", **{"Accept-Language": language})

    assert answer.status_code == 500
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; ")
    assert f'<html lang="{language}"' in answer.text
    for word in ("broken_title", "broken", "broken_again"):
        assert WORDS[language][word] in shown(answer)
    for told in ("RuntimeError", "12345678", "an.peeters", "Traceback"):
        assert told not in answer.text


@pytest.mark.usefixtures("broken")
async def test_a_mistake_of_ours_is_logged_and_counted_by_its_route(stranger):
    def counted():
        asked = {"method": "GET", "route": "/sign-in", "status": "500"}
        return figure("postkamer_http_seconds_count", **asked)

    before = counted()

    with structlog.testing.capture_logs() as told:
        await stranger.get("/sign-in?other=yes")

    assert [(each["event"], each["path"]) for each in told] == [("request_failed", "/sign-in")]
    assert counted() - before == 1


async def test_a_method_that_a_page_does_not_know_is_no_mistake_of_ours(stranger):
    assert (await stranger.post("/help")).status_code == 405
