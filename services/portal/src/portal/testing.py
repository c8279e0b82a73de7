"""Stands in for the services that the portal asks, for tests of its pages without them."""

import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import httpx

from portal import gateways
from portal.accounts_testing import Accounts
from portal.assets import Assets
from portal.documents_calls import DocumentsCalls
from portal.gateways import Gateways
from portal.identity_calls import IdentityCalls
from portal.letters_service import LettersService
from portal.pages import Pages

GOOD_LINK = "01930000-0000-7000-8000-000000000001.2026-11-21.mac"
SHA = "a" * 64
DOCUMENT_ID = "01930000-0000-7000-8000-00000000000d"

MERIDIAAN = {
    "accent": "#0a6c74",
    "hover": "#005e66",
    "on_accent": "#ffffff",
    "text": "#00626a",
    "soft": "#e6f3f4",
    "dark": {
        "accent": "#0a6c74",
        "hover": "#005e66",
        "on_accent": "#ffffff",
        "text": "#82d4dc",
        "soft": "#0f3236",
    },
}
"""A dark accent's palette, as identity finishes it."""

WOLKENHOF = {
    "accent": "#f5b700",
    "hover": "#e4a700",
    "on_accent": "#161616",
    "text": "#7b4900",
    "soft": "#f5f0e6",
    "dark": {
        "accent": "#f5b700",
        "hover": "#e4a700",
        "on_accent": "#161616",
        "text": "#e3bf76",
        "soft": "#362b14",
    },
}
"""A light accent's."""


THE_LOOK = {
    "issuer": "dl5",
    "name": "Meridiaan Lease",
    "accent": "#0a6c74",
    "palette": MERIDIAAN,
    "language": "nl",
    "group": "dl5",
}
"""How an issuer looks, as identity says it."""


def a_file(role: str, name: str, media_type: str, sha256: str = SHA, **more: Any) -> dict[str, Any]:
    """Return a file as documents tells of it."""
    told = {"role": role, "name": name, "media_type": media_type, "sha256": sha256, "size": 9}
    return told | more


@cache
def _pages() -> tuple[Assets, Pages]:
    """Read the templates once for all tests."""
    assets = Assets()
    return assets, Pages(assets)


@dataclass
class Others:
    """Identity and documents, as the portal sees them; tests change what they say.

    ``invoice`` None: no XML was understood. ``away`` names the paths, by their ends, that do not
    answer; "" is all of them.
    """

    guest: dict[str, Any] = field(
        default_factory=lambda: {
            "issuer": deepcopy(THE_LOOK),
            "customer_number": "DL5-104233",
            "language": "nl",
            "registered": False,
            "token": "guest-token",
            "expires_in": 300,
            "email": "an.peeters@example.com",
            "first_name": "An",
            "last_name": "Peeters",
            "role": "main",
        }
    )
    document: dict[str, Any] = field(
        default_factory=lambda: {
            "document_id": DOCUMENT_ID,
            "customer_number": "DL5-104233",
            "number": "F2026-0042",
            "type": "invoice",
            "issue_date": "2026-11-21",
            "due_date": "2026-12-21",
            "total_incl_vat": {"amount": "1284.17", "currency": "EUR"},
            "amount_due": {"amount": "1284.17", "currency": "EUR"},
            "payment_reference": "+++202/6004/81758+++",
            "flags": [],
            "files": [a_file("original_xml", "F2026-0042.xml", "application/xml")],
        }
    )
    invoice: dict[str, Any] | None = None
    links: list[str] = field(default_factory=lambda: [GOOD_LINK])
    contents: dict[str, httpx.Response] = field(default_factory=dict)
    asked: list[httpx.Request] = field(default_factory=list)
    away: str | None = None
    accounts: Accounts = field(default_factory=lambda: Accounts(deepcopy(THE_LOOK)))
    also: list[Callable[[httpx.Request], httpx.Response | None]] = field(default_factory=list)
    """Others that answer: each what is its own, and None to the rest."""
    proxies: int = 0

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Answer as whoever was asked."""
        self.asked.append(request)
        path, bearer = request.url.path, request.headers.get("Authorization", "")
        if self.away is not None and path.endswith(self.away):
            raise httpx.ConnectError("refused")
        if path == "/v1/oauth/token":
            return httpx.Response(200, json={"access_token": "own", "expires_in": 600})
        if path == "/v1/links/open" and bearer == "Bearer own":
            known = json.loads(request.content)["link"] in self.links
            return httpx.Response(200, json=self.guest) if known else httpx.Response(404)
        for other in (*self.also, self.accounts.answer):
            if (answer := other(request)) is not None:
                return answer
        if bearer != "Bearer guest-token":
            return httpx.Response(403)
        if path == "/v1/newest":
            return httpx.Response(200, json=self.document)
        return self._of_document(path.removeprefix(f"/v1/documents/{DOCUMENT_ID}"))

    def _of_document(self, path: str) -> httpx.Response:
        if path == "/invoice" and self.invoice is not None:
            return httpx.Response(200, json=self.invoice)
        found = self.contents.get(path)
        if found is None:
            return httpx.Response(404, json={"status": 404})
        return httpx.Response(found.status_code, content=found.content, headers=found.headers)

    def gateways(self) -> Gateways:
        """Return gateways that ask these others."""
        http = httpx.AsyncClient(transport=httpx.MockTransport(self.answer))
        assets, pages = _pages()
        calls = IdentityCalls(http, "http://identity.test", "portal", "secret")
        archive = DocumentsCalls(http, "http://documents.test")
        letters = LettersService(http, "http://notifications.test")
        return gateways.asking(calls, archive, letters, pages, assets, self.proxies)
