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
        sa.Column("issuer_group", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("accent", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("issuer", name=op.f("issuers_pkey")),
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
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("issuer_group", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("email_key", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("first_name", sa.Text(), nullable=True),
        sa.Column("last_name", sa.Text(), nullable=True),
        sa.Column("registered", sa.Boolean(), nullable=False),
        sa.Column("own_fields", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("people_pkey")),
        sa.UniqueConstraint(
            "issuer_group", "email_key", name=op.f("people_issuer_group_email_key_key")
        ),
    )
    op.create_table(
        "republications",
        sa.Column("listener", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("listener", "event", name=op.f("republications_pkey")),
    )
    op.create_table(
        "clients",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=True),
        sa.Column("service", sa.Text(), nullable=True),
        sa.Column("scopes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("secret_sha256", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["issuer"], ["issuers.issuer"], name=op.f("clients_issuer_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("clients_pkey")),
    )
    op.create_table(
        "customer_numbers",
        sa.Column("customer_number", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("enterprise_number", sa.Text(), nullable=True),
        sa.Column("street", sa.Text(), nullable=True),
        sa.Column("postal_code", sa.Text(), nullable=True),
        sa.Column("city", sa.Text(), nullable=True),
        sa.Column("contract_start", sa.Date(), nullable=True),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=True),
        sa.Column("given_email_key", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("notify", sa.Text(), nullable=False),
        sa.Column("attach", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["issuer"], ["issuers.issuer"], name=op.f("customer_numbers_issuer_fkey")
        ),
        sa.PrimaryKeyConstraint("customer_number", name=op.f("customer_numbers_pkey")),
    )
    op.create_index(
        op.f("customer_numbers_issuer_idx"), "customer_numbers", ["issuer"], unique=False
    )
    op.create_table(
        "tickets",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_number", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum("main", "shared", name="role", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("portal", sa.Boolean(), nullable=False),
        sa.Column("mail", sa.Boolean(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_number"],
            ["customer_numbers.customer_number"],
            name=op.f("tickets_customer_number_fkey"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("tickets_person_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("tickets_pkey")),
    )
    op.create_index(
        op.f("tickets_customer_number_idx"), "tickets", ["customer_number"], unique=False
    )
    op.create_index(
        "tickets_live_key",
        "tickets",
        ["customer_number", "person_id"],
        unique=True,
        postgresql_where=sa.text("until is null"),
    )
    op.create_index(op.f("tickets_person_id_idx"), "tickets", ["person_id"], unique=False)
    # Rows come and go at once: vacuum by their number, not by a share of a table that is empty.
    op.execute(
        "alter table outbox set"
        " (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000)"
    )


def downgrade() -> None:
    """Take it away again."""
    op.drop_index(op.f("tickets_person_id_idx"), table_name="tickets")
    op.drop_index(
        "tickets_live_key", table_name="tickets", postgresql_where=sa.text("until is null")
    )
    op.drop_index(op.f("tickets_customer_number_idx"), table_name="tickets")
    op.drop_table("tickets")
    op.drop_index(op.f("customer_numbers_issuer_idx"), table_name="customer_numbers")
    op.drop_table("customer_numbers")
    op.drop_table("clients")
    op.drop_table("republications")
    op.drop_table("people")
    op.drop_index(op.f("outbox_not_before_idx"), table_name="outbox")
    op.drop_table("outbox")
    op.drop_table("issuers")
    op.drop_index(op.f("inbox_handled_at_idx"), table_name="inbox")
    op.drop_table("inbox")
