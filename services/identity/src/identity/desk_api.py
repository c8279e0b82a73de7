"""The door of the desk: what an issuer's staff see of its customers, and do for them."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, StringConstraints

from chassis import web
from contracts.customer_number import CustomerNumber
from contracts.people import EmailAddress
from identity import (
    finding_customers,
    readdressing,
    revoking_links,
    starting_resets,
    viewing_as,
)
from identity.at_work import AtWork, Staff
from identity.finding_customers import FoundCustomers, KnownToDesk, Reason
from identity.gateways import Gateways
from identity.viewing_as import StartedView, Viewer, ViewToken

router = web.router()

Held = Annotated[Gateways, web.Gateways]
Search = Annotated[
    str, StringConstraints(max_length=200, pattern=r"^[^\x00-\x1f\x7f\u2028\u2029]*$")
]
Cursor = Annotated[str | None, Query(max_length=300)]
Limit = Annotated[int, Query(ge=1, le=100)]


class NewAddress(BaseModel):
    """Where somebody is reached from now on, and why."""

    address: EmailAddress
    reason: Reason


class Reached(BaseModel):
    """Who has the address now: another person, where somebody was known by it already."""

    person_id: UUID
    email: str
    registered: bool


class Why(BaseModel):
    """Why it is done."""

    reason: Reason


class Sent(BaseModel):
    """A mail is on its way."""


class Somebody(BaseModel):
    """Whose links are to open nothing, or as whom to look; and why."""

    person_id: UUID
    reason: Reason


@router.get("/v1/desk/customers")
async def customers(
    staff: Staff,
    session: web.Session,
    search: Search = "",
    cursor: Cursor = None,
    limit: Limit = 50,
) -> FoundCustomers:
    """Search the issuer's customers: by number, name, address, or a reader's name or e-mail."""
    return await finding_customers.search(
        session,
        staff.person_id,
        staff.issuer,
        staff.group,
        wanted=search,
        cursor=cursor,
        limit=limit,
    )


@router.get("/v1/desk/customers/{customer_number}")
async def customer(
    customer_number: CustomerNumber, staff: Staff, session: web.Session, cursor: Cursor = None
) -> KnownToDesk:
    """Look at a customer number: who reads it, how, and what staff did."""
    return await finding_customers.look(
        session, staff.person_id, staff.issuer, customer_number, cursor
    )


@router.put("/v1/desk/customers/{customer_number}/people/{person_id}/address")
async def readdress(
    customer_number: CustomerNumber,
    person_id: UUID,
    wanted: NewAddress,
    staff: Staff,
    session: web.Session,
) -> Reached:
    """Change the address of a reader without account; the links they were sent open nothing."""
    change = readdressing.Change(
        staff_id=staff.person_id,
        issuer=staff.issuer,
        group=staff.group,
        customer_number=customer_number,
        person_id=person_id,
        address=wanted.address,
        reason=wanted.reason,
    )
    person = await readdressing.change(session, change)
    return Reached(person_id=person.id, email=person.email, registered=person.registered)


@router.post("/v1/desk/customers/{customer_number}/people/{person_id}/reset", status_code=202)
async def start_reset(
    customer_number: CustomerNumber, person_id: UUID, why: Why, staff: Staff, session: web.Session
) -> Sent:
    """Have a reader sent what a new password takes; it goes to their own mailbox."""
    await starting_resets.start(
        session, staff.person_id, staff.issuer, customer_number, person_id, why.reason
    )
    return Sent()


@router.post("/v1/desk/customers/{customer_number}/links/revoke", status_code=204)
async def revoke_links(
    customer_number: CustomerNumber, wanted: Somebody, staff: Staff, session: web.Session
) -> None:
    """Let no link open the number any more that was mailed to somebody before."""
    await revoking_links.revoke(
        session, staff.person_id, staff.issuer, customer_number, wanted.person_id, wanted.reason
    )


@router.post("/v1/desk/customers/{customer_number}/view-as", status_code=201)
async def view_as(
    customer_number: CustomerNumber,
    wanted: Somebody,
    staff: Staff,
    session: web.Session,
    held: Held,
) -> StartedView:
    """Look as a customer does, for half an hour at most; the token is renewed until then."""
    return await viewing_as.start(
        session, held.mint, _viewer(staff), customer_number, wanted.person_id, wanted.reason
    )


@router.post("/v1/desk/views/{view_id}/token")
async def renew_view(view_id: UUID, staff: Staff, session: web.Session, held: Held) -> ViewToken:
    """Look on."""
    return await viewing_as.renew(session, held.mint, _viewer(staff), view_id)


@router.delete("/v1/desk/views/{view_id}", status_code=204)
async def end_view(view_id: UUID, staff: Staff, session: web.Session) -> None:
    """Look no more."""
    await viewing_as.end(session, _viewer(staff), view_id)


def _viewer(staff: AtWork) -> Viewer:
    return Viewer(staff.person_id, staff.session_id, staff.strength, staff.issuer)
