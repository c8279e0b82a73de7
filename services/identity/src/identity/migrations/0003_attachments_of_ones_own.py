"""A shared user chooses which files come with their own mails."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Add what this release needs."""
    op.add_column("tickets", sa.Column("attach", sa.ARRAY(sa.Text()), nullable=True))


def downgrade() -> None:
    """Take it away again."""
    op.drop_column("tickets", "attach")
