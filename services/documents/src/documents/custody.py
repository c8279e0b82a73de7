"""The nouns of custody: what happened to documents, the proof of it, and what is kept how long."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis.identifiers import new_id
from documents.retention import Policy
from documents.tables import Table

RECEIVED = "received"
TAKEN_IN = "taken_in"
"""It was in the archive before there were events: what was found then is what counts."""
PUBLISHED = "published"
IMPORTED = "imported"
NUMBER_REUSED = "number_reused"
DUPLICATE_MADE = "duplicate_made"
RETENTION_SET = "retention_set"
DELETED = "deleted"

FOR_READERS = (RECEIVED, TAKEN_IN, PUBLISHED, IMPORTED, DUPLICATE_MADE)
"""What happened to a document that concerns who reads it; the rest is its issuer's."""

PROPOSED = "proposed"
APPROVED = "approved"
DONE = "done"
WITHDRAWN = "withdrawn"


class DocumentEvent(Table):
    """Something happened to a document. Only ever added to: no role of ours can change it."""

    __tablename__ = "document_events"
    __table_args__ = (sa.UniqueConstraint("document_id", "sequence"),)

    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(always=True), primary_key=True)
    document_id: Mapped[UUID]
    sequence: Mapped[int]
    issuer: Mapped[str]
    at: Mapped[datetime]
    act: Mapped[str]
    facts: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """Gone when the document was deleted."""
    facts_sha256: Mapped[bytes]
    sha256: Mapped[bytes]
    """Over the event before it, everything here, and the facts by their hash."""


class ArchiveDay(Table):
    """Up to which event the heads of a day reach. Only ever added to."""

    __tablename__ = "archive_days"

    day: Mapped[date] = mapped_column(primary_key=True)
    last_event: Mapped[int] = mapped_column(sa.BigInteger)
    made_at: Mapped[datetime]


class ArchiveHead(Table):
    """The hash of an issuer's day, over the day before. Only ever added to."""

    __tablename__ = "archive_heads"

    issuer: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    events: Mapped[int]
    sha256: Mapped[bytes]


class CheckRound(Table):
    """A walk through the whole archive: how far it is."""

    __tablename__ = "check_rounds"

    number: Mapped[int] = mapped_column(sa.Identity(always=True), primary_key=True)
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    reached: Mapped[UUID | None]
    """The last document that was looked at."""
    reached_day: Mapped[date | None]
    """The last day whose heads were, once all documents were."""


class ArchiveCheck(Table):
    """Some documents of an issuer that were looked at in one go."""

    __tablename__ = "archive_checks"
    __table_args__ = (sa.Index("archive_checks_issuer_idx", "issuer", "round"),)

    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(always=True), primary_key=True)
    round: Mapped[int]
    issuer: Mapped[str]
    first_document: Mapped[UUID]
    last_document: Mapped[UUID]
    checked_at: Mapped[datetime] = mapped_column(index=True)
    documents: Mapped[int]
    files: Mapped[int]
    bytes: Mapped[int] = mapped_column(sa.BigInteger)


class Break(Table):
    """Something in the archive that is not as it was: which, what it should be, and what it is."""

    __tablename__ = "archive_breaks"
    __table_args__ = (
        sa.UniqueConstraint("issuer", "about", "kind", "what"),
        sa.Index(
            "archive_breaks_open_idx", "issuer", "id", postgresql_where=sa.text("gone_at is null")
        ),
    )

    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(always=True), primary_key=True)
    issuer: Mapped[str]
    about: Mapped[str]
    """A document's id, or the day of a head."""
    kind: Mapped[str]
    """file, row, event or head."""
    what: Mapped[str]
    """Of a file its hash, of a row its field, of an event its number."""
    expected: Mapped[str]
    found: Mapped[str]
    found_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    gone_at: Mapped[datetime | None]
    """When a later look found it as it should be."""


class RetentionPolicy(Table):
    """How long an issuer keeps documents, from a moment on. Only ever added to."""

    __tablename__ = "retention_policies"

    issuer: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    default_years: Mapped[int]
    by_country: Mapped[dict[str, Any]] = mapped_column(JSONB)
    visible_years: Mapped[int | None]
    set_at: Mapped[datetime]
    set_by: Mapped[str]

    def policy(self) -> Policy:
        """Return what it says."""
        return Policy(self.default_years, self.by_country, self.visible_years)


class Hold(Table):
    """Why a document may not be deleted, however old it is; gone when it is let go."""

    __tablename__ = "holds"
    __table_args__ = (sa.Index("holds_issuer_idx", "issuer", "document_id"),)

    document_id: Mapped[UUID] = mapped_column(sa.ForeignKey("documents.id"), primary_key=True)
    issuer: Mapped[str]
    reason: Mapped[str]
    held_by: Mapped[str]
    held_at: Mapped[datetime]


class Deletion(Table):
    """A list of documents that may go: proposed by one, approved by another, done by a job."""

    __tablename__ = "deletions"
    __table_args__ = (sa.Index("deletions_issuer_idx", "issuer", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    issuer: Mapped[str]
    until: Mapped[date]
    state: Mapped[str]
    documents: Mapped[int]
    digest: Mapped[str]
    """Of the list: who approves says which list that is."""
    proposed_by: Mapped[str]
    proposed_at: Mapped[datetime]
    approved_by: Mapped[str | None]
    approved_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    deleted: Mapped[int]


class DeletionItem(Table):
    """A document on such a list; gone when the job is done with it."""

    __tablename__ = "deletion_items"

    deletion_id: Mapped[UUID] = mapped_column(sa.ForeignKey("deletions.id"), primary_key=True)
    document_id: Mapped[UUID] = mapped_column(primary_key=True)
    content_sha256: Mapped[str]


class Tombstone(Table):
    """A document was here, and was rightly deleted. Only ever added to."""

    __tablename__ = "tombstones"
    __table_args__ = (sa.Index("tombstones_issuer_idx", "issuer", "document_id"),)

    document_id: Mapped[UUID] = mapped_column(primary_key=True)
    issuer: Mapped[str]
    number_sha256: Mapped[str]
    content_sha256: Mapped[str]
    deletion_id: Mapped[UUID]
    deleted_at: Mapped[datetime]


class DoomedFile(Table):
    """Bytes whose last document was deleted: they go a day later, if none uses them again."""

    __tablename__ = "doomed_files"

    issuer: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime] = mapped_column(index=True)
