"""Identity, as the portal needs it: from a mail's link to what its reader may see."""

import time

import httpx
from pydantic import BaseModel, ValidationError

from contracts.identity import Palette
from portal.errors import NothingHere, ServiceAway
from portal.plain_text import Text
from portal.words import LANGUAGES

_LEEWAY_SECONDS = 30
_NOT_FOUND = (404, 422)


class IssuerLook(BaseModel):
    """How an issuer looks; without a palette, as the house does."""

    issuer: str
    name: Text
    palette: Palette | None = None


class Guest(BaseModel):
    """What a link opens: whose page it is, and a short-lived token for the newest document."""

    issuer: IssuerLook
    customer_number: str
    language: str
    registered: bool
    token: str

    @property
    def spoken(self) -> str:
        """Return the reader's language, or English where that is none of ours."""
        return self.language if self.language in LANGUAGES else "en"


class IdentityService:
    """Asks identity, as the portal's own client."""

    def __init__(self, http: httpx.AsyncClient, url: str, client_id: str, secret: str) -> None:
        """Ask this identity as this client."""
        self._http = http
        self._url = url
        self._login = httpx.BasicAuth(client_id, secret)
        self._token = ""
        self._token_ends = 0.0

    async def open_link(self, link: str) -> Guest:
        """Open a mail's link. Raises ``NothingHere`` or ``ServiceAway``."""
        try:
            answer = await self._http.post(
                f"{self._url}/v1/links/open",
                json={"link": link},
                headers={"Authorization": f"Bearer {await self._own_token()}"},
            )
            if answer.status_code in _NOT_FOUND:
                raise NothingHere
            return Guest.model_validate_json(answer.raise_for_status().content)
        except (httpx.HTTPError, ValidationError) as error:
            raise ServiceAway("identity") from error

    async def _own_token(self) -> str:
        if time.monotonic() > self._token_ends:
            answer = await self._http.post(
                f"{self._url}/v1/oauth/token",
                data={"grant_type": "client_credentials", "scope": "links:open"},
                auth=self._login,
            )
            granted = answer.raise_for_status().json()
            self._token = str(granted["access_token"])
            self._token_ends = time.monotonic() + granted["expires_in"] - _LEEWAY_SECONDS
        return self._token
