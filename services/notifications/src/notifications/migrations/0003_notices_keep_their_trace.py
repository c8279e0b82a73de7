"""Notices keep their place in a trace, so that their letters stand in it too."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Add what this release needs."""
    op.add_column("notices", sa.Column("traceparent", sa.Text(), nullable=True))
