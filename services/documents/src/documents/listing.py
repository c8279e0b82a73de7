"""List documents: a page of what a reader may see, and how many there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated
from uuid import UUID

from pydantic import Field, JsonValue, TypeAdapter, ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from chassis import cursors
from documents import list_queries, mark_queries, readership_queries
from documents.errors import UnreadIsOfPeople
from documents.models import Document
from documents.orders import PARTS, Place, place_of
from documents.reader import Reader
from documents.readership_queries import OwnNumber
from documents.wanted import Sort, Wanted, fingerprint

MOST_COUNTED = 1_000
"""Documents are counted up to here: who has more has many."""

_CURSORS = TypeAdapter(
    tuple[str, Annotated[int, Field(ge=0, lt=10)], Annotated[list[JsonValue], Field(max_length=10)]]
)


@dataclass(frozen=True)
class Page:
    """A page of documents, which of them the reader has not read, and where the next one begins."""

    documents: Sequence[Document]
    unread: frozenset[UUID] | None
    """None for who keeps no marks: a machine or staff."""
    next_cursor: str | None


@dataclass(frozen=True)
class Count:
    """How many there are; ``capped`` where there are more."""

    count: int
    capped: bool


async def page(
    session: AsyncSession,
    reader: Reader,
    wanted: Wanted,
    sort: Sort = Sort.NEWEST,
    cursor: str | None = None,
    limit: int = 50,
) -> Page:
    """Return a page of what the reader may see.

    Raises ``CursorUnreadable`` for a cursor of another list, and ``UnreadIsOfPeople``.
    """
    _check(reader, wanted)
    after = _place(cursor, wanted, sort) if cursor else None
    found = await list_queries.documents_page(session, reader, wanted, sort, after, limit + 1)
    shown, next_cursor = cursors.cut(found, limit, _CURSORS, partial(_place_in, wanted, sort))
    return Page(shown, await unread_among(session, reader, shown), next_cursor)


async def count(session: AsyncSession, reader: Reader, wanted: Wanted) -> Count:
    """Count what the reader may see. Raises ``UnreadIsOfPeople``."""
    _check(reader, wanted)
    found = await list_queries.documents_count(session, reader, wanted, MOST_COUNTED + 1)
    return Count(min(found, MOST_COUNTED), capped=found > MOST_COUNTED)


async def unread_among(
    session: AsyncSession, reader: Reader, documents: Sequence[Document]
) -> frozenset[UUID] | None:
    """Return which of these the reader has not read; None for who keeps no marks."""
    if reader.person_id is None:
        return None
    return await mark_queries.unread_among(session, reader.person_id, documents)


async def own_numbers(
    session: AsyncSession, reader: Reader, after: str | None, limit: int
) -> Sequence[OwnNumber]:
    """Return a page of the customer numbers of a person, and how far their history is here."""
    return await readership_queries.own_numbers(session, reader, after, limit, MOST_COUNTED)


def _check(reader: Reader, wanted: Wanted) -> None:
    if wanted.unread and reader.person_id is None:
        raise UnreadIsOfPeople


def _place_in(wanted: Wanted, sort: Sort, last: Document) -> tuple[str, int, list[JsonValue]]:
    place = place_of(last, sort)
    values = PARTS[sort][place.part].places.dump_python(place.values, mode="json")
    return fingerprint(wanted, sort), place.part, list(values)


def _place(cursor: str, wanted: Wanted, sort: Sort) -> Place:
    of, part, values = cursors.read(_CURSORS, cursor)
    parts = PARTS[sort]
    if of != fingerprint(wanted, sort) or part >= len(parts):
        raise cursors.CursorUnreadable
    try:
        return Place(part, parts[part].places.validate_python(values))
    except ValidationError as wrong:
        raise cursors.CursorUnreadable from wrong
