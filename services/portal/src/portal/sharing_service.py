"""Identity, as whoever shares customer numbers needs it: asked with the reader's own token."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar
from urllib.parse import quote
from uuid import UUID

from pydantic import BaseModel

from portal.customer_numbers import (
    CustomerNumber,
    NumberPage,
    OpenNumber,
    SharedUser,
    SharingPage,
    Switches,
)
from portal.errors import NothingHere, Refused
from portal.identity_calls import IdentityCalls, read
from portal.matrix import Change

M = TypeVar("M", bound=BaseModel)

A_PAGE = 50
_AT_ONCE = 200
_MOST_PAGES = 50
_NUMBERS = "/v1/me/customer-numbers"
_PEOPLE = "/v1/me/shared-users"
_SHARING = "/v1/me/sharing"


@dataclass(frozen=True)
class Wanted:
    """Which part of the matrix: ``gaps`` only what somebody does not see, ``person`` one column."""

    search: str = ""
    gaps: bool = False
    person: UUID | None = None
    cursor: str | None = None
    people_cursor: str | None = None


WHOLE = Wanted()


class SharingService:
    """Asks identity about the reader's customer numbers and shared users."""

    def __init__(self, calls: IdentityCalls) -> None:
        """Ask by these calls."""
        self._calls = calls

    async def numbers(
        self, token: str, search: str = "", cursor: str | None = None, limit: int = A_PAGE
    ) -> NumberPage:
        """Return a page of the customer numbers that the reader holds."""
        asked = _asked(search=search, cursor=cursor, limit=limit)
        return await self._look(NumberPage, token, _NUMBERS, asked)

    async def all_numbers(self, token: str) -> list[CustomerNumber]:
        """Return all customer numbers that the reader holds."""
        found: list[CustomerNumber] = []
        cursor = None
        for _ in range(_MOST_PAGES):
            page = await self.numbers(token, cursor=cursor, limit=_AT_ONCE)
            found += page.items
            cursor = page.next_cursor
            if cursor is None:
                break
        return found

    async def number(
        self, token: str, customer_number: str, cursor: str | None = None
    ) -> OpenNumber:
        """Return a customer number and, to its main contact, a page of whom it is shared with."""
        asked = _asked(cursor=cursor, limit=A_PAGE)
        return await self._look(OpenNumber, token, _of(customer_number), asked)

    async def deliver(
        self, token: str, customer_number: str, notify: str, attach: list[str]
    ) -> CustomerNumber:
        """Say when mails go out for a customer number, and with which files."""
        said = {"notify": notify, "attach": attach}
        path = f"{_of(customer_number)}/settings"
        return read(CustomerNumber, await self._calls.as_person(token, "PUT", path, said))

    async def attach(self, token: str, customer_number: str, attach: list[str] | None) -> None:
        """Say which files come with one's own mails; None those that the main contact chose."""
        path = f"{_of(customer_number)}/attachments"
        await self._calls.as_person(token, "PUT", path, {"attach": attach})

    async def hand_over(self, token: str, customer_number: str, person_id: UUID) -> None:
        """Make a shared user the main contact. Raises ``ProofNeeded`` where that was long ago."""
        path = f"{_of(customer_number)}/main-contact"
        await self._calls.as_person(token, "POST", path, {"person_id": str(person_id)})

    async def person(self, token: str, person_id: UUID) -> SharedUser:
        """Return somebody whom the reader shares with."""
        return await self._look(SharedUser, token, f"{_PEOPLE}/{person_id}", {})

    async def add(
        self,
        token: str,
        person: Mapping[str, str | None],
        numbers: Mapping[str, Switches],
        future: Switches | None,
    ) -> SharedUser:
        """Share customer numbers with somebody new, who gets a mail about it."""
        said = dict(person) | {
            "numbers": [
                {"customer_number": number, **switches.model_dump()}
                for number, switches in numbers.items()
            ],
            "future": future.model_dump() if future else None,
        }
        told = {key: each for key, each in said.items() if each is not None}
        return read(SharedUser, await self._calls.as_person(token, "POST", _PEOPLE, told))

    async def change(self, token: str, person_id: UUID, changes: Mapping[str, Any]) -> SharedUser:
        """Change what is known about somebody, or what they get of numbers to come."""
        path = f"{_PEOPLE}/{person_id}"
        return read(SharedUser, await self._calls.as_person(token, "PATCH", path, changes))

    async def remove(self, token: str, person_id: UUID) -> None:
        """Share nothing with somebody any more."""
        await self._calls.as_person(token, "DELETE", f"{_PEOPLE}/{person_id}")

    async def invite(self, token: str, person_id: UUID) -> None:
        """Send somebody the invitation again."""
        await self._calls.as_person(token, "POST", f"{_PEOPLE}/{person_id}/invitation")

    async def sharing(self, token: str, wanted: Wanted = WHOLE) -> SharingPage:
        """Return a page of customer numbers by the people they are shared with."""
        asked = _asked(
            search=wanted.search,
            gaps="true" if wanted.gaps else None,
            person=str(wanted.person) if wanted.person else None,
            cursor=wanted.cursor,
            people_cursor=wanted.people_cursor,
            limit=A_PAGE,
        )
        return await self._look(SharingPage, token, _SHARING, asked)

    async def grants(self, token: str, person_id: UUID) -> dict[str, Switches]:
        """Return all that is shared with somebody, by customer number."""
        found: dict[str, Switches] = {}
        wanted = Wanted(person=person_id)
        for _ in range(_MOST_PAGES):
            page = await self.sharing(token, wanted)
            found |= {
                row.customer_number: row.cells[person_id]
                for row in page.rows
                if person_id in row.cells
            }
            if page.next_cursor is None:
                break
            wanted = replace(wanted, cursor=page.next_cursor)
        return found

    async def _look(
        self, model: type[M], token: str, path: str, asked: Mapping[str, str | int]
    ) -> M:
        try:
            return read(model, await self._calls.as_person(token, "GET", path, params=asked))
        except Refused as refused:
            # Nobody types a cursor: an address that identity cannot read is no address of ours.
            raise NothingHere from refused

    async def share(self, token: str, changes: Iterable[Change]) -> None:
        """Change who gets what of which customer number: all of it, or nothing."""
        said = [
            {
                "customer_number": each.customer_number,
                "person_id": str(each.person_id),
                **each.now.model_dump(),
            }
            for each in changes
        ]
        await self._calls.as_person(token, "POST", _SHARING, {"changes": said})


def _of(customer_number: str) -> str:
    return f"{_NUMBERS}/{quote(customer_number, safe='')}"


def _asked(**params: str | int | None) -> dict[str, str | int]:
    return {name: value for name, value in params.items() if value is not None and value != ""}
