"""Find an issuer's customers for its staff: search, and look at one. Both are written down."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import BaseModel, TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from chassis import cursors
from chassis.identifiers import now
from contracts.customer_number import CustomerNumber
from identity import auditing, desk_queries, sharing_queries
from identity.desk_queries import CustomerFound
from identity.errors import CustomerNumberUnknown
from identity.models import Person, Role, Ticket
from identity.trails import AuditEntry

_NUMBERS: TypeAdapter[str] = TypeAdapter(CustomerNumber)
_PEOPLE = TypeAdapter(UUID)
_FIRST = UUID(int=0)
_MOST_WORDS = 8
_PAGE = 100
"""So many shared users stand on one page."""

_LATELY = timedelta(days=30)


class Reason(StrEnum):
    """Why staff do something: one of these words, for what is typed would name people."""

    ASKED_BY_PHONE = "asked_by_phone"
    ASKED_BY_MAIL = "asked_by_mail"
    ASKED_IN_PERSON = "asked_in_person"
    MAIL_CAME_BACK = "mail_came_back"
    WRONG_PERSON = "wrong_person"
    MISUSE = "misuse"
    SUPPORT = "support"


class PostalAddress(BaseModel):
    """Where a customer is, as the issuer said."""

    street: str | None
    postal_code: str | None
    city: str | None
    country: str


class Contact(BaseModel):
    """Who answers for a customer number."""

    person_id: UUID
    name: str
    email: str
    registered: bool


class FoundCustomer(BaseModel):
    """A customer number that was found."""

    customer_number: str
    name: str
    address: PostalAddress
    main_contact: Contact | None
    shared: int


class FoundCustomers(BaseModel):
    """A page of what was found."""

    items: list[FoundCustomer]
    next_cursor: str | None


class ReaderOfNumber(BaseModel):
    """Somebody with a claim on a customer number, and what they have of it."""

    person_id: UUID
    name: str
    email: str
    language: str | None
    registered: bool
    portal: bool
    mail: bool
    since: datetime
    ticket: UUID
    """What the links in their mails open it by, until it is revoked."""


class FormerReader(BaseModel):
    """Somebody whose claim ended lately: no link of theirs opens anything."""

    person_id: UUID
    name: str
    email: str
    role: Role
    until: datetime


class Delivery(BaseModel):
    """When mails go out for a customer number, and which files go with them."""

    notify: str
    attach: list[str]


class DeskAct(BaseModel):
    """What somebody of the staff did on a customer number, as the audit has it."""

    at: datetime
    act: str
    by: str | None
    to: str | None
    facts: dict[str, Any]


class KnownToDesk(BaseModel):
    """All that the desk knows of a customer number, with a page of its shared users."""

    customer_number: str
    name: str
    state: str
    address: PostalAddress
    enterprise_number: str | None
    changed_at: datetime
    settings: Delivery
    main_contact: ReaderOfNumber | None
    shared: int
    shared_users: list[ReaderOfNumber]
    next_cursor: str | None
    former: list[FormerReader]
    acts: list[DeskAct]


async def search(
    session: AsyncSession,
    staff_id: UUID,
    issuer: str,
    group: str,
    *,
    wanted: str,
    cursor: str | None,
    limit: int,
) -> FoundCustomers:
    """Page through the issuer's customers with all these words; without words, through all.

    What was searched for may be a name, and is not written down; which customers were shown, is.
    """
    after = cursors.read(_NUMBERS, cursor) if cursor else ""
    words = looked_for(await desk_queries.words_of(session, wanted), issuer)
    found = await desk_queries.customers_with(session, issuer, group, words, after, limit + 1)
    shown, next_cursor = cursors.cut(
        found, limit, _NUMBERS, lambda each: each.number.customer_number
    )
    numbers = [each.number.customer_number for each in shown]
    await auditing.note(session, "desk_searched", actor=staff_id, issuer=issuer, shown=numbers)
    return FoundCustomers(
        items=[_found(each) for each in shown],
        next_cursor=next_cursor,
    )


def looked_for(words: Sequence[str], prefix: str) -> list[str]:
    """Return what to look for, the longest first: an index finds the fewest by it.

    The issuer's prefix is on every number; of one that was typed without a sign after it, its
    digits are left.
    """
    found = {re.sub(rf"^{prefix}(?=\d+$)", "", each) for each in words} - {prefix}
    return sorted(found, key=lambda each: (-len(each), each))[:_MOST_WORDS]


async def look(
    session: AsyncSession, staff_id: UUID, issuer: str, customer_number: str, cursor: str | None
) -> KnownToDesk:
    """Look at a customer number of the issuer. Raises ``CustomerNumberUnknown``."""
    found = await desk_queries.customer(session, issuer, customer_number)
    if found is None:
        raise CustomerNumberUnknown(customer_number)
    number, contact = found.number, found.main_contact
    main = contact and await desk_queries.claim(session, issuer, customer_number, contact.id)
    after = cursors.read(_PEOPLE, cursor) if cursor else _FIRST
    shared = await sharing_queries.shared_users_of(session, customer_number, after, _PAGE + 1)
    shown, next_cursor = cursors.cut(shared, _PAGE, _PEOPLE, lambda each: each[1].id)
    former = await desk_queries.former_readers(session, customer_number, now() - _LATELY)
    entries = await desk_queries.acts_on(session, issuer, customer_number)
    people = await desk_queries.people_behind(session, _pseudonyms(entries))
    await auditing.note(
        session,
        "desk_looked",
        actor=staff_id,
        subject=contact.id if contact else None,
        issuer=issuer,
        customer_number=customer_number,
    )
    return KnownToDesk(
        **_found(found).model_dump(include={"customer_number", "name", "address", "shared"}),
        state=number.state,
        enterprise_number=number.enterprise_number,
        changed_at=number.changed_at,
        settings=Delivery(notify=number.notify, attach=number.attach),
        main_contact=_reader(*main) if main else None,
        shared_users=[_reader(*each) for each in shown],
        next_cursor=next_cursor,
        former=[_former(*each) for each in former],
        acts=[_act(each, people) for each in entries],
    )


def _found(found: CustomerFound) -> FoundCustomer:
    number, contact = found.number, found.main_contact
    return FoundCustomer(
        customer_number=number.customer_number,
        name=number.name,
        address=PostalAddress(
            street=number.street,
            postal_code=number.postal_code,
            city=number.city,
            country=number.country,
        ),
        main_contact=_contact(contact) if contact else None,
        shared=found.shared,
    )


def _contact(person: Person) -> Contact:
    return Contact(
        person_id=person.id,
        name=person.full_name,
        email=person.email,
        registered=person.registered,
    )


def _reader(ticket: Ticket, person: Person) -> ReaderOfNumber:
    return ReaderOfNumber(
        **_contact(person).model_dump(),
        language=person.language,
        portal=ticket.portal,
        mail=ticket.mail,
        since=ticket.since,
        ticket=ticket.id,
    )


def _former(ticket: Ticket, person: Person) -> FormerReader:
    return FormerReader(
        person_id=person.id,
        name=person.full_name,
        email=person.email,
        role=ticket.role,
        until=ticket.until or ticket.since,
    )


def _pseudonyms(entries: Sequence[AuditEntry]) -> set[UUID]:
    found = set()
    for entry in entries:
        for each in (entry.actor, entry.subject):
            try:
                found.add(UUID(each or ""))
            except ValueError:
                continue
    return found


def _act(entry: AuditEntry, people: dict[str, Person]) -> DeskAct:
    by, to = people.get(entry.actor), people.get(entry.subject or "")
    facts = {key: value for key, value in entry.facts.items() if key != "customer_number"}
    return DeskAct(
        at=entry.at,
        act=entry.act,
        by=by.full_name or by.email if by else None,
        to=to.full_name or to.email if to else None,
        facts=facts,
    )
