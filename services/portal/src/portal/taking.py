"""Take many documents at once: the ones that were picked, or all that were looked for."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from portal.documents_service import DocumentsService
from portal.exports import FILES
from portal.exports_service import ExportsService
from portal.filters import Filters
from portal.readership_service import MOST_MARKS, ReadershipService

MOST_MARKED = 2000
"""Documents that are marked in one go; who has more does so again."""


async def begin(
    exports: ExportsService,
    token: str,
    way: str,
    language: str,
    picked: Sequence[UUID] | Filters,
) -> UUID:
    """Begin to take documents as files, or as a list of them. Raises ``Refused``."""
    said: dict[str, Any] = {"format": "zip" if way in FILES else way, "language": language}
    if way in FILES:
        said["files"] = FILES[way]
    if isinstance(picked, Filters):
        said["query"] = picked.asked
    else:
        said["document_ids"] = [str(each) for each in picked]
    return await exports.begin(token, said)


async def mark(
    documents: DocumentsService,
    readership: ReadershipService,
    token: str,
    picked: Sequence[UUID] | Filters,
    *,
    read: bool,
) -> int:
    """Mark documents read, or unread again; return how many."""
    if isinstance(picked, Filters):
        picked = await _all_of(documents, token, picked)
    await readership.mark(token, picked, read=read)
    return len(picked)


async def _all_of(documents: DocumentsService, token: str, filters: Filters) -> list[UUID]:
    found: list[UUID] = []
    cursor = None
    while len(found) < MOST_MARKED:
        page = await documents.page(token, filters.asked, cursor, MOST_MARKS)
        found += [each.document_id for each in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    return found
