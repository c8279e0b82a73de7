"""The nouns of documents: what is in the archive."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from chassis.database import NAMES, Conventions
from chassis.identifiers import new_id
from chassis.mailboxes import with_mailboxes
from chassis.repeated_requests import with_answered_requests
from chassis.revocations import with_ended_sessions

NUMBER_REUSED = "number_reused"


class Table(Conventions, DeclarativeBase):
    """A table of documents."""

    metadata = sa.MetaData(naming_convention=NAMES)


class Document(Table):
    """An invoice or credit note. What it says never changes; what we noticed about it may."""

    __tablename__ = "documents"
    __table_args__ = (
        sa.UniqueConstraint("issuer", "type", "number", "content_sha256"),
        sa.Index(
            "documents_newest_idx",
            "customer_number",
            sa.text("issue_date desc"),
            sa.text("published_at desc"),
            sa.text("id desc"),
        ),
        sa.Index(
            "documents_of_issuer_idx",
            "issuer",
            sa.text("issue_date desc"),
            sa.text("published_at desc"),
            sa.text("id desc"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    issuer: Mapped[str]
    customer_number: Mapped[str]
    number: Mapped[str]
    type: Mapped[str]
    content_sha256: Mapped[str]
    """Hash of the original XML, else of all files: what makes two documents the same."""
    issue_date: Mapped[date]
    due_date: Mapped[date | None]
    currency: Mapped[str]
    total_incl_vat: Mapped[Decimal] = mapped_column(sa.Numeric())
    amount_due: Mapped[Decimal] = mapped_column(sa.Numeric())
    payment_reference: Mapped[str | None]
    published_at: Mapped[datetime]
    imported: Mapped[bool] = mapped_column(server_default=sa.false())
    """It is of the past: nobody was told of it."""
    flags: Mapped[list[str]]
    files: Mapped[list["DocumentFile"]] = relationship(
        order_by="DocumentFile.position", lazy="raise"
    )

    def flag(self, flag: str) -> None:
        """Note something people should look at; noting it twice is noting it once."""
        if flag not in self.flags:
            self.flags = [*self.flags, flag]


class DocumentFile(Table):
    """One file of a document; its bytes lie in the store under their hash."""

    __tablename__ = "document_files"

    document_id: Mapped[UUID] = mapped_column(sa.ForeignKey("documents.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    role: Mapped[str]
    name: Mapped[str]
    media_type: Mapped[str]
    sha256: Mapped[str]
    size: Mapped[int]
    pages: Mapped[int | None]
    """Of a PDF, where they could be counted."""


class DocumentReference(Table):
    """What else a document is about: an order, a contract, a number plate."""

    __tablename__ = "document_references"
    __table_args__ = (sa.Index("document_references_value_idx", "kind", "value"),)

    document_id: Mapped[UUID] = mapped_column(sa.ForeignKey("documents.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)


class CustomerNumber(Table):
    """Which snapshot of a customer number the claims on it were last taken from."""

    __tablename__ = "customer_numbers"

    customer_number: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]


class Claim(Table):
    """A person may read the documents of a customer number."""

    __tablename__ = "claims"

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_number: Mapped[str] = mapped_column(primary_key=True, index=True)
    issuer: Mapped[str]


metadata = with_ended_sessions(with_answered_requests(with_mailboxes(Table.metadata)))
