"""The door for what a person may ask of their data: all of it, and its end."""

import asyncio
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request, Response

from portal import exporting, forms
from portal.entering_service import SignedInPerson
from portal.errors import Refused
from portal.forms import Trouble
from portal.signed_in import SignedIn, SignedInForExport, must_have_proved
from portal.web import FILE, LOOKING, SESSION, Held, HelpfulRoute, Text, done, drop, show

router = APIRouter(route_class=HelpfulRoute, include_in_schema=False)


@router.api_route("/account/data", methods=LOOKING)
async def personal_data(request: Request, signed: SignedIn) -> Response:
    """Offer a copy of everything, and the way to its end."""
    return show(request, "account_data.html", signed, here="account", article="your-data")


@router.post("/account/data/export")
async def export(held: Held, signed: SignedInForExport) -> Response:
    """Hand out everything that is kept of the person."""
    kept, letters = await asyncio.gather(
        held.account.export(signed.tokens["identity"]),
        held.letters.all_letters(signed.tokens["notifications"]),
    )
    today = datetime.now(UTC)
    name = f"postkamer-{today:%Y-%m-%d}.zip"
    content = exporting.zipped(kept | {"letters": letters}, today)
    headers = FILE | {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type="application/zip", headers=headers)


@router.api_route("/account/data/erase", methods=LOOKING)
async def ask_erasure(held: Held, request: Request, signed: SignedIn) -> Response:
    """Say what follows, in figures."""
    must_have_proved(signed)
    return await _ask(held, request, signed)


@router.post("/account/data/erase")
async def erase(held: Held, request: Request, signed: SignedIn, understood: Text = "") -> Response:
    """Erase the person."""
    if not understood:
        form = forms.Form({}, [Trouble("understood", "empty_understood")])
        return await _ask(held, request, signed, form)
    try:
        await held.account.erase(signed.tokens["identity"])
    except Refused as refusal:
        return await _ask(held, request, signed, forms.refused({}, refusal))
    answer = done(f"/sign-in/{signed.issuer.issuer}", "erased")
    drop(answer, SESSION)
    return answer


async def _ask(
    held: Held, request: Request, signed: SignedInPerson, form: forms.Form | None = None
) -> Response:
    token = signed.tokens["identity"]
    me, sessions = await asyncio.gather(held.account.me(token), held.account.sessions(token))
    facts: dict[str, Any] = {
        "here": "account",
        "article": "your-data",
        "me": me,
        "sessions": len(sessions),
    }
    return show(request, "account_erase.html", signed, form=form, **facts)
