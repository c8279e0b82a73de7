"""Identity, as a guest's page needs it: issuers, and from a mail's link to what it opens."""

from urllib.parse import quote

from pydantic import BaseModel

from portal.errors import NothingHere, Refused
from portal.identity_calls import IdentityCalls, read
from portal.look import IssuerLook
from portal.plain_text import Text
from portal.words import LANGUAGES


class Guest(BaseModel):
    """What a link opens: whose page it is, and a short-lived token for the newest document."""

    issuer: IssuerLook
    customer_number: str
    language: str
    registered: bool
    token: str
    email: Text | None = None
    first_name: Text | None = None
    last_name: Text | None = None
    role: str = "main"

    @property
    def spoken(self) -> str:
        """Return the reader's language, or English where that is none of ours."""
        return self.language if self.language in LANGUAGES else "en"


class _Issuers(BaseModel):
    items: list[IssuerLook]


class IdentityService:
    """Asks identity, as the portal's own client."""

    def __init__(self, calls: IdentityCalls) -> None:
        """Ask by these calls."""
        self._calls = calls

    async def open_link(self, link: str) -> Guest:
        """Open a mail's link. Raises ``NothingHere`` or ``ServiceAway``."""
        try:
            opened = await self._calls.as_portal("POST", "/v1/links/open", {"link": link})
        except Refused as refused:
            raise NothingHere from refused
        return read(Guest, opened)

    async def issuers(self) -> list[IssuerLook]:
        """Return all issuers."""
        return read(_Issuers, await self._calls.as_portal("GET", "/v1/issuers")).items

    async def issuer(self, issuer: str) -> IssuerLook:
        """Return an issuer. Raises ``NothingHere`` where there is none of this name."""
        try:
            content = await self._calls.as_portal("GET", f"/v1/issuers/{quote(issuer, safe='')}")
        except Refused as refused:
            raise NothingHere from refused
        return read(IssuerLook, content)
