"""A person's own account, as identity keeps it."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from portal.identity_calls import IdentityCalls, read
from portal.plain_text import Text


class SecondFactor(BaseModel):
    """A second factor: ``kind`` is totp or passkey."""

    id: UUID
    kind: str
    name: Text
    made_at: datetime
    used_at: datetime | None = None


class AddressChange(BaseModel):
    """An address that must be confirmed yet."""

    address: Text
    until: datetime


class StaffOf(BaseModel):
    """An issuer whose staff a person is of."""

    issuer: str
    name: Text
    admin: bool = False


class Me(BaseModel):
    """All that a person's own pages show."""

    person_id: UUID
    email: Text
    language: str | None = None
    first_name: Text | None = None
    last_name: Text | None = None
    registered_at: datetime | None = None
    password_changed_at: datetime | None = None
    second_factors: list[SecondFactor] = []
    recovery_codes_left: int = 0
    email_change: AddressChange | None = None
    staff: list[StaffOf] = []
    main_contact_of: int = 0


class OpenSession(BaseModel):
    """A browser in which a person is signed in."""

    id: UUID
    browser: Text
    started_at: datetime
    seen_at: datetime
    current: bool = False


class NewTotp(BaseModel):
    """A secret for an app that makes codes; it is shown once."""

    id: UUID
    secret: str = Field(repr=False)
    uri: str = Field(repr=False)


class PasskeyAsked(BaseModel):
    """What a browser needs to make a passkey."""

    challenge: str
    options: dict[str, Any]


class _Codes(BaseModel):
    recovery_codes: list[str] | None = None


class _Proved(BaseModel):
    session: str | None = None


class _Sessions(BaseModel):
    items: list[OpenSession]


class AccountService:
    """Asks identity with the person's own token."""

    def __init__(self, calls: IdentityCalls) -> None:
        """Ask by these calls."""
        self._calls = calls

    async def me(self, token: str) -> Me:
        """Return the person."""
        return read(Me, await self._calls.as_person(token, "GET", "/v1/me"))

    async def change(self, token: str, **changes: str) -> None:
        """Change language or names."""
        await self._calls.as_person(token, "PATCH", "/v1/me", changes)

    async def prove(self, token: str, given: dict[str, str]) -> str | None:
        """Prove anew who it is, by password or code. Raises ``Refused``, ``TooOften``.

        Returns what the session's cookie is from now on; None where it stays what it is.
        """
        answer = await self._calls.as_person(token, "POST", "/v1/me/proof", given)
        return read(_Proved, answer).session

    async def change_password(self, token: str, current: str, new: str) -> None:
        """Change the password; other sessions end. Raises ``Refused``, ``TooOften``."""
        asked = {"current": current, "new": new}
        await self._calls.as_person(token, "PUT", "/v1/me/password", asked)

    async def begin_address_change(self, token: str, address: str) -> None:
        """Send a link to a new address, and word to the old. Raises ``Refused``."""
        await self._calls.as_person(token, "POST", "/v1/me/email-changes", {"address": address})

    async def drop_address_change(self, token: str) -> None:
        """Keep the address as it is."""
        await self._calls.as_person(token, "DELETE", "/v1/me/email-changes")

    async def sessions(self, token: str) -> list[OpenSession]:
        """Return the browsers in which the person is signed in."""
        return read(_Sessions, await self._calls.as_person(token, "GET", "/v1/me/sessions")).items

    async def end_session(self, token: str, session_id: UUID) -> None:
        """Sign out one of them."""
        await self._calls.as_person(token, "DELETE", f"/v1/me/sessions/{session_id}")

    async def end_sessions(self, token: str, *, this_too: bool) -> None:
        """Sign out all others, or all."""
        which = {"all": "true"} if this_too else None
        await self._calls.as_person(token, "DELETE", "/v1/me/sessions", params=which)

    async def new_totp(self, token: str, name: str) -> NewTotp:
        """Begin with an app that makes codes."""
        answer = await self._calls.as_person(token, "POST", "/v1/me/totp", {"name": name})
        return read(NewTotp, answer)

    async def confirm_totp(self, token: str, totp_id: UUID, code: str) -> list[str] | None:
        """Confirm it by a first code; return recovery codes where there were none yet."""
        path = f"/v1/me/totp/{totp_id}/confirm"
        answer = await self._calls.as_person(token, "POST", path, {"code": code})
        return read(_Codes, answer).recovery_codes

    async def ask_passkey(self, token: str) -> PasskeyAsked:
        """Return what a browser needs to make a passkey."""
        answer = await self._calls.as_person(token, "POST", "/v1/me/passkeys/options")
        return read(PasskeyAsked, answer)

    async def add_passkey(
        self, token: str, challenge: str, passkey: dict[str, Any], name: str
    ) -> list[str] | None:
        """Keep a passkey; return recovery codes where there were none yet."""
        asked = {"challenge": challenge, "passkey": passkey, "name": name}
        answer = await self._calls.as_person(token, "POST", "/v1/me/passkeys", asked)
        return read(_Codes, answer).recovery_codes

    async def remove_second_factor(self, token: str, factor_id: UUID) -> None:
        """Take away a second factor."""
        await self._calls.as_person(token, "DELETE", f"/v1/me/second-factors/{factor_id}")

    async def new_recovery_codes(self, token: str) -> list[str]:
        """Make recovery codes anew; the former ones are good no more."""
        answer = await self._calls.as_person(token, "POST", "/v1/me/recovery-codes")
        return read(_Codes, answer).recovery_codes or []

    async def export(self, token: str) -> dict[str, Any]:
        """Return all that identity holds about the person."""
        found: dict[str, Any] = json.loads(
            await self._calls.as_person(token, "GET", "/v1/me/export")
        )
        return found

    async def erase(self, token: str) -> None:
        """Erase the person."""
        await self._calls.as_person(token, "POST", "/v1/me/erasure")
