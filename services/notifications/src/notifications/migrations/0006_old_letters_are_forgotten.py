"""Old letters are found by the day of their document, and the tables that change most kept tidy."""

from collections.abc import Sequence

from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Add what this release needs."""
    op.create_index(op.f("notices_published_at_idx"), "notices", ["published_at"], unique=False)
    # Each letter is changed a few times within a minute: leave it room to be changed in its place,
    # and do not wait for a fifth of a large table to be dead before tidying up.
    op.execute(
        "alter table letters set (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02,"
        " autovacuum_vacuum_insert_scale_factor = 0.05)"
    )


def downgrade() -> None:
    """Take it away again."""
    op.execute(
        "alter table letters reset (fillfactor, autovacuum_vacuum_scale_factor,"
        " autovacuum_vacuum_insert_scale_factor)"
    )
    op.drop_index(op.f("notices_published_at_idx"), table_name="notices")
