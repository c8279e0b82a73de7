"""The door for who shares: one's customer numbers, who sees them, and how they are announced."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Response
from pydantic import BaseModel, Field, StringConstraints

from chassis import web
from chassis.identifiers import now
from contracts.customer_number import CustomerNumber
from contracts.people import EmailAddress, Language
from contracts.text import Line
from identity import delivering, handing_over, inviting, overseeing, tending, ticking
from identity.granting_claims import Wish
from identity.inviting import Grant, Invited
from identity.me import Signed
from identity.overseeing import (
    Matrix,
    OwnNumber,
    OwnNumberDetail,
    OwnNumberPage,
    SharedUser,
    SharedUserPage,
    Switches,
)
from identity.tending import Description

router = web.router()

MOST_CHANGES = 500

Search = Annotated[
    str, StringConstraints(max_length=200, pattern=r"^[^\x00-\x1f\x7f\u2028\u2029]*$")
]
Cursor = Annotated[str | None, Query(max_length=300)]
Limit = Annotated[int, Query(ge=1, le=200)]


Attached = Annotated[list[Literal["pdf", "xml"]], Field(max_length=2)]


class DeliveryWish(BaseModel):
    """When mails are to go out for a customer number, and which files with them."""

    notify: Literal["at_once", "none"]
    attach: Attached = Field(default_factory=list)


class AttachmentWish(BaseModel):
    """Which files are to come with one's own mails; null those that the main contact chose."""

    attach: Attached | None


class Successor(BaseModel):
    """Who is to answer for a customer number."""

    person_id: UUID


class NumberGrant(Switches):
    """What somebody is to have of a customer number."""

    customer_number: CustomerNumber


class NewSharedUser(BaseModel):
    """With whom to share, and what; ``future`` is for the numbers that are to come."""

    email: EmailAddress
    first_name: Line
    last_name: Line
    language: Language | None = None
    numbers: list[NumberGrant] = Field(default_factory=list, max_length=MOST_CHANGES)
    future: Switches | None = None


class SharedUserChange(BaseModel):
    """What is to change of a shared user; what is left out stays, and no ``future`` is none."""

    first_name: Line | None = None
    last_name: Line | None = None
    language: Language | None = None
    future: Switches | None = None


class Change(NumberGrant):
    """What somebody is to have of a customer number; neither switch: nothing."""

    person_id: UUID


class Changes(BaseModel):
    """Boxes that were ticked or cleared."""

    changes: list[Change] = Field(max_length=MOST_CHANGES)


class Changed(BaseModel):
    """How much there was to change."""

    changed: int


class Sent(BaseModel):
    """A mail is on its way."""


@router.get("/v1/me/customer-numbers")
async def customer_numbers(
    signed: Signed,
    session: web.Session,
    search: Search = "",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> OwnNumberPage:
    """List one's customer numbers: those one answers for, and those that are shared with one."""
    return await overseeing.numbers(session, signed.person_id, search.strip(), cursor, limit)


@router.get("/v1/me/customer-numbers/{customer_number}")
async def customer_number(
    customer_number: CustomerNumber,
    signed: Signed,
    session: web.Session,
    cursor: Cursor = None,
    limit: Limit = 200,
) -> OwnNumberDetail:
    """Look at one of one's customer numbers; its main contact sees with whom it is shared."""
    return await overseeing.number(session, signed.person_id, customer_number, cursor, limit)


@router.put("/v1/me/customer-numbers/{customer_number}/settings")
async def set_delivery(
    customer_number: CustomerNumber, wish: DeliveryWish, signed: Signed, session: web.Session
) -> OwnNumber:
    """Set how the documents of a customer number are announced."""
    me = signed.person_id
    await delivering.announce(session, me, customer_number, wish.notify, wish.attach)
    return await _own(session, me, customer_number)


@router.put("/v1/me/customer-numbers/{customer_number}/attachments")
async def set_attachments(
    customer_number: CustomerNumber, wish: AttachmentWish, signed: Signed, session: web.Session
) -> OwnNumber:
    """Choose the files of one's own mails about a customer number that is shared with one."""
    me = signed.person_id
    await delivering.attach_for_oneself(session, me, customer_number, wish.attach)
    return await _own(session, me, customer_number)


@router.post("/v1/me/customer-numbers/{customer_number}/main-contact")
async def hand_over(
    customer_number: CustomerNumber, successor: Successor, signed: Signed, session: web.Session
) -> OwnNumber:
    """Hand a customer number over to one of its shared users, and share it from then on."""
    signed.proved_lately(now())
    me = signed.person_id
    await handing_over.hand_over(session, me, customer_number, successor.person_id)
    return await _own(session, me, customer_number)


@router.get("/v1/me/shared-users")
async def shared_users(
    signed: Signed,
    session: web.Session,
    search: Search = "",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> SharedUserPage:
    """List the people one shares with, those known longest first."""
    return await overseeing.shared_users(session, signed.person_id, search.strip(), cursor, limit)


@router.post("/v1/me/shared-users", status_code=201, responses={200: {"model": SharedUser}})
async def invite(
    wanted: NewSharedUser, signed: Signed, session: web.Session, response: Response
) -> SharedUser:
    """Share customer numbers with an address; it is told by mail. Again: nothing new, 200."""
    numbers = {each.customer_number: Grant(each.portal, each.mail) for each in wanted.numbers}
    future = Grant(wanted.future.portal, wanted.future.mail) if wanted.future else None
    invited = Invited(
        email=wanted.email,
        first_name=wanted.first_name,
        last_name=wanted.last_name,
        language=wanted.language,
        numbers=numbers,
        future=future,
    )
    person_id, is_new = await inviting.invite(
        session, signed.person_id, signed.group, signed.issuer, invited
    )
    if not is_new:
        response.status_code = 200
    return await overseeing.shared_user(session, signed.person_id, person_id)


@router.get("/v1/me/shared-users/{person_id}")
async def shared_user(person_id: UUID, signed: Signed, session: web.Session) -> SharedUser:
    """Look at somebody one shares with."""
    return await overseeing.shared_user(session, signed.person_id, person_id)


@router.patch("/v1/me/shared-users/{person_id}")
async def change_shared_user(
    person_id: UUID, change: SharedUserChange, signed: Signed, session: web.Session
) -> SharedUser:
    """Name somebody one shares with, or share the numbers to come with them too, or no more."""
    told = Description(change.first_name, change.last_name, change.language)
    await tending.describe(session, signed.person_id, person_id, told)
    if "future" in change.model_fields_set:
        future = change.future or Switches(portal=False, mail=False)
        await tending.share_future(
            session, signed.person_id, person_id, portal=future.portal, mail=future.mail
        )
    return await overseeing.shared_user(session, signed.person_id, person_id)


@router.delete("/v1/me/shared-users/{person_id}", status_code=204)
async def part(person_id: UUID, signed: Signed, session: web.Session) -> None:
    """Share nothing with somebody any more."""
    await tending.part(session, signed.person_id, person_id)


@router.post("/v1/me/shared-users/{person_id}/invitation", status_code=202)
async def invite_again(person_id: UUID, signed: Signed, session: web.Session) -> Sent:
    """Send somebody the mail again that says what is shared with them."""
    await inviting.invite_again(session, signed.person_id, signed.issuer, person_id)
    return Sent()


@router.get("/v1/me/sharing")
async def matrix(
    signed: Signed,
    session: web.Session,
    search: Search = "",
    person: UUID | None = None,
    cursor: Cursor = None,
    people_cursor: Cursor = None,
    *,
    gaps: bool = False,
    limit: Limit = 50,
) -> Matrix:
    """Lay the customer numbers one answers for against the people one shares with.

    ``gaps`` leaves only numbers that somebody does not see, ``person`` one column.
    """
    return await overseeing.matrix(
        session,
        signed.person_id,
        search=search.strip(),
        only_gaps=gaps,
        person=person,
        cursor=cursor,
        people_cursor=people_cursor,
        limit=limit,
    )


@router.post("/v1/me/sharing")
async def tick(changes: Changes, signed: Signed, session: web.Session) -> Changed:
    """Change who has what of one's customer numbers: all of it, or nothing."""
    wishes = [
        Wish(each.customer_number, each.person_id, portal=each.portal, mail=each.mail)
        for each in changes.changes
    ]
    return Changed(changed=await ticking.tick(session, signed.person_id, wishes))


async def _own(session: web.Session, me: UUID, customer_number: str) -> OwnNumber:
    found = await overseeing.number(session, me, customer_number, None, 1)
    return OwnNumber(**found.model_dump(include=set(OwnNumber.model_fields)))
