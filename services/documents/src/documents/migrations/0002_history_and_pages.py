"""Documents of the past, and the pages of a PDF."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Add what this release needs."""
    op.add_column(
        "documents",
        sa.Column("imported", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column("document_files", sa.Column("pages", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Take it away again."""
    op.drop_column("document_files", "pages")
    op.drop_column("documents", "imported")
