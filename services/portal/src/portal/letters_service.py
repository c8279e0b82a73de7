"""Notifications, as the portal needs it: the mails that were sent to a person."""

from typing import Any

import httpx
from pydantic import BaseModel, ValidationError

from portal.errors import NotSignedIn, ServiceAway

_MOST_PAGES = 1000


class _Letters(BaseModel):
    items: list[dict[str, Any]]
    next_cursor: str | None = None


class LettersService:
    """Asks notifications with the person's own token."""

    def __init__(self, http: httpx.AsyncClient, url: str) -> None:
        """Ask this notifications service."""
        self._http = http
        self._url = url

    async def all_letters(self, token: str) -> list[dict[str, Any]]:
        """Return every mail to the person, page after page. Raises ``ServiceAway``."""
        letters: list[dict[str, Any]] = []
        cursor: str | None = None
        for _ in range(_MOST_PAGES):
            page = await self._page(token, cursor)
            letters += page.items
            cursor = page.next_cursor
            if cursor is None:
                break
        return letters

    async def _page(self, token: str, cursor: str | None) -> _Letters:
        try:
            answer = await self._http.get(
                f"{self._url}/v1/me/letters",
                params={"limit": 100} | ({"cursor": cursor} if cursor else {}),
                headers={"Authorization": f"Bearer {token}"},
            )
            if answer.status_code == httpx.codes.UNAUTHORIZED:
                raise NotSignedIn
            return _Letters.model_validate_json(answer.raise_for_status().content)
        except (httpx.HTTPError, ValidationError) as error:
            raise ServiceAway("notifications") from error
