"""The portal's door for steps: the second one of signing in, those of a move, that of staff."""

from typing import Annotated, Any, Literal

from fastapi import Security
from pydantic import BaseModel, StringConstraints

from chassis import web
from chassis.tokens import Caller, who_calls
from contracts.customer_number import Issuer
from identity import admitting_staff, moving, scopes, second_steps
from identity.gateways import Gateways
from identity.second_steps import Answer, Tools
from identity.starting import Started, Visitor

router = web.router()

Portal = Annotated[Caller, Security(who_calls, scopes=[scopes.ACT])]
Held = Annotated[Gateways, web.Gateways]
Token = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Code = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Password = Annotated[str, StringConstraints(max_length=1_000)]


class SecondStepTaken(BaseModel):
    """What answers a challenge: a code, or what a passkey signed."""

    challenge: Token
    kind: Literal["totp", "passkey", "recovery"]
    code: Code | None = None
    passkey: dict[str, Any] | None = None
    visitor: Visitor


class PasskeyWanted(BaseModel):
    """At whose door a passkey is to be used."""

    issuer: Issuer
    visitor: Visitor


class PasskeyAsked(BaseModel):
    """What the browser is to sign."""

    challenge: str
    options: dict[str, Any]


class PasskeySignIn(BaseModel):
    """What a passkey signed."""

    challenge: Token
    passkey: dict[str, Any]
    visitor: Visitor


class MailedProof(BaseModel):
    """The last part of a mail's link."""

    proof: Token


class Moved(BaseModel):
    """Where a person is reached now."""

    email: str


class StaffAccepted(BaseModel):
    """Somebody who was invited, and the password they choose."""

    proof: Token
    password: Password
    visitor: Visitor


@router.post("/v1/sessions/second-step", status_code=201)
async def second_step(
    step: SecondStepTaken, _portal: Portal, transactions: web.Transactions, held: Held
) -> Started:
    """Finish signing in by a second step."""
    answer = Answer(step.kind, step.code, step.passkey)
    return await second_steps.finish(
        transactions, _tools(held), step.challenge, answer, step.visitor
    )


@router.post("/v1/passkeys/sign-in/options")
async def ask_for_a_passkey(
    wanted: PasskeyWanted, _portal: Portal, session: web.Session, held: Held
) -> PasskeyAsked:
    """Begin to sign in with a passkey alone."""
    step = await second_steps.challenge_alone(session, held.passkeys, wanted.issuer)
    return PasskeyAsked(challenge=step.challenge, options=step.passkey_options or {})


@router.post("/v1/passkeys/sign-in", status_code=201)
async def sign_in_by_passkey(
    signed: PasskeySignIn, _portal: Portal, transactions: web.Transactions, held: Held
) -> Started:
    """Sign in with a passkey alone: it knows whose finger or PIN it was."""
    return await second_steps.finish_alone(
        transactions, _tools(held), signed.challenge, signed.passkey, signed.visitor
    )


@router.post("/v1/email-changes/finish")
async def finish_a_move(
    mailed: MailedProof, _portal: Portal, session: web.Session, held: Held
) -> Moved:
    """Move to the address whose mailbox has the proof."""
    return Moved(email=await moving.confirm(session, held.link_keys, mailed.proof))


@router.post("/v1/email-changes/cancel")
async def cancel_a_move(
    mailed: MailedProof, _portal: Portal, session: web.Session, held: Held
) -> Moved:
    """Stay at the address whose mailbox has the proof, or move back to it."""
    return Moved(email=await moving.cancel(session, held.link_keys, mailed.proof))


@router.post("/v1/staff-invitations/finish", status_code=201)
async def accept_staff(
    accepted: StaffAccepted, _portal: Portal, transactions: web.Transactions, held: Held
) -> Started:
    """Come in to work: with a password now, and a second factor next."""
    return await admitting_staff.accept(
        transactions,
        held.link_keys,
        held.passwords,
        accepted.proof,
        accepted.password,
        accepted.visitor,
    )


def _tools(held: Gateways) -> Tools:
    return Tools(held.vault, held.passkeys)
