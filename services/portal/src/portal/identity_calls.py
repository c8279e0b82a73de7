"""Calls to identity: as the portal itself, or as the person who is signed in."""

import time
from collections.abc import Mapping
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from portal import refusals
from portal.errors import (
    NotAllowed,
    NothingHere,
    NotSignedIn,
    ProofNeeded,
    ServiceAway,
)

M = TypeVar("M", bound=BaseModel)

_LEEWAY_SECONDS = 30
_SCOPES = "links:open accounts:act"


class IdentityCalls:
    """Asks identity, and turns what it refuses into what can stand between a visitor and a page."""

    def __init__(self, http: httpx.AsyncClient, url: str, client_id: str, secret: str) -> None:
        """Ask this identity as this client."""
        self._http = http
        self._url = url
        self._login = httpx.BasicAuth(client_id, secret)
        self._token = ""
        self._token_ends = 0.0

    async def as_portal(
        self, method: str, path: str, json: Mapping[str, Any] | None = None
    ) -> bytes:
        """Ask as the portal's own client."""
        answer = await self._ask(await self._own_token(), method, path, json)
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            self._token_ends = 0.0
            answer = await self._ask(await self._own_token(), method, path, json)
        if answer.status_code in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}:
            raise ServiceAway("identity")
        return _content(answer)

    async def as_person(
        self,
        token: str,
        method: str,
        path: str,
        json: Mapping[str, Any] | None = None,
        params: Mapping[str, str | int] | None = None,
    ) -> bytes:
        """Ask as the person whose token this is."""
        answer = await self._ask(token, method, path, json, params)
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            raise NotSignedIn
        if answer.status_code == httpx.codes.FORBIDDEN:
            proof = refusals.refused("identity", answer.content).says("proof_needed")
            raise ProofNeeded if proof else NotAllowed
        return _content(answer)

    async def _ask(
        self,
        token: str,
        method: str,
        path: str,
        json: Mapping[str, Any] | None,
        params: Mapping[str, str | int] | None = None,
    ) -> httpx.Response:
        try:
            return await self._http.request(
                method,
                f"{self._url}{path}",
                json=json,
                params=params,
                headers={"Authorization": f"Bearer {token}"},
            )
        except httpx.HTTPError as error:
            raise ServiceAway("identity") from error

    async def _own_token(self) -> str:
        if time.monotonic() > self._token_ends:
            try:
                answer = await self._http.post(
                    f"{self._url}/v1/oauth/token",
                    data={"grant_type": "client_credentials", "scope": _SCOPES},
                    auth=self._login,
                )
                granted = answer.raise_for_status().json()
            except httpx.HTTPError as error:
                raise ServiceAway("identity") from error
            self._token = str(granted["access_token"])
            self._token_ends = time.monotonic() + granted["expires_in"] - _LEEWAY_SECONDS
        return self._token


def read(model: type[M], content: bytes) -> M:
    """Read what identity said. Raises ``ServiceAway`` where it cannot be read."""
    try:
        return model.model_validate_json(content)
    except ValidationError as error:
        raise ServiceAway("identity") from error


def _content(answer: httpx.Response) -> bytes:
    status = answer.status_code
    if answer.is_success:
        return answer.content
    if status == httpx.codes.NOT_FOUND:
        raise NothingHere
    if status in refusals.STATUSES:
        raise refusals.refused("identity", answer.content)
    if status == httpx.codes.TOO_MANY_REQUESTS:
        raise refusals.too_often(answer.headers.get("Retry-After"))
    raise ServiceAway("identity")
