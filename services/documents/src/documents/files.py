"""Where the bytes are kept: create-only, named by their own hash, never rewritten.

<issuer>/sha256/ab/cd/<sha256>                            what was received
<issuer>/uploads/<upload_id>                              what waits to become a document
<issuer>/derived/<sha256>/<version>/<language>.pdf        what was made from a document

In a folder nothing may be written to them again (mode 0444). In a bucket with Object Lock nobody
can take them away before their time; what only passes through lies in another bucket then.
"""

import asyncio
import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import UUID

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import LocalStore, S3Store, from_url

from documents.wholeness import Digest

UNREADABLE = "unreadable"
"""Instead of a hash, of bytes that are there and that the disk does not give."""

_READ_ONLY = 0o444
_PATIENCE = timedelta(seconds=20)
"""How long a bucket that is away is asked again."""
_AT_ONCE = 1024 * 1024
_HEX = set("0123456789abcdef")


@dataclass(frozen=True)
class Bucket:
    """How a bucket is reached; what is not said is what the machine says of itself."""

    endpoint: str | None = None
    region: str | None = None
    key_id: str | None = None
    secret: str | None = None


class Files:
    """A store of bytes in a folder or a bucket. Each issuer's bytes lie apart."""

    def __init__(
        self, url: str, passing_url: str | None = None, bucket: Bucket | None = None
    ) -> None:
        """Open the store; a folder is made when it is not there.

        ``passing_url`` is where uploads and renditions lie, if not beside the rest.
        """
        self._kept = _Place(url, bucket or Bucket())
        self._passing = _Place(passing_url, bucket or Bucket()) if passing_url else self._kept

    async def keep(self, issuer: str, content: bytes) -> str:
        """Keep bytes for an issuer; return their SHA-256 in hex. Keeping them twice is harmless."""
        sha256 = hashlib.sha256(content).hexdigest()
        await self._kept.create(_key(issuer, sha256), content)
        return sha256

    async def read(self, issuer: str, sha256: str) -> bytes:
        """Return kept bytes. Raises ``FileNotFoundError``."""
        return await self._kept.read(_key(issuer, sha256))

    async def digest(self, issuer: str, sha256: str) -> Digest | None:
        """Return what kept bytes come to today, read in pieces; None where there are none."""
        if len(sha256) != len(hashlib.sha256().hexdigest()) or not set(sha256) <= _HEX:
            return None
        return await self._kept.digest(_key(issuer, sha256))

    async def drop(self, issuer: str, sha256: str) -> None:
        """Take bytes away, and what was made from them; what is gone already is no trouble.

        A locked bucket shows them no more, and keeps them until its own time has come.
        """
        await self._kept.delete(_key(issuer, sha256))
        async for several in obstore.list(self._passing.store, prefix=f"{issuer}/derived/{sha256}"):
            for each in several:
                await self._passing.delete(str(each["path"]))

    async def keep_upload(self, issuer: str, upload_id: UUID, content: bytes) -> None:
        """Keep bytes that a document of the issuer will name by their upload."""
        await self._passing.create(f"{issuer}/uploads/{upload_id}", content)

    async def upload(self, issuer: str, upload_id: UUID) -> bytes:
        """Return uploaded bytes. Raises ``FileNotFoundError``."""
        return await self._passing.read(f"{issuer}/uploads/{upload_id}")

    async def uploads(self) -> list[tuple[str, UUID]]:
        """Return all uploads of all issuers: whose, and which."""
        issuers = await obstore.list_with_delimiter_async(self._passing.store)
        found = []
        for issuer in issuers["common_prefixes"]:
            async for several in obstore.list(self._passing.store, prefix=f"{issuer}/uploads"):
                names = (str(each["path"]).rpartition("/")[2] for each in several)
                found += [(issuer, UUID(name)) for name in names]
        return found

    async def drop_upload(self, issuer: str, upload_id: UUID) -> None:
        """Take an upload away; one that is gone already is no trouble."""
        await self._passing.delete(f"{issuer}/uploads/{upload_id}")

    async def keep_rendition(
        self, issuer: str, sha256: str, version: str, language: str, pdf: bytes
    ) -> None:
        """Keep a PDF made from a kept XML, under all that decides how it looks."""
        await self._passing.create(_rendition(issuer, sha256, version, language), pdf)

    async def rendition(
        self, issuer: str, sha256: str, version: str, language: str
    ) -> bytes | None:
        """Return a PDF that was made before, or None."""
        with suppress(FileNotFoundError):
            return await self._passing.read(_rendition(issuer, sha256, version, language))
        return None

    async def drop_renditions(self, made_before: datetime) -> int:
        """Take away all renditions made before a time; return how many there were."""
        dropped = 0
        for issuer in (await obstore.list_with_delimiter_async(self._passing.store))[
            "common_prefixes"
        ]:
            async for several in obstore.list(self._passing.store, prefix=f"{issuer}/derived"):
                old = [each["path"] for each in several if each["last_modified"] < made_before]
                for path in old:
                    await self._passing.delete(path)
                dropped += len(old)
        return dropped


class _Place:
    """A folder or a bucket."""

    def __init__(self, url: str, bucket: Bucket) -> None:
        parts = urlsplit(url)
        self._folder = Path(unquote(parts.path)) if parts.scheme == "file" else None
        self.store: Any
        if self._folder:
            self.store = LocalStore(self._folder, mkdir=True)
        elif parts.scheme == "s3":
            self.store = _in_bucket(url, bucket)
        else:
            self.store = from_url(url)

    async def create(self, key: str, content: bytes) -> None:
        with suppress(AlreadyExistsError):
            await obstore.put_async(self.store, key, content, mode="create")
        if self._folder:
            await asyncio.to_thread(_flush, self._folder / key)

    async def read(self, key: str) -> bytes:
        found = await obstore.get_async(self.store, key)
        return bytes(await found.bytes_async())

    async def digest(self, key: str) -> Digest | None:
        """Return what bytes come to. A bucket that is away raises; a disk that fails is told of."""
        over, size = hashlib.sha256(), 0
        try:
            found = await obstore.get_async(self.store, key)
            async for piece in found.stream(min_chunk_size=_AT_ONCE):
                over.update(piece)
                size += len(piece)
        except FileNotFoundError:
            return None
        except (BaseError, OSError):
            if self._folder is None:
                raise
            return Digest(UNREADABLE, size)
        return Digest(over.hexdigest(), size)

    async def delete(self, key: str) -> None:
        with suppress(FileNotFoundError):
            await obstore.delete_async(self.store, key)


def _in_bucket(url: str, bucket: Bucket) -> Any:
    """Open a bucket. Object Lock asks for a checksum with whatever is put."""
    said: dict[str, Any] = {
        "checksum_algorithm": "SHA256",
        "endpoint": bucket.endpoint,
        "region": bucket.region,
        "access_key_id": bucket.key_id,
        "secret_access_key": bucket.secret,
    }
    return S3Store.from_url(
        url,
        client_options={"allow_http": (bucket.endpoint or "").startswith("http://")},
        retry_config={"max_retries": 3, "retry_timeout": _PATIENCE},
        **{key: value for key, value in said.items() if value},
    )


def _flush(path: Path) -> None:
    """Have the disk keep a file and its name, before anyone is told that we have it."""
    path.chmod(_READ_ONLY)
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
