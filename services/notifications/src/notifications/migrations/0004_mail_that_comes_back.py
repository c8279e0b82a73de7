"""Mail that comes back: what is known of addresses and domains, and which report counted."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Add what this release needs."""
    op.add_column("letters", sa.Column("sent_to", sa.Text(), nullable=True))
    op.create_table(
        "mailboxes",
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("fate", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("address", name=op.f("mailboxes_pkey")),
    )
    op.create_index(
        "mailboxes_stopped_idx",
        "mailboxes",
        ["stopped_at", "address"],
        unique=False,
        postgresql_where=sa.text("stopped_at is not null"),
    )
    op.create_table(
        "paused_domains",
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("domain", name=op.f("paused_domains_pkey")),
    )
    op.create_index(op.f("paused_domains_until_idx"), "paused_domains", ["until"], unique=False)
    op.create_table(
        "reports",
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["letter_id"],
            ["letters.id"],
            name=op.f("reports_letter_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("letter_id", "key", name=op.f("reports_pkey")),
    )
    op.create_index(op.f("reports_at_idx"), "reports", ["at"], unique=False)
    op.create_index("people_address_idx", "people", [sa.text("lower(email)")], unique=False)


def downgrade() -> None:
    """Take it away again."""
    op.drop_index("people_address_idx", table_name="people")
    op.drop_index(op.f("reports_at_idx"), table_name="reports")
    op.drop_table("reports")
    op.drop_index(op.f("paused_domains_until_idx"), table_name="paused_domains")
    op.drop_table("paused_domains")
    op.drop_index(
        "mailboxes_stopped_idx",
        table_name="mailboxes",
        postgresql_where=sa.text("stopped_at is not null"),
    )
    op.drop_table("mailboxes")
    op.drop_column("letters", "sent_to")
