"""Documents, as the portal needs it: the newest document of a guest, and its bytes."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlencode
from uuid import UUID

import httpx
from pydantic import BaseModel, ValidationError

from portal.document import DocumentPage, GuestDocument
from portal.errors import NothingHere, ServiceAway
from portal.invoice import Invoice

M = TypeVar("M", bound=BaseModel)

_NOT_FOUND = (401, 403, 404, 422)
# A rendition may have to be made first.
_PATIENCE = httpx.Timeout(10, read=60)


@dataclass(frozen=True)
class FileContent:
    """The bytes of a file as they come, what they are, and what ends their coming early."""

    media_type: str
    size: str | None
    content: AsyncIterator[bytes]
    close: Callable[[], Awaitable[None]]


class DocumentsService:
    """Asks documents with the visitor's own token, never with more."""

    def __init__(self, http: httpx.AsyncClient, url: str) -> None:
        """Ask this documents service."""
        self._http = http
        self._url = url

    async def newest(self, token: str) -> GuestDocument:
        """Return the newest document the token opens. Raises ``NothingHere``, ``ServiceAway``."""
        return _read(GuestDocument, await self._whole("/v1/newest", token))

    async def page(
        self, token: str, customer_number: str | None, cursor: str | None, limit: int
    ) -> DocumentPage:
        """Return a page of what the token's owner may read, newest first."""
        asked = {"customer_number": customer_number, "cursor": cursor, "limit": limit}
        query = urlencode({name: each for name, each in asked.items() if each is not None})
        return _read(DocumentPage, await self._whole(f"/v1/documents?{query}", token))

    async def document(self, token: str, document_id: UUID) -> GuestDocument:
        """Return a document. Raises ``NothingHere`` where it is not theirs to read."""
        return _read(GuestDocument, await self._whole(f"/v1/documents/{document_id}", token))

    async def invoice(self, token: str, document_id: UUID) -> Invoice:
        """Return what a document's XML says. Raises ``NothingHere`` where none was understood."""
        return _read(Invoice, await self._whole(f"/v1/documents/{document_id}/invoice", token))

    async def file(self, token: str, document_id: UUID, sha256: str) -> FileContent:
        """Return a file, as it was received."""
        return await self._stream(f"/v1/documents/{document_id}/files/{sha256}", token)

    async def rendition(self, token: str, document_id: UUID, language: str) -> FileContent:
        """Return the document as a PDF in a language."""
        return await self._stream(
            f"/v1/documents/{document_id}/rendition?language={language}", token
        )

    async def picture(self, token: str, document_id: UUID, page: int) -> FileContent:
        """Return a page of the document's PDF as a PNG."""
        return await self._stream(f"/v1/documents/{document_id}/pages/{page}", token)

    async def _whole(self, path: str, token: str) -> bytes:
        answer = await self._ask(path, token)
        try:
            return await answer.aread()
        except httpx.HTTPError as error:
            raise ServiceAway("documents") from error
        finally:
            await answer.aclose()

    async def _stream(self, path: str, token: str) -> FileContent:
        answer = await self._ask(path, token)
        return FileContent(
            media_type=answer.headers.get("content-type", ""),
            size=answer.headers.get("content-length"),
            content=answer.aiter_bytes(),
            close=answer.aclose,
        )

    async def _ask(self, path: str, token: str) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"}
        request = self._http.build_request(
            "GET", f"{self._url}{path}", headers=headers, timeout=_PATIENCE
        )
        try:
            answer = await self._http.send(request, stream=True)
        except httpx.HTTPError as error:
            raise ServiceAway("documents") from error
        if answer.is_success:
            return answer
        await answer.aclose()
        raise NothingHere if answer.status_code in _NOT_FOUND else ServiceAway("documents")


def _read(model: type[M], content: bytes) -> M:
    try:
        return model.model_validate_json(content)
    except ValidationError as error:
        raise ServiceAway("documents") from error
