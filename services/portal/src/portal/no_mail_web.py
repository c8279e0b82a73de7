"""The door to the guided check "I got no mail": to who is signed in, what the facts say (N-10)."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Request, Response

from portal import help_web, no_mail, plain_text
from portal.customer_numbers import CustomerNumber
from portal.entering_service import SignedInPerson
from portal.errors import NothingHere, Refused
from portal.forms import Form, Trouble
from portal.gateways import Gateways
from portal.no_mail import Step
from portal.own_letters import OwnAddress, OwnLetter
from portal.posted import Sent
from portal.signed_in import SignedInForMails, WhoeverWithMails
from portal.web import LOOKING, Held, HelpfulRoute, done, show, spoken

NAME = "no-mail"
PATH = f"/help/{NAME}"
_LONGEST_NUMBER = 100
_TO_CHOOSE_FROM = 15
# What may stand in the way of sending a mail again, by the rule that says so.
_NOT_AGAIN = {
    "address_stopped": "no_mail_again_stopped",
    "resent_often": "no_mail_again_often",
    "letter_withdrawn": "no_mail_again_withdrawn",
}

router = APIRouter(route_class=HelpfulRoute, include_in_schema=False)


@dataclass(frozen=True)
class Checked:
    """What the check found for a customer number."""

    number: CustomerNumber
    address: OwnAddress | None
    letters: Sequence[OwnLetter]
    steps: Sequence[Step]

    @property
    def cause(self) -> Step | None:
        """Return what to put right first."""
        return no_mail.cause(self.steps)

    @property
    def may_send_again(self) -> bool:
        """Tell whether there is a use in sending a mail again."""
        return self.address is not None and self.address.state != "stopped"


@router.api_route(PATH, methods=LOOKING)
async def check(
    request: Request,
    held: Held,
    whoever: WhoeverWithMails,
    customer_number: str = "",
    issuer: str = "",
) -> Response:
    """Look, with who is signed in, why no mail came; tell everybody else what to look at."""
    if whoever is None or whoever.must:
        return await help_web.one_article(NAME, request, held, whoever, issuer)
    return await _show(request, held, whoever, customer_number)


@router.post(PATH + "/letters/{letter_id}/resend")
async def resend(
    letter_id: UUID, request: Request, held: Held, signed: SignedInForMails, sent: Sent
) -> Response:
    """Have a mail sent to the reader again."""
    asked = sent["customer_number"]
    try:
        await held.letters.resend_own(signed.tokens["notifications"], letter_id)
    except Refused as refused:
        rules = (each.rule for each in refused.problems)
        words = (_NOT_AGAIN[rule] for rule in rules if rule in _NOT_AGAIN)
        form = Form(sent.values, [Trouble("", next(words, "no_mail_again_under_way"))])
        return await _show(request, held, signed, asked, form)
    return done(f"{PATH}?{urlencode({'customer_number': asked})}", "no_mail_resent")


async def _show(
    request: Request,
    held: Gateways,
    signed: SignedInPerson,
    asked: str,
    form: Form | None = None,
) -> Response:
    wanted = plain_text.plain(asked)[:_LONGEST_NUMBER].strip()
    numbers = await held.sharing.numbers(signed.tokens["identity"], limit=_TO_CHOOSE_FROM + 1)
    if not wanted and len(numbers.items) == 1:
        wanted = numbers.items[0].customer_number
    checked = await _checked(held, signed, wanted) if wanted else None
    language = spoken(request, signed.spoken)
    return show(
        request,
        "no_mail.html",
        signed,
        form=form,
        read=held.articles.find(language, NAME),
        votes=await held.help.votes(NAME, signed.person_id),
        by="",
        numbers=numbers.items,
        many=len(numbers.items) > _TO_CHOOSE_FROM,
        wanted=wanted,
        checked=checked,
        why=no_mail.why,
    )


async def _checked(held: Gateways, signed: SignedInPerson, wanted: str) -> Checked | None:
    """Check a number; None for one that the reader does not hold."""
    try:
        number = await held.sharing.number(signed.tokens["identity"], wanted)
    except NothingHere:
        return None
    token = signed.tokens["notifications"]
    address = await held.letters.own_address(token)
    letters = no_mail.about(await held.letters.last_letters(token), number)
    return Checked(number, address, letters, no_mail.check(number, address, letters))
