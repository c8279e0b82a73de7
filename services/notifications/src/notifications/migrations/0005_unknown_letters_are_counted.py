"""Unknown letters are counted: an index of only those, which are few."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Add what this release needs."""
    op.create_index(
        "letters_unknown_idx",
        "letters",
        ["updated_at"],
        unique=False,
        postgresql_where=sa.text("state = 'unknown'"),
    )


def downgrade() -> None:
    """Take it away again."""
    op.drop_index(
        "letters_unknown_idx",
        table_name="letters",
        postgresql_where=sa.text("state = 'unknown'"),
    )
