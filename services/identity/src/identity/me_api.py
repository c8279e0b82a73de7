"""The door for what people do for themselves: who they are, and how they get in."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, StringConstraints

from chassis import web
from chassis.identifiers import now
from contracts.people import EmailAddress, Language
from contracts.text import Line
from identity import (
    changing_passwords,
    confirming,
    describing,
    erasing,
    exporting,
    moving,
    starting,
    strengthening,
    voters,
)
from identity.describing import KnownSession, Me
from identity.errors import SessionUnknown
from identity.gateways import Gateways
from identity.me import Enrolling, EnrollingApart, Signed, SignedApart, SignedIn
from identity.second_steps import Tools
from identity.strengthening import By

router = web.router()

Held = Annotated[Gateways, web.Gateways]
Password = Annotated[str, StringConstraints(max_length=1_000)]
"""As it was typed; whether it is too long is said by the rule, not by the shape."""

Code = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Token = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class Proof(BaseModel):
    """What proves that it is still who signed in: a code of who has an app, or the password."""

    password: Password | None = None
    code: Code | None = None


class Proved(BaseModel):
    """The cookie of the session from now on, or null where it stays what it is."""

    session: str | None


class NewPassword(BaseModel):
    """The password there is, and the one there is to be."""

    current: Password
    new: Password


class Details(BaseModel):
    """What a person says of themselves; what is left out stays."""

    language: Language | None = None
    first_name: Line | None = None
    last_name: Line | None = None


class NewAddress(BaseModel):
    """To where a person wants to move."""

    address: EmailAddress


class Named(BaseModel):
    """What a second factor is to be called: ``my phone``."""

    name: Line


class TotpToConfirm(BaseModel):
    """What an app makes codes of; shown once."""

    id: UUID
    secret: str
    uri: str


class TypedCode(BaseModel):
    """A code that an app made."""

    code: Code


class Enrolled(BaseModel):
    """A second factor that is there now; recovery codes only where there were none."""

    id: UUID
    recovery_codes: list[str] | None


class RecoveryCodes(BaseModel):
    """Ten codes, shown once."""

    recovery_codes: list[str]


class PasskeyAsked(BaseModel):
    """What the browser is to make a passkey of."""

    challenge: str
    options: dict[str, Any]


class NewPasskey(BaseModel):
    """The passkey that the browser made, and what it is to be called."""

    challenge: Token
    passkey: dict[str, Any]
    name: Line


class Which(BaseModel):
    """Which sessions: the others, or all of them."""

    all: bool = False


class Sessions(BaseModel):
    """Where a person is signed in."""

    items: list[KnownSession]


class Asked(BaseModel):
    """It was asked; a mail is on its way."""


@router.get("/v1/me")
async def me(signed: Enrolling, session: web.Session) -> Me:
    """Look at oneself."""
    return await describing.describe(session, signed.person_id)


@router.patch("/v1/me")
async def settle(details: Details, signed: Signed, session: web.Session) -> Me:
    """Say who one is; from then on no issuer changes that."""
    said = details.model_dump()
    return await describing.settle(session, signed.person_id, signed.issuer, **said)


@router.post("/v1/me/proof")
async def confirm(
    proof: Proof, signed: EnrollingApart, transactions: web.Transactions, held: Held
) -> Proved:
    """Prove again that it is oneself; some things ask for that, for five minutes.

    The session gets another cookie; the one of before is good for ten seconds more.
    """
    renamed = await confirming.confirm(
        transactions,
        _tools(held),
        held.passwords,
        signed.person_id,
        signed.session_id,
        signed.issuer,
        confirming.Proof(proof.password, proof.code),
    )
    return Proved(session=renamed)


@router.put("/v1/me/password", status_code=204)
async def change_password(
    wanted: NewPassword, signed: SignedApart, transactions: web.Transactions, held: Held
) -> None:
    """Change one's password; every other session ends."""
    await changing_passwords.change(
        transactions,
        held.passwords,
        signed.person_id,
        signed.session_id,
        signed.issuer,
        current=wanted.current,
        new=wanted.new,
    )


@router.post("/v1/me/email-changes", status_code=202)
async def ask_for_a_move(
    wanted: NewAddress, signed: SignedApart, transactions: web.Transactions
) -> Asked:
    """Ask to move to another address; its mailbox is to confirm it."""
    signed.proved_lately(now())
    await moving.ask(transactions, signed.person_id, signed.group, signed.issuer, wanted.address)
    return Asked()


@router.delete("/v1/me/email-changes", status_code=204)
async def withdraw_the_move(signed: Signed, session: web.Session) -> None:
    """Stay at the address there is."""
    await moving.withdraw(session, signed.person_id, signed.issuer)


@router.get("/v1/me/sessions")
async def sessions(signed: Signed, session: web.Session) -> Sessions:
    """List where one is signed in."""
    found = await describing.sessions(session, signed.person_id, signed.session_id)
    return Sessions(items=found)


@router.delete("/v1/me/sessions/{session_id}", status_code=204)
async def end_session(session_id: UUID, signed: Signed, session: web.Session) -> None:
    """Sign out one browser."""
    if not await starting.end(session, signed.person_id, only=session_id):
        raise SessionUnknown


@router.delete("/v1/me/sessions", status_code=204)
async def end_sessions(
    signed: Signed, session: web.Session, which: Annotated[Which, Query()]
) -> None:
    """Sign out every other browser, or all of them."""
    but = None if which.all else signed.session_id
    await starting.end(session, signed.person_id, but=but)


@router.post("/v1/me/totp", status_code=201)
async def begin_totp(
    wanted: Named, signed: Enrolling, session: web.Session, held: Held
) -> TotpToConfirm:
    """Begin to use an app for codes."""
    signed.proved_lately(now())
    new = await strengthening.begin_totp(session, _tools(held), _by(signed), wanted.name)
    return TotpToConfirm(id=new.id, secret=new.secret, uri=new.uri)


@router.post("/v1/me/totp/{factor_id}/confirm")
async def confirm_totp(
    factor_id: UUID, typed: TypedCode, signed: Enrolling, session: web.Session, held: Held
) -> Enrolled:
    """Use the app from now on, as it makes the right codes."""
    signed.proved_lately(now())
    got = await strengthening.confirm_totp(
        session, _tools(held), _by(signed), factor_id, typed.code
    )
    return Enrolled(id=got.id, recovery_codes=got.recovery_codes)


@router.post("/v1/me/passkeys/options")
async def begin_passkey(signed: Enrolling, session: web.Session, held: Held) -> PasskeyAsked:
    """Begin to make a passkey."""
    signed.proved_lately(now())
    step = await strengthening.begin_passkey(session, _tools(held), _by(signed))
    return PasskeyAsked(challenge=step.challenge, options=step.passkey_options or {})


@router.post("/v1/me/passkeys", status_code=201)
async def add_passkey(
    made: NewPasskey, signed: Enrolling, session: web.Session, held: Held
) -> Enrolled:
    """Use the passkey that the browser made."""
    signed.proved_lately(now())
    got = await strengthening.add_passkey(
        session, _tools(held), _by(signed), made.challenge, made.passkey, made.name
    )
    return Enrolled(id=got.id, recovery_codes=got.recovery_codes)


@router.delete("/v1/me/second-factors/{factor_id}", status_code=204)
async def remove_factor(factor_id: UUID, signed: Signed, session: web.Session) -> None:
    """Give a second factor back."""
    signed.proved_lately(now())
    await strengthening.remove(session, _by(signed), factor_id)


@router.post("/v1/me/recovery-codes")
async def renew_recovery_codes(signed: Signed, session: web.Session) -> RecoveryCodes:
    """Make recovery codes anew."""
    signed.proved_lately(now())
    codes = await strengthening.renew_recovery_codes(session, _by(signed))
    return RecoveryCodes(recovery_codes=codes)


@router.get("/v1/me/export")
async def export(signed: Signed, held: Held, session: web.Session) -> dict[str, Any]:
    """Take away all that identity holds about one, table by table."""
    voter = voters.names_of(held.link_keys, signed.person_id)
    return await exporting.export(session, signed.person_id, signed.issuer, voter)


@router.post("/v1/me/erasure", status_code=204)
async def erase(signed: Signed, held: Held, session: web.Session) -> None:
    """Be forgotten."""
    signed.proved_lately(now())
    voter = voters.names_of(held.link_keys, signed.person_id)
    await erasing.erase(session, signed.person_id, signed.issuer, voter)


def _by(signed: SignedIn) -> By:
    return By(signed.person_id, signed.session_id, signed.issuer)


def _tools(held: Gateways) -> Tools:
    return Tools(held.vault, held.passkeys)
