"""Where the bytes are kept: create-only, named by their own hash, never rewritten.

<issuer>/sha256/ab/cd/<sha256>                            what was received
<issuer>/uploads/<upload_id>                              what waits to become a document
<issuer>/derived/<sha256>/<version>/<language>.pdf        what was made from a document
"""

import asyncio
import hashlib
import os
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import UUID

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
        await self._create(_key(issuer, sha256), content)
        return sha256

    async def read(self, issuer: str, sha256: str) -> bytes:
        """Return kept bytes. Raises ``FileNotFoundError``."""
        return await self._read(_key(issuer, sha256))

    async def keep_upload(self, issuer: str, upload_id: UUID, content: bytes) -> None:
        """Keep bytes that a document of the issuer will name by their upload."""
        await self._create(f"{issuer}/uploads/{upload_id}", content)

    async def upload(self, issuer: str, upload_id: UUID) -> bytes:
        """Return uploaded bytes. Raises ``FileNotFoundError``."""
        return await self._read(f"{issuer}/uploads/{upload_id}")

    async def uploads(self) -> list[tuple[str, UUID]]:
        """Return all uploads of all issuers: whose, and which."""
        issuers = await obstore.list_with_delimiter_async(self._store)
        found = []
        for issuer in issuers["common_prefixes"]:
            async for several in obstore.list(self._store, prefix=f"{issuer}/uploads"):
                names = (str(each["path"]).rpartition("/")[2] for each in several)
                found += [(issuer, UUID(name)) for name in names]
        return found

    async def drop_upload(self, issuer: str, upload_id: UUID) -> None:
        """Take an upload away; one that is gone already is no trouble."""
        with suppress(FileNotFoundError):
            await obstore.delete_async(self._store, f"{issuer}/uploads/{upload_id}")

    async def keep_rendition(
        self, issuer: str, sha256: str, version: str, language: str, pdf: bytes
    ) -> None:
        """Keep a PDF made from a kept XML, under all that decides how it looks."""
        await self._create(_rendition(issuer, sha256, version, language), pdf)

    async def rendition(
        self, issuer: str, sha256: str, version: str, language: str
    ) -> bytes | None:
        """Return a PDF that was made before, or None."""
        with suppress(FileNotFoundError):
            return await self._read(_rendition(issuer, sha256, version, language))
        return None

    async def drop_renditions(self, made_before: datetime) -> int:
        """Take away all renditions made before a time; return how many there were."""
        dropped = 0
        for issuer in (await obstore.list_with_delimiter_async(self._store))["common_prefixes"]:
            async for several in obstore.list(self._store, prefix=f"{issuer}/derived"):
                old = [each["path"] for each in several if each["last_modified"] < made_before]
                for path in old:
                    await obstore.delete_async(self._store, path)
                dropped += len(old)
        return dropped

    async def _create(self, key: str, content: bytes) -> None:
        with suppress(AlreadyExistsError):
            await obstore.put_async(self._store, key, content, mode="create")
        if self._folder:
            await asyncio.to_thread(_flush, self._folder / key)

    async def _read(self, key: str) -> bytes:
        found = await obstore.get_async(self._store, key)
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


def _rendition(issuer: str, sha256: str, version: str, language: str) -> str:
    return f"{issuer}/derived/{sha256}/{version}/{language}.pdf"
