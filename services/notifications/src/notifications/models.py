"""The nouns of notifications: what it knows of others, was told, and owes."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from chassis.database import NAMES, Conventions
from chassis.identifiers import new_id
from chassis.mailboxes import with_mailboxes
from chassis.revocations import with_ended_sessions


class Table(Conventions, DeclarativeBase):
    """A table of notifications."""

    metadata = sa.MetaData(naming_convention=NAMES)


SENDING = "sending"
"""The work that letters about documents are."""

WRITING = "writing"
"""The work that letters about accounts are: they never wait behind the others."""

LETTERS_KEPT = timedelta(days=400)
"""How long it can be asked what became of a letter: a year and a bit."""


class State(StrEnum):
    """Where a letter stands."""

    OWED = "owed"
    DEFERRED = "deferred"
    """It will be tried again; ``reason`` says what came of the last try."""
    UNKNOWN = "unknown"
    """The relay may have it: its answer was lost, and it has not said yet."""
    SENT = "sent"
    REFUSED = "refused"
    """It will not be sent again; ``reason`` says why."""
    WITHDRAWN = "withdrawn"
    """Its reader had no right to it after all."""
    BOUNCED = "bounced"
    """The relay took it and it came back; ``reason`` says why."""


class Issuer(Table):
    """What identity last said of an issuer."""

    __tablename__ = "issuers"

    issuer: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    name: Mapped[str]
    accent: Mapped[str]
    sender: Mapped[str]
    language: Mapped[str]
    time_zone: Mapped[str | None]
    """Where its clock stands; None until identity has told again."""
    palette: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """Its accent as finished colours, once identity has told them."""


class Person(Table):
    """What identity last said of a person."""

    __tablename__ = "people"
    __table_args__ = (sa.Index("people_address_idx", sa.func.lower(sa.column("email"))),)

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    email: Mapped[str | None]
    language: Mapped[str | None]
    first_name: Mapped[str | None]
    last_name: Mapped[str | None]
    registered: Mapped[bool]
    state: Mapped[str]


class CustomerNumber(Table):
    """What identity last said of a customer number, as it said it."""

    __tablename__ = "customer_numbers"

    customer_number: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    snapshot: Mapped[dict[str, Any]]


class Notice(Table):
    """A document that was published, and that people must be told of."""

    __tablename__ = "notices"
    __table_args__ = (
        sa.Index("notices_of_number_idx", "customer_number", "published_at"),
        sa.Index(
            "notices_unreported_idx",
            "published_at",
            postgresql_where=sa.text("reported_at is null and not settled"),
        ),
    )

    document_id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID]
    issuer: Mapped[str]
    customer_number: Mapped[str]
    number: Mapped[str]
    type: Mapped[str]
    issue_date: Mapped[date]
    due_date: Mapped[date | None]
    currency: Mapped[str]
    total_incl_vat: Mapped[Decimal] = mapped_column(sa.Numeric())
    amount_due: Mapped[Decimal] = mapped_column(sa.Numeric())
    payment_reference: Mapped[str | None]
    published_at: Mapped[datetime] = mapped_column(index=True)
    correlation_id: Mapped[str]
    traceparent: Mapped[str | None]
    """Where in its trace it was heard of; the letters go on from there."""
    command_id: Mapped[UUID | None]
    settled: Mapped[bool] = mapped_column(default=False)
    """Whether everyone to be told was known when it was last looked at."""
    reported_at: Mapped[datetime | None]


class Letter(Table):
    """One mail owed to one person: for a document, or for what a ``Writing`` says."""

    __tablename__ = "letters"
    __table_args__ = (
        sa.UniqueConstraint("event_id", "person_id", "kind"),
        sa.Index(
            "letters_due_idx",
            "due_at",
            postgresql_where=sa.text("due_at is not null and document_id is not null"),
        ),
        sa.Index(
            "letters_to_write_idx",
            "due_at",
            postgresql_where=sa.text("due_at is not null and document_id is null"),
        ),
        sa.Index("letters_of_document_idx", "document_id", "id"),
        sa.Index("letters_of_person_idx", "person_id", "id"),
        sa.Index(
            "letters_unknown_idx",
            "updated_at",
            postgresql_where=sa.text("state = 'unknown'"),
        ),
        sa.Index(
            "letters_written_idx",
            "updated_at",
            postgresql_where=sa.text("document_id is null"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    event_id: Mapped[UUID]
    document_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("notices.document_id"))
    person_id: Mapped[UUID]
    kind: Mapped[str]
    role: Mapped[str | None]
    ticket: Mapped[UUID | None]
    state: Mapped[State] = mapped_column(default=State.OWED)
    reason: Mapped[str | None]
    sender: Mapped[str | None]
    """The address it was first tried from: its Message-ID is made of it, the same on every try."""
    sent_to: Mapped[str | None]
    """The address it was last tried for: that is the one a bounce is about."""
    attached: Mapped[str | None]
    """The kinds of files that went with its last try, or ``too_large``: a link only from then."""
    resent: Mapped[int] = mapped_column(default=0, server_default="0")
    """How often it was sent anew though the relay had had it: its Message-ID counts that."""
    linked_on: Mapped[date]
    """The day its link counts from, so that every try carries the same link."""
    due_at: Mapped[datetime | None]
    """When it is to be tried or asked about next; None when it never will be."""
    tries: Mapped[int] = mapped_column(default=0)
    claim: Mapped[int] = mapped_column(default=0)
    """Counts claims: only who made the last one may mark and settle."""
    leased_until: Mapped[datetime | None]
    marked_at: Mapped[datetime | None]
    """When the final dot was about to be written; from then on the relay may have it."""
    updated_at: Mapped[datetime]

    def take(self, at: datetime, lease: timedelta) -> None:
        """Claim the letter until the lease ends."""
        self.claim += 1
        self.leased_until = at + lease

    def become(self, state: State, at: datetime, reason: str | None = None) -> None:
        """Stand differently from now on, and be claimed no more."""
        self.state, self.reason, self.updated_at = state, reason, at
        self.leased_until = None
        self.due_at = None

    def wait(self, state: State, at: datetime, pause: timedelta, reason: str) -> None:
        """Stand differently, and be tried again after a pause."""
        self.become(state, at, reason)
        self.due_at = at + pause


class Writing(Table):
    """What a letter about an account says, and to which address.

    No link and no code: those are made when it is sent. Its words are forgotten when nothing can
    come of the letter any more.
    """

    __tablename__ = "writings"
    __table_args__ = (
        sa.Index(
            "writings_kept_idx",
            "asked_at",
            postgresql_where=sa.text("recipient is not null"),
        ),
        sa.Index("writings_recipient_idx", sa.func.lower(sa.column("recipient"))),
    )

    letter_id: Mapped[UUID] = mapped_column(sa.ForeignKey("letters.id"), primary_key=True)
    issuer: Mapped[str]
    recipient: Mapped[str | None]
    """The address meant, whatever the person's is by now; None when it was forgotten."""
    language: Mapped[str | None]
    first_name: Mapped[str | None]
    last_name: Mapped[str | None]
    credential_id: Mapped[UUID | None]
    proof_kind: Mapped[str | None]
    link_until: Mapped[datetime | None]
    code_until: Mapped[datetime | None]
    facts: Mapped[dict[str, str]] = mapped_column(JSONB)
    asked_at: Mapped[datetime]
    correlation_id: Mapped[str]
    traceparent: Mapped[str | None]


class LetterHistory(Table):
    """What happened to a letter, and when. Only ever added to."""

    __tablename__ = "letter_history"

    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(always=True), primary_key=True)
    letter_id: Mapped[UUID] = mapped_column(sa.ForeignKey("letters.id"), index=True)
    at: Mapped[datetime]
    state: Mapped[State]
    detail: Mapped[str | None]


class Mailbox(Table):
    """An address that servers have said something against, in lower case."""

    __tablename__ = "mailboxes"
    __table_args__ = (
        sa.Index(
            "mailboxes_stopped_idx",
            "stopped_at",
            "address",
            postgresql_where=sa.text("stopped_at is not null"),
        ),
    )

    address: Mapped[str] = mapped_column(primary_key=True)
    fate: Mapped[str]
    reason: Mapped[str]
    events: Mapped[int]
    """How often it was said, where once is not enough."""
    last_at: Mapped[datetime]
    stopped_at: Mapped[datetime | None]
    """Since when no letter goes there any more."""


class PausedDomain(Table):
    """A domain whose servers would not have us; its letters wait."""

    __tablename__ = "paused_domains"

    domain: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str]
    until: Mapped[datetime] = mapped_column(index=True)


class Report(Table):
    """A report that came back for a letter, so that it counts once."""

    __tablename__ = "reports"

    letter_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("letters.id", ondelete="CASCADE"), primary_key=True
    )
    key: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)


metadata = with_ended_sessions(with_mailboxes(Table.metadata))
