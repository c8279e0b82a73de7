"""The door for second factors: an app with codes, passkeys, recovery codes."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from portal import forms, posted
from portal.account_service import Me, NewTotp, SecondFactor
from portal.entering_service import SignedInPerson
from portal.errors import NothingHere, Refused
from portal.forms import Trouble
from portal.signed_in import SignedInToEnrol, must_have_proved
from portal.web import LOOKING, Held, HelpfulRoute, Text, done, show

_HERE: dict[str, Any] = {"here": "account", "article": "second-step"}
_LIST = "/account/second-step"
_LONGEST = 500

router = APIRouter(route_class=HelpfulRoute, include_in_schema=False)


@router.api_route("/account/second-step", methods=LOOKING)
async def second_step(held: Held, request: Request, signed: SignedInToEnrol) -> Response:
    """Show what there is, and what can be added."""
    me = await held.account.me(_token(signed))
    return show(request, "second_steps.html", signed, **_HERE, me=me)


@router.api_route("/account/second-step/totp", methods=LOOKING)
async def name_totp(request: Request, signed: SignedInToEnrol) -> Response:
    """Ask what an app with codes shall be called."""
    _must_have_proved(signed)
    return show(request, "totp_name.html", signed, **_HERE)


@router.post("/account/second-step/totp")
async def begin_totp(
    held: Held, request: Request, signed: SignedInToEnrol, name: Text = ""
) -> Response:
    """Show the secret for the app, this once."""
    given = {"name": name.strip()}
    if troubles := forms.empty(given, "name"):
        return show(request, "totp_name.html", signed, **_HERE, form=forms.Form(given, troubles))
    try:
        new = await held.account.new_totp(_token(signed), given["name"])
    except Refused as refusal:
        return show(request, "totp_name.html", signed, **_HERE, form=forms.refused(given, refusal))
    return _confirm_totp(request, signed, new)


@router.post("/account/second-step/totp/{totp_id}")
async def confirm_totp(
    totp_id: UUID,
    held: Held,
    request: Request,
    signed: SignedInToEnrol,
    code: Text = "",
    secret: Text = "",
    uri: Text = "",
) -> Response:
    """Take the app into use, once it has shown a right code."""
    given, new = {"code": code}, NewTotp(id=totp_id, secret=secret[:_LONGEST], uri=uri[:_LONGEST])
    if troubles := forms.empty(given, "code"):
        return _confirm_totp(request, signed, new, forms.Form(given, troubles))
    try:
        codes = await held.account.confirm_totp(_token(signed), totp_id, "".join(code.split()))
    except Refused:
        form = forms.Form(given, [Trouble("code", "rule_second_step_refused")])
        return _confirm_totp(request, signed, new, form)
    return _after(request, signed, codes)


def _confirm_totp(
    request: Request, signed: SignedInPerson, new: NewTotp, form: forms.Form | None = None
) -> Response:
    return show(request, "totp_confirm.html", signed, **_HERE, form=form, new=new)


@router.api_route("/account/second-step/passkey", methods=LOOKING)
async def name_passkey(request: Request, signed: SignedInToEnrol) -> Response:
    """Ask what a passkey shall be called."""
    _must_have_proved(signed)
    return show(request, "passkey_name.html", signed, **_HERE)


@router.post("/account/second-step/passkey")
async def begin_passkey(
    held: Held, request: Request, signed: SignedInToEnrol, name: Text = ""
) -> Response:
    """Have the browser make a passkey."""
    given = {"name": name.strip()}
    if troubles := forms.empty(given, "name"):
        form = forms.Form(given, troubles)
        return show(request, "passkey_name.html", signed, **_HERE, form=form)
    asked = await held.account.ask_passkey(_token(signed))
    facts: dict[str, Any] = {
        "name": given["name"],
        "challenge": asked.challenge,
        "options": asked.options,
    }
    return show(request, "passkey_make.html", signed, **_HERE, **facts)


@router.post("/account/second-step/passkey/finish")
async def add_passkey(
    held: Held,
    request: Request,
    signed: SignedInToEnrol,
    name: Text = "",
    challenge: Text = "",
    passkey: Text = "",
) -> Response:
    """Keep the passkey."""
    form = forms.Form({"name": name}, [Trouble("", "rule_passkey_unusable")])
    said = posted.passkey(passkey)
    if not said:
        return show(request, "passkey_name.html", signed, **_HERE, form=form)
    try:
        codes = await held.account.add_passkey(_token(signed), challenge, said, name.strip())
    except Refused:
        return show(request, "passkey_name.html", signed, **_HERE, form=form)
    return _after(request, signed, codes)


@router.api_route("/account/second-step/{factor_id}/remove", methods=LOOKING)
async def ask_removal(
    factor_id: UUID, held: Held, request: Request, signed: SignedInToEnrol
) -> Response:
    """Say what follows from taking a second factor away."""
    _must_have_proved(signed)
    me = await held.account.me(_token(signed))
    return _ask_removal(request, signed, me, factor_id)


@router.post("/account/second-step/{factor_id}/remove")
async def remove(
    factor_id: UUID, held: Held, request: Request, signed: SignedInToEnrol
) -> Response:
    """Take it away."""
    try:
        await held.account.remove_second_factor(_token(signed), factor_id)
    except Refused as refusal:
        me = await held.account.me(_token(signed))
        return _ask_removal(request, signed, me, factor_id, forms.refused({}, refusal))
    return done(_LIST, "factor_removed")


def _ask_removal(
    request: Request,
    signed: SignedInPerson,
    me: Me,
    factor_id: UUID,
    form: forms.Form | None = None,
) -> Response:
    factor = _found(me, factor_id)
    left = len(me.second_factors) - 1
    return show(request, "factor_remove.html", signed, **_HERE, form=form, factor=factor, left=left)


@router.post("/account/recovery-codes")
async def new_codes(held: Held, request: Request, signed: SignedInToEnrol) -> Response:
    """Make recovery codes anew, and show them this once."""
    return _codes(request, signed, await held.account.new_recovery_codes(_token(signed)))


def _after(request: Request, signed: SignedInPerson, codes: list[str] | None) -> Response:
    if codes:
        return _codes(request, signed, codes)
    return done(_LIST, "factor_added")


def _codes(request: Request, signed: SignedInPerson, codes: list[str]) -> Response:
    return show(request, "recovery_codes.html", signed, **_HERE, codes=codes)


def _must_have_proved(signed: SignedInPerson) -> None:
    """Ask for a proof beforehand, save of who cannot give one yet but the password just given."""
    if not signed.must:
        must_have_proved(signed)


def _found(me: Me, factor_id: UUID) -> SecondFactor:
    found = next((each for each in me.second_factors if each.id == factor_id), None)
    if found is None:
        raise NothingHere
    return found


def _token(signed: SignedInPerson) -> str:
    return signed.tokens["identity"]
