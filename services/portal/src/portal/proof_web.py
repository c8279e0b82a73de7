"""The door for links that prove a mailbox.

The proof leaves the address at once for a short-lived cookie; looking uses nothing up, for mail
scanners look at every link. One button or form on the page does.
"""

from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Request, Response

from portal import forms, parcels
from portal.entering_service import Proof, Visitor
from portal.errors import NothingHere, Refused
from portal.gateways import Gateways
from portal.web import (
    LOOKING,
    PROOF,
    SESSION,
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

_A_QUARTER = 900
_WITH_PASSWORD = ("register", "reset", "staff")
_KINDS = (*_WITH_PASSWORD, "email_confirm", "email_cancel")
_GONE = ("proof_unusable", "code_unusable")

router = APIRouter(route_class=HelpfulRoute, include_in_schema=False)


@router.api_route("/proof/{kind}/{proof}", methods=LOOKING)
async def carry(kind: str, proof: str) -> Response:
    """Take the proof out of the address."""
    if kind not in _KINDS:
        raise NothingHere
    answer = go(f"/proof/{kind}")
    keep(answer, PROOF, parcels.packed({"kind": kind, "proof": proof[:200]}), _A_QUARTER)
    return answer


@router.api_route("/proof/{kind}", methods=LOOKING)
async def look(kind: str, held: Held, request: Request) -> Response:
    """Say what the proof is for, and ask to go on."""
    return await _show(held, request, kind)


@router.post("/proof/{kind}")
async def use(
    kind: str,
    held: Held,
    request: Request,
    visiting: Visiting,
    password: Text = "",
) -> Response:
    """Do what the proof is for."""
    proof = _carried(request, kind)
    if proof is None:
        return await _show(held, request, kind)
    given = {"password": password}
    if kind in _WITH_PASSWORD and (troubles := forms.empty(given, "password")):
        return await _show(held, request, kind, forms.Form(given, troubles))
    try:
        answer = await _do(held, kind, proof, password, visiting)
    except Refused as refusal:
        if refusal.says(*_GONE):
            return await _show(held, request, kind, gone=True)
        return await _show(held, request, kind, forms.refused(given, refusal))
    drop(answer, PROOF)
    return answer


async def _do(held: Gateways, kind: str, proof: str, password: str, visiting: Visitor) -> Response:
    if kind == "register":
        started = await held.entering.finish_registration(
            _credential(proof), password, visiting, {"proof": proof}
        )
        return enter(done(start_of(started), "registered"), started)
    if kind == "staff":
        started = await held.entering.finish_staff_invitation(proof, password, visiting)
        return enter(go(start_of(started)), started)
    if kind == "reset":
        seen = await held.entering.look(proof, kind)
        given = {"proof": proof}
        await held.entering.finish_reset(_credential(proof), password, visiting, given)
        answer = done(_door(seen), "reset")
        drop(answer, SESSION)
        return answer
    seen = await held.entering.look(proof, kind)
    if kind == "email_confirm":
        email = await held.entering.confirm_address(proof)
        return done(_door(seen), "email_confirmed", email=email)
    email = await held.entering.cancel_address(proof)
    return done(_door(seen), "email_cancelled", email=email)


async def _show(
    held: Gateways,
    request: Request,
    kind: str,
    form: forms.Form | None = None,
    *,
    gone: bool = False,
) -> Response:
    if kind not in _KINDS:
        raise NothingHere
    carried = _carried(request, kind)
    if carried is None:
        return show(request, "proof_lost.html", status=404)
    proof = await held.entering.look(carried, kind)
    page = "proof_form.html" if kind in _WITH_PASSWORD else "proof_button.html"
    unusable = gone or proof.state != "usable"
    issuer = quote(proof.issuer.issuer, safe="")
    return show(
        request,
        "proof_gone.html" if unusable else page,
        issuer=proof.issuer,
        language=proof.language,
        form=form,
        status=410 if unusable else None,
        kind=kind,
        proof=proof,
        sign_in=f"/sign-in/{issuer}",
        forget=f"/forgot/{issuer}",
    )


def _carried(request: Request, kind: str) -> str | None:
    carried = parcels.unpacked(request.cookies.get(PROOF))
    proof = carried.get("proof")
    return proof if carried.get("kind") == kind and isinstance(proof, str) else None


def _credential(proof: str) -> UUID:
    try:
        return UUID(proof.partition(".")[0])
    except ValueError as forged:
        raise NothingHere from forged


def _door(proof: Proof) -> str:
    return f"/sign-in/{quote(proof.issuer.issuer, safe='')}"
