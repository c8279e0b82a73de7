"""A customer with an account, as the suite knows them: by mails, a password and a session.

The tests play people with it. It asks identity as the portal does, and nothing here knows more
than a mail or an answer says.
"""

import asyncio
import itertools
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from localrun.addresses import Addresses

PASSWORD = "vier groene fietsen in de regen"  # noqa: S105 (made up)
BROWSER = "Firefox on Windows"
SCOPES = "accounts:act links:open"

_WITHIN_SECONDS = 30
_LOOK_EVERY_SECONDS = 0.1
_TOKEN_SECONDS = 240
_CODE = re.compile(r"(?<![\w-])(\d{4})[ \u00a0\u202f\u2009-]?(\d{4})(?![\w-])")
_LINK = re.compile(r"http://\S+/(?:view|proof)/[^\s\"<>]+")

_visitors = itertools.count(1)


class NoMail(Exception):
    """A mail that should have come did not."""


class Refused(Exception):
    """Identity refused what should have been done."""


@dataclass(frozen=True)
class Mail:
    """A mail, as far as its reader acts on it."""

    id: str
    subject: str
    text: str
    html: str

    @property
    def code(self) -> str:
        """Return the code of eight digits."""
        found = _CODE.search(self.text)
        if found is None:
            raise NoMail(f"no code in {self.subject!r}")
        return found[1] + found[2]

    @property
    def links(self) -> list[str]:
        """Return where its buttons lead."""
        return list(dict.fromkeys(_LINK.findall(self.text)))

    @property
    def proof(self) -> str:
        """Return the proof of the mailbox that its link holds."""
        return next(each for each in self.links if "/proof/" in each).rpartition("/")[2]


class Mailbox:
    """The mails to one address, read in the order they come."""

    def __init__(self, http: httpx.AsyncClient, addresses: Addresses, address: str) -> None:
        """Read this address's mails, from the first on."""
        self._http = http
        self._url = f"{addresses.postbox}/api/messages"
        self.address = address
        self._last = ""

    async def following(self, having: str = "") -> Mail:
        """Return the next mail that has a text in its subject or body, once it is there.

        Raises ``NoMail``.
        """
        deadline = time.monotonic() + _WITHIN_SECONDS
        while time.monotonic() < deadline:
            for mail in await self.unread():
                if having in mail.subject or having in mail.text:
                    self._last = mail.id
                    return mail
            await asyncio.sleep(_LOOK_EVERY_SECONDS)
        raise NoMail(f"{self.address} was sent nothing with {having!r}")

    async def unread(self) -> list[Mail]:
        """Return what came since the mail that was read last."""
        wanted: dict[str, str | int] = {"to": self.address, "after": self._last, "limit": 500}
        answer = await self._http.get(self._url, params=wanted)
        return [await self._whole(each["id"]) for each in answer.raise_for_status().json()["items"]]

    async def _whole(self, id_: str) -> Mail:
        told = (await self._http.get(f"{self._url}/{id_}")).raise_for_status().json()
        return Mail(id_, told["subject"], told["text"] or "", told["html"] or "")


@dataclass
class AccountHolder:
    """Someone who is signed in."""

    desk: "FrontDesk"
    email: str
    password: str
    started: dict[str, Any]
    _tokens: dict[str, str] = field(default_factory=dict)
    _good_until: float = 0.0

    @property
    def session(self) -> str:
        """What the cookie holds."""
        return str(self.started["session"])

    @property
    def person_id(self) -> str:
        """Who it is."""
        return str(self.started["person_id"])

    async def token(self, service: str) -> str:
        """Return a token for a service; it is asked for again before it ends."""
        if service not in self._tokens or time.monotonic() > self._good_until:
            self._tokens = (await self.desk.resolve(self.session)).json()["tokens"]
            self._good_until = time.monotonic() + _TOKEN_SECONDS
        return self._tokens[service]

    async def ask(self, service: str, method: str, path: str, **how: Any) -> httpx.Response:
        """Ask a service, as this person."""
        bearer = {"Authorization": f"Bearer {await self.token(service)}"}
        url = self.desk.addresses.services()[service] + path
        return await self.desk.http.request(method, url, headers=bearer, **how)

    async def me(self, method: str, path: str = "", **how: Any) -> httpx.Response:
        """Ask identity about oneself: a path below ``/v1/me``."""
        return await self.ask("identity", method, f"/v1/me{path}", **how)

    def renew_tokens(self) -> None:
        """Forget the tokens, so that the next request takes new ones."""
        self._tokens.clear()


class FrontDesk:
    """What identity does for the portal's visitors, asked as the portal's own client."""

    def __init__(
        self, http: httpx.AsyncClient, addresses: Addresses, environment: Mapping[str, str]
    ) -> None:
        """Ask this suite's identity; ``environment`` is what its portal was given."""
        self.http = http
        self.addresses = addresses
        self._login = (environment["PORTAL_CLIENT_ID"], environment["PORTAL_CLIENT_SECRET"])
        self._token = ""

    async def token(self) -> str:
        """Return the portal's own token."""
        if not self._token:
            answer = await self.http.post(
                f"{self.addresses.identity}/v1/oauth/token",
                data={"grant_type": "client_credentials", "scope": SCOPES},
                auth=self._login,
            )
            self._token = str(answer.raise_for_status().json()["access_token"])
        return self._token

    async def ask(self, method: str, path: str, **how: Any) -> httpx.Response:
        """Ask identity as the portal."""
        bearer = {"Authorization": f"Bearer {await self.token()}"}
        return await self.http.request(
            method, f"{self.addresses.identity}{path}", headers=bearer, **how
        )

    async def post(self, path: str, **body: Any) -> httpx.Response:
        """Ask for something that is done by a POST."""
        return await self.ask("POST", path, json=body)

    async def resolve(self, session: str, *audiences: str) -> httpx.Response:
        """Ask who a session is, with tokens for services."""
        wanted = audiences or ("identity", "documents", "notifications")
        return await self.post("/v1/sessions/resolve", session=session, audiences=list(wanted))

    async def register(
        self, link: str, mailbox: Mailbox, *, password: str = PASSWORD, names: str = "Noor Peeters"
    ) -> AccountHolder:
        """Register whom a link belongs to, by the code that is mailed. Raises ``Refused``."""
        who, first_name, last_name = visitor(), *names.split(" ", 1)
        asked = _done(
            await self.post(
                "/v1/registrations",
                link=link.rpartition("/view/")[2],
                first_name=first_name,
                last_name=last_name,
                language="nl",
                visitor=who,
            )
        )
        code = (await mailbox.following("/proof/register/")).code
        finish = f"/v1/registrations/{asked['registration']}/finish"
        started = _done(await self.post(finish, code=code, password=password, visitor=who))
        return AccountHolder(self, mailbox.address, password, started)

    async def try_to_sign_in(
        self, issuer: str, username: str, password: str, **who: Any
    ) -> httpx.Response:
        """Try a password; ``who`` says more of the visitor, such as its ``device``."""
        return await self.post(
            "/v1/sessions",
            issuer=issuer,
            username=username,
            password=password,
            visitor=visitor() | who,
        )

    async def sign_in(
        self, issuer: str, username: str, password: str = PASSWORD, **who: Any
    ) -> AccountHolder:
        """Sign someone in who has no second factor. Raises ``Refused``."""
        started = _done(await self.try_to_sign_in(issuer, username, password, **who))
        return AccountHolder(self, username, password, started)


def visitor(**more: Any) -> dict[str, Any]:
    """Return a visitor from an address that nobody came from before."""
    known: dict[str, Any] = {"browser": BROWSER, "device": None}
    return {"address": f"2001:db8:{next(_visitors):x}::1", **known, **more}


def _done(answer: httpx.Response) -> dict[str, Any]:
    if not answer.is_success:
        raise Refused(f"{answer.request.method} {answer.request.url.path}: {answer.text}")
    done: dict[str, Any] = answer.json()
    return done
