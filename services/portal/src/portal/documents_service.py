"""Documents, as the portal needs it: the newest document of a guest, and its bytes."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

import httpx
from pydantic import BaseModel, ValidationError

from chassis import trail
from portal.errors import NothingHere, ServiceAway

_NOT_FOUND = (401, 403, 404, 422)
_DESCRIBING = ("content-type", "content-disposition", "etag")
_RANKS = {"original_pdf": 0, "original_xml": 1}


class Amount(BaseModel):
    """An amount of money."""

    amount: Decimal
    currency: str


class DocumentFile(BaseModel):
    """A file of a document."""

    role: str
    name: str
    media_type: str
    sha256: str
    size: int

    @property
    def rank(self) -> int:
        """Return its place on a page: what people read first, what machines read after."""
        return _RANKS.get(self.role, len(_RANKS))


@dataclass(frozen=True)
class FileContent:
    """The bytes of a file, and the headers that say what they are."""

    content: bytes
    headers: dict[str, str]


class GuestDocument(BaseModel):
    """The facts of a document that a page shows."""

    document_id: UUID
    customer_number: str
    number: str
    type: str
    issue_date: date
    due_date: date | None
    total_incl_vat: Amount
    amount_due: Amount
    payment_reference: str | None
    files: list[DocumentFile]


class DocumentsService:
    """Asks documents with the visitor's own token, never with more."""

    def __init__(self, http: httpx.AsyncClient, url: str) -> None:
        """Ask this documents service."""
        self._http = http
        self._url = url

    async def newest(self, token: str) -> GuestDocument:
        """Return the newest document the token opens. Raises ``NothingHere``, ``ServiceAway``."""
        try:
            answer = await self._get("/v1/newest", token)
            return GuestDocument.model_validate_json(answer.content)
        except ValidationError as error:
            raise ServiceAway("documents") from error

    async def file(self, token: str, document_id: UUID, sha256: str) -> FileContent:
        """Return the bytes of a file, with the headers that describe them."""
        answer = await self._get(f"/v1/documents/{document_id}/files/{sha256}", token)
        described = {name: answer.headers[name] for name in _DESCRIBING if name in answer.headers}
        return FileContent(answer.content, described)

    async def _get(self, path: str, token: str) -> httpx.Response:
        headers = {
            "Authorization": f"Bearer {token}",
            trail.HEADER: trail.current().correlation_id,
        }
        try:
            answer = await self._http.get(f"{self._url}{path}", headers=headers)
            if answer.status_code in _NOT_FOUND:
                raise NothingHere
            return answer.raise_for_status()
        except httpx.HTTPError as error:
            raise ServiceAway("documents") from error
