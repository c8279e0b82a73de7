"""Where the bytes are kept: create-only, named by their own hash, never rewritten."""

import asyncio
import hashlib
import os
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import AlreadyExistsError
from obstore.store import LocalStore, from_url


class Files:
    """A store of bytes in a folder or a bucket. Each issuer's bytes lie apart."""

    def __init__(self, url: str) -> None:
        """Open the store; a folder is made when it is not there."""
        parts = urlsplit(url)
        self._folder = Path(unquote(parts.path)) if parts.scheme == "file" else None
        self._store: Any = LocalStore(self._folder, mkdir=True) if self._folder else from_url(url)

    async def keep(self, issuer: str, content: bytes) -> str:
        """Keep bytes for an issuer; return their SHA-256 in hex. Keeping them twice is harmless."""
        sha256 = hashlib.sha256(content).hexdigest()
        with suppress(AlreadyExistsError):
            await obstore.put_async(self._store, _key(issuer, sha256), content, mode="create")
        if self._folder:
            await asyncio.to_thread(_flush, self._folder / _key(issuer, sha256))
        return sha256

    async def read(self, issuer: str, sha256: str) -> bytes:
        """Return kept bytes. Raises ``FileNotFoundError``."""
        found = await obstore.get_async(self._store, _key(issuer, sha256))
        return bytes(await found.bytes_async())


def _flush(path: Path) -> None:
    """Have the disk keep a file and its name, before anyone is told that we have it."""
    for each in (path, path.parent):
        handle = os.open(each, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _key(issuer: str, sha256: str) -> str:
    return f"{issuer}/sha256/{sha256[:2]}/{sha256[2:4]}/{sha256}"
