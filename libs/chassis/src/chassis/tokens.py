"""Is this token valid? Access tokens (RFC 9068) checked against identity's published keys.

What the bearer may see is each service's own business; here is only who it is.
"""

import asyncio
import hashlib
import math
import time
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Annotated, Any

import httpx
import structlog
from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer, SecurityScopes
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from chassis import metrics
from chassis.failures import NotFound, TryLater
from chassis.revocations import Revocations
from chassis.sessions import PERSON, Holder, SignedIn, StaffAtWork, Viewing, holder_of

log = structlog.get_logger()

ALGORITHM = "ES256"
TOKEN_TYPE = "at+jwt"  # noqa: S105 (RFC 9068, the name of a kind)
_LEEWAY_SECONDS = 10
FRESH_SECONDS = 300
"""How long published keys may be used before they are fetched again."""

_REFETCH_SECONDS = 30
_AWAY_SECONDS = 1
_MOST_KNOWN = 1_000


class Unauthenticated(Exception):
    """There is no valid token: HTTP 401."""


class KeysAway(TryLater):
    """Identity's keys cannot be had, so no token can be checked: HTTP 503."""


class ScopeMissing(Exception):
    """The token is valid, but not for this: HTTP 403."""

    def __init__(self, scope: str) -> None:
        """Name the scope it would take."""
        super().__init__(f"this takes the scope {scope}")
        self.scope = scope


@dataclass(frozen=True)
class Caller:
    """Who calls: ``subject`` is a client or person, ``issuer`` the tenant it belongs to.

    ``holder`` is there exactly where it is by a session, of one of three kinds: ``person``,
    ``staff`` or ``viewing``. Who is viewing works for nobody: it takes a route that knows of them.
    """

    subject: str
    scopes: frozenset[str]
    issuer: str | None = None
    claims: dict[str, Any] = field(default_factory=dict)
    holder: Holder | None = None

    @property
    def person(self) -> SignedIn | None:
        """Return who is signed in, if somebody is: with the scope ``me``."""
        return self.holder if isinstance(self.holder, SignedIn) else None

    @property
    def staff(self) -> StaffAtWork | None:
        """Return who is at work for the issuer, if somebody is: with the scope ``desk``."""
        return self.holder if isinstance(self.holder, StaffAtWork) else None

    @property
    def viewing(self) -> Viewing | None:
        """Return who looks as a customer, if somebody does: with the scope ``view``."""
        return self.holder if isinstance(self.holder, Viewing) else None

    @property
    def is_person(self) -> bool:
        """Say whether it is somebody who is signed in, not a machine or guest."""
        return self.person is not None

    def signed_in(self) -> SignedIn:
        """Return the person who is signed in. Raises ``ScopeMissing`` for anybody else."""
        if self.person is None:
            raise ScopeMissing(PERSON)
        return self.person

    def working_for(self) -> str:
        """Return the issuer a machine, guest or staff belongs to; a service of ours has none.

        Raises ``NotFound``: what is an issuer's is not there for anybody else.
        """
        if self.issuer is None:
            raise NotFound("there is nothing here for you", rule="no_issuer")
        return self.issuer


class Tokens:
    """Checks tokens for one audience. Keys are fetched when one is needed that is not known.

    A token that is shown again is known by its hash until it expires or keys are fetched anew;
    whether its session was ended since is asked each time, elsewhere.
    """

    def __init__(
        self,
        identity_url: str,
        *,
        issuer: str,
        audience: str,
        http: httpx.AsyncClient,
        fresh_seconds: float = FRESH_SECONDS,
    ) -> None:
        """Trust the identity at this address, for its tokens meant for this audience.

        ``issuer`` is the name it signs with: its public address. A key that it does not publish any
        more is believed for ``fresh_seconds`` at most, while it can be reached.
        """
        self._issuer = issuer
        self._jwks_url = f"{identity_url}/.well-known/jwks.json"
        self._audience = audience
        self._http = http
        self._keys: KeySet | None = None
        self._fresh_seconds = fresh_seconds
        self._asked_at = self._fetched_at = -math.inf
        self._fetching = asyncio.Lock()
        self._known: OrderedDict[bytes, Caller] = OrderedDict()

    async def caller(self, token: str) -> Caller:
        """Return who bears a token. Raises ``Unauthenticated`` or ``KeysAway``."""
        try:
            name = hashlib.sha256(token.encode()).digest()
            known = self._known.get(name)
            if known is not None and not self._is_stale() and time.time() < known.claims["exp"]:
                self._known.move_to_end(name)
                return known
            caller = await self._check(token)
        except (JoseError, ValueError, KeyError, TypeError) as wrong:
            raise Unauthenticated("the token is not valid here") from wrong
        self._known[name] = caller
        while len(self._known) > _MOST_KNOWN:
            self._known.popitem(last=False)
        return caller

    async def _check(self, token: str) -> Caller:
        keys = await self._keys_for(token)
        decoded = jwt.decode(token, keys, algorithms=[ALGORITHM])
        if decoded.header.get("typ") != TOKEN_TYPE:
            raise Unauthenticated("not an access token")
        jwt.JWTClaimsRegistry(
            leeway=_LEEWAY_SECONDS,
            iss={"essential": True, "value": self._issuer},
            sub={"essential": True},
            exp={"essential": True},
            aud={"essential": True, "value": self._audience},
        ).validate(decoded.claims)
        claims = dict(decoded.claims)
        scopes = frozenset(str(claims.get("scope", "")).split())
        holder = holder_of(claims, scopes)
        return Caller(
            subject=str(claims["sub"]),
            scopes=scopes,
            issuer=None if isinstance(holder, Viewing) else claims.get("issuer"),
            claims=claims,
            holder=holder,
        )

    async def _keys_for(self, token: str) -> KeySet:
        kid = _kid(token)
        if self._keys is None or not _has(self._keys, kid):
            await self._fetch()
        elif self._is_stale() and not self._fetching.locked():
            # One caller waits for it; the others go on with the keys there are.
            await self._fetch()
        if self._keys is None:
            raise KeysAway("the keys of tokens cannot be had")
        return self._keys

    def _is_stale(self) -> bool:
        return time.monotonic() - self._fetched_at > self._fresh_seconds

    async def _fetch(self) -> None:
        """Fetch the keys, at most once in a while: an unknown key id costs nobody anything."""
        async with self._fetching:
            refetch = min(self._fresh_seconds, _REFETCH_SECONDS)
            pause = _AWAY_SECONDS if self._keys is None else refetch
            if time.monotonic() - self._asked_at < pause:
                return
            try:
                answer = await self._http.get(self._jwks_url)
                answer.raise_for_status()
                self._keys = KeySet.import_key_set(answer.json())
                self._known.clear()  # the key of one of them may be published no more
                self._fetched_at = time.monotonic()
            except (httpx.HTTPError, JoseError, ValueError) as error:
                log.warning("keys_away", error=repr(error)[:200])
            finally:
                self._asked_at = time.monotonic()


def _kid(token: str) -> str:
    """Return the key id a token names; nothing else of an unchecked header is looked at."""
    from joserfc.jws import extract_compact  # noqa: PLC0415 (only here, and only its header)

    return str(extract_compact(token.encode()).headers()["kid"])


def _has(keys: KeySet, kid: str) -> bool:
    return any(key.kid == kid for key in keys.keys)


_bearer = HTTPBearer(auto_error=False, description="An access token from identity")


async def _bearer_of_a_token(
    request: Request,
    needed: SecurityScopes,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> Caller:
    if bearer is None:
        metrics.tokens_refused.labels("missing").inc()
        raise Unauthenticated("this takes an access token")
    tokens: Tokens = request.app.state.tokens
    try:
        caller = await tokens.caller(bearer.credentials)
    except (Unauthenticated, KeysAway) as refused:
        why = "invalid" if isinstance(refused, Unauthenticated) else "keys_away"
        metrics.tokens_refused.labels(why).inc()
        raise
    missing = [scope for scope in needed.scopes if scope not in caller.scopes]
    if missing:
        metrics.tokens_refused.labels("scope").inc()
        raise ScopeMissing(missing[0])
    return caller


whose_token: Callable[..., Coroutine[Any, Any, Caller]] = _bearer_of_a_token
"""Whose token it is, whether or not that session was ended meanwhile.

Only for the service that signs people in: it knows its sessions, and asks them itself.
"""


async def _caller(request: Request, caller: Annotated[Caller, Security(whose_token)]) -> Caller:
    if caller.holder is None:
        return caller
    revocations: Revocations | None = getattr(request.app.state, "revocations", None)
    if revocations is None or await _has_ended(revocations, caller.holder):
        # A service that does not hear which sessions end takes no token of one at all.
        metrics.tokens_refused.labels("ended").inc()
        raise Unauthenticated("the session was ended")
    return caller


async def _has_ended(revocations: Revocations, holder: Holder) -> bool:
    return any([await revocations.has_ended(each) for each in holder.ended_by])


who_calls: Callable[..., Coroutine[Any, Any, Caller]] = _caller
"""For ``Security(who_calls, scopes=[…])`` on a route."""
