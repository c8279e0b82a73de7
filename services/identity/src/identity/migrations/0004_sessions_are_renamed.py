"""A session gets a new name when it is proved anew whose it is; the old one is good a moment."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Add what this release needs."""
    op.add_column("sessions", sa.Column("former_sha256", sa.LargeBinary(), nullable=True))
    op.add_column(
        "sessions", sa.Column("former_until", sa.DateTime(timezone=True), nullable=True)
    )
    op.create_unique_constraint(op.f("sessions_former_sha256_key"), "sessions", ["former_sha256"])


def downgrade() -> None:
    """Take it away again."""
    op.drop_constraint(op.f("sessions_former_sha256_key"), "sessions", type_="unique")
    op.drop_column("sessions", "former_until")
    op.drop_column("sessions", "former_sha256")
