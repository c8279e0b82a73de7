"""Oversee one's customer numbers: who sees their documents, who is mailed, and where gaps are."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from chassis import cursors
from chassis.identifiers import made_at
from contracts.customer_number import CustomerNumber
from identity import sharing_queries
from identity.errors import CustomerNumberUnknown, SharedUserUnknown
from identity.models import BEGINNING, Person, Role, Ticket
from identity.sharing_queries import Counted, NumberFound, PersonFound, RowFound

_NUMBERS: TypeAdapter[str] = TypeAdapter(CustomerNumber)
_PEOPLE = TypeAdapter(UUID)
_FIRST = UUID(int=0)
MOST_PEOPLE = 50
"""So many people stand beside each other in the matrix; more are on the next page of people."""


class Switches(BaseModel):
    """What somebody has of a number: its documents in the portal, mails about them."""

    portal: bool
    mail: bool


class IssuerName(BaseModel):
    """An issuer, by its name."""

    issuer: str
    name: str


class Contact(BaseModel):
    """Who answers for a customer number."""

    person_id: UUID
    name: str
    email: str


class Delivery(BaseModel):
    """When mails go out for a customer number, and which files go with them."""

    notify: str
    attach: list[str]


class OwnNumber(BaseModel):
    """A customer number of one's own; the counts are of shared users.

    A shared user counts themselves only, and sees no others. ``attach``: the files a shared user
    chose for their own mails; None those of ``settings``. ``version`` counts what became of it.
    """

    customer_number: str
    version: int
    name: str
    issuer: IssuerName
    role: Role
    portal: bool
    mail: bool
    main_contact: Contact | None
    portal_count: int
    mail_count: int
    settings: Delivery
    attach: list[str] | None
    since: datetime


class OwnNumberPage(BaseModel):
    """A page of one's customer numbers."""

    items: list[OwnNumber]
    next_cursor: str | None


class SharedUserOfNumber(BaseModel):
    """Somebody a customer number is shared with."""

    person_id: UUID
    email: str
    first_name: str
    last_name: str
    registered: bool
    portal: bool
    mail: bool
    since: datetime


class OwnNumberDetail(OwnNumber):
    """A customer number with a page of those it is shared with."""

    shared_users: list[SharedUserOfNumber]
    next_cursor: str | None


class SharedUser(BaseModel):
    """Somebody whom one shares with; ``future`` is what they get of numbers that are to come."""

    person_id: UUID
    email: str
    first_name: str
    last_name: str
    language: str | None
    registered: bool
    numbers: int
    future: Switches | None


class SharedUserPage(BaseModel):
    """A page of the people one shares with."""

    items: list[SharedUser]
    next_cursor: str | None


class UnseenNumber(BaseModel):
    """A customer number that not everyone sees."""

    customer_number: str
    name: str
    issuer: IssuerName
    since: datetime


class MatrixRow(UnseenNumber):
    """A customer number, and what people have of it; who has nothing is left out."""

    cells: dict[UUID, Switches]


class Matrix(BaseModel):
    """A page of the customer numbers one answers for, by a page of the people one shares with.

    ``gaps`` counts, over all numbers and people, the numbers that somebody does not see.
    """

    people: list[SharedUser]
    rows: list[MatrixRow]
    gaps: int
    newest_gap: UnseenNumber | None
    next_cursor: str | None
    next_people_cursor: str | None


async def numbers(
    session: AsyncSession, me: UUID, search: str, cursor: str | None, limit: int
) -> OwnNumberPage:
    """Page through one's customer numbers, whatever one's role is."""
    after = cursors.read(_NUMBERS, cursor) if cursor else ""
    found = await sharing_queries.own_numbers(session, me, search, after, limit + 1)
    shown, next_cursor = cursors.cut(
        found, limit, _NUMBERS, lambda each: each.number.customer_number
    )
    names = [each.number.customer_number for each in shown if each.mine.role is Role.MAIN]
    counts = await sharing_queries.counted(session, names) if names else {}
    return OwnNumberPage(
        items=[OwnNumber(**_own(each, counts)) for each in shown], next_cursor=next_cursor
    )


async def number(
    session: AsyncSession, me: UUID, customer_number: str, cursor: str | None, limit: int
) -> OwnNumberDetail:
    """Look at one of one's customer numbers; its main contact sees with whom it is shared."""
    found = await sharing_queries.own_number(session, me, customer_number)
    if found is None:
        raise CustomerNumberUnknown(customer_number)
    shared: Sequence[tuple[Ticket, Person]] = []
    counts: dict[str, Counted] = {}
    if found.mine.role is Role.MAIN:
        after = cursors.read(_PEOPLE, cursor) if cursor else _FIRST
        counts = await sharing_queries.counted(session, [customer_number])
        shared = await sharing_queries.shared_users_of(session, customer_number, after, limit + 1)
    shown, next_cursor = cursors.cut(shared, limit, _PEOPLE, lambda each: each[1].id)
    return OwnNumberDetail(
        **_own(found, counts),
        shared_users=[_shared_user(ticket, person) for ticket, person in shown],
        next_cursor=next_cursor,
    )


async def shared_users(
    session: AsyncSession, me: UUID, search: str, cursor: str | None, limit: int
) -> SharedUserPage:
    """Page through the people one shares with."""
    after = cursors.read(_PEOPLE, cursor) if cursor else _FIRST
    found = await sharing_queries.shared_with(session, me, search, after, limit + 1)
    shown, next_cursor = cursors.cut(found, limit, _PEOPLE, lambda each: each.person.id)
    return SharedUserPage(items=[_person(each) for each in shown], next_cursor=next_cursor)


async def shared_user(session: AsyncSession, me: UUID, person_id: UUID) -> SharedUser:
    """Look at somebody one shares with."""
    found = await sharing_queries.shared_with_one(session, me, person_id)
    if found is None:
        raise SharedUserUnknown
    return _person(found)


async def matrix(
    session: AsyncSession,
    me: UUID,
    *,
    search: str,
    only_gaps: bool,
    person: UUID | None,
    cursor: str | None,
    people_cursor: str | None,
    limit: int,
) -> Matrix:
    """Lay one's numbers against the people one shares with; or against one of them."""
    people, next_people = await _people(session, me, person, people_cursor)
    everyone = 1 if person else await sharing_queries.people_shared_with(session, me)
    after = cursors.read(_NUMBERS, cursor) if cursor else ""
    found = await sharing_queries.matrix_rows(
        session,
        me,
        search=search,
        gaps_among=everyone if only_gaps else None,
        only=person,
        after=after,
        limit=limit + 1,
    )
    shown, next_cursor = cursors.cut(found, limit, _NUMBERS, lambda each: each.customer_number)
    claims = await sharing_queries.claims_of(
        session,
        [each.customer_number for each in shown],
        [each.person.id for each in people],
    )
    cells: dict[str, dict[UUID, Switches]] = {each.customer_number: {} for each in shown}
    for (customer_number, person_id), claim in claims.items():
        if claim.role is Role.SHARED and (claim.portal or claim.mail):
            cells[customer_number][person_id] = Switches(portal=claim.portal, mail=claim.mail)
    gaps, newest = await sharing_queries.gaps(session, me, everyone, person)
    return Matrix(
        people=[_person(each) for each in people],
        rows=[
            MatrixRow(**_unseen(each).model_dump(), cells=cells[each.customer_number])
            for each in shown
        ],
        gaps=gaps,
        newest_gap=_unseen(newest) if newest else None,
        next_cursor=next_cursor,
        next_people_cursor=next_people,
    )


async def _people(
    session: AsyncSession, me: UUID, person: UUID | None, cursor: str | None
) -> tuple[Sequence[PersonFound], str | None]:
    if person is not None:
        one = await sharing_queries.shared_with_one(session, me, person)
        if one is None:
            raise SharedUserUnknown
        return [one], None
    after = cursors.read(_PEOPLE, cursor) if cursor else _FIRST
    found = await sharing_queries.shared_with(session, me, "", after, MOST_PEOPLE + 1)
    return cursors.cut(found, MOST_PEOPLE, _PEOPLE, lambda each: each.person.id)


def _own(found: NumberFound, counts: dict[str, Counted]) -> dict[str, object]:
    number, mine, contact = found.number, found.mine, found.main_contact
    is_main = mine.role is Role.MAIN
    themselves = Counted(int(mine.portal), int(mine.mail))
    count = counts.get(number.customer_number, Counted(0, 0)) if is_main else themselves
    return {
        "customer_number": number.customer_number,
        "version": number.version,
        "name": number.name,
        "issuer": IssuerName(issuer=number.issuer, name=found.issuer_name),
        "role": mine.role,
        "portal": mine.portal,
        "mail": mine.mail,
        "main_contact": _contact(contact) if contact else None,
        "portal_count": count.portal,
        "mail_count": count.mail,
        "settings": Delivery(notify=number.notify, attach=number.attach),
        "attach": mine.attach,
        "since": _since(mine.since, mine.id),
    }


def _contact(person: Person) -> Contact:
    return Contact(person_id=person.id, name=person.full_name, email=person.email)


def _shared_user(ticket: Ticket, person: Person) -> SharedUserOfNumber:
    return SharedUserOfNumber(
        person_id=person.id,
        email=person.email,
        first_name=person.first_name or "",
        last_name=person.last_name or "",
        registered=person.registered,
        portal=ticket.portal,
        mail=ticket.mail,
        since=ticket.since,
    )


def _person(found: PersonFound) -> SharedUser:
    person, future = found.person, found.future
    return SharedUser(
        person_id=person.id,
        email=person.email,
        first_name=person.first_name or "",
        last_name=person.last_name or "",
        language=person.language,
        registered=person.registered,
        numbers=found.numbers,
        future=Switches(portal=future.portal, mail=future.mail) if future else None,
    )


def _unseen(found: RowFound) -> UnseenNumber:
    return UnseenNumber(
        customer_number=found.customer_number,
        name=found.name,
        issuer=IssuerName(issuer=found.issuer, name=found.issuer_name),
        since=_since(found.since, found.claim),
    )


def _since(since: datetime, claim: UUID) -> datetime:
    """Say since when a number is somebody's: a first claim holds since ever, but was made once."""
    return (made_at(claim) or since) if since == BEGINNING else since
