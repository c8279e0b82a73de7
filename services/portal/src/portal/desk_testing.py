"""Stands in for the desk, for tests of its pages without it.

Hand its ``answer`` to ``Others.also``. What it is sent lands in ``Others.asked``; tests change what
it says.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from portal.accounts_testing import problem
from portal.archive_testing import NUMBER, Archive

GUEST = "01930000-0000-7000-8000-0000000000b1"
HOLDER = "01930000-0000-7000-8000-0000000000b2"
LETTER = "01930000-0000-7000-8000-0000000000b3"
VIEW = "01930000-0000-7000-8000-0000000000b4"
UNTIL = "2026-11-22T10:30:00Z"

_ADDRESS = {"street": "Kaai 1", "postal_code": "9030", "city": "Mariakerke", "country": "BE"}


def reader(person_id: str, name: str, email: str, **more: Any) -> dict[str, Any]:
    """Return a reader of a customer number as identity tells of them."""
    told: dict[str, Any] = {
        "person_id": person_id,
        "name": name,
        "email": email,
        "language": "nl",
        "registered": False,
        "portal": True,
        "mail": True,
        "since": "2026-03-02T09:12:00Z",
        "ticket": GUEST,
    }
    return told | more


def letter(state: str, reason_code: str | None = None, **more: Any) -> dict[str, Any]:
    """Return a mail as notifications tells of it."""
    told: dict[str, Any] = {
        "letter_id": LETTER,
        "person_id": GUEST,
        "document_id": GUEST,
        "number": "F2026-4931",
        "state": state,
        "reason_code": reason_code,
        "address": "e…@korenaar.example",
        "attached": [],
        "link_only": False,
        "updated_at": "2026-11-20T09:12:00Z",
    }
    return told | more


@dataclass
class Desk:
    """One customer of the issuer, who reads it, and its mails.

    ``says`` overrules: the answer to "PUT /v1/desk/…" and so on, by a pattern.
    """

    archive: Archive = field(default_factory=Archive)
    customer: dict[str, Any] = field(
        default_factory=lambda: {
            "customer_number": NUMBER,
            "name": "Bakkerij De Korenaar bv",
            "state": "active",
            "address": _ADDRESS,
            "enterprise_number": "BE0123456789",
            "changed_at": "2026-03-02T09:12:00Z",
            "settings": {"notify": "at_once", "attach": ["pdf"]},
            "main_contact": reader(GUEST, "Els Vandenbroucke", "els@korenaar.example"),
            "shared": 1,
            "shared_users": [
                reader(HOLDER, "Joris De Smet", "joris@ledger.example", registered=True)
            ],
            "next_cursor": None,
            "former": [],
            "acts": [],
        }
    )
    letters: list[dict[str, Any]] = field(
        default_factory=lambda: [letter("refused", "bad_address")]
    )
    says: dict[str, httpx.Response] = field(default_factory=dict)

    def answer(self, request: httpx.Request) -> httpx.Response | None:
        """Answer what is asked at the desk; None for everything else."""
        asked = f"{request.method} {request.url.path}"
        bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if bearer == "as-the-customer":
            request.headers["Authorization"] = "Bearer documents-token"
            return self.archive.answer(request)
        for pattern, answer in self.says.items():
            if re.fullmatch(pattern, asked):
                return answer
        for pattern, (service, reply) in self._routes().items():
            if found := re.fullmatch(pattern, asked):
                if bearer != f"{service}-at-the-desk":
                    return httpx.Response(403, json={})
                return reply(request, *found.groups())
        return None

    def _routes(self) -> dict[str, tuple[str, Callable[..., httpx.Response]]]:
        one = rf"/v1/desk/customers/{NUMBER}"
        nothing: Callable[..., httpx.Response] = lambda *_: httpx.Response(204)  # noqa: E731
        return {
            r"GET /v1/desk/customers": ("identity", self._search),
            rf"GET {one}": ("identity", lambda *_: httpx.Response(200, json=self.customer)),
            r"GET /v1/desk/customers/.+": ("identity", lambda *_: problem(404)),
            rf"PUT {one}/people/.+/address": ("identity", self._readdress),
            rf"POST {one}/people/.+/reset": ("identity", lambda *_: httpx.Response(202, json={})),
            rf"POST {one}/links/revoke": ("identity", nothing),
            rf"POST {one}/view-as": ("identity", self._view),
            rf"POST /v1/desk/views/{VIEW}/token": ("identity", self._view),
            r"POST /v1/desk/views/.+/token": ("identity", lambda *_: problem(404)),
            r"DELETE /v1/desk/views/.+": ("identity", nothing),
            r"GET /v1/letters": ("notifications", self._letters),
            r"POST /v1/letters/.+/resend": (
                "notifications",
                lambda *_: httpx.Response(202, json=letter("owed")),
            ),
        }

    def _search(self, request: httpx.Request) -> httpx.Response:
        wanted = request.url.params["search"].lower()
        contact = self.customer["main_contact"]
        words = (self.customer["customer_number"], self.customer["name"], contact["email"])
        found = {
            "customer_number": NUMBER,
            "name": self.customer["name"],
            "address": _ADDRESS,
            "main_contact": contact,
            "shared": 1,
        }
        items = [found] if any(wanted in each.lower() for each in words) else []
        return httpx.Response(200, json={"items": items, "next_cursor": None})

    def _readdress(self, request: httpx.Request, *_: str) -> httpx.Response:
        email = json.loads(request.content)["address"]
        return httpx.Response(200, json={"person_id": GUEST, "email": email, "registered": False})

    def _letters(self, *_: Any) -> httpx.Response:
        return httpx.Response(200, json={"items": self.letters, "next_cursor": None})

    def _view(self, *_: Any) -> httpx.Response:
        view = {"view_id": VIEW, "token": "as-the-customer", "until": UNTIL}
        return httpx.Response(201, json=view)
