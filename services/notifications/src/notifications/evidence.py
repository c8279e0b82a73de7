"""Asking a relay whether it has a mail, after its answer was lost."""

from typing import Protocol

import httpx

from notifications.errors import EvidenceUnavailable


class Evidence(Protocol):
    """Somebody who knows which mails the relay took."""

    async def has(self, message_id: str) -> bool:
        """Whether the relay took the mail with this Message-ID, with or without its brackets.

        Raises:
            EvidenceUnavailable: nobody can say at the moment.

        """
        ...


class Postbox:
    """The built-in mail catcher as witness: it stores a mail before it answers for it."""

    def __init__(self, url: str, *, timeout_seconds: float = 10) -> None:
        # No proxy from the environment: the catcher stands beside us.
        self._client = httpx.AsyncClient(base_url=url, timeout=timeout_seconds, trust_env=False)

    async def has(self, message_id: str) -> bool:
        """As `Evidence.has`."""
        try:
            response = await self._client.get(
                "/api/messages", params={"message_id": message_id, "limit": 1}
            )
            response.raise_for_status()
            return len(response.json()["items"]) > 0
        except (httpx.HTTPError, ValueError, LookupError, TypeError) as trouble:
            raise EvidenceUnavailable(f"{type(trouble).__name__}: {trouble}") from trouble

    async def close(self) -> None:
        """Close its connections."""
        await self._client.aclose()
