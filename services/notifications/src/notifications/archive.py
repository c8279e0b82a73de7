"""The archive, as mails need it: which files a document has, their bytes, and a PDF made of it.

Asked over HTTP with this service's own client, which may read the files of any document and do
nothing else.
"""

import hashlib
import time
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import httpx
from pydantic import BaseModel, ValidationError

from chassis.calling import Following
from notifications.attachments import ArchivedFile
from notifications.errors import ArchiveAway, FileTooLarge

_SCOPE = "documents:parts"
_LEEWAY_SECONDS = 30
_PAUSE_SECONDS = 5
"""How long nobody asks again once it could not be reached: letters do not queue up for that."""

_OTHER_BYTES = "it gave other bytes than it was given"

# A rendition may have to be made first.
_PATIENCE = httpx.Timeout(10, read=60)


class _File(BaseModel):
    role: str
    name: str
    media_type: str
    sha256: str
    size: int


class _Document(BaseModel):
    files: list[_File]


class Archive:
    """Asks documents, as this service. Its bytes are checked against their hash."""

    def __init__(
        self,
        url: str,
        identity_url: str,
        client_id: str,
        secret: str,
        *,
        http: httpx.AsyncClient | None = None,
    ) -> None:
        """Ask the archive at this address, with tokens that identity gives this client."""
        self._url = url
        self._token_url = f"{identity_url}/v1/oauth/token"
        self._login = httpx.BasicAuth(client_id, secret)
        self._http = http or httpx.AsyncClient(timeout=_PATIENCE, transport=Following())
        self._token = ""
        self._token_ends = 0.0
        self._away_until = 0.0

    async def files(self, document_id: UUID) -> Sequence[ArchivedFile] | None:
        """Return the files of a document; None where it is not in the archive any more.

        Raises:
            ArchiveAway: nobody can say at the moment.

        """
        content = await self._get(f"/v1/documents/{document_id}", at_most=None)
        if content is None:
            return None
        try:
            found = _Document.model_validate_json(content)
        except ValidationError as error:
            raise ArchiveAway("its answer cannot be read") from error
        return [ArchivedFile(**each.model_dump()) for each in found.files]

    async def content(self, document_id: UUID, file: ArchivedFile) -> bytes:
        """Return the bytes of a file, as they were received.

        Raises:
            ArchiveAway: they cannot be had at the moment, or are not those that were received.

        """
        path = f"/v1/documents/{document_id}/files/{file.sha256}"
        try:
            content = await self._get(path, at_most=file.size)
        except FileTooLarge as longer:
            raise ArchiveAway(_OTHER_BYTES) from longer
        if content is None:
            raise ArchiveAway("it does not have a file that it names")
        if hashlib.sha256(content).hexdigest() != file.sha256:
            raise ArchiveAway(_OTHER_BYTES)
        return content

    async def rendition(self, document_id: UUID, language: str, *, at_most: int) -> bytes | None:
        """Return a PDF made of a document's XML; None where none can be made of it.

        Raises:
            ArchiveAway: it cannot be had at the moment.
            FileTooLarge: it is larger than that.

        """
        path = f"/v1/documents/{document_id}/rendition?language={language}"
        return await self._get(path, at_most=at_most)

    async def close(self) -> None:
        """Close its connections."""
        await self._http.aclose()

    async def _get(self, path: str, *, at_most: int | None) -> bytes | None:
        if time.monotonic() < self._away_until:
            raise ArchiveAway("it could not be reached a moment ago")
        try:
            return await self._asked(path, at_most)
        except httpx.HTTPStatusError as refused:
            status = refused.response.status_code
            raise ArchiveAway(f"{refused.request.url.path} was answered {status}") from refused
        except (httpx.HTTPError, ValueError, LookupError, TypeError) as trouble:
            self._away_until = time.monotonic() + _PAUSE_SECONDS
            raise ArchiveAway(f"it cannot be reached: {type(trouble).__name__}") from trouble

    async def _asked(self, path: str, at_most: int | None) -> bytes | None:
        for last in (False, True):
            headers = {
                "Authorization": f"Bearer {await self._own_token()}",
                "Accept-Encoding": "identity",
            }
            async with self._http.stream("GET", f"{self._url}{path}", headers=headers) as answer:
                if answer.status_code == httpx.codes.UNAUTHORIZED and not last:
                    self._token_ends = 0.0
                    continue
                if answer.status_code in {httpx.codes.NOT_FOUND, httpx.codes.GONE}:
                    return None
                answer.raise_for_status()
                return await _taken(answer, at_most)
        raise AssertionError("the second try returns or raises")

    async def _own_token(self) -> str:
        if time.monotonic() > self._token_ends:
            asked = {"grant_type": "client_credentials", "scope": _SCOPE}
            answer = await self._http.post(self._token_url, data=asked, auth=self._login)
            granted: dict[str, Any] = answer.raise_for_status().json()
            self._token = str(granted["access_token"])
            self._token_ends = time.monotonic() + granted["expires_in"] - _LEEWAY_SECONDS
        return self._token


async def _taken(answer: httpx.Response, at_most: int | None) -> bytes:
    taken = bytearray()
    async for some in answer.aiter_bytes():
        taken += some
        if at_most is not None and len(taken) > at_most:
            raise FileTooLarge
    return bytes(taken)
