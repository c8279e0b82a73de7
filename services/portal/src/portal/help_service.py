"""Identity, as the help asks it: what readers say of its articles (W-15)."""

from uuid import UUID

from pydantic import BaseModel

from portal.errors import NothingHere, Refused, ServiceAway, TooOften
from portal.identity_calls import IdentityCalls, read


class Votes(BaseModel):
    """How many found an article useful, how many did not; and what the reader said."""

    yes: int
    no: int
    own: bool | None = None


class HelpService:
    """Asks identity, as the portal's own client."""

    def __init__(self, calls: IdentityCalls) -> None:
        """Ask by these calls."""
        self._calls = calls

    async def votes(self, article: str, voter: UUID | str | None) -> Votes | None:
        """Return what was said of an article; None where that cannot be had just now.

        ``voter``: a person who is signed in, or what a browser keeps of having voted.
        """
        asked = {"voter": _told(voter)} if voter else {}
        try:
            said = await self._calls.as_portal("POST", f"{_of(article)}/look", asked)
            return read(Votes, said)
        except (NothingHere, Refused, ServiceAway, TooOften):
            return None

    async def vote(self, article: str, voter: UUID | str, address: str, *, helpful: bool) -> None:
        """Say whether an article was useful. Raises ``TooOften``."""
        said = {"voter": _told(voter), "helpful": helpful, "address": address}
        await self._calls.as_portal("PUT", f"{_of(article)}/vote", said)


def _of(article: str) -> str:
    return f"/v1/help-articles/{article}"


def _told(voter: UUID | str) -> dict[str, str]:
    return {"person_id" if isinstance(voter, UUID) else "browser": str(voter)}
