"""The door for a person's own account: each thing that can be changed on a page of its own."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from portal import destinations, forms
from portal.account_service import Me
from portal.entering_service import SignedInPerson
from portal.errors import Refused
from portal.signed_in import SignedIn, SignedInToEnrol, must_have_proved
from portal.web import (
    LANGUAGE,
    LOOKING,
    SESSION,
    Held,
    HelpfulRoute,
    Text,
    done,
    drop,
    go,
    keep,
    keep_session,
    show,
)
from portal.words import LANGUAGES

_A_YEAR = 365 * 86_400
_ALONE, _WITH_A_SECOND_STEP = 15, 8

router = APIRouter(route_class=HelpfulRoute, include_in_schema=False)


@router.api_route("/account", methods=LOOKING)
async def account(held: Held, request: Request, signed: SignedIn) -> Response:
    """Show everything at a glance, each with a way to change it."""
    me = await held.account.me(_token(signed))
    return show(request, "account.html", signed, here="account", article="account", me=me)


@router.api_route("/account/email", methods=LOOKING)
async def email(held: Held, request: Request, signed: SignedIn) -> Response:
    """Ask for another address; identity wants to be sure who asks."""
    me = await held.account.me(_token(signed))
    if me.email_change is None:
        must_have_proved(signed)
    return _email(request, signed, me)


@router.post("/account/email")
async def change_email(
    held: Held, request: Request, signed: SignedIn, address: Text = ""
) -> Response:
    """Send a link to the new address; nothing changes before it is confirmed."""
    given = {"address": address}
    try:
        if troubles := forms.empty(given, "address"):
            me = await held.account.me(_token(signed))
            return _email(request, signed, me, forms.Form(given, troubles))
        await held.account.begin_address_change(_token(signed), address.strip())
    except Refused as refusal:
        me = await held.account.me(_token(signed))
        form = forms.refused(given, refusal, {"/email": "address", "": "address"})
        return _email(request, signed, me, form)
    return done("/account", "email_sent", address=address.strip())


@router.post("/account/email/cancel")
async def keep_email(held: Held, signed: SignedIn) -> Response:
    """Leave the address as it is."""
    await held.account.drop_address_change(_token(signed))
    return done("/account", "email_dropped")


def _email(
    request: Request, signed: SignedInPerson, me: Me, form: forms.Form | None = None
) -> Response:
    facts: dict[str, Any] = {"here": "account", "article": "change-email", "me": me}
    return show(request, "account_email.html", signed, form=form, **facts)


@router.api_route("/account/password", methods=LOOKING)
async def password(held: Held, request: Request, signed: SignedIn) -> Response:
    """Ask for the password as it is and as it shall be."""
    return await _password(held, request, signed)


@router.post("/account/password")
async def change_password(
    held: Held, request: Request, signed: SignedIn, current: Text = "", new: Text = ""
) -> Response:
    """Keep a new password; other browsers are signed out."""
    given = {"current": current, "new": new}
    if troubles := forms.empty(given, "current", "new"):
        return await _password(held, request, signed, forms.Form(given, troubles))
    try:
        await held.account.change_password(_token(signed), current, new)
    except Refused as refusal:
        form = forms.refused(given, refusal, {"/password": "new", "": "current"})
        return await _password(held, request, signed, form)
    return done("/account", "password")


async def _password(
    held: Held, request: Request, signed: SignedInPerson, form: forms.Form | None = None
) -> Response:
    me = await held.account.me(_token(signed))
    return show(
        request,
        "account_password.html",
        signed,
        here="account",
        article="password",
        form=form,
        least=_WITH_A_SECOND_STEP if me.second_factors else _ALONE,
    )


@router.api_route("/account/language", methods=LOOKING)
async def language(request: Request, signed: SignedIn) -> Response:
    """Ask for the language of pages and mails."""
    return show(request, "account_language.html", signed, here="account", article="account")


@router.post("/account/language")
async def change_language(held: Held, signed: SignedIn, language: Text = "") -> Response:
    """Speak another language from now on, here and in mails."""
    if language not in LANGUAGES:
        return go("/account/language")
    await held.account.change(_token(signed), language=language)
    answer = done("/account", "language")
    keep(answer, LANGUAGE, language, _A_YEAR)
    return answer


@router.api_route("/account/details", methods=LOOKING)
async def details(request: Request, signed: SignedIn) -> Response:
    """Ask for the person's name."""
    return _details(request, signed)


@router.post("/account/details")
async def change_details(
    held: Held,
    request: Request,
    signed: SignedIn,
    first_name: Text = "",
    last_name: Text = "",
) -> Response:
    """Keep the person's name."""
    given = {"first_name": first_name.strip(), "last_name": last_name.strip()}
    if troubles := forms.empty(given, "first_name", "last_name"):
        return _details(request, signed, forms.Form(given, troubles))
    try:
        await held.account.change(_token(signed), **given)
    except Refused as refusal:
        return _details(request, signed, forms.refused(given, refusal))
    return done("/account", "details")


def _details(request: Request, signed: SignedInPerson, form: forms.Form | None = None) -> Response:
    facts: dict[str, Any] = {"here": "account", "article": "account"}
    return show(request, "account_details.html", signed, form=form, **facts)


@router.api_route("/account/prove", methods=LOOKING)
async def ask_proof(
    held: Held,
    request: Request,
    signed: SignedInToEnrol,
    next: str = "",  # noqa: A002
) -> Response:
    """Ask anew who it is, before something that matters."""
    return await _ask_proof(held, request, signed, next)


@router.post("/account/prove")
async def prove(
    held: Held,
    request: Request,
    signed: SignedInToEnrol,
    password: Text = "",
    code: Text = "",
    place: Text = "",
) -> Response:
    """Believe who it is, for five minutes."""
    given = {"password": password, "code": code}
    bare = "".join(code.split())
    if not password and not bare:
        return await _ask_proof(held, request, signed, place, given)
    try:
        session = await held.account.prove(
            _token(signed), {"code": bare} if bare else {"password": password}
        )
    except Refused as refusal:
        return await _ask_proof(held, request, signed, place, given, refusal)
    answer = go(destinations.checked(place) or "/account")
    return keep_session(answer, session) if session else answer


async def _ask_proof(
    held: Held,
    request: Request,
    signed: SignedInPerson,
    place: str,
    given: Mapping[str, str] | None = None,
    refusal: Refused | None = None,
) -> Response:
    """Ask for a code of who has an app for codes, for the password of who has none."""
    me = await held.account.me(_token(signed))
    with_code = any(factor.kind == "totp" for factor in me.second_factors)
    asked = "code" if with_code else "password"
    form = None
    if given is not None:
        form = forms.Form(given, forms.empty(given, asked))
    if given is not None and refusal is not None:
        form = forms.refused(given, refusal, dict.fromkeys(("", "/password", "/code"), asked))
    return show(
        request,
        "account_prove.html",
        signed,
        here="account",
        form=form,
        place=destinations.checked(place) or "/account",
        with_code=with_code,
    )


@router.api_route("/account/sessions", methods=LOOKING)
async def sessions(held: Held, request: Request, signed: SignedIn) -> Response:
    """Show every browser in which the person is signed in."""
    items = await held.account.sessions(_token(signed))
    items.sort(key=lambda each: (not each.current, -each.seen_at.timestamp()))
    facts: dict[str, Any] = {"here": "account", "article": "sessions", "sessions": items}
    return show(request, "account_sessions.html", signed, **facts)


@router.post("/account/sessions/{session_id}/end")
async def end_session(held: Held, signed: SignedIn, session_id: UUID) -> Response:
    """Sign out one browser."""
    await held.account.end_session(_token(signed), session_id)
    if session_id == signed.session_id:
        return _signed_out("all_ended", signed)
    return done("/account/sessions", "session_ended")


@router.post("/account/sessions/end")
async def end_sessions(held: Held, signed: SignedIn, all: Text = "") -> Response:  # noqa: A002
    """Sign out everywhere else, or everywhere."""
    await held.account.end_sessions(_token(signed), this_too=bool(all))
    if all:
        return _signed_out("all_ended", signed)
    return done("/account/sessions", "sessions_ended")


def _signed_out(word: str, signed: SignedInPerson) -> Response:
    answer = done(f"/sign-in/{signed.issuer.issuer}", word)
    drop(answer, SESSION)
    return answer


def _token(signed: SignedInPerson) -> str:
    return signed.tokens["identity"]
