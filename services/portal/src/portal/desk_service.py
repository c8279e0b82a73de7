"""The desk, as identity and notifications keep it: asked with what staff may, for their issuer."""

from urllib.parse import quote
from uuid import UUID

from portal.desk import FoundCustomers, KnownCustomer, Letters, Reached, View
from portal.identity_calls import IdentityCalls, read
from portal.letters_service import LettersService

A_PAGE = 50
_CUSTOMERS = "/v1/desk/customers"
_VIEWS = "/v1/desk/views"


class DeskService:
    """Asks with the tokens of somebody at work."""

    def __init__(self, calls: IdentityCalls, letters: LettersService) -> None:
        """Ask by these."""
        self._calls = calls
        self._letters = letters

    async def search(self, token: str, search: str, cursor: str | None) -> FoundCustomers:
        """Return a page of the customers that were found."""
        asked: dict[str, str | int] = {"search": search, "limit": A_PAGE}
        if cursor:
            asked["cursor"] = cursor
        found = await self._calls.as_person(token, "GET", _CUSTOMERS, params=asked)
        return read(FoundCustomers, found)

    async def customer(
        self, token: str, customer_number: str, cursor: str | None = None
    ) -> KnownCustomer:
        """Return what is known of a customer number. Raises ``NothingHere``."""
        asked = {"cursor": cursor} if cursor else None
        path = _of(customer_number)
        return read(KnownCustomer, await self._calls.as_person(token, "GET", path, params=asked))

    async def readdress(
        self, token: str, customer_number: str, person_id: UUID, address: str, reason: str
    ) -> Reached:
        """Change the address of a reader without account. Raises ``Refused``."""
        path = f"{_of(customer_number)}/people/{person_id}/address"
        said = {"address": address, "reason": reason}
        return read(Reached, await self._calls.as_person(token, "PUT", path, said))

    async def start_reset(
        self, token: str, customer_number: str, person_id: UUID, reason: str
    ) -> None:
        """Have a reader sent what a new password takes. Raises ``Refused``."""
        path = f"{_of(customer_number)}/people/{person_id}/reset"
        await self._calls.as_person(token, "POST", path, {"reason": reason})

    async def revoke_links(
        self, token: str, customer_number: str, person_id: UUID, reason: str
    ) -> None:
        """Let no link open the number any more that was mailed to somebody before."""
        said = {"person_id": str(person_id), "reason": reason}
        await self._calls.as_person(token, "POST", f"{_of(customer_number)}/links/revoke", said)

    async def view_as(self, token: str, customer_number: str, person_id: UUID, reason: str) -> View:
        """Begin to look as a customer does. Raises ``Refused``."""
        said = {"person_id": str(person_id), "reason": reason}
        path = f"{_of(customer_number)}/view-as"
        return read(View, await self._calls.as_person(token, "POST", path, said))

    async def look_on(self, token: str, view_id: UUID) -> View:
        """Look on. Raises ``NothingHere`` or ``Refused`` where the view is over."""
        path = f"{_VIEWS}/{view_id}/token"
        return read(View, await self._calls.as_person(token, "POST", path))

    async def end_view(self, token: str, view_id: UUID) -> None:
        """Look no more."""
        await self._calls.as_person(token, "DELETE", f"{_VIEWS}/{view_id}")

    async def letters(self, token: str, customer_number: str, cursor: str | None = None) -> Letters:
        """Return a page of the mails about a customer number."""
        return await self._letters.of_number(token, customer_number, cursor)

    async def resend(self, token: str, letter_id: UUID, reason: str) -> None:
        """Send a mail again. Raises ``NothingHere`` or ``Refused``."""
        await self._letters.resend(token, letter_id, reason)


def _of(customer_number: str) -> str:
    return f"{_CUSTOMERS}/{quote(customer_number, safe='')}"
