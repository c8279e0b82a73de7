"""What may be asked of identity, and what it tells: issuers, people, customer numbers, rights."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field, StringConstraints

from contracts.customer_number import CustomerNumber, Issuer
from contracts.message import Command, Event, Outcome, Shape, Task
from contracts.people import Country, EmailAddress, Language
from contracts.refusal import Refused
from contracts.text import Line


class Address(Shape):
    """Where a customer is."""

    street: Line
    postal_code: Annotated[Line, Field(max_length=20)]
    city: Line


class MainContact(Shape):
    """The person responsible for a customer number."""

    email: EmailAddress
    language: Language
    first_name: Line
    last_name: Line


class RegisterCustomer(Command, owner="identity"):
    """Make a customer number known, or bring what is known of it up to date.

    Of two, the newer ``as_of`` wins. Contact fields that the person changed after registering stay.
    """

    customer_number: CustomerNumber
    name: Line
    enterprise_number: Annotated[str, StringConstraints(pattern=r"^BE[01][0-9]{9}$")] | None = None
    country: Country
    address: Address | None = None
    main_contact: MainContact
    contract_start: date | None = None
    as_of: AwareDatetime | None = None


class CustomerRegistered(Outcome, owner="identity"):
    """A customer number is known; ``kept`` names contact fields the person had changed."""

    command_id: UUID
    customer_number: CustomerNumber
    version: int
    kept: tuple[str, ...] = ()


class RegisterCustomerRefused(Refused, owner="identity"):
    """A customer number was not registered."""


class CommandRefused(Refused, owner="identity"):
    """Nobody knows the command that was asked."""


Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-f]{6}$")]


class Shades(Shape):
    """Finished colours that go together, each ``#rrggbb``; ``text`` is for links."""

    accent: Colour
    hover: Colour
    on_accent: Colour
    text: Colour
    soft: Colour


class Palette(Shades):
    """What an issuer's accent becomes, by day; and ``dark``, by night."""

    dark: Shades


class IssuerChanged(Event, owner="identity", subject="issuer"):
    """Snapshot of an issuer: how it looks, speaks and signs its mails.

    ``palette`` is computed from ``accent``, so it can be newer than ``version``.
    """

    issuer: Issuer
    version: int
    group: str
    prefix: str
    name: str
    accent: str
    sender: str
    language: str
    time_zone: str
    state: str
    palette: Palette | None = None


class PersonChanged(Event, owner="identity", subject="person_id"):
    """Snapshot of a person; ``state`` is ``active`` or ``erased`` (then nothing else is left)."""

    person_id: UUID
    version: int
    email: str | None = None
    language: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    registered: bool
    state: str


class SessionsEnded(Event, owner="identity", subject="person_id"):
    """A person was signed out: tokens of these sessions are good for nothing any more."""

    person_id: UUID
    sessions: tuple[UUID, ...]
    ended_at: datetime


class SealAudit(Task, owner="identity"):
    """Seal what was written to the audit since the last seal."""


class SendReset(Task, owner="identity"):
    """Find who has the address a reset was asked for, and have them sent its proof."""

    reset: UUID


class ForgetAccess(Task, owner="identity"):
    """Forget old sessions, proofs, challenges and browsers, and the old audit, a few at a time."""


class MainContactClaim(Shape):
    """Who answers for a customer number, and since when."""

    person_id: UUID
    ticket: UUID
    since: datetime


class SharedUserClaim(Shape):
    """Who else may see a customer number's documents, and who is mailed about them.

    ``mail_since``: mails were off for a while; about what was published before it there are none.
    ``attach``: the files this person wants with a mail; None those of the number's settings.
    """

    person_id: UUID
    ticket: UUID
    portal: bool
    mail: bool
    since: datetime
    mail_since: datetime | None = None
    attach: tuple[str, ...] | None = None


class EndedClaim(Shape):
    """Who was mailed about a customer number until a moment in the last 30 days."""

    person_id: UUID
    ticket: UUID
    since: datetime
    until: datetime
    attach: tuple[str, ...] | None = None


class DeliverySettings(Shape):
    """How the documents of a customer number are announced; ``attach``: ``pdf`` and ``xml``."""

    notify: str = "at_once"
    attach: tuple[str, ...] = ()


class CustomerNumberChanged(Event, owner="identity", subject="customer_number"):
    """Snapshot of a customer number: whose it is, and who may see and hear of its documents.

    ``notify_since``: it was otherwise for a while; what was published before is not announced late.
    """

    customer_number: CustomerNumber
    issuer: Issuer
    version: int
    changed_at: datetime
    state: str
    name: str
    country: str
    enterprise_number: str | None = None
    contract_start: date | None = None
    main_contact: MainContactClaim | None = None
    shared_users: tuple[SharedUserClaim, ...] = ()
    ended: tuple[EndedClaim, ...] = ()
    settings: DeliverySettings = DeliverySettings()
    notify_since: datetime | None = None
