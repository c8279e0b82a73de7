"""The nouns of documents: what is in the archive."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis.identifiers import new_id
from chassis.mailboxes import with_mailboxes
from chassis.repeated_requests import with_answered_requests
from chassis.revocations import with_ended_sessions
from documents import exports, readership, verdicts  # noqa: F401 (their tables belong to the metadata)
from documents.tables import Table

NUMBER_REUSED = "number_reused"

_BESIDE = ("issuer", "type", "issue_date", "visible_until")
_OF_LISTS = ("type", "issue_date")
_SIGNED_TOTAL = (
    "CASE WHEN (type = 'credit_note'::text) THEN (- total_incl_vat) ELSE total_incl_vat END"
)
# Each run of digits is written with twenty of them, so that F9 stands before F10.
_NUMBER_KEY = (
    """left(regexp_replace(regexp_replace(lower((number COLLATE "C")), '([0-9]+)'::text,"""
    r""" '00000000000000000000\1'::text, 'g'::text), '[0-9]*([0-9]{20})(?![0-9])'::text,"""
    r""" '\1'::text, 'g'::text), 300)"""
)
# For replicas of the release before, which do not say it: as long from today, so never too short.
_TEN_YEARS = "make_date(((date_part('year', CURRENT_DATE))::integer + 10), 12, 31)"


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
            postgresql_include=[
                "issuer",
                "type",
                "currency",
                "signed_total",
                "number",
                "visible_until",
            ],
        ),
        sa.Index(
            "documents_amount_idx",
            "customer_number",
            "currency",
            "signed_total",
            "id",
            postgresql_include=_BESIDE,
        ),
        sa.Index(
            "documents_number_idx",
            "customer_number",
            "number_key",
            "id",
            postgresql_include=_BESIDE,
        ),
        sa.Index(
            "documents_due_idx", "customer_number", "due_date", "id", postgresql_include=_BESIDE
        ),
        sa.Index(
            "documents_of_issuer_idx",
            "issuer",
            sa.text("issue_date desc"),
            sa.text("published_at desc"),
            sa.text("id desc"),
        ),
        sa.Index(
            "documents_of_issuer_amount_idx",
            "issuer",
            "currency",
            "signed_total",
            "id",
            postgresql_include=_OF_LISTS,
        ),
        sa.Index(
            "documents_of_issuer_number_idx",
            "issuer",
            "number_key",
            "id",
            postgresql_include=_OF_LISTS,
        ),
        sa.Index(
            "documents_of_issuer_due_idx",
            "issuer",
            "due_date",
            "id",
            postgresql_include=_OF_LISTS,
        ),
        sa.Index("documents_of_issuer_customers_idx", "issuer", "customer_number"),
        sa.Index(
            "documents_retained_idx",
            "issuer",
            "retain_until",
            postgresql_where=sa.text("not held"),
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
    signed_total: Mapped[Decimal] = mapped_column(
        sa.Numeric(), sa.Computed(_SIGNED_TOTAL, persisted=True)
    )
    """The total, of a credit note with the other sign: what lists sort and sum by."""
    number_key: Mapped[str] = mapped_column(
        sa.Text(collation="C"), sa.Computed(_NUMBER_KEY, persisted=True)
    )
    """The number as people put numbers in order."""
    retain_until: Mapped[date] = mapped_column(server_default=sa.text(_TEN_YEARS))
    """The last day on which it must be here."""
    visible_until: Mapped[date | None]
    """The last day on which its readers see it; its issuer sees it until it is deleted."""
    held: Mapped[bool] = mapped_column(server_default=sa.false())
    """Somebody said that it may not be deleted, however old it is."""
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
    known_at: Mapped[datetime] = mapped_column(server_default=sa.func.now())
    """When that snapshot was taken over: from then on its readers see what they may."""
    country: Mapped[str | None]


class Claim(Table):
    """A person may read the documents of a customer number."""

    __tablename__ = "claims"

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_number: Mapped[str] = mapped_column(primary_key=True, index=True)
    issuer: Mapped[str]


metadata = with_ended_sessions(with_answered_requests(with_mailboxes(Table.metadata)))
