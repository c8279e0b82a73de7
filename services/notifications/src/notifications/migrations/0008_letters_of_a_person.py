"""A person's own letters are read page by page, by tokens that are refused once they are ended."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Add what this release needs."""
    op.create_index("letters_of_person_idx", "letters", ["person_id", "id"], unique=False)
    op.drop_index(op.f("letters_person_id_idx"), table_name="letters")
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
    op.create_index(op.f("letters_person_id_idx"), "letters", ["person_id"], unique=False)
    op.drop_index("letters_of_person_idx", table_name="letters")
