"""Makes the links in mails: ``<ticket>.<day>.<mac>``, which only identity can open.

They are made when a mail is written and kept nowhere; the same letter always gets the same one.
"""

from datetime import date
from uuid import UUID

from chassis.signing import sign

_VIEW = "view"


class Links:
    """Holds the key, and where the portal is."""

    def __init__(self, portal_url: str, key: bytes) -> None:
        """Lead to this portal."""
        self._portal_url = portal_url.rstrip("/")
        self._key = key

    def to(self, ticket: UUID, day: date) -> str:
        """Return the address that opens the newest document of a ticket's customer number."""
        parts = (str(ticket), day.isoformat())
        return f"{self._portal_url}/view/{'.'.join(parts)}.{sign(self._key, *parts, _VIEW)}"
