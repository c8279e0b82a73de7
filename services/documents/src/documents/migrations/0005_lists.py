"""What lists are made of: how they are ordered, who has not read what, and what is found by words.

The new columns of documents are filled as the table is written anew, once: about a minute for ten
million documents, in which nothing is published or read.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_NEW_COLUMNS = r"""
alter table documents
    add column signed_total numeric not null generated always as (
        case when type = 'credit_note' then -total_incl_vat else total_incl_vat end
    ) stored,
    add column number_key text collate "C" not null generated always as (
        left(regexp_replace(regexp_replace(lower(number collate "C"), '([0-9]+)',
        '00000000000000000000\1', 'g'), '[0-9]*([0-9]{20})(?![0-9])', '\1', 'g'), 300)
    ) stored,
    add column retain_until date not null generated always as (
        make_date(least(date_part('year', issue_date::timestamp)::integer + 10, 9999), 12, 31)
    ) stored,
    add column visible_until date,
    add column held boolean not null default false
"""
_NEWEST = (
    "customer_number",
    sa.literal_column("issue_date desc"),
    sa.literal_column("published_at desc"),
    sa.literal_column("id desc"),
)
_BESIDE = ["issuer", "type", "issue_date", "visible_until"]
_OF_A_NUMBER = {
    "documents_amount_idx": ["customer_number", "currency", "signed_total", "id"],
    "documents_number_idx": ["customer_number", "number_key", "id"],
    "documents_due_idx": ["customer_number", "due_date", "id"],
}
_OF_AN_ISSUER = {
    "documents_of_issuer_amount_idx": ["issuer", "currency", "signed_total", "id"],
    "documents_of_issuer_number_idx": ["issuer", "number_key", "id"],
    "documents_of_issuer_due_idx": ["issuer", "due_date", "id"],
}


def upgrade() -> None:
    """Add what this release needs."""
    op.drop_index("documents_newest_idx", table_name="documents")
    op.execute(_NEW_COLUMNS)
    op.execute("alter table documents alter column retain_until drop expression")
    op.execute(
        "alter table documents alter column retain_until set default"
        " make_date(date_part('year', current_date)::integer + 10, 12, 31)"
    )
    op.create_index(
        "documents_newest_idx",
        "documents",
        list(_NEWEST),
        postgresql_include=[
            "issuer",
            "type",
            "currency",
            "signed_total",
            "number",
            "visible_until",
        ],
    )
    for name, columns in _OF_A_NUMBER.items():
        op.create_index(name, "documents", columns, postgresql_include=_BESIDE)
    for name, columns in _OF_AN_ISSUER.items():
        op.create_index(name, "documents", columns, postgresql_include=["type", "issue_date"])
    op.create_index(
        "documents_of_issuer_customers_idx", "documents", ["issuer", "customer_number"]
    )
    op.create_index(
        "documents_retained_idx",
        "documents",
        ["issuer", "retain_until"],
        postgresql_where=sa.text("not held"),
    )
    op.add_column(
        "customer_numbers",
        sa.Column(
            "known_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
    )
    op.add_column("customer_numbers", sa.Column("country", sa.Text(), nullable=True))
    op.create_table(
        "people",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("registered", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("people_pkey")),
    )
    op.create_table(
        "unread",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("customer_number", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("issue_date", sa.Date(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint(
            "person_id", "customer_number", "document_id", name=op.f("unread_pkey")
        ),
    )
    op.create_index(
        "unread_newest_idx",
        "unread",
        [
            "person_id",
            sa.literal_column("issue_date desc"),
            sa.literal_column("published_at desc"),
            sa.literal_column("document_id desc"),
        ],
        postgresql_include=["customer_number"],
    )
    op.create_table(
        "saved_filters",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("saved_filters_pkey")),
        sa.UniqueConstraint("person_id", "name", name=op.f("saved_filters_person_id_name_key")),
    )
    op.create_table(
        "document_texts",
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("words", postgresql.TSVECTOR(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("document_texts_document_id_fkey")
        ),
        sa.PrimaryKeyConstraint("document_id", name=op.f("document_texts_pkey")),
    )
    op.create_index(
        "document_texts_words_idx", "document_texts", ["words"], postgresql_using="gin"
    )
    # Lists are read from their indexes alone where vacuum has passed: it comes early, and by what
    # was added, for nothing here is ever updated or deleted in numbers.
    op.execute(
        "alter table documents set (autovacuum_vacuum_insert_scale_factor = 0.01,"
        " autovacuum_vacuum_scale_factor = 0.01, autovacuum_analyze_scale_factor = 0.02)"
    )
    op.execute(
        "alter table document_texts set (autovacuum_vacuum_insert_scale_factor = 0.01,"
        " autovacuum_analyze_scale_factor = 0.02)"
    )
    # Rows come, and go when they are read.
    op.execute(
        "alter table unread set (autovacuum_vacuum_scale_factor = 0.02,"
        " autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02)"
    )


def downgrade() -> None:
    """Take it away again."""
    op.execute(
        "alter table documents reset (autovacuum_vacuum_insert_scale_factor,"
        " autovacuum_vacuum_scale_factor, autovacuum_analyze_scale_factor)"
    )
    op.drop_table("document_texts")
    op.drop_table("saved_filters")
    op.drop_table("unread")
    op.drop_table("people")
    op.drop_column("customer_numbers", "country")
    op.drop_column("customer_numbers", "known_at")
    for name in (
        "documents_retained_idx",
        "documents_of_issuer_customers_idx",
        *_OF_AN_ISSUER,
        *_OF_A_NUMBER,
        "documents_newest_idx",
    ):
        op.drop_index(name, table_name="documents")
    for name in ("held", "visible_until", "retain_until", "number_key", "signed_total"):
        op.drop_column("documents", name)
    op.create_index("documents_newest_idx", "documents", list(_NEWEST))
