"""Says which service is under test, and stands in for the services it asks."""

import html
import json
import re
from http.cookies import SimpleCookie
from pathlib import Path

import pytest

from portal.accounts_testing import SESSION
from portal.app import service as the_service
from portal.archive_testing import Archive
from portal.desk_testing import Desk
from portal.sharing_testing import Shares
from portal.testing import GOOD_LINK, Others

_INVOICES = Path(__file__).parent / "invoices"


@pytest.fixture
def service():
    return the_service


@pytest.fixture
def others():
    return Others()


@pytest.fixture
def shares(others):
    """Return who has what of An's customer numbers."""
    shares = Shares()
    others.also.append(shares.answer)
    return shares


@pytest.fixture
def archive(others):
    """Return An's documents, and what is kept of her reading."""
    archive = Archive()
    others.also.append(archive.answer)
    return archive


@pytest.fixture
def desk(others):
    """Return the desk of An's issuer; An works there."""
    desk = Desk()
    others.also.append(desk.answer)
    others.accounts.staff = True
    return desk


@pytest.fixture
def link():
    return GOOD_LINK


@pytest.fixture
def gateways(others):
    return others.gateways()


@pytest.fixture
def an_invoice():
    """Return a function that reads an invoice as documents understood it, from real XML."""

    def read(name="invoice-3-vat-rates"):
        return json.loads((_INVOICES / f"{name}.json").read_text())

    return read


class Browser:
    """Someone at a browser: it keeps cookies, and tells where a form is sent from."""

    def __init__(self, http):
        self.http = http
        self.cookies = {}

    async def get(self, address, **headers):
        return await self._send("GET", address, None, headers)

    async def post(self, address, given=None, **headers):
        return await self._send(
            "POST", address, given or {}, {"Sec-Fetch-Site": "same-origin"} | headers
        )

    async def _send(self, method, address, given, headers):
        if self.cookies:
            kept = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            headers = headers | {"Cookie": kept}
        answer = await self.http.request(method, address, data=given, headers=headers)
        for cookie in cookies_of(answer).values():
            if cookie["max-age"] == "0":
                self.cookies.pop(cookie.key, None)
            else:
                self.cookies[cookie.key] = cookie.value
        return answer

    async def follow(self, answer):
        """Go where an answer leads."""
        assert answer.status_code == 303
        return await self.get(answer.headers["Location"])


def cookies_of(answer):
    jar = SimpleCookie()
    for line in answer.headers.get_list("set-cookie"):
        jar.load(line)
    return jar


def read_aloud(answer):
    """Return what a reader sees, spaces as spaces."""
    words = html.unescape(re.sub(r"<[^>]+>", " ", answer.text))
    return " ".join(words.replace("\xad", "").split())


@pytest.fixture
def stranger(web_door):
    return Browser(web_door.http)


@pytest.fixture
def an(web_door):
    """Return the browser in which An is signed in."""
    browser = Browser(web_door.http)
    browser.cookies["__Host-sid"] = SESSION
    return browser


@pytest.fixture
def cookies():
    return cookies_of


@pytest.fixture
def shown():
    return read_aloud


@pytest.fixture
def alive():
    """Return a function that names what of a sender's text does something on a page."""
    acts = ["<script>alert", "\u202e", "\u2066", "\u2028", "fdp.exe49"]
    return lambda page: [each for each in acts if each in page]


@pytest.fixture
def sent(others):
    """Return a function that returns what was sent to identity by a method and path."""

    def find(asked):
        return [
            json.loads(request.content) if request.content else None
            for request in others.asked
            if f"{request.method} {request.url.path}" == asked
        ]

    return find
