"""The nouns of identity: issuers, people, customer numbers, tickets, clients."""

from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from chassis.identifiers import new_id
from chassis.mailboxes import with_mailboxes
from identity import accounts, trails, views, votes  # noqa: F401 (their tables belong here)
from identity.tables import Table

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
"""Since when the first main contact of a customer number answers for it: since ever.

So an invoice that overtakes its customer's registration still finds its reader.
"""


class Role(StrEnum):
    """In which role a person holds a ticket."""

    MAIN = "main"
    SHARED = "shared"


class Issuer(Table):
    """Who sends invoices. People are known per group of issuers."""

    __tablename__ = "issuers"

    issuer: Mapped[str] = mapped_column(primary_key=True)
    issuer_group: Mapped[str]
    name: Mapped[str]
    sender: Mapped[str]
    language: Mapped[str]
    accent: Mapped[str]
    time_zone: Mapped[str]
    state: Mapped[str] = mapped_column(default="active")
    version: Mapped[int] = mapped_column(default=1)
    support_phone: Mapped[str | None]
    support_email: Mapped[str | None]
    support_days: Mapped[list[int]] = mapped_column(
        sa.ARRAY(sa.SmallInteger), server_default="{1,2,3,4,5}"
    )
    """On which somebody answers: Monday is 1."""
    support_opens: Mapped[time] = mapped_column(server_default="08:30")
    support_closes: Mapped[time] = mapped_column(server_default="17:00")
    """By the clock of the issuer's time zone."""

    @property
    def prefix(self) -> str:
        """Return what this issuer's customer numbers begin with."""
        return self.issuer.upper()


class Person(Table):
    """Someone with an e-mail address, within a group of issuers."""

    __tablename__ = "people"
    __table_args__ = (sa.UniqueConstraint("issuer_group", "email_key"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    issuer_group: Mapped[str]
    email: Mapped[str]
    email_key: Mapped[str]
    language: Mapped[str | None]
    first_name: Mapped[str | None]
    last_name: Mapped[str | None]
    registered: Mapped[bool] = mapped_column(default=False)
    own_fields: Mapped[list[str]] = mapped_column(default=list)
    """Fields the person changed after registering; nobody else may change them."""
    state: Mapped[str] = mapped_column(default="active")
    version: Mapped[int] = mapped_column(default=0)

    @property
    def full_name(self) -> str:
        """Return first and last name, as far as they are known."""
        return f"{self.first_name or ''} {self.last_name or ''}".strip()

    def describe(self, **said: str | None) -> tuple[bool, list[str]]:
        """Take over what another says of this person.

        Returns whether anything changed, and which fields the person had settled otherwise.
        """
        changed, kept = False, []
        for field, value in said.items():
            if value is None or getattr(self, field) == value:
                continue
            if field in self.own_fields:
                kept.append(field)
            else:
                setattr(self, field, value)
                changed = True
        if changed:
            self.version += 1
        return changed, kept

    def settle(self, **said: str | None) -> bool:
        """Take over what the person says of themselves; nobody else may change it any more."""
        told = {field: value for field, value in said.items() if value is not None}
        changed = {field: value for field, value in told.items() if getattr(self, field) != value}
        for field, value in changed.items():
            setattr(self, field, value)
        self.own_fields = sorted({*self.own_fields, *told})
        if changed:
            self.version += 1
        return bool(changed)

    def move(self, email: str, email_key: str) -> None:
        """Take another address, for mails and for signing in alike."""
        self.email, self.email_key = email, email_key
        self.own_fields = sorted({*self.own_fields, "email"})
        self.version += 1

    def erase(self) -> None:
        """Keep nothing of who it was: what is left says that there was someone."""
        self.email, self.email_key = "", f"erased {self.id}"
        self.language = self.first_name = self.last_name = None
        self.registered, self.own_fields, self.state = False, [], "erased"
        self.version += 1


class CustomerNumber(Table):
    """An issuer's key for a customer, and what the issuer said of it."""

    __tablename__ = "customer_numbers"
    __table_args__ = (
        sa.Index("customer_numbers_issuer_customer_number_idx", "issuer", "customer_number"),
    )

    customer_number: Mapped[str] = mapped_column(primary_key=True)
    issuer: Mapped[str] = mapped_column(sa.ForeignKey("issuers.issuer"))
    name: Mapped[str] = mapped_column(default="")
    country: Mapped[str] = mapped_column(default="")
    enterprise_number: Mapped[str | None]
    street: Mapped[str | None]
    postal_code: Mapped[str | None]
    city: Mapped[str | None]
    contract_start: Mapped[date | None]
    as_of: Mapped[datetime | None]
    given_email_key: Mapped[str | None]
    """The main contact's address as the issuer last gave it; the person may have moved on."""
    state: Mapped[str] = mapped_column(default="active")
    notify: Mapped[str] = mapped_column(default="at_once")
    notify_since: Mapped[datetime | None]
    """Since when its mails are on again; what was published before is not mailed late."""
    attach: Mapped[list[str]] = mapped_column(default=list)
    handed_over_at: Mapped[datetime | None]
    """When a main contact gave it to another; the issuer may still name the one before."""
    version: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime]

    def is_newer_than(self, as_of: datetime | None) -> bool:
        """Say whether what is known is newer than what is being told."""
        return self.as_of is not None and as_of is not None and as_of < self.as_of

    def describe(self, **said: object) -> bool:
        """Take over what the issuer says; return whether it is news."""
        changed = {field: value for field, value in said.items() if getattr(self, field) != value}
        for field, value in changed.items():
            setattr(self, field, value)
        return bool(changed)

    def announce(self, notify: str, attach: list[str], at: datetime) -> bool:
        """Set how its documents are announced; return whether that is news."""
        news = (self.notify, self.attach) != (notify, attach)
        if notify != self.notify:
            self.notify_since = at
        self.notify, self.attach = notify, attach
        return news

    def change(self, at: datetime) -> None:
        """Count a change, so that listeners know the newer snapshot."""
        self.version += 1
        self.changed_at = at


class Ticket(Table):
    """One person's claim on one customer number, from a moment until another."""

    __tablename__ = "tickets"
    __table_args__ = (
        sa.Index(
            "tickets_live_key",
            "customer_number",
            "person_id",
            unique=True,
            postgresql_where=sa.text("until is null"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    customer_number: Mapped[str] = mapped_column(
        sa.ForeignKey("customer_numbers.customer_number"), index=True
    )
    person_id: Mapped[UUID] = mapped_column(sa.ForeignKey("people.id"), index=True)
    role: Mapped[Role]
    portal: Mapped[bool]
    mail: Mapped[bool]
    mail_since: Mapped[datetime | None]
    """Since when mails are on again; what was published before is not mailed late."""
    attach: Mapped[list[str] | None]
    """The files a shared user wants with a mail; None those of the number's settings."""
    since: Mapped[datetime]
    until: Mapped[datetime | None]

    def end(self, at: datetime) -> None:
        """End the claim; what was published before is still the person's to hear of."""
        self.until = at

    def switch(self, *, portal: bool, mail: bool, at: datetime) -> bool:
        """Set the two switches of a shared user; return whether one turned."""
        turned = (self.portal, self.mail) != (portal, mail)
        if mail and not self.mail:
            self.mail_since = at
        self.portal, self.mail = portal, mail
        return turned

    def take_along(self, attach: list[str] | None) -> bool:
        """Set the files wanted with a mail; return whether that is news."""
        news = self.attach != attach
        self.attach = attach
        return news


class Client(Table):
    """A machine that may ask for tokens: of an issuer, or of one of our services."""

    __tablename__ = "clients"

    id: Mapped[str] = mapped_column(primary_key=True)
    issuer: Mapped[str | None] = mapped_column(sa.ForeignKey("issuers.issuer"))
    service: Mapped[str | None]
    scopes: Mapped[list[str]]
    secret_sha256: Mapped[bytes]


class Republication(Table):
    """How far a listener that came late has been told everything."""

    __tablename__ = "republications"

    listener: Mapped[str] = mapped_column(primary_key=True)
    event: Mapped[str] = mapped_column(primary_key=True)
    after: Mapped[str]


def _find_by_words(table: sa.Table, words: str) -> None:
    """Have the database keep by which words the desk finds a row; no noun carries them."""
    table.append_column(sa.Column("words", TSVECTOR, sa.Computed(words, persisted=True)))
    sa.Index(f"{table.name}_words_idx", table.c.words, postgresql_using="gin")


customer_numbers, people = (cast("sa.Table", noun.__table__) for noun in (CustomerNumber, Person))
_find_by_words(
    customer_numbers, "words_of_customer(customer_number, name, street, postal_code, city)"
)
_find_by_words(people, "words_of_person(first_name, last_name, email)")

metadata = with_mailboxes(Table.metadata)
