"""Recovery codes: ten ways in for who lost the second factor, each good once."""

import base64
import hashlib
import secrets

HOW_MANY = 10
_BYTES = 15
"""120 bits, so one hash without salt will do; 24 characters of base32."""

_GROUP = 6


def new_codes() -> list[str]:
    """Make codes as they are shown: four groups of six letters and digits."""
    return [_shown(secrets.token_bytes(_BYTES)) for _ in range(HOW_MANY)]


def hash_of(code: str) -> bytes:
    """Return what is kept of a code, however it is typed: small letters, spaces, no dashes."""
    typed = "".join(each for each in code.upper() if each.isalnum())
    return hashlib.sha256(typed.encode(errors="surrogatepass")).digest()


def _shown(code: bytes) -> str:
    text = base64.b32encode(code).decode()
    return "-".join(text[at : at + _GROUP] for at in range(0, len(text), _GROUP))
