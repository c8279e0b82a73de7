"""The door for who registers: from a mail's link, by a code or a link mailed anew."""

from datetime import UTC, datetime
from uuid import UUID

from fastapi import APIRouter, Request, Response

from portal import forms, parcels
from portal.entering_service import Pending
from portal.errors import HasAccount, NothingHere, Refused
from portal.identity_service import Guest
from portal.web import (
    LANGUAGE,
    LOOKING,
    PENDING,
    Held,
    HelpfulRoute,
    Text,
    Visiting,
    done,
    drop,
    enter,
    go,
    keep,
    show,
    show_guest,
    spoken,
    start_of,
)
from portal.words import LANGUAGES

_A_YEAR, _AN_HOUR, _A_MINUTE = 365 * 86_400, 3600, 60

router = APIRouter(route_class=HelpfulRoute, include_in_schema=False)


@router.api_route("/view/{link}/register", methods=LOOKING)
async def register(link: str, held: Held, request: Request) -> Response:
    """Ask what is needed for an account: hardly anything."""
    guest = await _guest(held, link)
    return show_guest(request, "register.html", guest, link)


@router.post("/view/{link}/register")
async def begin(
    link: str,
    held: Held,
    request: Request,
    visiting: Visiting,
    first_name: Text = "",
    last_name: Text = "",
    language: Text = "",
) -> Response:
    """Have a code and a link sent to the address we know."""
    guest = await _guest(held, link)
    given = {"first_name": first_name, "last_name": last_name, "language": language}
    if troubles := forms.empty(given, "first_name", "last_name"):
        return show_guest(request, "register.html", guest, link, forms.Form(given, troubles))
    mailed_in = language if language in LANGUAGES else guest.spoken
    try:
        pending = await held.entering.register(
            link, first_name.strip(), last_name.strip(), mailed_in, visiting
        )
    except Refused as refusal:
        return show_guest(request, "register.html", guest, link, forms.refused(given, refusal))
    answer = go(f"/register/{pending.id}")
    _carry(answer, pending, guest.issuer.issuer, guest.email or "")
    keep(answer, LANGUAGE, spoken(request, guest.spoken), _A_YEAR)
    return answer


async def _guest(held: Held, link: str) -> Guest:
    guest = await held.identity.open_link(link)
    if guest.registered:
        raise HasAccount(guest.issuer.issuer)
    return guest


@router.api_route("/register/{registration}", methods=LOOKING)
async def code(registration: UUID, held: Held, request: Request) -> Response:
    """Ask for the code from the mail, and a password."""
    return await _ask(held, request, registration)


@router.post("/register/{registration}")
async def finish(
    registration: UUID,
    held: Held,
    request: Request,
    visiting: Visiting,
    code: Text = "",
    password: Text = "",
) -> Response:
    """Make the account, and let its person in."""
    given = {"code": code, "password": password}
    if troubles := forms.empty(given, "code", "password"):
        return await _ask(held, request, registration, forms.Form(given, troubles))
    proof = {"code": "".join(code.split())}
    try:
        started = await held.entering.finish_registration(registration, password, visiting, proof)
    except Refused as refusal:
        return await _ask(held, request, registration, forms.refused(given, refusal))
    answer = enter(done(start_of(started), "registered"), started)
    drop(answer, PENDING)
    return answer


@router.post("/register/{registration}/again")
async def again(registration: UUID, held: Held, request: Request, visiting: Visiting) -> Response:
    """Have another mail sent, once a minute has passed."""
    carried = parcels.unpacked(request.cookies.get(PENDING))
    sent = carried.get("sent") if carried.get("id") == str(registration) else None
    if isinstance(sent, int) and datetime.now(UTC).timestamp() < sent + _A_MINUTE:
        return done(f"/register/{registration}", "wait")
    try:
        pending = await held.entering.register_again(registration, visiting)
    except Refused as refusal:
        raise NothingHere from refusal
    answer = done(f"/register/{pending.id}", "again")
    _carry(answer, pending, str(carried.get("issuer", "")), str(carried.get("address", "")))
    return answer


async def _ask(
    held: Held, request: Request, registration: UUID, form: forms.Form | None = None
) -> Response:
    carried = parcels.unpacked(request.cookies.get(PENDING))
    ours = carried if carried.get("id") == str(registration) else {}
    issuer = None
    if ours.get("issuer"):
        issuer = await held.identity.issuer(str(ours["issuer"]))
    return show(
        request,
        "register_code.html",
        issuer=issuer,
        form=form,
        registration=registration,
        address=str(ours.get("address", "")),
    )


def _carry(answer: Response, pending: Pending, issuer: str, address: str) -> None:
    """Let the browser remember which mail it waits for, so that the next page can say so."""
    sent = int(datetime.now(UTC).timestamp())
    known = {"id": str(pending.id), "issuer": issuer, "address": address, "sent": sent}
    keep(answer, PENDING, parcels.packed(known), _AN_HOUR)
