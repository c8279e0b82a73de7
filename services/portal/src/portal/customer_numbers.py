"""Customer numbers and who sees them, as identity tells of them. Whatever it adds is ignored."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from portal.plain_text import Text


class Switches(BaseModel):
    """What somebody gets of a customer number: its documents in the portal, mails about them."""

    portal: bool = False
    mail: bool = False


class Contact(BaseModel):
    """The main contact of a customer number; ``name`` is empty until it is known."""

    person_id: UUID
    name: Text
    email: Text


class NamedIssuer(BaseModel):
    """An issuer by its name."""

    issuer: str
    name: Text


class Delivery(BaseModel):
    """When mails go out for a customer number, and which files go with them."""

    notify: Literal["at_once", "none"] = "at_once"
    attach: list[str] = []


class CustomerNumber(BaseModel):
    """A customer number that the reader holds, alone or with others.

    ``portal`` and ``mail`` are what the reader has of it; the counts are of all others, and to a
    shared user of nobody but themselves. ``attach`` is what a shared user chose for their own
    mails; None follows ``settings``.
    """

    customer_number: Text
    name: Text
    issuer: NamedIssuer
    role: Literal["main", "shared"]
    portal: bool = True
    mail: bool = True
    main_contact: Contact | None
    portal_count: int
    mail_count: int
    settings: Delivery
    attach: list[str] | None = None
    since: datetime
    version: int | None = None
    """Of what identity has said about it; who has heard less is behind."""

    @property
    def is_mine(self) -> bool:
        """Tell whether the reader decides about it."""
        return self.role == "main"

    @property
    def comes_along(self) -> list[str]:
        """Return which files come with the reader's own mails."""
        return self.settings.attach if self.attach is None else self.attach


class SharedWith(BaseModel):
    """Somebody whom a customer number is shared with."""

    person_id: UUID
    email: Text
    first_name: Text
    last_name: Text
    registered: bool
    portal: bool
    mail: bool

    @property
    def name(self) -> str:
        """Return what to call them: the address where no name is known."""
        return f"{self.first_name} {self.last_name}".strip() or self.email


class OpenNumber(CustomerNumber):
    """A customer number with a page of those it is shared with; they themselves see nobody."""

    shared_users: list[SharedWith] = []
    next_cursor: str | None = None


class SharedUser(BaseModel):
    """Somebody whom the reader shares customer numbers with.

    ``future``: what they will get of numbers that are yet to come; None is nothing.
    """

    person_id: UUID
    email: Text
    first_name: Text
    last_name: Text
    language: str | None
    registered: bool
    numbers: int
    future: Switches | None = None

    @property
    def name(self) -> str:
        """Return what to call them: the address where no name is known."""
        return f"{self.first_name} {self.last_name}".strip() or self.email


class UnseenNumber(BaseModel):
    """A customer number that somebody does not see."""

    customer_number: Text
    name: Text
    issuer: NamedIssuer
    since: datetime


class SharedNumber(UnseenNumber):
    """A customer number, and what each shared user gets of it; who gets nothing is left out."""

    cells: dict[UUID, Switches] = {}


class NumberPage(BaseModel):
    """A page of customer numbers."""

    items: list[CustomerNumber]
    next_cursor: str | None = None


class SharingPage(BaseModel):
    """A page of customer numbers by a page of the people they are shared with.

    ``gaps`` counts, over all pages, the numbers that somebody does not see.
    """

    people: list[SharedUser]
    rows: list[SharedNumber]
    gaps: int
    newest_gap: UnseenNumber | None = None
    next_cursor: str | None = None
    next_people_cursor: str | None = None
