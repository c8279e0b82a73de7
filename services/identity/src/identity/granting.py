"""Grant tokens to machines that prove who they are (OAuth 2, client credentials)."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.identifiers import now
from identity import queries, scopes
from identity.mint import Mint

LIFETIME = timedelta(minutes=10)


class ClientRefused(Exception):
    """An OAuth error (RFC 6749, 5.2), by its code."""

    def __init__(self, code: str) -> None:
        """Name the code, such as invalid_client."""
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Granted:
    """A token, what it is for, and for how long."""

    token: str
    scope: str
    lifetime: timedelta


async def grant(
    session: AsyncSession, mint: Mint, client_id: str, secret: str, wanted: Sequence[str]
) -> Granted:
    """Grant a token for the wanted scopes, or for all the client has.

    Raises ``ClientRefused``.
    """
    client = await queries.client(session, client_id)
    known = client.secret_sha256 if client else b"\0" * 32
    matches = hmac.compare_digest(hash_of(secret), known)
    if client is None or not matches:
        raise ClientRefused("invalid_client")
    granted = sorted(wanted or client.scopes)
    if not set(granted) <= set(client.scopes):
        raise ClientRefused("invalid_scope")
    token = mint.strike(
        subject=client.id,
        audience=scopes.audience_of(granted),
        scopes=granted,
        now=now(),
        lifetime=LIFETIME,
        claims={"issuer": client.issuer} if client.issuer else {"service": client.service},
    )
    return Granted(token, " ".join(granted), LIFETIME)


def hash_of(secret: str) -> bytes:
    """Return what is kept of a client's secret: it has 256 bits, so one hash will do."""
    return hashlib.sha256(secret.encode()).digest()
