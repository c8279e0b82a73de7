"""A browser without script or pictures: it keeps cookies, follows redirects and fills in forms.

It is as strict about cookies as real ones are, and tells what it was sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx
from lxml import html

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"

_HOST_ONLY = "__Host-"
_MOST_REDIRECTS = 10
_OUR_FORM = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate"}


class CookieRefused(Exception):
    """A cookie that a browser would not keep."""


class NoSuchForm(Exception):
    """A page has no form that leads there."""


@dataclass(frozen=True)
class SentForm:
    """A form of a page: where it leads, and what its fields hold."""

    address: str
    method: str
    fields: dict[str, str]
    names: frozenset[str]
    """All that it may send, boxes that are not ticked too."""


@dataclass
class PlainBrowser:
    """Someone before a screen, at one site."""

    http: httpx.AsyncClient
    site: str
    cookies: dict[str, str] = field(default_factory=dict)
    given: list[SimpleCookie] = field(default_factory=list)
    """Every cookie it was sent, with its attributes."""
    page: httpx.Response | None = None

    async def ask(self, method: str, address: str, **how: Any) -> httpx.Response:
        """Send one request with the cookies there are, and keep those that come back."""
        headers = {"User-Agent": AGENT, "Accept-Language": "nl"} | dict(how.pop("headers", {}))
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={each}" for name, each in self.cookies.items())
        url = urljoin(self.site, address)
        answer = await self.http.request(
            method, url, headers=headers, follow_redirects=False, **how
        )
        for line in answer.headers.get_list("set-cookie"):
            self._keep(line)
        return answer

    async def open(self, address: str, **how: Any) -> httpx.Response:
        """Go to a page, by way of wherever it leads."""
        return await self._follow(await self.ask("GET", address, **how))

    async def send(
        self,
        leads_to: str,
        values: Mapping[str, Any] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Fill in the form of this page that leads to an address, and send it.

        Raises ``NoSuchForm``, also for a value that it has no field for.
        """
        found = self.form(leads_to)
        unknown = set(values or {}) - found.names
        if unknown:
            raise NoSuchForm(f"{leads_to} has no {sorted(unknown)}, but {sorted(found.names)}")
        filled = found.fields | dict(values or {})
        sent = {"Origin": self.site.rstrip("/")} | _OUR_FORM | dict(headers or {})
        how = {"data": filled} if found.method == "POST" else {"params": filled}
        return await self._follow(await self.ask(found.method, found.address, headers=sent, **how))

    def form(self, leads_to: str) -> SentForm:
        """Return the form of this page that leads to an address. Raises ``NoSuchForm``."""
        forms = self.forms()
        for each in forms:
            if urlsplit(each.address).path == leads_to:
                return each
        there = [urlsplit(each.address).path for each in forms]
        raise NoSuchForm(f"{leads_to} is not among {there} of {self.address}")

    def forms(self) -> list[SentForm]:
        """Return the forms of this page."""
        if self.page is None or not self.page.content:
            return []
        page = html.fromstring(self.page.text)
        return [
            SentForm(
                address=urljoin(str(self.page.url), each.action or ""),
                method=(each.method or "GET").upper(),
                fields={name: value or "" for name, value in each.form_values()},
                names=frozenset(str(name) for name in each.fields),
            )
            for each in page.forms
        ]

    @property
    def address(self) -> str:
        """The path of the page it is at."""
        return str(self.page.url.raw_path.decode()) if self.page else ""

    async def _follow(self, answer: httpx.Response) -> httpx.Response:
        for _ in range(_MOST_REDIRECTS):
            if not answer.has_redirect_location:
                self.page = answer
                return answer
            answer = await self.ask("GET", urljoin(str(answer.url), answer.headers["location"]))
        raise httpx.TooManyRedirects("round and round", request=answer.request)

    def _keep(self, line: str) -> None:
        cookie = SimpleCookie(line)
        self.given.append(cookie)
        for name, told in cookie.items():
            if name.startswith(_HOST_ONLY) and (
                not told["secure"] or told["path"] != "/" or told["domain"]
            ):
                raise CookieRefused(line.partition("=")[0])
            if told["max-age"] == "0" or not told.value:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = told.value
