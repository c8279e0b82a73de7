"""Who may read the documents of a customer number, and whose tokens are good no more."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Add what this release needs."""
    op.create_table(
        "customer_numbers",
        sa.Column("customer_number", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("customer_number", name=op.f("customer_numbers_pkey")),
    )
    op.create_table(
        "claims",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("customer_number", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "customer_number", name=op.f("claims_pkey")),
    )
    op.create_index(op.f("claims_customer_number_idx"), "claims", ["customer_number"], unique=False)
    op.create_table(
        "ended_sessions",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("kept_until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("session_id", name=op.f("ended_sessions_pkey")),
    )
    op.create_index(
        op.f("ended_sessions_kept_until_idx"), "ended_sessions", ["kept_until"], unique=False
    )


def downgrade() -> None:
    """Take it away again."""
    op.drop_index(op.f("ended_sessions_kept_until_idx"), table_name="ended_sessions")
    op.drop_table("ended_sessions")
    op.drop_index(op.f("claims_customer_number_idx"), table_name="claims")
    op.drop_table("claims")
    op.drop_table("customer_numbers")
