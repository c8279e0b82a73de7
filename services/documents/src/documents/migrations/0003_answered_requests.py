"""What was answered to whom, under which Idempotency-Key."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Add what this release needs."""
    op.create_table(
        "answered_requests",
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("caller", sa.Text(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("request_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint(
            "issuer", "caller", "route", "key", name=op.f("answered_requests_pkey")
        ),
    )
    op.create_index(
        op.f("answered_requests_answered_at_idx"),
        "answered_requests",
        ["answered_at"],
        unique=False,
    )


def downgrade() -> None:
    """Take it away again."""
    op.drop_index(op.f("answered_requests_answered_at_idx"), table_name="answered_requests")
    op.drop_table("answered_requests")
