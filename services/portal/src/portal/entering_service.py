"""The way in, as identity keeps it: registering, signing in, forgotten passwords, proofs."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from portal.errors import NothingHere, Refused
from portal.identity_calls import IdentityCalls, read
from portal.look import IssuerLook
from portal.plain_text import Text
from portal.readership import Count
from portal.words import LANGUAGES


class Visitor(BaseModel):
    """Who knocks, as far as a browser tells: for throttling, and for the list of sessions."""

    address: str
    browser: str
    device: str | None = None


class Pending(BaseModel):
    """A code and a link are on their way to a mailbox."""

    id: UUID
    code_until: datetime | None = None


class Started(BaseModel):
    """Someone is signed in: what the browser keeps of it."""

    session: str
    device: str
    issuer: str
    language: str
    staff: bool = False
    must: str | None = None


class SecondStep(BaseModel):
    """A password was right, and something else is asked too."""

    challenge: str
    kinds: list[str]
    passkey_options: dict[str, Any] | None = None


class PasskeyAsked(BaseModel):
    """What a browser needs to use a passkey."""

    challenge: str
    options: dict[str, Any]


class SignedInPerson(BaseModel):
    """Whose session a browser's cookie is, with a token for each service that is asked.

    ``unread`` is for the menu: None where it is not asked, or cannot be had just now.
    """

    session_id: UUID
    person_id: UUID
    issuer: IssuerLook
    email: Text
    first_name: Text | None = None
    last_name: Text | None = None
    language: str
    strength: int
    staff: bool = False
    must: str | None = None
    proved_at: datetime
    main_contact_of: int | None = None
    unread: Count | None = None
    tokens: dict[str, str] = Field(repr=False)
    admin: bool = False
    desk_tokens: dict[str, str] = Field(default={}, repr=False)
    """Of staff at work: a token for each service, where the desk was asked for."""

    @property
    def name(self) -> str:
        """Return the person's name, or the address where there is none."""
        return " ".join(part for part in (self.first_name, self.last_name) if part) or self.email

    @property
    def spoken(self) -> str:
        """Return the person's language, or English where that is none of ours."""
        return self.language if self.language in LANGUAGES else "en"


class Proof(BaseModel):
    """What a mailed link proves, and to whom; ``gone`` where it can be used no more."""

    kind: str
    issuer: IssuerLook
    language: str
    address: Text
    state: str


class _Registration(BaseModel):
    registration: UUID
    code_until: datetime | None = None


class _Reset(BaseModel):
    reset: UUID
    code_until: datetime | None = None


class _SecondStepAsked(BaseModel):
    second_step: SecondStep


class _Address(BaseModel):
    email: Text


class EnteringService:
    """Asks identity, as the portal's own client."""

    def __init__(self, calls: IdentityCalls) -> None:
        """Ask by these calls."""
        self._calls = calls

    async def resolve(
        self, session: str, audiences: Sequence[str], *, desk: bool = False
    ) -> SignedInPerson:
        """Return whose session it is; with ``desk``, also what they may do as staff.

        Raises ``NothingHere`` where it is nobody's any more.
        """
        asked = {"session": session, "audiences": list(audiences)} | (
            {"desk": True} if desk else {}
        )
        return read(
            SignedInPerson, await self._calls.as_portal("POST", "/v1/sessions/resolve", asked)
        )

    async def end(self, session: str) -> None:
        """Sign out."""
        await self._calls.as_portal("POST", "/v1/sessions/end", {"session": session})

    async def sign_in(
        self, issuer: str, username: str, password: str, visitor: Visitor
    ) -> Started | SecondStep:
        """Sign in with a password. Raises ``Refused``, ``TooOften``."""
        asked = {"issuer": issuer, "username": username, "password": password}
        answer = await self._post("/v1/sessions", visitor, asked)
        if b'"second_step"' in answer:
            return read(_SecondStepAsked, answer).second_step
        return read(Started, answer)

    async def take_second_step(
        self, challenge: str, kind: str, visitor: Visitor, *, proof: str | dict[str, Any]
    ) -> Started:
        """Give a code, or what a passkey said. Raises ``Refused``, ``TooOften``."""
        given = {"passkey" if kind == "passkey" else "code": proof}
        asked = {"challenge": challenge, "kind": kind} | given
        return read(Started, await self._post("/v1/sessions/second-step", visitor, asked))

    async def ask_passkey(self, issuer: str, visitor: Visitor) -> PasskeyAsked:
        """Return what a browser needs to sign in with a passkey alone."""
        path = "/v1/passkeys/sign-in/options"
        return read(PasskeyAsked, await self._post(path, visitor, {"issuer": issuer}))

    async def sign_in_with_passkey(
        self, challenge: str, passkey: dict[str, Any], visitor: Visitor
    ) -> Started:
        """Sign in with a passkey alone. Raises ``Refused``."""
        asked = {"challenge": challenge, "passkey": passkey}
        return read(Started, await self._post("/v1/passkeys/sign-in", visitor, asked))

    async def renew(self, link: str, visitor: Visitor) -> None:
        """Ask for a new mail where a link is too old; nobody learns whether one goes out."""
        try:
            await self._post("/v1/links/renew", visitor, {"link": link})
        except (NothingHere, Refused):
            return

    async def register(
        self, link: str, first_name: str, last_name: str, language: str, visitor: Visitor
    ) -> Pending:
        """Begin to register whom a link was sent to. Raises ``Refused``, ``NothingHere``."""
        asked = {
            "link": link,
            "first_name": first_name,
            "last_name": last_name,
            "language": language,
        }
        begun = read(_Registration, await self._post("/v1/registrations", visitor, asked))
        return Pending(id=begun.registration, code_until=begun.code_until)

    async def register_again(self, registration: UUID, visitor: Visitor) -> Pending:
        """Have another mail with a code and a link sent; the one before is good no more."""
        again = await self._post(f"/v1/registrations/{registration}/again", visitor)
        begun = read(_Registration, again)
        return Pending(id=begun.registration, code_until=begun.code_until)

    async def finish_registration(
        self, registration: UUID, password: str, visitor: Visitor, given: dict[str, str]
    ) -> Started:
        """Choose a password; ``given`` is the code or the proof from the mail."""
        path = f"/v1/registrations/{registration}/finish"
        answer = await self._post(path, visitor, {"password": password} | given)
        return read(Started, answer)

    async def forget_password(self, issuer: str, username: str, visitor: Visitor) -> Pending:
        """Have a code and a link sent; the answer is the same for addresses nobody has."""
        asked = {"issuer": issuer, "username": username}
        begun = read(_Reset, await self._post("/v1/forgotten-passwords", visitor, asked))
        return Pending(id=begun.reset, code_until=begun.code_until)

    async def finish_reset(
        self, reset: UUID, password: str, visitor: Visitor, given: dict[str, str]
    ) -> None:
        """Choose a new password; ``given`` is the code or the proof from the mail."""
        path = f"/v1/forgotten-passwords/{reset}/finish"
        await self._post(path, visitor, {"password": password} | given)

    async def look(self, proof: str, kind: str) -> Proof:
        """Return what a proof is for; looking uses nothing up. Forged: ``NothingHere``."""
        try:
            asked = {"proof": proof, "kind": kind}
            return read(Proof, await self._calls.as_portal("POST", "/v1/proofs/look", asked))
        except Refused as refused:
            raise NothingHere from refused

    async def confirm_address(self, proof: str) -> str:
        """Move a person to the address that was proved; return it."""
        return await self._finish_address("finish", proof)

    async def cancel_address(self, proof: str) -> str:
        """Leave a person at the address they have; return it."""
        return await self._finish_address("cancel", proof)

    async def finish_staff_invitation(self, proof: str, password: str, visitor: Visitor) -> Started:
        """Choose a password, as someone of an issuer's staff."""
        asked = {"proof": proof, "password": password}
        return read(Started, await self._post("/v1/staff-invitations/finish", visitor, asked))

    async def _finish_address(self, act: str, proof: str) -> str:
        path = f"/v1/email-changes/{act}"
        return read(_Address, await self._calls.as_portal("POST", path, {"proof": proof})).email

    async def _post(
        self, path: str, visitor: Visitor, asked: dict[str, Any] | None = None
    ) -> bytes:
        told = {"visitor": visitor.model_dump()}
        return await self._calls.as_portal("POST", path, (asked or {}) | told)
