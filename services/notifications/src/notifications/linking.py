"""Makes the links and codes in mails, which only identity can check.

They are made when a mail is written and kept nowhere; the same letter always gets the same ones.
A link to documents is ``<ticket>.<day>.<mac>``; one that proves a mailbox ``<credential>.<mac>``.
"""

import hashlib
import hmac
from datetime import date
from uuid import UUID

from chassis.signing import sign

_VIEW = "view"
_DIGITS, _BYTES = 8, 8


class Links:
    """Holds the key, and where the portal is."""

    def __init__(self, portal_url: str, key: bytes) -> None:
        """Lead to this portal."""
        self._portal_url = portal_url.rstrip("/")
        self._key = key

    def to(self, ticket: UUID, day: date) -> str:
        """Return the address that opens the newest document of a ticket's customer number."""
        parts = (str(ticket), day.isoformat())
        return f"{self._portal_url}/view/{'.'.join(parts)}.{sign(self._key, *parts, _VIEW)}"

    def proving(self, credential_id: UUID, kind: str) -> str:
        """Return the address that proves a mailbox, for a purpose."""
        proof = f"{credential_id}.{sign(self._key, str(credential_id), kind)}"
        return f"{self._portal_url}/proof/{kind}/{proof}"

    def code(self, credential_id: UUID, kind: str) -> str:
        """Return the 8 digits that prove a mailbox, for a purpose."""
        text = "\n".join((str(credential_id), kind, "code"))
        mac = hmac.digest(self._key, text.encode(), hashlib.sha256)
        return f"{int.from_bytes(mac[:_BYTES]) % 10**_DIGITS:0{_DIGITS}}"

    def sign_in(self, issuer: str) -> str:
        """Return the address of an issuer's page to sign in."""
        return f"{self._portal_url}/sign-in/{issuer}"

    def forgotten(self, issuer: str) -> str:
        """Return the address of an issuer's page for a forgotten password."""
        return f"{self._portal_url}/forgot/{issuer}"
