"""What the desk knows of a customer, as identity and notifications tell of it."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from portal.customer_numbers import Delivery
from portal.plain_text import Text

REASONS = (
    "asked_by_phone",
    "asked_by_mail",
    "asked_in_person",
    "mail_came_back",
    "wrong_person",
    "misuse",
    "support",
)
"""Why staff do something: one of these words, for what is typed would name people."""

MAY_BE_SENT_AGAIN = frozenset({"sent", "refused", "bounced"})


class PostalAddress(BaseModel):
    """Where a customer is."""

    street: Text | None = None
    postal_code: Text | None = None
    city: Text | None = None
    country: str


class FoundContact(BaseModel):
    """Who answers for a customer number."""

    person_id: UUID
    name: Text
    email: Text
    registered: bool


class FoundCustomer(BaseModel):
    """A customer number that was found."""

    customer_number: Text
    name: Text
    address: PostalAddress
    main_contact: FoundContact | None
    shared: int


class FoundCustomers(BaseModel):
    """A page of what was found."""

    items: list[FoundCustomer]
    next_cursor: str | None = None


class ReaderOfNumber(BaseModel):
    """Somebody with a claim on a customer number, and what they have of it."""

    person_id: UUID
    name: Text
    email: Text
    language: str | None
    registered: bool
    portal: bool
    mail: bool


class FormerReader(BaseModel):
    """Somebody whose claim ended lately."""

    person_id: UUID
    name: Text
    email: Text
    until: datetime


class DeskAct(BaseModel):
    """What somebody of the staff did."""

    at: datetime
    act: str
    by: Text | None
    to: Text | None


class KnownCustomer(BaseModel):
    """All that the desk knows of a customer number, with a page of its shared users."""

    customer_number: Text
    name: Text
    state: str
    address: PostalAddress
    enterprise_number: Text | None
    settings: Delivery
    main_contact: ReaderOfNumber | None
    shared: int
    shared_users: list[ReaderOfNumber]
    next_cursor: str | None = None
    former: list[FormerReader] = []
    acts: list[DeskAct] = []

    @property
    def readers(self) -> list[ReaderOfNumber]:
        """Return all readers of this page, the main contact first."""
        return [*([self.main_contact] if self.main_contact else []), *self.shared_users]


class Letter(BaseModel):
    """What became of a mail, and which document it tells of."""

    letter_id: UUID
    person_id: UUID
    document_id: UUID
    number: Text
    state: str
    reason_code: str | None
    address: Text | None
    attached: list[str] = []
    link_only: bool = False
    updated_at: datetime

    @property
    def may_be_sent_again(self) -> bool:
        """Say whether it can be sent again: it is not on its way any more."""
        return self.state in MAY_BE_SENT_AGAIN


class Letters(BaseModel):
    """A page of them, those of the newest document first."""

    items: list[Letter]
    next_cursor: str | None = None


class Reached(BaseModel):
    """Who has an address now."""

    person_id: UUID
    email: Text
    registered: bool


class View(BaseModel):
    """What shows documents as a customer sees them, for a while."""

    view_id: UUID
    token: str = Field(repr=False)
    until: datetime
