"""Mails about accounts: letters without a document, and what each says."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_DUE = "due_at is not null"


def upgrade() -> None:
    """Add what this release needs."""
    for name, kind in (("document_id", sa.Uuid()), ("role", sa.Text()), ("ticket", sa.Uuid())):
        op.alter_column("letters", name, existing_type=kind, nullable=True)
    # One index for each kind of work, so that neither looks through what waits for the other.
    op.drop_index("letters_due_idx", table_name="letters", postgresql_where=sa.text(_DUE))
    for name, which in (("due", "is not null"), ("to_write", "is null")):
        op.create_index(
            f"letters_{name}_idx",
            "letters",
            ["due_at"],
            unique=False,
            postgresql_where=sa.text(f"{_DUE} and document_id {which}"),
        )
    op.create_index(
        "letters_written_idx",
        "letters",
        ["updated_at"],
        unique=False,
        postgresql_where=sa.text("document_id is null"),
    )
    op.create_table(
        "writings",
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("first_name", sa.Text(), nullable=True),
        sa.Column("last_name", sa.Text(), nullable=True),
        sa.Column("credential_id", sa.Uuid(), nullable=True),
        sa.Column("proof_kind", sa.Text(), nullable=True),
        sa.Column("link_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("correlation_id", sa.Text(), nullable=False),
        sa.Column("traceparent", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["letters.id"], name=op.f("writings_letter_id_fkey")
        ),
        sa.PrimaryKeyConstraint("letter_id", name=op.f("writings_pkey")),
    )
    op.create_index(
        "writings_kept_idx",
        "writings",
        ["asked_at"],
        unique=False,
        postgresql_where=sa.text("recipient is not null"),
    )
    op.create_index(
        "writings_recipient_idx", "writings", [sa.text("lower(recipient)")], unique=False
    )
    op.add_column("issuers", sa.Column("time_zone", sa.Text(), nullable=True))


def downgrade() -> None:
    """Take it away again, with the letters that the former release does not know."""
    op.drop_column("issuers", "time_zone")
    op.drop_table("writings")
    for table in ("reports", "letter_history"):
        op.execute(
            f"delete from {table} where letter_id in"
            " (select id from letters where document_id is null)"
        )
    op.execute("delete from letters where document_id is null")
    for name in ("written", "to_write", "due"):
        op.drop_index(f"letters_{name}_idx", table_name="letters")
    op.create_index(
        "letters_due_idx",
        "letters",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text(_DUE),
    )
    for name, kind in (("document_id", sa.Uuid()), ("role", sa.Text()), ("ticket", sa.Uuid())):
        op.alter_column("letters", name, existing_type=kind, nullable=False)
