"""The door for the portal: registering, signing in and out, and passwords that were forgotten."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Response, Security
from pydantic import BaseModel, StringConstraints

from chassis import web
from chassis.tokens import Caller, who_calls
from contracts.people import Language
from contracts.text import Line
from identity import (
    account_queries,
    activating,
    keeping_sessions,
    looks,
    measures,
    proving,
    queries,
    recovering,
    renewing,
    scopes,
    second_steps,
    signing_in,
)
from identity.accounts import CredentialKind
from identity.errors import IssuerUnknown
from identity.gateways import Gateways
from identity.keeping_sessions import Resolved
from identity.looks import IssuerLook
from identity.starting import Opaque, Started, Visitor

router = web.router()

Portal = Annotated[Caller, Security(who_calls, scopes=[scopes.ACT])]
Held = Annotated[Gateways, web.Gateways]
Audience = Literal["identity", "documents", "notifications"]

Password = Annotated[str, StringConstraints(max_length=1000)]
"""As typed. What is too long to be one is told so by the rule for passwords."""


class Issuers(BaseModel):
    """Every issuer one may sign in at."""

    items: list[IssuerLook]


class OldLink(BaseModel):
    """A mail's link, and who comes with it."""

    link: Line
    visitor: Visitor


class Registration(BaseModel):
    """Someone registers by a mail's link."""

    link: Line
    first_name: Line
    last_name: Line
    language: Language
    visitor: Visitor


class Registering(BaseModel):
    """A mail is on its way, or not; its code is good until then."""

    registration: UUID
    code_until: datetime | None


class Again(BaseModel):
    """Who asks for another mail."""

    visitor: Visitor


class AskedAgain(BaseModel):
    """Under which id the new mail's code is given."""

    registration: UUID


class ChosenPassword(BaseModel):
    """A password, with the code or the link of the mail."""

    password: Password
    code: Line | None = None
    proof: Opaque | None = None
    visitor: Visitor


class SignIn(BaseModel):
    """Someone signs in with a password."""

    issuer: Line
    username: Line
    password: Password
    visitor: Visitor


class SecondStep(BaseModel):
    """What a browser is asked beside the password."""

    challenge: str
    kinds: list[str]
    passkey_options: dict[str, Any] | None


class SecondStepAsked(BaseModel):
    """The password was right; it takes a second step."""

    second_step: SecondStep


class Cookie(BaseModel):
    """What a browser keeps of its session."""

    session: Opaque


class ToResolve(Cookie):
    """A session, and for which services tokens are wanted; and whether those of the desk."""

    audiences: list[Audience] = []
    desk: bool = False


class Forgotten(BaseModel):
    """Someone forgot a password."""

    issuer: Line
    username: Line
    visitor: Visitor


class Resetting(BaseModel):
    """A mail is on its way, or not; its code is good until then."""

    reset: UUID
    code_until: datetime | None


class ProofToLookAt(BaseModel):
    """A mail's proof, and what it is said to be for."""

    proof: Opaque
    kind: CredentialKind


class Proof(BaseModel):
    """What a proof is for, whom it was sent to, and whether it can still be used."""

    kind: CredentialKind
    issuer: IssuerLook
    language: str
    address: str
    state: Literal["usable", "gone"]


@router.get("/v1/issuers")
async def issuers(_portal: Portal, session: web.Session) -> Issuers:
    """List the issuers one may sign in at."""
    found = await account_queries.issuers(session)
    return Issuers(items=[looks.look_of(each) for each in found])


@router.get("/v1/issuers/{issuer}")
async def issuer(issuer: Line, _portal: Portal, session: web.Session) -> IssuerLook:
    """Tell how an issuer looks."""
    found = await queries.issuer(session, issuer)
    if found is None:
        raise IssuerUnknown(issuer)
    return looks.look_of(found)


@router.post("/v1/links/renew", status_code=202)
async def renew(
    old: OldLink, _portal: Portal, held: Held, transactions: web.Transactions
) -> dict[str, str]:
    """Have a new mail sent for a link that has become too old; the answer never differs."""
    await renewing.renew(transactions, held.link_keys, old.link, old.visitor)
    return {}


@router.post("/v1/registrations", status_code=202)
async def register(
    asked: Registration, _portal: Portal, held: Held, transactions: web.Transactions
) -> Registering:
    """Have the code sent that registering takes."""
    registrant = activating.Registrant(asked.first_name, asked.last_name, asked.language)
    sent = await activating.ask(transactions, held.link_keys, asked.link, registrant, asked.visitor)
    return Registering(registration=sent.id, code_until=sent.code_until)


@router.post("/v1/registrations/{registration}/again", status_code=202)
async def register_again(
    registration: UUID, asked: Again, _portal: Portal, transactions: web.Transactions
) -> AskedAgain:
    """Have another code sent; the one before it is good no more."""
    new = await activating.ask_again(transactions, registration, asked.visitor)
    return AskedAgain(registration=new)


@router.post("/v1/registrations/{registration}/finish", status_code=201)
async def finish_registration(
    registration: UUID,
    given: ChosenPassword,
    _portal: Portal,
    held: Held,
    transactions: web.Transactions,
) -> Started:
    """Register with the code or the link of the mail, and sign in."""
    chosen = proving.Chosen(given.password, given.code, given.proof)
    return await activating.finish(
        transactions, held.passwords, held.link_keys, registration, chosen, given.visitor
    )


@router.post(
    "/v1/sessions",
    status_code=201,
    response_model=None,
    responses={200: {"model": SecondStepAsked}, 201: {"model": Started}},
)
async def sign_in(
    asked: SignIn,
    _portal: Portal,
    held: Held,
    transactions: web.Transactions,
    response: Response,
) -> Started | SecondStepAsked:
    """Sign in with a password; who has a second factor is asked for it."""
    proved = await signing_in.prove(
        transactions, held.passwords, asked.issuer, asked.username, asked.password, asked.visitor
    )
    async with transactions() as session:
        person = await signing_in.let_by(session, proved)
        kinds = await second_steps.needed(session, person.id)
        if not kinds:
            return await signing_in.enter(session, person, proved, asked.visitor)
        step = await second_steps.challenge(session, held.passkeys, person.id, proved.issuer, kinds)
    measures.sign_ins.labels("second_step").inc()
    response.status_code = 200
    return SecondStepAsked(second_step=SecondStep(**vars(step)))


@router.post("/v1/sessions/resolve")
async def resolve(asked: ToResolve, _portal: Portal, held: Held, session: web.Session) -> Resolved:
    """Tell who is signed in, with tokens for what they do next."""
    return await keeping_sessions.resolve(
        session, held.mint, asked.session, set(asked.audiences), desk=asked.desk
    )


@router.post("/v1/sessions/end", status_code=204)
async def sign_out(asked: Cookie, _portal: Portal, session: web.Session) -> None:
    """Sign out."""
    await keeping_sessions.end(session, asked.session)


@router.post("/v1/forgotten-passwords", status_code=202)
async def forgot(asked: Forgotten, _portal: Portal, transactions: web.Transactions) -> Resetting:
    """Have a code sent that a new password takes, to who has an account; all answers are alike."""
    sent = await recovering.ask(transactions, asked.issuer, asked.username, asked.visitor)
    return Resetting(reset=sent.id, code_until=sent.code_until)


@router.post("/v1/forgotten-passwords/{reset}/finish", status_code=204)
async def finish_reset(
    reset: UUID,
    given: ChosenPassword,
    _portal: Portal,
    held: Held,
    transactions: web.Transactions,
) -> None:
    """Set a new password with the code or the link of the mail; one signs in with it then."""
    chosen = proving.Chosen(given.password, given.code, given.proof)
    await recovering.finish(
        transactions, held.passwords, held.link_keys, reset, chosen, given.visitor
    )


@router.post("/v1/proofs/look")
async def look(asked: ProofToLookAt, _portal: Portal, held: Held, session: web.Session) -> Proof:
    """Tell what a proof is for. It is not used up: a scanner may look before its reader does."""
    found = await proving.look(session, held.link_keys, asked.proof, asked.kind)
    return Proof(
        kind=found.kind,
        issuer=looks.look_of(found.issuer),
        language=found.language,
        address=found.address,
        state="usable" if found.usable else "gone",
    )
