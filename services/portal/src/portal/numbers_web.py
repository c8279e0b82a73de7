"""The door to customer numbers: the list, the settings of each, and handing one over."""

from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from portal import forms, plain_text, turning
from portal.errors import NotAllowed, Refused
from portal.forms import Form, Trouble
from portal.posted import Sent
from portal.signed_in import SignedIn, must_have_proved
from portal.turning import Place
from portal.web import LOOKING, Held, HelpfulRoute, done, show

PATH = "/customer-numbers"
_ONE = PATH + "/{customer_number}"
_LONGEST_SEARCH = 100
_ATTACHED = ("pdf", "xml")
# What a shared user chooses for their own mails; nothing that is known follows the main contact.
_OWN_CHOICES = {"none": [], "pdf": ["pdf"], "xml": ["xml"], "both": ["pdf", "xml"]}

router = APIRouter(route_class=HelpfulRoute, include_in_schema=False)

Cursors = Annotated[list[str], Query(alias="cursor", default_factory=list)]


@router.api_route(PATH, methods=LOOKING)
async def numbers(
    request: Request, held: Held, signed: SignedIn, cursors: Cursors, search: str = ""
) -> Response:
    """List the reader's customer numbers."""
    place = Place.read(cursors)
    sought = plain_text.plain(search)[:_LONGEST_SEARCH]
    page = await held.sharing.numbers(signed.tokens["identity"], sought, place.cursor)
    return show(
        request,
        "numbers.html",
        signed,
        page=page,
        search=sought,
        leaf=turning.leaf(PATH, {"search": sought}, place, page.next_cursor),
    )


@router.api_route(_ONE, methods=LOOKING)
async def number(
    customer_number: str, request: Request, held: Held, signed: SignedIn, cursors: Cursors
) -> Response:
    """Show a customer number: its settings, who sees it, and who decides."""
    place = Place.read(cursors)
    found = await held.sharing.number(signed.tokens["identity"], customer_number, place.cursor)
    return show(
        request,
        "number.html",
        signed,
        one=found,
        leaf=turning.leaf(request.url.path, {}, place, found.next_cursor),
    )


@router.post(_ONE + "/settings")
async def deliver(customer_number: str, held: Held, signed: SignedIn, sent: Sent) -> Response:
    """Keep when mails go out for a customer number, and with which files."""
    attach = [each for each in _ATTACHED if each in sent.all("attach")]
    notify = "none" if sent["notify"] == "none" else "at_once"
    await held.sharing.deliver(signed.tokens["identity"], customer_number, notify, attach)
    return done(_address(customer_number), "delivery", number=customer_number)


@router.post(_ONE + "/attachments")
async def attach(customer_number: str, held: Held, signed: SignedIn, sent: Sent) -> Response:
    """Keep which files come with the reader's own mails about a number shared with them."""
    chosen = _OWN_CHOICES.get(sent["attach"])
    try:
        await held.sharing.attach(signed.tokens["identity"], customer_number, chosen)
    except Refused as refused:
        # Its main contact has the settings for that, and was never offered this form.
        raise NotAllowed from refused
    return done(_address(customer_number), "attachments", number=customer_number)


@router.api_route(_ONE + "/main-contact", methods=LOOKING)
async def successor(
    customer_number: str, request: Request, held: Held, signed: SignedIn, cursors: Cursors
) -> Response:
    """Ask whom to hand a customer number over to, once its main contact has proved to be it."""
    return await _ask(customer_number, request, held, signed, Place.read(cursors), Form())


@router.post(_ONE + "/main-contact")
async def hand_over(
    customer_number: str, request: Request, held: Held, signed: SignedIn, sent: Sent
) -> Response:
    """Hand a customer number over."""
    place = Place.read(sent.all("cursor"))
    person_id = sent.identifier("person_id")
    if person_id is None:
        form = Form(sent.values, [Trouble("person_id", "empty_person_id")])
        return await _ask(customer_number, request, held, signed, place, form)
    name = await _name_of(customer_number, held, signed, place, person_id)
    try:
        await held.sharing.hand_over(signed.tokens["identity"], customer_number, person_id)
    except Refused as refused:
        form = forms.refused(sent.values, refused)
        return await _ask(customer_number, request, held, signed, place, form)
    return done(_address(customer_number), "handed_over", name=name, number=customer_number)


async def _ask(
    customer_number: str,
    request: Request,
    held: Held,
    signed: SignedIn,
    place: Place,
    form: Form,
) -> Response:
    found = await held.sharing.number(signed.tokens["identity"], customer_number, place.cursor)
    if not found.is_mine:
        raise NotAllowed
    must_have_proved(signed)
    return show(
        request,
        "hand_over.html",
        signed,
        form=form,
        one=found,
        place=place,
        leaf=turning.leaf(request.url.path, {}, place, found.next_cursor),
    )


def _address(customer_number: str) -> str:
    return f"{PATH}/{quote(customer_number, safe='')}"


async def _name_of(
    customer_number: str, held: Held, signed: SignedIn, place: Place, person_id: UUID
) -> str:
    found = await held.sharing.number(signed.tokens["identity"], customer_number, place.cursor)
    names = (each.name for each in found.shared_users if each.person_id == person_id)
    return next(names, "")
