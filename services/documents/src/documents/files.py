"""Where the bytes are kept: create-only, named by their own hash, never rewritten."""

import hashlib
from contextlib import suppress
from typing import Any

import obstore
from obstore.exceptions import AlreadyExistsError
from obstore.store import LocalStore, from_url


class Files:
    """A store of bytes in a folder or a bucket. Each issuer's bytes lie apart."""

    def __init__(self, url: str) -> None:
        """Open the store; a folder is made when it is not there."""
        local = url.startswith("file://")
        self._store: Any = (
            LocalStore(url.removeprefix("file://"), mkdir=True) if local else from_url(url)
        )

    async def keep(self, issuer: str, content: bytes) -> str:
        """Keep bytes for an issuer; return their SHA-256 in hex. Keeping them twice is harmless."""
        sha256 = hashlib.sha256(content).hexdigest()
        with suppress(AlreadyExistsError):
            await obstore.put_async(self._store, _key(issuer, sha256), content, mode="create")
        return sha256

    async def read(self, issuer: str, sha256: str) -> bytes:
        """Return kept bytes. Raises ``FileNotFoundError``."""
        found = await obstore.get_async(self._store, _key(issuer, sha256))
        return bytes(await found.bytes_async())


def _key(issuer: str, sha256: str) -> str:
    return f"{issuer}/sha256/{sha256[:2]}/{sha256[2:4]}/{sha256}"
