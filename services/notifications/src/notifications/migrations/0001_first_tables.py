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
        "customer_numbers",
        sa.Column("customer_number", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("snapshot", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("customer_number", name=op.f("customer_numbers_pkey")),
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
        "issuers",
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("accent", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("issuer", name=op.f("issuers_pkey")),
    )
    op.create_table(
        "notices",
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("customer_number", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("issue_date", sa.Date(), nullable=False),
        sa.Column("due_date", sa.Date(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("total_incl_vat", sa.Numeric(), nullable=False),
        sa.Column("amount_due", sa.Numeric(), nullable=False),
        sa.Column("payment_reference", sa.Text(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("correlation_id", sa.Text(), nullable=False),
        sa.Column("command_id", sa.Uuid(), nullable=True),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("document_id", name=op.f("notices_pkey")),
    )
    op.create_index(
        "notices_of_number_idx", "notices", ["customer_number", "published_at"], unique=False
    )
    op.create_index(
        "notices_unreported_idx",
        "notices",
        ["published_at"],
        unique=False,
        postgresql_where=sa.text("reported_at is null and not settled"),
    )
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
        "people",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("first_name", sa.Text(), nullable=True),
        sa.Column("last_name", sa.Text(), nullable=True),
        sa.Column("registered", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("people_pkey")),
    )
    op.create_table(
        "letters",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("ticket", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "owed",
                "deferred",
                "unknown",
                "sent",
                "refused",
                "withdrawn",
                name="state",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("sender", sa.Text(), nullable=True),
        sa.Column("linked_on", sa.Date(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("claim", sa.Integer(), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["notices.document_id"], name=op.f("letters_document_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("letters_pkey")),
        sa.UniqueConstraint(
            "event_id", "person_id", "kind", name=op.f("letters_event_id_person_id_kind_key")
        ),
    )
    op.create_index(
        "letters_due_idx",
        "letters",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("due_at is not null"),
    )
    op.create_index("letters_of_document_idx", "letters", ["document_id", "id"], unique=False)
    op.create_index(op.f("letters_person_id_idx"), "letters", ["person_id"], unique=False)
    op.create_table(
        "letter_history",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "owed",
                "deferred",
                "unknown",
                "sent",
                "refused",
                "withdrawn",
                name="state",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["letters.id"], name=op.f("letter_history_letter_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("letter_history_pkey")),
    )
    op.create_index(
        op.f("letter_history_letter_id_idx"), "letter_history", ["letter_id"], unique=False
    )
    # Rows come and go at once: vacuum by their number, not by a share of a table that is empty.
    op.execute(
        "alter table outbox set"
        " (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000)"
    )


def downgrade() -> None:
    """Take it away again."""
    op.drop_index(op.f("letter_history_letter_id_idx"), table_name="letter_history")
    op.drop_table("letter_history")
    op.drop_index(op.f("letters_person_id_idx"), table_name="letters")
    op.drop_index("letters_of_document_idx", table_name="letters")
    op.drop_index(
        "letters_due_idx", table_name="letters", postgresql_where=sa.text("due_at is not null")
    )
    op.drop_table("letters")
    op.drop_table("people")
    op.drop_index(op.f("outbox_not_before_idx"), table_name="outbox")
    op.drop_table("outbox")
    op.drop_index(
        "notices_unreported_idx",
        table_name="notices",
        postgresql_where=sa.text("reported_at is null and not settled"),
    )
    op.drop_index("notices_of_number_idx", table_name="notices")
    op.drop_table("notices")
    op.drop_table("issuers")
    op.drop_index(op.f("inbox_handled_at_idx"), table_name="inbox")
    op.drop_table("inbox")
    op.drop_table("customer_numbers")
