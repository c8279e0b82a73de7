"""Documents, as the portal needs it: what somebody may read, what it says, and its bytes."""

from collections.abc import Mapping
from typing import TypeVar
from uuid import UUID

from pydantic import BaseModel

from portal.custody import Event, Events, Verdict, Verdicts
from portal.document import DocumentPage, GuestDocument, ListedDocument
from portal.documents_calls import DocumentsCalls, FileContent
from portal.errors import NothingHere, Refused
from portal.invoice import Invoice
from portal.readership import Count

M = TypeVar("M", bound=BaseModel)

_DOCUMENTS = "/v1/documents"


class DocumentsService:
    """Asks about documents with the visitor's own token, never with more."""

    def __init__(self, calls: DocumentsCalls) -> None:
        """Ask by these calls."""
        self._calls = calls

    async def newest(self, token: str) -> GuestDocument:
        """Return the newest document the token opens. Raises ``NothingHere``, ``ServiceAway``."""
        return await self._look(GuestDocument, token, "/v1/newest")

    async def page(
        self, token: str, asked: Mapping[str, str], cursor: str | None, limit: int
    ) -> DocumentPage:
        """Return a page of what the token's owner may read and asked for.

        Raises ``Refused`` where a cursor belongs to another order or filter.
        """
        query = {**asked, "cursor": cursor, "limit": limit}
        return await self._calls.read(DocumentPage, token, _DOCUMENTS, query)

    async def count(self, token: str, asked: Mapping[str, str]) -> Count:
        """Return how many documents a page is part of."""
        query = {name: value for name, value in asked.items() if name != "sort"}
        return await self._look(Count, token, f"{_DOCUMENTS}/count", query)

    async def document(self, token: str, document_id: UUID) -> ListedDocument:
        """Return a document. Raises ``NothingHere`` where it is not theirs to read."""
        return await self._look(ListedDocument, token, f"{_DOCUMENTS}/{document_id}")

    async def invoice(self, token: str, document_id: UUID) -> Invoice:
        """Return what a document's XML says. Raises ``NothingHere`` where none was understood."""
        return await self._look(Invoice, token, f"{_DOCUMENTS}/{document_id}/invoice")

    async def events(self, token: str, document_id: UUID) -> list[Event]:
        """Return what happened to a document, as far as it concerns the reader."""
        return (await self._look(Events, token, f"{_DOCUMENTS}/{document_id}/events")).items

    async def verdicts(self, token: str, document_id: UUID) -> list[Verdict]:
        """Return what judges said of a document's XML."""
        return (await self._look(Verdicts, token, f"{_DOCUMENTS}/{document_id}/verdicts")).items

    async def file(self, token: str, document_id: UUID, sha256: str) -> FileContent:
        """Return a file, as it was received."""
        return await self._bytes(token, f"{_DOCUMENTS}/{document_id}/files/{sha256}")

    async def rendition(self, token: str, document_id: UUID, language: str) -> FileContent:
        """Return the document as a PDF in a language."""
        return await self._bytes(token, f"{_DOCUMENTS}/{document_id}/rendition?language={language}")

    async def picture(self, token: str, document_id: UUID, page: int) -> FileContent:
        """Return a page of the document's PDF as a PNG."""
        return await self._bytes(token, f"{_DOCUMENTS}/{document_id}/pages/{page}")

    async def duplicate(self, token: str, document_id: UUID, language: str) -> FileContent:
        """Have a duplicate made: the PDF, with the word for it over every page."""
        path = f"{_DOCUMENTS}/{document_id}/duplicate?language={language}"
        return await self._bytes(token, path, "POST")

    async def _look(
        self, model: type[M], token: str, path: str, asked: Mapping[str, str] | None = None
    ) -> M:
        try:
            return await self._calls.read(model, token, path, asked)
        except Refused as refused:
            # An address that documents cannot read is no address of ours.
            raise NothingHere from refused

    async def _bytes(self, token: str, path: str, method: str = "GET") -> FileContent:
        try:
            return await self._calls.stream(token, path, method)
        except Refused as refused:
            raise NothingHere from refused
