"""What went with a letter, and how often it was sent anew."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Add what this release needs."""
    op.add_column("letters", sa.Column("attached", sa.Text(), nullable=True))
    op.add_column(
        "letters", sa.Column("resent", sa.Integer(), server_default="0", nullable=False)
    )


def downgrade() -> None:
    """Take it away again."""
    op.drop_column("letters", "resent")
    op.drop_column("letters", "attached")
