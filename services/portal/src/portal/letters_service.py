"""Notifications, as the portal needs it: the mails that were sent to a person."""

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

import httpx
from pydantic import BaseModel, ValidationError

from portal import refusals
from portal.desk import Letters
from portal.errors import NotAllowed, NothingHere, NotSignedIn, ServiceAway
from portal.own_letters import OwnAddress, OwnAddresses, OwnLetter, OwnLetters

M = TypeVar("M", bound=BaseModel)

_MOST_PAGES = 1000
_LAST_PAGES, _LARGEST_PAGE = 3, 200
_NOT_THERE: dict[int, type[Exception]] = {
    401: NotSignedIn,
    403: NotAllowed,
    404: NothingHere,
}


class _Letters(BaseModel):
    items: list[dict[str, Any]]
    next_cursor: str | None = None


class LettersService:
    """Asks notifications with the person's own token, or with that of staff at work."""

    def __init__(self, http: httpx.AsyncClient, url: str) -> None:
        """Ask this notifications service."""
        self._http = http
        self._url = url

    async def all_letters(self, token: str) -> list[dict[str, Any]]:
        """Return every mail to the person, page after page. Raises ``ServiceAway``."""
        letters: list[dict[str, Any]] = []
        asked = {"limit": str(_LARGEST_PAGE)}
        for _ in range(_MOST_PAGES):
            page = _read(_Letters, await self._ask(token, "GET", "/v1/me/letters", params=asked))
            letters += page.items
            if page.next_cursor is None:
                break
            asked["cursor"] = page.next_cursor
        return letters

    async def of_number(self, token: str, customer_number: str, cursor: str | None) -> Letters:
        """Return a page of the mails about a customer number, to staff of its issuer."""
        asked = {"customer_number": customer_number} | ({"cursor": cursor} if cursor else {})
        return _read(Letters, await self._ask(token, "GET", "/v1/letters", params=asked))

    async def resend(self, token: str, letter_id: UUID, reason: str) -> None:
        """Send a mail again. Raises ``NothingHere``, or ``Refused`` where it is on its way."""
        path = f"/v1/letters/{letter_id}/resend"
        await self._ask(token, "POST", path, json={"reason": reason})

    async def last_letters(self, token: str) -> list[OwnLetter]:
        """Return the newest mails to the person, some hundreds of them."""
        letters: list[OwnLetter] = []
        asked = {"limit": str(_LARGEST_PAGE)}
        for _ in range(_LAST_PAGES):
            said = await self._ask(token, "GET", "/v1/me/letters", params=asked)
            page = _read(OwnLetters, said)
            letters += page.items
            if page.next_cursor is None:
                break
            asked["cursor"] = page.next_cursor
        return letters

    async def own_address(self, token: str) -> OwnAddress | None:
        """Return where the person's mails go; None where that is not known yet."""
        said = await self._ask(token, "GET", "/v1/me/addresses")
        return next(iter(_read(OwnAddresses, said).items), None)

    async def resend_own(self, token: str, letter_id: UUID) -> None:
        """Send the person a mail again. Raises ``NothingHere``, or ``Refused`` and why."""
        await self._ask(token, "POST", f"/v1/me/letters/{letter_id}/resend")

    async def _ask(
        self,
        token: str,
        method: str,
        path: str,
        params: Mapping[str, str] | None = None,
        json: Mapping[str, str] | None = None,
    ) -> bytes:
        bearer = {"Authorization": f"Bearer {token}"}
        try:
            answer = await self._http.request(
                method, f"{self._url}{path}", params=params, json=json, headers=bearer
            )
        except httpx.HTTPError as error:
            raise ServiceAway("notifications") from error
        if answer.is_success:
            return answer.content
        if answer.status_code in refusals.STATUSES:
            raise refusals.refused("notifications", answer.content)
        if answer.status_code in _NOT_THERE:
            raise _NOT_THERE[answer.status_code]
        raise ServiceAway("notifications")


def _read(model: type[M], content: bytes) -> M:
    try:
        return model.model_validate_json(content)
    except ValidationError as error:
        raise ServiceAway("notifications") from error
