"""Leaf through what was looked for: the list beside one document, the one before, the one after."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from portal.document import ListedDocument
from portal.documents_service import DocumentsService
from portal.errors import NothingHere, Refused, ServiceAway
from portal.filters import Filters
from portal.turning import Place

A_PAGE = 50


@dataclass(frozen=True)
class Neighbour:
    """A document next to another, and the page of the list that it is on."""

    document_id: UUID
    number: str
    place: Place


@dataclass(frozen=True)
class Beside:
    """The page of the list that a document is on, and its neighbours."""

    documents: Sequence[ListedDocument] = ()
    previous: Neighbour | None = None
    next: Neighbour | None = None


NOTHING = Beside()


async def beside(
    documents: DocumentsService, token: str, filters: Filters, place: Place, document_id: UUID
) -> Beside:
    """Return what is beside a document; nothing where the list cannot be had just now."""
    try:
        page = await documents.page(token, filters.asked, place.cursor, A_PAGE)
        ids = [each.document_id for each in page.items]
        if document_id not in ids:
            return Beside(page.items)
        at = ids.index(document_id)
        before = _neighbour(page.items[at - 1], place) if at else None
        after = _neighbour(page.items[at + 1], place) if at + 1 < len(ids) else None
        if before is None and not place.is_first:
            before = await _last_of(documents, token, filters, place.back())
        if after is None and page.next_cursor:
            after = await _first_of(documents, token, filters, place.on(page.next_cursor))
    except (NothingHere, Refused, ServiceAway):
        return NOTHING
    return Beside(page.items, before, after)


async def _last_of(
    documents: DocumentsService, token: str, filters: Filters, place: Place
) -> Neighbour | None:
    page = await documents.page(token, filters.asked, place.cursor, A_PAGE)
    return _neighbour(page.items[-1], place) if page.items else None


async def _first_of(
    documents: DocumentsService, token: str, filters: Filters, place: Place
) -> Neighbour | None:
    page = await documents.page(token, filters.asked, place.cursor, 1)
    return _neighbour(page.items[0], place) if page.items else None


def _neighbour(document: ListedDocument, place: Place) -> Neighbour:
    return Neighbour(document.document_id, document.number, place)
