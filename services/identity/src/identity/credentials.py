"""Proofs of a mailbox: a link ``<credential>.<mac>`` and a code of 8 digits, made from its id.

notifications makes both when it writes the mail; here is decided whether one is genuine. Neither
is kept anywhere, so no database, message or log can give one away.
"""

import hashlib
import hmac
from collections.abc import Sequence
from uuid import UUID

from chassis.signing import is_signed, sign

DIGITS = 8
_BYTES = 8


def link_of(key: bytes, credential_id: UUID, kind: str) -> str:
    """Return the last part of the link that proves a mailbox."""
    return f"{credential_id}.{sign(key, str(credential_id), kind)}"


def code_of(key: bytes, credential_id: UUID, kind: str) -> str:
    """Return the code that proves a mailbox."""
    parts = "\n".join([str(credential_id), kind, "code"])
    mac = hmac.digest(key, parts.encode(), hashlib.sha256)
    return f"{int.from_bytes(mac[:_BYTES]) % 10**DIGITS:0{DIGITS}}"


def read(proof: str, keys: Sequence[bytes], kind: str) -> UUID | None:
    """Return the credential of a link, or None when it is forged, misshapen or of another kind."""
    credential_id, _, mac = proof.partition(".")
    if not is_signed(keys, mac, credential_id, kind):
        return None
    try:
        return UUID(credential_id)
    except ValueError:
        return None


def is_code(keys: Sequence[bytes], credential_id: UUID, kind: str, code: str) -> bool:
    """Say whether it is the code, in constant time for each live key; spaces do not matter."""
    given = "".join(code.split()).encode(errors="surrogatepass")
    good = [hmac.compare_digest(code_of(key, credential_id, kind).encode(), given) for key in keys]
    return any(good)
