"""The first tables."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Add what this release needs."""
    op.create_table(
        "documents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("customer_number", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("content_sha256", sa.Text(), nullable=False),
        sa.Column("issue_date", sa.Date(), nullable=False),
        sa.Column("due_date", sa.Date(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("total_incl_vat", sa.Numeric(), nullable=False),
        sa.Column("amount_due", sa.Numeric(), nullable=False),
        sa.Column("payment_reference", sa.Text(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("flags", sa.ARRAY(sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("documents_pkey")),
        sa.UniqueConstraint(
            "issuer",
            "type",
            "number",
            "content_sha256",
            name=op.f("documents_issuer_type_number_content_sha256_key"),
        ),
    )
    op.create_index(
        "documents_newest_idx",
        "documents",
        [
            "customer_number",
            sa.literal_column("issue_date desc"),
            sa.literal_column("published_at desc"),
            sa.literal_column("id desc"),
        ],
        unique=False,
    )
    op.create_index(
        "documents_of_issuer_idx",
        "documents",
        [
            "issuer",
            sa.literal_column("issue_date desc"),
            sa.literal_column("published_at desc"),
            sa.literal_column("id desc"),
        ],
        unique=False,
    )
    op.create_table(
        "inbox",
        sa.Column("consumer", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("body_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("consumer", "sender", "message_id", name=op.f("inbox_pkey")),
    )
    op.create_index(op.f("inbox_handled_at_idx"), "inbox", ["handled_at"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("exchange", sa.Text(), nullable=False),
        sa.Column("routing_key", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("correlation_id", sa.Text(), nullable=False),
        sa.Column("headers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("outbox_pkey")),
        postgresql_with={
            "autovacuum_vacuum_scale_factor": "0",
            "autovacuum_vacuum_threshold": "1000",
        },
    )
    op.create_index(op.f("outbox_not_before_idx"), "outbox", ["not_before"], unique=False)
    op.create_table(
        "document_files",
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("document_files_document_id_fkey")
        ),
        sa.PrimaryKeyConstraint("document_id", "position", name=op.f("document_files_pkey")),
    )
    op.create_table(
        "document_references",
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("document_references_document_id_fkey")
        ),
        sa.PrimaryKeyConstraint(
            "document_id", "kind", "value", name=op.f("document_references_pkey")
        ),
    )
    op.create_index(
        "document_references_value_idx", "document_references", ["kind", "value"], unique=False
    )
    # Rows come and go at once: vacuum by their number, not by a share of a table that is empty.
    op.execute(
        "alter table outbox set"
        " (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000)"
    )


def downgrade() -> None:
    """Take it away again."""
    op.drop_index("document_references_value_idx", table_name="document_references")
    op.drop_table("document_references")
    op.drop_table("document_files")
    op.drop_index(op.f("outbox_not_before_idx"), table_name="outbox")
    op.drop_table("outbox")
    op.drop_index(op.f("inbox_handled_at_idx"), table_name="inbox")
    op.drop_table("inbox")
    op.drop_index("documents_of_issuer_idx", table_name="documents")
    op.drop_index("documents_newest_idx", table_name="documents")
    op.drop_table("documents")
