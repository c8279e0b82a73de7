"""The door to the desk: an issuer's customers, their mails, and what is done for them.

Looking is written down by identity; what is done asks why. Nobody but staff with two factors has
these pages: for everybody else they are not there.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from portal import forms, plain_text, turning
from portal.desk import REASONS, KnownCustomer, ReaderOfNumber
from portal.entering_service import SignedInPerson
from portal.errors import NothingHere, Refused
from portal.forms import Form, Trouble
from portal.gateways import Gateways
from portal.posted import Posted, Sent
from portal.signed_in import AtWork
from portal.turning import Place
from portal.web import LOOKING, VIEW, Held, HelpfulRoute, done, go, keep, show

PATH = "/desk"
_ONE = PATH + "/customers/{customer_number}"
_READER = _ONE + "/people/{person_id}/{act}"
_LETTER = _ONE + "/letters/{letter_id}"
_LONGEST_SEARCH = 200
_A_VIEW_SECONDS = 30 * 60
# What may be done for somebody with an account, and for somebody without.
_WITH_ACCOUNT, _WITHOUT = ("view", "reset", "links"), ("address", "links")

router = APIRouter(route_class=HelpfulRoute, include_in_schema=False)

Cursors = Annotated[list[str], Query(alias="cursor", default_factory=list)]
LetterCursors = Annotated[list[str], Query(alias="mails", default_factory=list)]


@router.api_route(PATH, methods=LOOKING)
async def customers(
    request: Request, held: Held, signed: AtWork, cursors: Cursors, search: str = ""
) -> Response:
    """Search the issuer's customers: by number, name, address, or a reader's name or e-mail."""
    place = Place.read(cursors)
    sought = plain_text.plain(search)[:_LONGEST_SEARCH]
    page = None
    if sought:
        page = await held.desk.search(signed.desk_tokens["identity"], sought, place.cursor)
    return show(
        request,
        "desk.html",
        signed,
        page=page,
        search=sought,
        leaf=turning.leaf(PATH, {"search": sought}, place, page.next_cursor if page else None),
    )


@router.api_route(_ONE, methods=LOOKING)
async def customer(
    customer_number: str, request: Request, held: Held, signed: AtWork, cursors: Cursors
) -> Response:
    """Show a customer: who reads its documents, and what became of each mail."""
    place = Place.read(cursors)
    found = await held.desk.customer(signed.desk_tokens["identity"], customer_number)
    letters = await held.desk.letters(
        signed.desk_tokens["notifications"], found.customer_number, place.cursor
    )
    return show(
        request,
        "desk_customer.html",
        signed,
        one=found,
        letters=letters.items,
        names={each.person_id: each.name or each.email for each in found.readers},
        may={each.person_id: _acts(each) for each in found.readers},
        leaf=turning.leaf(request.url.path, {}, place, letters.next_cursor),
    )


@router.api_route(_READER, methods=LOOKING)
async def ask(
    customer_number: str, person_id: UUID, act: str, request: Request, held: Held, signed: AtWork
) -> Response:
    """Ask why something is to be done for a reader, and say what it means."""
    one, reader = await _reader(held, signed, customer_number, person_id, act)
    return _asked(request, signed, one, reader, act, Form())


@router.post(_READER)
async def do(
    customer_number: str,
    person_id: UUID,
    act: str,
    request: Request,
    held: Held,
    signed: AtWork,
    sent: Sent,
) -> Response:
    """Do it."""
    one, reader = await _reader(held, signed, customer_number, person_id, act)
    troubles = _reason_missing(sent)
    if act == "address":
        troubles = [*forms.empty(sent.values, "address"), *troubles]
    if troubles:
        return _asked(request, signed, one, reader, act, Form(sent.values, troubles))
    try:
        return await _done(held, signed, one, reader, act, sent)
    except Refused as refused:
        form = forms.refused(sent.values, refused)
        return _asked(request, signed, one, reader, act, form)


@router.api_route(_LETTER, methods=LOOKING)
async def ask_to_resend(
    customer_number: str, letter_id: UUID, request: Request, held: Held, signed: AtWork
) -> Response:
    """Ask why a mail is to be sent again."""
    return await _ask_to_resend(customer_number, letter_id, request, held, signed, Form())


@router.post(_LETTER)
async def resend(
    customer_number: str, letter_id: UUID, request: Request, held: Held, signed: AtWork, sent: Sent
) -> Response:
    """Send a mail again."""
    troubles = _reason_missing(sent)
    if not troubles:
        try:
            await held.desk.resend(signed.desk_tokens["notifications"], letter_id, sent["reason"])
        except Refused:
            troubles = [Trouble("", "desk_on_its_way")]
        else:
            return done(_address(customer_number), "desk_resent")
    form = Form(sent.values, troubles)
    return await _ask_to_resend(customer_number, letter_id, request, held, signed, form)


async def _ask_to_resend(
    customer_number: str,
    letter_id: UUID,
    request: Request,
    held: Gateways,
    signed: SignedInPerson,
    form: Form,
) -> Response:
    one = await held.desk.customer(signed.desk_tokens["identity"], customer_number)
    return show(
        request,
        "desk_resend.html",
        signed,
        form=form,
        one=one,
        letter_id=letter_id,
        reasons=REASONS,
    )


async def _reader(
    held: Gateways, signed: SignedInPerson, customer_number: str, person_id: UUID, act: str
) -> tuple[KnownCustomer, ReaderOfNumber]:
    """Return a reader for whom this may be done. Raises ``NothingHere``."""
    token, cursor = signed.desk_tokens["identity"], None
    while True:
        one = await held.desk.customer(token, customer_number, cursor)
        for each in one.readers:
            if each.person_id == person_id and act in _acts(each):
                return one, each
        if one.next_cursor is None:
            raise NothingHere
        cursor = one.next_cursor


def _acts(reader: ReaderOfNumber) -> tuple[str, ...]:
    return _WITH_ACCOUNT if reader.registered else _WITHOUT


def _asked(
    request: Request,
    signed: SignedInPerson,
    one: KnownCustomer,
    reader: ReaderOfNumber,
    act: str,
    form: Form,
) -> Response:
    return show(
        request,
        "desk_act.html",
        signed,
        form=form,
        one=one,
        reader=reader,
        act=act,
        reasons=REASONS,
    )


async def _done(
    held: Gateways,
    signed: SignedInPerson,
    one: KnownCustomer,
    reader: ReaderOfNumber,
    act: str,
    sent: Posted,
) -> Response:
    token, number, reason = signed.desk_tokens["identity"], one.customer_number, sent["reason"]
    who = (token, number, reader.person_id)
    name = reader.name or reader.email
    if act == "address":
        reached = await held.desk.readdress(*who, sent["address"].strip(), reason)
        return done(_address(number), "desk_readdressed", name=name, email=reached.email)
    if act == "reset":
        await held.desk.start_reset(*who, reason)
        return done(_address(number), "desk_reset_sent", email=reader.email)
    if act == "links":
        await held.desk.revoke_links(*who, reason)
        return done(_address(number), "desk_links_revoked", name=name)
    view = await held.desk.view_as(*who, reason)
    answer = go(f"{PATH}/view")
    keep(answer, VIEW, str(view.view_id), _A_VIEW_SECONDS)
    return answer


def _reason_missing(sent: Posted) -> list[Trouble]:
    return [] if sent["reason"] in REASONS else [Trouble("reason", "empty_reason")]


def _address(customer_number: str) -> str:
    return f"{PATH}/customers/{customer_number}"
