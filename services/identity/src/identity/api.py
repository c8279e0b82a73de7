"""The door for HTTP: customer numbers and who shares them, tokens, links."""

import base64
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Form, Header, Response, Security
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from chassis import web
from chassis.tokens import FRESH_SECONDS, Caller, who_calls
from contracts.customer_number import CustomerNumber
from contracts.people import EmailAddress, Language
from contracts.text import Line
from identity import granting, looking_up, looks, measures, opening, sharing
from identity.gateways import Gateways
from identity.models import Role

router = web.router()

Reader = Annotated[Caller, Security(who_calls, scopes=["identity:read"])]
Writer = Annotated[Caller, Security(who_calls, scopes=["identity:write"])]
LinkOpener = Annotated[Caller, Security(who_calls, scopes=["links:open"])]
Held = Annotated[Gateways, web.Gateways]


class SharedUser(BaseModel):
    """With whom a customer number is shared, and the two switches."""

    language: Language | None = None
    first_name: Line
    last_name: Line
    portal: bool = True
    mail: bool = True


class Shared(BaseModel):
    """A claim on a customer number."""

    person_id: UUID
    ticket: UUID
    portal: bool
    mail: bool
    since: datetime


class Link(BaseModel):
    """The last part of a mail's link."""

    link: Line


class OpenedLink(BaseModel):
    """What a link opens."""

    issuer: looks.IssuerLook
    customer_number: str
    language: str
    registered: bool
    email: str
    first_name: str | None
    last_name: str | None
    role: Role
    token: str
    expires_in: int


class Granted(BaseModel):
    """A token, and how long it is good for (RFC 6749, 5.1)."""

    access_token: str
    token_type: str
    expires_in: int
    scope: str


class NotGranted(BaseModel):
    """Why there is none (RFC 6749, 5.2)."""

    error: str


@router.get("/v1/customer-numbers/{customer_number}")
async def customer_number(
    customer_number: CustomerNumber, caller: Reader, session: web.Session
) -> looking_up.KnownCustomer:
    """Look up a customer number: who answers for it, and who shares it."""
    return await looking_up.look_up(session, caller.working_for(), customer_number)


@router.put("/v1/customer-numbers/{customer_number}/shared-users/{email:path}")
async def share(
    customer_number: CustomerNumber,
    email: EmailAddress,
    shared_user: SharedUser,
    caller: Writer,
    session: web.Session,
    response: Response,
) -> Shared:
    """Share a customer number with an address, or turn the switches of who shares it already."""
    wanted = sharing.Share(email=email, **shared_user.model_dump())
    ticket, is_new = await sharing.share(
        session, caller.working_for(), customer_number, wanted, by=caller.subject
    )
    response.status_code = 201 if is_new else 200
    return Shared(
        person_id=ticket.person_id,
        ticket=ticket.id,
        portal=ticket.portal,
        mail=ticket.mail,
        since=ticket.since,
    )


@router.delete("/v1/customer-numbers/{customer_number}/shared-users/{email:path}", status_code=204)
async def unshare(
    customer_number: CustomerNumber, email: EmailAddress, caller: Writer, session: web.Session
) -> None:
    """Stop sharing a customer number with an address."""
    await sharing.unshare(session, caller.working_for(), customer_number, email, by=caller.subject)


@router.post("/v1/links/open")
async def open_link(
    link: Link, _caller: LinkOpener, session: web.Session, held: Held
) -> OpenedLink:
    """Open a mail link; it can be opened again until it expires or is revoked."""
    opened = await opening.open_link(session, held.mint, held.link_keys, link.link)
    return OpenedLink(
        issuer=looks.look_of(opened.issuer),
        customer_number=opened.customer_number,
        language=opened.language,
        registered=opened.registered,
        email=opened.email,
        first_name=opened.first_name,
        last_name=opened.last_name,
        role=opened.role,
        token=opened.token,
        expires_in=int(opened.lifetime.total_seconds()),
    )


@router.post(
    "/v1/oauth/token",
    responses={200: {"model": Granted}, 400: {"model": NotGranted}, 401: {"model": NotGranted}},
)
async def token(
    session: web.Session,
    held: Held,
    grant_type: Annotated[str, Form()] = "",
    scope: Annotated[str, Form()] = "",
    authorization: Annotated[str, Header()] = "",
) -> Response:
    """Grant a token to a client (RFC 6749, 4.4), which proves itself by HTTP Basic."""
    if grant_type != "client_credentials":
        measures.tokens.labels("unsupported_grant_type").inc()
        return _oauth_error("unsupported_grant_type" if grant_type else "invalid_request", 400)
    client_id, secret = _basic(authorization)
    try:
        granted = await granting.grant(session, held.mint, client_id, secret, scope.split())
    except granting.ClientRefused as refused:
        measures.tokens.labels(refused.code).inc()
        return _oauth_error(refused.code, 401 if refused.code == "invalid_client" else 400)
    measures.tokens.labels("granted").inc()
    return JSONResponse(
        {
            "access_token": granted.token,
            "token_type": "Bearer",
            "expires_in": int(granted.lifetime.total_seconds()),
            "scope": granted.scope,
        },
        headers={"Cache-Control": "no-store"},
    )


@router.get("/.well-known/jwks.json")
async def jwks(held: Held, response: Response) -> dict[str, Any]:
    """Return the keys that tokens are checked with."""
    response.headers["Cache-Control"] = f"public, max-age={FRESH_SECONDS}"
    return held.mint.public_keys()


def _basic(authorization: str) -> tuple[str, str]:
    kind, _, encoded = authorization.partition(" ")
    if kind.lower() != "basic":
        return "", ""
    try:
        client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:
        return "", ""
    return (client_id, secret) if client_id.isprintable() else ("", "")


def _oauth_error(code: str, status: int) -> Response:
    headers = {"WWW-Authenticate": 'Basic realm="identity"'} if status == 401 else None  # noqa: PLR2004
    return JSONResponse({"error": code}, status_code=status, headers=headers)
