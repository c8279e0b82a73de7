"""Documents, as who takes many at once needs it: an export is begun, looked at and fetched."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from portal.documents_calls import DocumentsCalls, FileContent
from portal.errors import NothingHere, Refused
from portal.exports import Begun, Export


class ExportsService:
    """Asks documents with the reader's own token."""

    def __init__(self, calls: DocumentsCalls) -> None:
        """Ask by these calls."""
        self._calls = calls

    async def begin(self, token: str, said: Mapping[str, Any]) -> UUID:
        """Begin an export. Raises ``Refused`` where there is nothing to take, or too much."""
        return (await self._calls.done(Begun, token, "/v1/exports", said)).export_id

    async def look(self, token: str, export_id: UUID) -> Export:
        """Return how far an export is. Raises ``NothingHere``."""
        return await self._calls.read(Export, token, f"/v1/exports/{export_id}")

    async def content(self, token: str, export_id: UUID) -> FileContent:
        """Return its bytes as they are made. Raises ``NothingHere``."""
        try:
            return await self._calls.stream(token, f"/v1/exports/{export_id}/content")
        except Refused as refused:
            raise NothingHere from refused
