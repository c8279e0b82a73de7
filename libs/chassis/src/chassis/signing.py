"""Short signatures for links: who holds the key can make them, and nobody can guess them."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence

KEY_BYTES = 32


def new_key() -> str:
    """Make a key, written as ``key_from`` reads it."""
    return base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).rstrip(b"=").decode()


def key_from(text: str) -> bytes:
    """Read a key of 32 bytes, written as base64url. Raises ``ValueError``."""
    try:
        key = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise ValueError(f"a key is {KEY_BYTES} bytes, in base64url")
    return key


def sign(key: bytes, *parts: str) -> str:
    """Return the signature of these parts, in this order: HMAC-SHA256, base64url, 43 characters."""
    mac = hmac.digest(key, _bytes("\n".join(parts)), hashlib.sha256)
    return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()


def is_signed(keys: Sequence[bytes], signature: str, *parts: str) -> bool:
    """Say whether one of the live keys made this signature, in constant time for each."""
    good = [hmac.compare_digest(_bytes(sign(key, *parts)), _bytes(signature)) for key in keys]
    return any(good)


def _bytes(text: str) -> bytes:
    """Return any text as bytes; it may come from outside, and hold half a character."""
    return text.encode(errors="surrogatepass")
