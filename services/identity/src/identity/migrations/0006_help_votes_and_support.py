"""Readers say whether an article helped; issuers say when somebody answers, and where."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Add what this release needs."""
    op.create_table(
        "help_votes",
        sa.Column("voter", sa.LargeBinary(), nullable=False),
        sa.Column("article", sa.Text(), nullable=False),
        sa.Column("helpful", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("voter", "article", name=op.f("help_votes_pkey")),
    )
    op.create_index(
        op.f("help_votes_article_helpful_idx"), "help_votes", ["article", "helpful"], unique=False
    )
    op.create_index(op.f("help_votes_at_idx"), "help_votes", ["at"], unique=False)
    op.add_column("issuers", sa.Column("support_phone", sa.Text(), nullable=True))
    op.add_column("issuers", sa.Column("support_email", sa.Text(), nullable=True))
    op.add_column(
        "issuers",
        sa.Column(
            "support_days",
            sa.ARRAY(sa.SmallInteger()),
            server_default="{1,2,3,4,5}",
            nullable=False,
        ),
    )
    op.add_column(
        "issuers", sa.Column("support_opens", sa.Time(), server_default="08:30", nullable=False)
    )
    op.add_column(
        "issuers", sa.Column("support_closes", sa.Time(), server_default="17:00", nullable=False)
    )


def downgrade() -> None:
    """Take it away again."""
    for column in ("closes", "opens", "days", "email", "phone"):
        op.drop_column("issuers", f"support_{column}")
    op.drop_index(op.f("help_votes_at_idx"), table_name="help_votes")
    op.drop_index(op.f("help_votes_article_helpful_idx"), table_name="help_votes")
    op.drop_table("help_votes")
