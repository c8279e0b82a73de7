"""Stands in for identity's part about accounts, for tests of pages without it.

It keeps as much as pages can tell the difference of; what it is sent lands in ``Others.asked``.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

SESSION = "session-of-an"
RENAMED = "session-of-an-renamed"
REGISTRATION = "01930000-0000-7000-8000-0000000000c1"
AGAIN = "01930000-0000-7000-8000-0000000000c2"
RESET = "01930000-0000-7000-8000-0000000000c3"
TOTP = "01930000-0000-7000-8000-0000000000f1"
PASSKEY = "01930000-0000-7000-8000-0000000000f2"
HERE = "01930000-0000-7000-8000-0000000000e1"
THERE = "01930000-0000-7000-8000-0000000000e2"
PERSON = "01930000-0000-7000-8000-0000000000a1"
PROOF = f"{REGISTRATION}.mac-of-the-proof"
PASSWORD = "trein wolk appel lepel"  # noqa: S105 (nobody has it)
CODE = "12345678"
RECOVERY_CODES = [f"{number:04d}-abcd-{number:04d}" for number in range(10)]

_OPTIONS = {
    "challenge": "Y2hhbGxlbmdl",
    "rpId": "localhost",
    "rp": {"id": "localhost", "name": "Postkamer"},
    "user": {"id": "YW4", "name": "an.peeters@example.com", "displayName": "An"},
    "pubKeyCredParams": [{"type": "public-key", "alg": each} for each in (-7, -257)],
    "allowCredentials": [],
    "excludeCredentials": [],
    "timeout": 60000,
}


def problem(status: int, rule: str = "", pointer: str = "", **headers: str) -> httpx.Response:
    """Return a refusal as identity says it."""
    problems = [{"pointer": pointer, "rule": rule, "detail": "in plain English"}] if rule else []
    return httpx.Response(status, json={"status": status, "problems": problems}, headers=headers)


def too_often(seconds: int) -> httpx.Response:
    """Return what identity says when it was asked too often."""
    return problem(429, "too_often", **{"Retry-After": str(seconds)})


@dataclass
class Accounts:
    """A person with an account, and what identity says of it; tests change what it says.

    ``says`` overrules: the answer to "POST /v1/sessions" and so on, by a pattern. ``open`` are the
    cookies that are someone's session.
    """

    look: dict[str, Any]
    says: dict[str, httpx.Response] = field(default_factory=dict)
    open: list[str] = field(default_factory=lambda: [SESSION])
    second_step: list[str] = field(default_factory=list)
    must: str | None = None
    staff: bool = False
    proof_state: str = "usable"
    proved_at: str = "2999-01-01T00:00:00Z"
    main_contact_of: int = 2
    letters: list[dict[str, Any]] = field(
        default_factory=lambda: [{"letter_id": f"l{each}", "kind": "document"} for each in (1, 2)]
    )
    me: dict[str, Any] = field(
        default_factory=lambda: {
            "person_id": PERSON,
            "email": "an.peeters@example.com",
            "language": "nl",
            "first_name": "An",
            "last_name": "Peeters",
            "registered_at": "2026-03-02T09:12:00Z",
            "password_changed_at": "2026-03-02T09:12:00Z",
            "second_factors": [],
            "recovery_codes_left": 0,
            "email_change": None,
            "staff": [],
            "main_contact_of": 2,
        }
    )
    sessions: list[dict[str, Any]] = field(
        default_factory=lambda: [
            {
                "id": THERE,
                "browser": "Safari on iPhone",
                "started_at": "2026-11-18T19:40:00Z",
                "seen_at": "2026-11-20T06:02:00Z",
                "current": False,
            },
            {
                "id": HERE,
                "browser": "Firefox on Windows",
                "started_at": "2026-11-21T08:02:00Z",
                "seen_at": "2026-11-21T13:30:00Z",
                "current": True,
            },
        ]
    )

    def answer(self, request: httpx.Request) -> httpx.Response | None:
        """Answer what is about accounts; None for everything else."""
        asked = f"{request.method} {request.url.path}"
        if (overruled := self._overruled(asked)) is not None:
            return overruled
        bearer = request.headers.get("Authorization", "")
        given = json.loads(request.content) if request.content.startswith(b"{") else {}
        for pattern, (who, reply) in self._routes().items():
            if found := re.fullmatch(pattern, asked):
                if bearer != f"Bearer {who}":
                    return httpx.Response(401 if who.endswith("token") else 403, json={})
                return reply(given, *found.groups())
        return None

    def _overruled(self, asked: str) -> httpx.Response | None:
        for pattern, answer in self.says.items():
            if re.fullmatch(pattern, asked):
                return httpx.Response(
                    answer.status_code, content=answer.content, headers=answer.headers
                )
        return None

    def _routes(self) -> dict[str, tuple[str, Callable[..., httpx.Response]]]:
        person, portal, mail = "identity-token", "own", "notifications-token"
        nothing, taken = _always(204), _always(202, {})
        codes = _always(200, {"recovery_codes": RECOVERY_CODES})
        started = self._started
        return {
            r"GET /v1/issuers": (portal, _always(200, {"items": [self.look]})),
            r"GET /v1/issuers/(.+)": (portal, self._issuer),
            r"POST /v1/sessions/resolve": (portal, self._resolve),
            r"POST /v1/sessions/end": (portal, self._end),
            r"POST /v1/sessions": (portal, self._sign_in),
            r"POST /v1/sessions/second-step": (portal, self._second_step),
            r"POST /v1/passkeys/sign-in/options": (portal, _always(200, _asked_passkey())),
            r"POST /v1/passkeys/sign-in": (portal, started),
            r"POST /v1/links/renew": (portal, taken),
            r"POST /v1/registrations": (portal, _always(202, {"registration": REGISTRATION})),
            r"POST /v1/registrations/(.+)/again": (portal, _always(202, {"registration": AGAIN})),
            r"POST /v1/registrations/(.+)/finish": (portal, self._finish),
            r"POST /v1/forgotten-passwords": (portal, _always(202, {"reset": RESET})),
            r"POST /v1/forgotten-passwords/(.+)/finish": (portal, self._finish_reset),
            r"POST /v1/proofs/look": (portal, self._look),
            r"POST /v1/email-changes/(finish|cancel)": (portal, self._address),
            r"POST /v1/staff-invitations/finish": (portal, started),
            r"GET /v1/me": (person, self._me),
            r"PATCH /v1/me": (person, self._change),
            r"POST /v1/me/proof": (person, self._prove),
            r"PUT /v1/me/password": (person, nothing),
            r"POST /v1/me/email-changes": (person, taken),
            r"DELETE /v1/me/email-changes": (person, nothing),
            r"GET /v1/me/sessions": (person, self._sessions),
            r"DELETE /v1/me/sessions(?:/.+)?": (person, nothing),
            r"POST /v1/me/totp": (person, _always(201, _new_totp())),
            r"POST /v1/me/totp/(.+)/confirm": (person, codes),
            r"POST /v1/me/passkeys/options": (person, _always(200, _asked_passkey())),
            r"POST /v1/me/passkeys": (person, codes),
            r"DELETE /v1/me/second-factors/(.+)": (person, nothing),
            r"POST /v1/me/recovery-codes": (person, codes),
            r"GET /v1/me/export": (person, self._export),
            r"POST /v1/me/erasure": (person, nothing),
            r"GET /v1/me/letters": (mail, self._letters),
        }

    def _issuer(self, _: Any, issuer: str) -> httpx.Response:
        found = issuer == self.look["issuer"]
        return httpx.Response(200, json=self.look) if found else problem(404)

    def _resolve(self, given: dict[str, Any]) -> httpx.Response:
        if given["session"] not in self.open:
            return problem(404)
        told = {
            "session_id": HERE,
            "issuer": self.look,
            "strength": 2 if self.me["second_factors"] else 1,
            "staff": self.staff,
            "must": self.must,
            "proved_at": self.proved_at,
            "main_contact_of": self.main_contact_of,
            "tokens": {each: f"{each}-token" for each in given["audiences"]},
            "desk_tokens": self._desk_tokens() if given.get("desk") else {},
        }
        names = ("person_id", "email", "first_name", "last_name", "language")
        return httpx.Response(200, json=told | {name: self.me[name] for name in names})

    def _desk_tokens(self) -> dict[str, str]:
        at_work = self.staff and not self.must
        services = ("identity", "documents", "notifications")
        return {each: f"{each}-at-the-desk" for each in services} if at_work else {}

    def _end(self, given: dict[str, Any]) -> httpx.Response:
        self.open = [each for each in self.open if each != given["session"]]
        return httpx.Response(204)

    def _sign_in(self, given: dict[str, Any]) -> httpx.Response:
        if (given["username"], given["password"]) != (self.me["email"], PASSWORD):
            return problem(422, "sign_in_refused")
        if not self.second_step:
            return self._started(given)
        options = _OPTIONS if "passkey" in self.second_step else None
        asked = {"challenge": "opaque", "kinds": self.second_step, "passkey_options": options}
        return httpx.Response(200, json={"second_step": asked})

    def _second_step(self, given: dict[str, Any]) -> httpx.Response:
        right = given["kind"] == "passkey" or given["code"] in {"123456", *RECOVERY_CODES}
        if given["challenge"] != "opaque" or not right:
            return problem(422, "second_step_refused")
        return self._started(given)

    def _started(self, _: Any) -> httpx.Response:
        return httpx.Response(
            201,
            json={
                "session": SESSION,
                "device": "device-of-an",
                "person_id": PERSON,
                "issuer": self.look["issuer"],
                "language": self.me["language"],
                "staff": self.staff,
                "must": self.must,
            },
        )

    def _finish(self, given: dict[str, Any], _: str) -> httpx.Response:
        return self._checked(given) or self._started(given)

    def _finish_reset(self, given: dict[str, Any], _: str) -> httpx.Response:
        return self._checked(given) or httpx.Response(204)

    def _checked(self, given: dict[str, Any]) -> httpx.Response | None:
        if len(given["password"]) < 15:  # noqa: PLR2004
            return problem(422, "too_short", "/password")
        if given.get("code", CODE) != CODE or given.get("proof", PROOF) != PROOF:
            return problem(422, "code_wrong", "/code")
        return None

    def _look(self, given: dict[str, Any]) -> httpx.Response:
        if given["proof"] != PROOF:
            return problem(404)
        told = {
            "kind": given["kind"],
            "issuer": self.look,
            "language": self.me["language"],
            "address": self.me["email"],
            "state": self.proof_state,
        }
        return httpx.Response(200, json=told)

    def _address(self, given: dict[str, Any], _: str) -> httpx.Response:
        if given["proof"] != PROOF or self.proof_state != "usable":
            return problem(409, "proof_unusable")
        return httpx.Response(200, json={"email": self.me["email"]})

    def _me(self, _: Any) -> httpx.Response:
        return httpx.Response(200, json=self.me | {"main_contact_of": self.main_contact_of})

    def _change(self, given: dict[str, Any]) -> httpx.Response:
        self.me |= given
        return self._me(given)

    def _prove(self, given: dict[str, Any]) -> httpx.Response:
        right = given.get("password") == PASSWORD or given.get("code") == "123456"
        if not right:
            return problem(422, "proof_refused")
        self.open = [RENAMED]
        return httpx.Response(200, json={"session": RENAMED})

    def _sessions(self, _: Any) -> httpx.Response:
        return httpx.Response(200, json={"items": self.sessions})

    def _letters(self, _: Any) -> httpx.Response:
        return httpx.Response(200, json={"items": self.letters, "next_cursor": None})

    def _export(self, _: Any) -> httpx.Response:
        kept = {"person": self.me, "sessions": self.sessions, "tickets": []}
        return httpx.Response(200, json=kept)


def _always(status: int, body: Any = None) -> Callable[..., httpx.Response]:
    def reply(*_: Any) -> httpx.Response:
        return httpx.Response(status, json=body) if body is not None else httpx.Response(status)

    return reply


def _new_totp() -> dict[str, str]:
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105 (the example of every textbook)
    uri = f"otpauth://totp/Meridiaan%20Lease:an.peeters%40example.com?secret={secret}"
    return {"id": TOTP, "secret": secret, "uri": uri}


def _asked_passkey() -> dict[str, Any]:
    return {"challenge": "opaque", "options": _OPTIONS}
