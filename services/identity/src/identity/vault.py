"""The vault: secrets that must be read again are kept sealed, with a key that is a setting."""

import secrets
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12


class SealBroken(Exception):
    """No live key opens it, or it was sealed for something else."""


class Vault:
    """Seals with the first key; what either live key sealed is opened (AES-256-GCM)."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        """Take keys of 32 bytes."""
        self._ciphers = [AESGCM(key) for key in keys]

    def seal(self, secret: bytes, *, purpose: str) -> bytes:
        """Seal a secret; only who names the same purpose opens it."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._ciphers[0].encrypt(nonce, secret, purpose.encode())

    def open(self, sealed: bytes, *, purpose: str) -> bytes:
        """Open what was sealed. Raises ``SealBroken``."""
        nonce, encrypted = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        for cipher in self._ciphers:
            try:
                return cipher.decrypt(nonce, encrypted, purpose.encode())
            except (InvalidTag, ValueError):
                continue
        raise SealBroken
