"""The door for HTTP to lists: find documents, count them, mark them, and look for them again."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Depends, Query
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from chassis import cursors, web
from contracts.customer_number import CustomerNumber
from contracts.money import Amount, Currency
from contracts.text import Line
from documents import filtering, listing, marking, reading
from documents.archived import ArchivedDocument, shown
from documents.callers import Browser, Looker, Marker
from documents.reader import Reader
from documents.readership import SavedFilter
from documents.wanted import Sort, Wanted

router = web.router()

Cursor = Annotated[str | None, Query(max_length=2000)]
Limit = Annotated[int, Query(ge=1, le=200)]
Type = Literal["invoice", "credit_note"]
_NUMBERS = TypeAdapter(CustomerNumber)


class DocumentPage(BaseModel):
    """A page of documents."""

    items: list[ArchivedDocument]
    next_cursor: str | None


class DocumentCount(BaseModel):
    """How many documents there are; ``capped`` where there are more."""

    count: int
    capped: bool


class Marks(BaseModel):
    """Documents to mark; those that are not yours are left alone."""

    document_ids: Annotated[list[UUID], Field(max_length=200)]
    read: bool


class UnreadOfNumber(BaseModel):
    """How many documents of a customer number you have not read."""

    customer_number: str
    count: int


class Unread(BaseModel):
    """How many documents you have not read; ``items`` where it was asked by customer number."""

    count: int
    capped: bool
    items: list[UnreadOfNumber] | None = None


class OwnNumber(BaseModel):
    """A customer number that is yours to read, as far as it is known here.

    Its history is complete when ``version`` has reached the one that identity gives.
    """

    customer_number: str
    version: int
    known_at: datetime
    first_issue_date: date | None
    documents: int


class OwnNumberPage(BaseModel):
    """A page of your customer numbers."""

    items: list[OwnNumber]
    next_cursor: str | None


class ListQuery(BaseModel):
    """What a list may be asked for, as it is saved."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    customer_number: CustomerNumber | None = None
    number: Line | None = None
    number_contains: Line | None = None
    q: Line | None = None
    type: Type | None = None
    issued_from: Annotated[date | None, Field(alias="from")] = None
    issued_to: Annotated[date | None, Field(alias="to")] = None
    amount_min: Amount | None = None
    amount_max: Amount | None = None
    currency: Currency | None = None
    unread: bool | None = None
    sort: Sort | None = None


class NewFilter(BaseModel):
    """What you look for, and what you call it."""

    name: Annotated[Line, Field(max_length=60)]
    query: ListQuery


class Filter(BaseModel):
    """What you look for again and again."""

    filter_id: UUID
    name: str
    query: dict[str, Any]


class Filters(BaseModel):
    """All you saved to look for."""

    items: list[Filter]


def wanted(
    customer_number: CustomerNumber | None = None,
    number: Line | None = None,
    number_contains: Line | None = None,
    q: Line | None = None,
    type: Type | None = None,  # noqa: A002 (the word of the interface)
    issued_from: Annotated[date | None, Query(alias="from")] = None,
    issued_to: Annotated[date | None, Query(alias="to")] = None,
    amount_min: Amount | None = None,
    amount_max: Amount | None = None,
    currency: Currency | None = None,
    *,
    unread: bool = False,
) -> Wanted:
    """Return what a list is asked for: all of it together."""
    return Wanted(
        customer_number=customer_number,
        number=number,
        type=type,
        number_contains=number_contains,
        text=q,
        issued_from=issued_from,
        issued_to=issued_to,
        amount_min=amount_min,
        amount_max=amount_max,
        currency=currency,
        unread=unread,
    )


Asked = Annotated[Wanted, Depends(wanted)]


@router.get("/v1/documents")
async def documents(
    of: Browser,
    asked: Asked,
    session: web.Session,
    sort: Sort = Sort.NEWEST,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> DocumentPage:
    """List documents of your own; the newest first, if nothing else is said."""
    page = await listing.page(session, of, asked, sort, cursor, limit)
    return DocumentPage(
        items=[
            shown(each, unread=None if page.unread is None else each.id in page.unread)
            for each in page.documents
        ],
        next_cursor=page.next_cursor,
    )


@router.get("/v1/documents/count")
async def count(of: Browser, asked: Asked, session: web.Session) -> DocumentCount:
    """Count documents of your own, up to a thousand."""
    found = await listing.count(session, of, asked)
    return DocumentCount(count=found.count, capped=found.capped)


@router.post("/v1/documents/read", status_code=204)
async def mark(marks: Marks, person: Marker, session: web.Session) -> None:
    """Mark documents as read, or as unread again."""
    await marking.mark(session, person, marks.document_ids, read=marks.read)


@router.put("/v1/documents/{document_id}/read", status_code=204)
async def mark_read(document_id: UUID, person: Marker, session: web.Session) -> None:
    """Mark a document as read."""
    found = await reading.document(session, Reader(person_id=person), document_id)
    await marking.mark(session, person, [found.id], read=True)


@router.delete("/v1/documents/{document_id}/read", status_code=204)
async def mark_unread(document_id: UUID, person: Marker, session: web.Session) -> None:
    """Mark a document as unread again."""
    found = await reading.document(session, Reader(person_id=person), document_id)
    await marking.mark(session, person, [found.id], read=False)


@router.get("/v1/me/unread")
async def unread(
    of: Looker, session: web.Session, by: Literal["customer_number"] | None = None
) -> Unread:
    """Count what you have not read, up to a hundred; or all of it, by customer number."""
    found = await marking.unread(session, of)
    numbers = await marking.unread_by_number(session, of) if by else None
    return Unread(
        count=found.count,
        capped=found.capped,
        items=numbers and [UnreadOfNumber(customer_number=each, count=n) for each, n in numbers],
    )


@router.get("/v1/me/customer-numbers")
async def own_numbers(
    of: Looker, session: web.Session, cursor: Cursor = None, limit: Limit = 50
) -> OwnNumberPage:
    """List your customer numbers, and how far their history is here."""
    after = cursors.read(_NUMBERS, cursor) if cursor else None
    found = await listing.own_numbers(session, of, after, limit + 1)
    shown, next_cursor = cursors.cut(found, limit, _NUMBERS, lambda each: each.customer_number)
    items = [
        OwnNumber(
            customer_number=each.customer_number,
            version=each.version,
            known_at=each.known_at,
            first_issue_date=each.first_issue_date,
            documents=each.documents,
        )
        for each in shown
    ]
    return OwnNumberPage(items=items, next_cursor=next_cursor)


@router.get("/v1/me/filters")
async def filters(of: Looker, session: web.Session) -> Filters:
    """List what you saved to look for again."""
    return Filters(items=[_filter(each) for each in await filtering.saved(session, of)])


@router.post("/v1/me/filters", status_code=201)
async def save_filter(given: NewFilter, person: Marker, session: web.Session) -> Filter:
    """Save what you look for; what had this name before is replaced."""
    query = given.query.model_dump(mode="json", by_alias=True, exclude_none=True)
    return _filter(await filtering.save(session, person, given.name, query))


@router.delete("/v1/me/filters/{filter_id}", status_code=204)
async def forget_filter(filter_id: UUID, person: Marker, session: web.Session) -> None:
    """Forget what you saved."""
    await filtering.forget(session, person, filter_id)


def _filter(saved: SavedFilter) -> Filter:
    return Filter(filter_id=saved.id, name=saved.name, query=saved.query)
