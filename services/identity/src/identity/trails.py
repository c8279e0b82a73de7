"""The nouns of the audit: what was done, by whom, and seals that nothing was changed since."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis.identifiers import new_id
from identity.tables import Table


class AuditEntry(Table):
    """Something was done. Only ever added to: the service's own role cannot change it."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        sa.Index("audit_entries_subject_idx", "subject", "id"),
        sa.Index(
            "audit_entries_desk_idx",
            sa.text("(facts ->> 'customer_number')"),
            "id",
            postgresql_where=sa.text("act like 'desk%'"),
        ),
    )

    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(always=True), primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    act: Mapped[str]
    actor: Mapped[str]
    """Who did it: a person's pseudonym, or a client, a command or a job by name."""
    subject: Mapped[str | None]
    """To whom: a person's pseudonym."""
    issuer: Mapped[str | None]
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """What else: ids and words of ours, never names, addresses or secrets."""
    correlation_id: Mapped[str]


class AuditSeal(Table):
    """The hash of the entries up to one, over the seal before it. Only ever added to."""

    __tablename__ = "audit_seals"

    last_entry: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True)
    entries: Mapped[int]
    sha256: Mapped[bytes]
    """Of the seal before, of this one's numbers and of ``digests``."""
    digests: Mapped[bytes | None]
    """Of each entry its id and its SHA-256; gone with the entries, when those are forgotten."""
    sealed_at: Mapped[datetime]


class Pseudonym(Table):
    """Who is who in the audit; gone when the person is erased."""

    __tablename__ = "pseudonyms"

    person_id: Mapped[UUID] = mapped_column(sa.ForeignKey("people.id"), primary_key=True)
    pseudonym: Mapped[UUID] = mapped_column(unique=True, default=new_id)
