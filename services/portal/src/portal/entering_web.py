"""The door for who signs in and out, or forgot how."""

from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID

from fastapi import APIRouter, Request, Response

from portal import destinations, forms, parcels, posted
from portal.entering_service import SecondStep, Started
from portal.errors import NothingHere, Refused
from portal.forms import Trouble
from portal.signed_in import Whoever
from portal.web import (
    ISSUER,
    LOOKING,
    PENDING,
    SESSION,
    STEP,
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
    start_of,
)

_TEN_MINUTES, _AN_HOUR = 600, 3600
_BY_CODE = ("totp", "recovery")

router = APIRouter(route_class=HelpfulRoute, include_in_schema=False)


@router.api_route("/", methods=LOOKING)
async def root(signed: Whoever) -> Response:
    """Lead to the documents, or to the way in."""
    return go(destinations.start(staff=signed.staff) if signed else "/sign-in")


@router.api_route("/sign-in", methods=LOOKING)
async def choose(
    held: Held,
    request: Request,
    next: str = "",  # noqa: A002 (it stands in addresses)
    other: str = "",
) -> Response:
    """Ask whose invoices one gets, unless this browser knows, or there is one issuer only."""
    place = destinations.checked(next)
    known = request.cookies.get(ISSUER, "")
    if known.isalnum() and not other:
        return go(_door(known, place))
    issuers = await held.identity.issuers()
    if len(issuers) == 1 and not other:
        return go(_door(issuers[0].issuer, place))
    return show(request, "choose_issuer.html", issuers=issuers, place=place)


@router.api_route("/sign-in/{issuer}", methods=LOOKING)
async def ask(
    issuer: str,
    held: Held,
    request: Request,
    whoever: Whoever,
    next: str = "",  # noqa: A002
) -> Response:
    """Ask for user name and password."""
    place = destinations.checked(next)
    return await _ask(held, request, issuer, place, already=whoever)


@router.post("/sign-in/{issuer}")
async def sign_in(
    issuer: str,
    held: Held,
    request: Request,
    visiting: Visiting,
    username: Text = "",
    password: Text = "",
    place: Text = "",
) -> Response:
    """Let someone in, or ask for the second step."""
    back = destinations.checked(place)
    given = {"username": username, "password": password}
    if troubles := forms.empty(given, "username", "password"):
        return await _ask(held, request, issuer, back, forms.Form(given, troubles))
    try:
        found = await held.entering.sign_in(issuer, username.strip(), password, visiting)
    except Refused as refusal:
        form = forms.refused(given, refusal, {"": "password"})
        return await _ask(held, request, issuer, back, form)
    if isinstance(found, SecondStep):
        return _to_second_step(issuer, found, back)
    return _let_in(found, back)


async def _ask(
    held: Held,
    request: Request,
    issuer: str,
    place: str | None,
    form: forms.Form | None = None,
    already: Any = None,
) -> Response:
    known = await held.identity.issuer(issuer)
    return show(
        request,
        "sign_in.html",
        issuer=known,
        language=known.language,
        form=form,
        place=place,
        already=already,
        forget=f"/forgot/{quote(known.issuer, safe='')}",
    )


def _let_in(started: Started, place: str | None) -> Response:
    answer = enter(go(start_of(started, place)), started)
    drop(answer, STEP, PENDING)
    return answer


def _door(issuer: str, place: str | None) -> str:
    back = f"?{urlencode({'next': place})}" if place else ""
    return f"/sign-in/{quote(issuer, safe='')}{back}"


def _to_second_step(issuer: str, step: SecondStep, place: str | None) -> Response:
    """Let the browser carry on: what was proved is in the challenge, which is good once."""
    carried = {"challenge": step.challenge, "kinds": step.kinds, "place": place}
    with_passkey = carried | {"passkey_options": step.passkey_options}
    parcel = parcels.packed(with_passkey)
    answer = go(f"/sign-in/{quote(issuer, safe='')}/second-step")
    # Too many keys for a cookie: the other ways remain.
    fits = len(parcel) <= parcels.LARGEST
    keep(answer, STEP, parcel if fits else parcels.packed(carried), _TEN_MINUTES)
    return answer


@router.api_route("/sign-in/{issuer}/second-step", methods=LOOKING)
async def ask_second_step(issuer: str, held: Held, request: Request) -> Response:
    """Ask for a code, a passkey or a recovery code."""
    return await _ask_second_step(held, request, issuer)


@router.post("/sign-in/{issuer}/second-step")
async def take_second_step(
    issuer: str,
    held: Held,
    request: Request,
    visiting: Visiting,
    kind: Text = "totp",
    code: Text = "",
    recovery: Text = "",
    passkey: Text = "",
) -> Response:
    """Let in who has given both."""
    step = parcels.unpacked(request.cookies.get(STEP))
    challenge = str(step.get("challenge", ""))
    field = {"totp": "code", "recovery": "recovery"}.get(kind, "")
    given = {"code": code, "recovery": recovery, "passkey": passkey}
    proof = posted.passkey(passkey) if kind == "passkey" else "".join(given.get(field, "").split())
    if not challenge or kind not in {*_BY_CODE, "passkey"}:
        return go(_door(issuer, None))
    if not proof:
        trouble = Trouble(field, "empty_code" if field else "rule_second_step_refused")
        return await _ask_second_step(held, request, issuer, forms.Form({}, [trouble]))
    try:
        started = await held.entering.take_second_step(challenge, kind, visiting, proof=proof)
    except (Refused, NothingHere):
        form = forms.Form({}, [Trouble(field, "rule_second_step_refused")])
        return await _ask_second_step(held, request, issuer, form)
    place = step.get("place")
    return _let_in(started, destinations.checked(place if isinstance(place, str) else None))


async def _ask_second_step(
    held: Held, request: Request, issuer: str, form: forms.Form | None = None
) -> Response:
    step = parcels.unpacked(request.cookies.get(STEP))
    if not step.get("challenge"):
        return go(_door(issuer, None))
    kinds = step.get("kinds")
    return show(
        request,
        "second_step.html",
        issuer=await held.identity.issuer(issuer),
        form=form,
        kinds=kinds if isinstance(kinds, list) else [],
        options=step.get("passkey_options"),
        back=_door(issuer, None),
    )


@router.post("/sign-in/{issuer}/passkey")
async def ask_passkey(
    issuer: str, held: Held, request: Request, visiting: Visiting, place: Text = ""
) -> Response:
    """Ask the browser for a passkey, and nothing else."""
    back = destinations.checked(place)
    asked = await held.entering.ask_passkey(issuer, visiting)
    known = await held.identity.issuer(issuer)
    return show(
        request,
        "passkey.html",
        issuer=known,
        language=known.language,
        place=back,
        challenge=asked.challenge,
        options=asked.options,
        back=_door(issuer, back),
    )


@router.post("/sign-in/{issuer}/passkey/finish")
async def sign_in_with_passkey(
    issuer: str,
    held: Held,
    request: Request,
    visiting: Visiting,
    challenge: Text = "",
    passkey: Text = "",
    place: Text = "",
) -> Response:
    """Let in who has the passkey."""
    back = destinations.checked(place)
    said = posted.passkey(passkey)
    try:
        started = await held.entering.sign_in_with_passkey(challenge, said, visiting)
    except (Refused, NothingHere):
        form = forms.Form({}, [Trouble("", "passkey_failed")])
        return await _ask(held, request, issuer, back, form)
    return _let_in(started, back)


@router.post("/sign-out")
async def sign_out(held: Held, request: Request) -> Response:
    """End the session, here and at once."""
    cookie = request.cookies.get(SESSION)
    if cookie:
        await held.entering.end(cookie)
    known = request.cookies.get(ISSUER, "")
    answer = done(_door(known, None) if known.isalnum() else "/sign-in", "signed_out")
    drop(answer, SESSION)
    return answer


@router.api_route("/forgot/{issuer}", methods=LOOKING)
async def forgot(issuer: str, held: Held, request: Request) -> Response:
    """Ask for the user name."""
    return await _forgot(held, request, issuer)


@router.post("/forgot/{issuer}")
async def forget(
    issuer: str, held: Held, request: Request, visiting: Visiting, username: Text = ""
) -> Response:
    """Have a mail sent where there is an account; the answer is the same where there is none."""
    given = {"username": username}
    if troubles := forms.empty(given, "username"):
        return await _forgot(held, request, issuer, forms.Form(given, troubles))
    try:
        pending = await held.entering.forget_password(issuer, username.strip(), visiting)
    except Refused as refusal:
        return await _forgot(held, request, issuer, forms.refused(given, refusal))
    answer = go(f"/forgot/{quote(issuer, safe='')}/{pending.id}")
    carried = {"id": str(pending.id), "address": username.strip()[:320]}
    keep(answer, PENDING, parcels.packed(carried), _AN_HOUR)
    return answer


async def _forgot(
    held: Held, request: Request, issuer: str, form: forms.Form | None = None
) -> Response:
    known = await held.identity.issuer(issuer)
    back = _door(issuer, None)
    return show(request, "forgot.html", issuer=known, language=known.language, form=form, back=back)


@router.api_route("/forgot/{issuer}/{reset}", methods=LOOKING)
async def ask_reset(issuer: str, reset: UUID, held: Held, request: Request) -> Response:
    """Ask for the code from the mail, and a new password."""
    return await _ask_reset(held, request, issuer, reset)


@router.post("/forgot/{issuer}/{reset}")
async def finish_reset(
    issuer: str,
    reset: UUID,
    held: Held,
    request: Request,
    visiting: Visiting,
    code: Text = "",
    password: Text = "",
) -> Response:
    """Keep the new password; then one signs in with it, second step and all."""
    given = {"code": code, "password": password}
    if troubles := forms.empty(given, "code", "password"):
        return await _ask_reset(held, request, issuer, reset, forms.Form(given, troubles))
    try:
        proof = {"code": "".join(code.split())}
        await held.entering.finish_reset(reset, password, visiting, proof)
    except Refused as refusal:
        form = forms.refused(given, refusal)
        return await _ask_reset(held, request, issuer, reset, form)
    answer = done(_door(issuer, None), "reset")
    drop(answer, PENDING, SESSION)
    return answer


async def _ask_reset(
    held: Held, request: Request, issuer: str, reset: UUID, form: forms.Form | None = None
) -> Response:
    known = await held.identity.issuer(issuer)
    carried = parcels.unpacked(request.cookies.get(PENDING))
    ours = carried if carried.get("id") == str(reset) else {}
    return show(
        request,
        "reset.html",
        issuer=known,
        language=known.language,
        form=form,
        reset=reset,
        address=str(ours.get("address", "")),
        forget=f"/forgot/{quote(issuer, safe='')}",
    )
