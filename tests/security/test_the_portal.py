"""The portal as a browser meets it: headers, cookies, who may post, and that looking does nothing.

The routes are those the portal has; one without a line in the table fails.
"""

import asyncio
import itertools
import re
from collections import Counter
from dataclasses import dataclass

import httpx
import pytest
from fastapi.routing import APIRoute

from localrun.account_holder import PASSWORD
from localrun.plain_browser import PlainBrowser
from portal.app import service

# method (GET is HEAD too), path, who may come in, and what someone gets who is signed in and asks
# for what is Anna's. `own`: it takes no id of another. 303: back to the list, where it is not.
TABLE = """
GET / anybody own
GET /view anybody own
GET /view/{anything} anybody own
GET /view/{link} anybody own
POST /view/{link} anybody own
GET /view/{link}/register anybody own
POST /view/{link}/register anybody own
GET /view/{link}/files/{sha256} anybody own
GET /view/{link}/rendition anybody own
GET /view/{link}/pages/{page} anybody own
POST /renew/{link} anybody own
GET /renewed anybody own
GET /static/{name} anybody own
GET /theme/{colours}.css anybody own
GET /register/{registration} anybody own
POST /register/{registration} anybody own
POST /register/{registration}/again anybody own
GET /sign-in anybody own
GET /sign-in/{issuer} anybody own
POST /sign-in/{issuer} anybody own
GET /sign-in/{issuer}/second-step anybody own
POST /sign-in/{issuer}/second-step anybody own
POST /sign-out anybody own
GET /forgot/{issuer} anybody own
POST /forgot/{issuer} anybody own
POST /sign-in/{issuer}/passkey anybody own
POST /sign-in/{issuer}/passkey/finish anybody own
POST /view/{anything} anybody own
GET /forgot/{issuer}/{reset} anybody own
POST /forgot/{issuer}/{reset} anybody own
GET /proof/{kind}/{proof} anybody own
GET /proof/{kind} anybody own
POST /proof/{kind} anybody own
GET /documents signed-in own
POST /documents/marks signed-in own
POST /documents/filters signed-in own
POST /documents/filters/{filter_id}/remove signed-in 404
GET /documents/take signed-in own
POST /documents/take signed-in own
GET /documents/exports/{export_id} signed-in 404
GET /documents/exports/{export_id}/content signed-in 404
GET /documents/{document_id} signed-in 404
GET /documents/{document_id}/files/{sha256} signed-in 404
GET /documents/{document_id}/rendition signed-in 404
GET /documents/{document_id}/pages/{page} signed-in 404
POST /documents/{document_id}/duplicate signed-in 404
GET /customer-numbers signed-in own
GET /customer-numbers/{customer_number} signed-in 404
POST /customer-numbers/{customer_number}/settings signed-in 404
POST /customer-numbers/{customer_number}/attachments signed-in 404
GET /customer-numbers/{customer_number}/main-contact signed-in 404
POST /customer-numbers/{customer_number}/main-contact signed-in 404
GET /shared-users signed-in own
POST /shared-users signed-in own
GET /shared-users/add signed-in own
POST /shared-users/add signed-in own
GET /shared-users/{person_id} signed-in 404
POST /shared-users/{person_id} signed-in 404
GET /shared-users/{person_id}/remove signed-in 303
POST /shared-users/{person_id}/remove signed-in 303
POST /shared-users/{person_id}/invite signed-in 404
POST /shared-users/{person_id}/details signed-in 404
POST /shared-users/{person_id}/future signed-in 404
GET /account signed-in own
GET /account/data signed-in own
POST /account/data/export signed-in own
GET /account/data/erase signed-in own
POST /account/data/erase signed-in own
GET /account/details signed-in own
POST /account/details signed-in own
GET /account/email signed-in own
POST /account/email signed-in own
POST /account/email/cancel signed-in own
GET /account/language signed-in own
POST /account/language signed-in own
GET /account/password signed-in own
POST /account/password signed-in own
GET /account/prove signed-in own
POST /account/prove signed-in own
GET /account/second-step signed-in own
GET /account/second-step/passkey signed-in own
POST /account/second-step/passkey signed-in own
POST /account/second-step/passkey/finish signed-in own
GET /account/second-step/totp signed-in own
POST /account/second-step/totp signed-in own
POST /account/second-step/totp/{totp_id} signed-in 404
GET /account/second-step/{factor_id}/remove signed-in 404
POST /account/second-step/{factor_id}/remove signed-in 404
POST /account/recovery-codes signed-in own
GET /account/sessions signed-in own
POST /account/sessions/end signed-in own
POST /account/sessions/{session_id}/end signed-in 404
GET /desk signed-in 404
GET /desk/customers/{customer_number} signed-in 404
GET /desk/customers/{customer_number}/people/{person_id}/{act} signed-in 404
POST /desk/customers/{customer_number}/people/{person_id}/{act} signed-in 404
GET /desk/customers/{customer_number}/letters/{letter_id} signed-in 404
POST /desk/customers/{customer_number}/letters/{letter_id} signed-in 404
GET /desk/view signed-in 404
POST /desk/view/end signed-in 404
GET /desk/view/{document_id} signed-in 404
GET /desk/view/{document_id}/files/{sha256} signed-in 404
GET /desk/view/{document_id}/rendition signed-in 404
GET /desk/view/{document_id}/pages/{page} signed-in 404
GET /help anybody own
GET /help/no-mail anybody own
POST /help/no-mail/letters/{letter_id}/resend signed-in 404
GET /help/{name} anybody own
POST /help/{name}/vote anybody own
GET /{anything} anybody own
"""

GUARDS = {
    "strict-transport-security": "max-age=31536000",
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-robots-tag": "noindex",
}
QUIET_REFERRERS = {"no-referrer", "same-origin"}
LOOKING = ("GET", "HEAD")
AHEAD = {"Sec-Purpose": "prefetch;prerender", "Purpose": "prefetch"}
AT_ONCE = 4
ELSEWHERE = [
    {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
    {"Sec-Fetch-Site": "same-site", "Origin": "http://other.localhost"},
    {"Origin": "https://evil.example"},
    {"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "cross-site"},
]
OTHER_PLACES = [
    "https://evil.example/",
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/%09/evil.example",
    "javascript:alert(1)",
    "http:evil.example",
    "/documents\r\nSet-Cookie: a=b",
    "/sign-out",
]
UNUSED = "01930000-0000-7000-8000-0000000000ff"

_lines = itertools.count(7)
_cookies = {}


@dataclass(frozen=True)
class Line:
    """A line of the table."""

    method: str
    path: str
    door: str
    others: str

    @property
    def route(self):
        return f"{self.method} {self.path}"


LINES = [Line(*row.split()) for row in TABLE.strip().splitlines()]


def bare(path):
    """Return a route's path without the kinds of its parts."""
    return re.sub(r":\w+\}", "}", path)


def routes(routers=service.api):
    """Return the portal's routes, HEAD with GET."""
    found = set()
    for router in routers:
        for route in router.routes:
            if isinstance(route, APIRoute):
                methods = route.methods - {"HEAD"}
                found |= {f"{method} {bare(route.path)}" for method in methods}
            else:
                found |= routes([route.original_router])
    return found


@pytest.fixture
async def browser(suite):
    """Return a function that opens a browser at the portal, on a line of its own."""
    opened = []

    def make():
        # Each on another address of this machine: tries are counted by visitor.
        transport = httpx.AsyncHTTPTransport(local_address=f"127.0.0.{next(_lines)}")
        http = httpx.AsyncClient(transport=transport, timeout=30)
        opened.append(http)
        return PlainBrowser(http, suite.addresses.portal)

    yield make
    for each in opened:
        await each.aclose()


@pytest.fixture
def sign_in(browser):
    """Return a function that signs someone in by the form there is for it."""

    async def sign_in(holder, issuer="dl5"):
        made = browser()
        await made.open(f"/sign-in/{issuer}")
        answer = await made.send(
            f"/sign-in/{issuer}", {"username": holder.email, "password": holder.password}
        )
        assert answer.status_code == 200, answer.text
        assert made.address.startswith("/documents"), made.address
        return made

    return sign_in


@pytest.fixture
def enter(browser, sign_in):
    """Return a function that opens a browser in which someone is signed in already."""

    async def enter(holder):
        if holder.person_id not in _cookies:
            _cookies[holder.person_id] = (await sign_in(holder)).cookies
        made = browser()
        made.cookies = dict(_cookies[holder.person_id])
        return made

    return enter


@pytest.fixture
def address_of(cast):
    """Return a function that fills a route's path: with what is Anna's, where it is anyone's."""

    def fill(line):
        known = cast.theirs | {
            "link": cast.links["anna"].rpartition("/")[2],
            "issuer": "dl5",
            "page": "1",
            "name": "sharing" if line.path.startswith("/help") else "portal.css",
            "kind": "reset",
            "totp_id": cast.theirs["begun_factor_id"],
        }
        return re.sub(r"\{(\w+)\}", lambda found: known.get(found[1], UNUSED), line.path)

    return fill


def test_every_route_of_the_portal_has_its_line():
    listed = {line.route for line in LINES}

    assert routes() - listed == set()
    assert listed - routes() == set()


async def test_every_answer_is_guarded(browser, sign_in, cast, address_of):
    outside, inside = browser(), await sign_in(cast.nel)

    for line in sorted(LINES, key=lambda line: line.path == "/sign-out"):
        for who in (outside, inside):
            method = "GET" if line.method == "GET" else "POST"
            answer = await who.ask(method, address_of(line), headers={"Sec-Fetch-Site": "none"})
            told = answer.headers
            assert {name: told.get(name) for name in GUARDS} == GUARDS, line.route
            assert told["referrer-policy"] in QUIET_REFERRERS, line.route
            policy = told.get("content-security-policy", "")
            if told.get("content-type", "").startswith("text/html"):
                for part in ("default-src 'none'", "frame-ancestors 'none'", "form-action 'self'"):
                    assert part in policy, line.route
                assert "unsafe" not in policy, line.route
                assert " style=" not in answer.text, line.route
                assert "<style" not in answer.text, line.route
                assert not re.search(r"<script(?![^>]*\bsrc=)", answer.text), line.route
                assert not re.search(r"\son\w+=", answer.text), line.route
            if not line.path.startswith(("/static/", "/theme/")):
                assert told["cache-control"] == "no-store", line.route
        if line.path.startswith(("/view/", "/proof/")):
            assert told["referrer-policy"] == "no-referrer", line.route


async def test_what_takes_signing_in_leads_there_and_tells_nothing(browser, cast, address_of):
    outside = browser()

    for line in LINES:
        if line.door == "signed-in":
            answer = await outside.ask(
                line.method, address_of(line), headers={"Sec-Fetch-Site": "same-origin"}
            )
            assert answer.status_code == 303, line.route
            assert answer.headers["location"].startswith("/sign-in"), line.route
            assert not [word for word in cast.words if word in answer.text]


async def test_what_is_annas_is_not_there_for_another_who_is_signed_in(enter, cast, address_of):
    """D-15, I-20"""
    inside = await enter(cast.nel)

    for line in LINES:
        if line.others != "own":
            filled = {"person_id": cast.theirs["person_id"], "notify": "none", "attach": "pdf"}
            filled |= {"first_name": "Pol", "last_name": "Maes", "code": "000000", "go": "save"}
            how = {} if line.method == "GET" else {"data": filled}
            headers = {"Sec-Fetch-Site": "same-origin"}
            answer = await inside.ask(line.method, address_of(line), headers=headers, **how)
            assert str(answer.status_code) == line.others, (line.route, answer.status_code)
            if line.others == "303":
                assert answer.headers["location"] == "/shared-users"
            told = [word for word in cast.words if word in answer.text]
            assert told == [], line.route


async def test_looking_changes_nothing(enter, cast, address_of, everything_stored, auditor):
    """A prefetch, a scanner, a reader who goes back: nothing is different afterwards."""
    insiders = [await enter(cast.nel), await enter(cast.sven)]
    assert await auditor.quiet() == []
    before = await everything_stored()

    looks = Counter()
    at_once = asyncio.Semaphore(AT_ONCE)

    async def look(inside, method, address):
        async with at_once:
            answer = await inside.ask(method, address, headers=AHEAD)
        looks[answer.status_code] += 1

    await asyncio.gather(
        *(
            look(inside, method, address_of(line))
            for line in LINES
            if line.method == "GET"
            for inside in insiders
            for method in LOOKING
        )
    )

    assert not [status for status in looks if status >= 500]
    assert looks[200] > 80
    assert await auditor.quiet() == []
    after = await everything_stored()
    assert {name for name in before if before[name] != after[name]} == set()


async def test_a_post_from_another_sites_page_does_nothing(
    enter, cast, address_of, everything_stored, auditor
):
    inside = await enter(cast.nel)
    kept = dict(inside.cookies)
    assert await auditor.quiet() == []
    before = await everything_stored()

    posts = [line for line in LINES if line.method == "POST"]
    for line in posts:
        for headers in ELSEWHERE:
            inside.cookies = dict(kept)
            answer = await inside.ask("POST", address_of(line), headers=headers, data={"a": "b"})
            assert answer.status_code == 403, (line.route, headers, answer.status_code)
            assert "set-cookie" not in answer.headers, line.route

    assert len(posts) > 15
    after = await everything_stored()
    assert {name for name in before if before[name] != after[name]} == set()
    assert (await inside.open("/documents")).status_code == 200


async def test_no_other_method_does_anything(enter, cast, address_of):
    inside = await enter(cast.nel)

    for address in {address_of(line) for line in LINES}:
        for method in ("PUT", "PATCH", "DELETE", "TRACE"):
            answer = await inside.ask(method, address, headers={"Sec-Fetch-Site": "same-origin"})
            assert answer.status_code in {403, 404, 405, 413}, (method, address)


async def test_every_cookie_is_for_this_host_encrypted_lines_and_no_script(sign_in, cast):
    inside = await sign_in(cast.nel)
    await inside.open("/documents?language=fr")

    given = [(name, told) for cookie in inside.given for name, told in cookie.items()]
    assert {"__Host-sid", "__Host-device", "__Host-language"} <= {name for name, _ in given}
    for name, told in given:
        assert name.startswith("__Host-"), name
        assert told["secure"], name
        assert told["httponly"], name
        assert told["path"] == "/", name
        assert told["domain"] == "", name
        assert told["samesite"].lower() in {"lax", "strict"}, name


async def test_a_cookie_that_a_stranger_planted_is_not_the_one_that_is_signed_in(browser, cast):
    planted = "planted-by-a-stranger-0123456789abcdefghijk"
    inside, thief = browser(), browser()
    inside.cookies["__Host-sid"] = thief.cookies["__Host-sid"] = planted

    await inside.open("/sign-in/dl5")
    await inside.send("/sign-in/dl5", {"username": cast.nel.email, "password": PASSWORD})

    assert inside.address.startswith("/documents")
    assert inside.cookies["__Host-sid"] != planted
    assert (await thief.ask("GET", "/documents")).status_code == 303


async def test_a_cookie_is_worth_nothing_after_signing_out(sign_in, cast, browser):
    inside, thief = await sign_in(cast.nel), browser()
    stolen = inside.cookies["__Host-sid"]
    thief.cookies["__Host-sid"] = stolen
    assert (await thief.ask("GET", "/documents")).status_code == 200
    await inside.open("/documents")

    await inside.send("/sign-out")

    assert "__Host-sid" not in inside.cookies
    again = await thief.ask("GET", "/documents")
    assert again.status_code == 303
    assert again.headers["location"].startswith("/sign-in")


async def test_saying_where_one_comes_from_does_not_make_more_tries(browser):
    guesser = browser()
    answers = Counter()

    await guesser.open("/sign-in/dl5")
    while set(answers) <= {422} and answers[422] < 40:
        number = answers[422]
        answer = await guesser.send(
            "/sign-in/dl5",
            {"username": f"someone{number}@nowhere.example", "password": "een lange gok"},
            headers={
                "X-Forwarded-For": f"198.51.100.{number}",
                "X-Real-IP": f"198.51.100.{number}",
                "Forwarded": f"for=198.51.100.{number}",
                "X-User-Id": "1",
            },
        )
        answers[answer.status_code] += 1

    assert set(answers) == {422, 429}
    assert answers[422] >= 30


async def test_no_header_says_who_one_is_or_where_the_portal_stands(browser, cast):
    stranger = browser()
    forged = {
        "X-User-Id": cast.anna.person_id,
        "X-Forwarded-User": cast.anna.email,
        "Authorization": f"Bearer {cast.machines['dl5']}",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
        "Forwarded": "host=evil.example",
    }

    answer = await stranger.ask("GET", "/documents", headers=forged)

    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")
    page = await stranger.ask("GET", "/sign-in/dl5", headers=forged)
    assert "evil.example" not in page.text


async def test_after_signing_in_nobody_is_led_elsewhere(browser, settle):
    holder, inside = (await settle()).holder, browser()

    for elsewhere in OTHER_PLACES:
        inside.page = await inside.ask("GET", "/sign-in/dl5", params={"next": elsewhere})
        form = inside.form("/sign-in/dl5")
        assert form.fields.get("place", "") in {"", "/documents"}, elsewhere
        sent = form.fields | {"username": holder.email, "password": PASSWORD, "place": elsewhere}
        answer = await inside.ask(
            "POST", form.address, data=sent, headers={"Sec-Fetch-Site": "same-origin"}
        )
        assert answer.status_code == 303, answer.text
        assert answer.headers["location"] == "/documents", elsewhere
