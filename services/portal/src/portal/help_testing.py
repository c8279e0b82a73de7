"""Stands in for what identity keeps of votes, and notifications of An's mails, for tests of pages.

Hand an ``answer`` to ``Others.also``.
"""

import json
import re
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx

from portal.accounts_testing import problem
from portal.archive_testing import NUMBER

LETTER = "01930000-0000-7000-8000-0000000000e1"


def a_letter(state: str = "sent", **more: Any) -> dict[str, Any]:
    """Return a mail to An as notifications tells of it."""
    told: dict[str, Any] = {
        "letter_id": LETTER,
        "issuer": "dl5",
        "kind": "document",
        "customer_number": NUMBER,
        "document_id": str(UUID(int=7)),
        "number": "F2026-0042",
        "sent_to": "an.peeters@example.com",
        "state": state,
        "reason_code": None,
        "attached": [],
        "updated_at": "2026-11-20T09:00:00Z",
    }
    return told | more


@dataclass
class Votes:
    """Who voted on which article, and how."""

    cast: dict[tuple[str, str], bool] = field(default_factory=dict)

    def answer(self, request: httpx.Request) -> httpx.Response | None:
        """Answer what is about votes; None for everything else."""
        found = re.fullmatch(r"/v1/help-articles/([a-z-]+)/(look|vote)", request.url.path)
        if found is None or request.headers.get("Authorization") != "Bearer own":
            return None
        article, said = found[1], json.loads(request.content)
        voter = json.dumps(said.get("voter"))
        if found[2] == "vote":
            self.cast[article, voter] = said["helpful"]
        of = [helpful for (about, _), helpful in self.cast.items() if about == article]
        own = self.cast.get((article, voter))
        return httpx.Response(200, json={"yes": sum(of), "no": of.count(False), "own": own})


@dataclass
class Mails:
    """An's mails and where they go; ``refuses`` is the rule that keeps one from going again."""

    address: dict[str, Any] = field(
        default_factory=lambda: {"address": "an.peeters@example.com", "state": "in_use"}
    )
    letters: list[dict[str, Any]] = field(default_factory=lambda: [a_letter()])
    resent: list[str] = field(default_factory=list)
    refuses: str | None = None

    def answer(self, request: httpx.Request) -> httpx.Response | None:
        """Answer what is about An's mails; None for everything else."""
        asked = f"{request.method} {request.url.path}"
        if request.headers.get("Authorization") != "Bearer notifications-token":
            return None
        if asked == "GET /v1/me/addresses":
            return httpx.Response(200, json={"items": [self.address] if self.address else []})
        if asked == "GET /v1/me/letters":
            return httpx.Response(200, json={"items": self.letters, "next_cursor": None})
        found = re.fullmatch(r"POST /v1/me/letters/([^/]+)/resend", asked)
        return self._resend(found[1]) if found else None

    def _resend(self, letter_id: str) -> httpx.Response:
        if letter_id != LETTER:
            return problem(404, "letter_unknown")
        if self.refuses:
            return problem(409, self.refuses)
        self.resent.append(letter_id)
        return httpx.Response(202, json={"letter_id": letter_id})
