"""What happened to documents, the proof of it, how long they are kept, and who let them go."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_ONLY_ADDED_TO = (
    "document_events", "archive_days", "archive_heads", "retention_policies", "tombstones"
)


def upgrade() -> None:
    """Add what this release needs."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "document_events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("facts", postgresql.JSONB(none_as_null=True), nullable=True),
        sa.Column("facts_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("document_events_pkey")),
        sa.UniqueConstraint(
            "document_id", "sequence", name=op.f("document_events_document_id_sequence_key")
        ),
    )
    op.create_table(
        "archive_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("last_event", sa.BigInteger(), nullable=False),
        sa.Column("made_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("archive_days_pkey")),
    )
    op.create_table(
        "archive_heads",
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("issuer", "day", name=op.f("archive_heads_pkey")),
    )
    op.create_table(
        "check_rounds",
        sa.Column("number", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("began_at", moment, nullable=False),
        sa.Column("ended_at", moment, nullable=True),
        sa.Column("reached", sa.Uuid(), nullable=True),
        sa.Column("reached_day", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("check_rounds_pkey")),
    )
    op.create_table(
        "archive_checks",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("first_document", sa.Uuid(), nullable=False),
        sa.Column("last_document", sa.Uuid(), nullable=False),
        sa.Column("checked_at", moment, nullable=False),
        sa.Column("documents", sa.Integer(), nullable=False),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("archive_checks_pkey")),
    )
    op.create_index("archive_checks_issuer_idx", "archive_checks", ["issuer", "round"])
    op.create_index(op.f("archive_checks_checked_at_idx"), "archive_checks", ["checked_at"])
    op.create_table(
        "archive_breaks",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("expected", sa.Text(), nullable=False),
        sa.Column("found", sa.Text(), nullable=False),
        sa.Column("found_at", moment, nullable=False),
        sa.Column("seen_at", moment, nullable=False),
        sa.Column("gone_at", moment, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("archive_breaks_pkey")),
        sa.UniqueConstraint(
            "issuer",
            "about",
            "kind",
            "what",
            name=op.f("archive_breaks_issuer_about_kind_what_key"),
        ),
    )
    op.create_index(
        "archive_breaks_open_idx",
        "archive_breaks",
        ["issuer", "id"],
        postgresql_where=sa.text("gone_at is null"),
    )
    op.create_table(
        "retention_policies",
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("default_years", sa.Integer(), nullable=False),
        sa.Column("by_country", postgresql.JSONB(), nullable=False),
        sa.Column("visible_years", sa.Integer(), nullable=True),
        sa.Column("set_at", moment, nullable=False),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("issuer", "version", name=op.f("retention_policies_pkey")),
    )
    op.create_table(
        "deletions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("documents", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("proposed_at", moment, nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("approved_at", moment, nullable=True),
        sa.Column("done_at", moment, nullable=True),
        sa.Column("deleted", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("deletions_pkey")),
    )
    op.create_index("deletions_issuer_idx", "deletions", ["issuer", "id"])
    op.create_table(
        "deletion_items",
        sa.Column("deletion_id", sa.Uuid(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("content_sha256", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deletion_id"], ["deletions.id"], name=op.f("deletion_items_deletion_id_fkey")
        ),
        sa.PrimaryKeyConstraint("deletion_id", "document_id", name=op.f("deletion_items_pkey")),
    )
    op.create_table(
        "tombstones",
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("number_sha256", sa.Text(), nullable=False),
        sa.Column("content_sha256", sa.Text(), nullable=False),
        sa.Column("deletion_id", sa.Uuid(), nullable=False),
        sa.Column("deleted_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("document_id", name=op.f("tombstones_pkey")),
    )
    op.create_index("tombstones_issuer_idx", "tombstones", ["issuer", "document_id"])
    op.create_table(
        "doomed_files",
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("since", moment, nullable=False),
        sa.PrimaryKeyConstraint("issuer", "sha256", name=op.f("doomed_files_pkey")),
    )
    op.create_index(op.f("doomed_files_since_idx"), "doomed_files", ["since"])
    op.create_table(
        "holds",
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("held_by", sa.Text(), nullable=False),
        sa.Column("held_at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("holds_document_id_fkey")
        ),
        sa.PrimaryKeyConstraint("document_id", name=op.f("holds_pkey")),
    )
    op.create_index("holds_issuer_idx", "holds", ["issuer", "document_id"])
    # Whoever runs the service may add to these, and change nothing in them.
    names = ", ".join(_ONLY_ADDED_TO)
    op.execute(
        f"""
        do $$
        declare who text;
        begin
            for who in
                select distinct grantee from information_schema.role_table_grants
                where table_schema = current_schema() and table_name = 'document_events'
                and grantee <> current_user
            loop
                execute format('revoke update, delete, truncate on {names} from %I', who);
            end loop;
        end $$
        """
    )
    # It may ask that the facts of deleted documents be forgotten, and of no others. That a document
    # was deleted stays.
    schema = op.get_bind().scalar(sa.text("select quote_ident(current_schema())"))
    op.execute(
        f"""
        create function forget_document_facts(given uuid[]) returns integer
        language plpgsql security definer set search_path = {schema}, pg_temp as $$
        declare gone integer;
        begin
            update document_events set facts = null
            where document_id = any(given) and facts is not null and act <> 'deleted'
            and exists (select from tombstones t where t.document_id = document_events.document_id)
            and not exists (select from documents d where d.id = document_events.document_id);
            get diagnostics gone = row_count;
            return gone;
        end $$
        """
    )


def downgrade() -> None:
    """Take it away again."""
    op.execute("drop function forget_document_facts")
    op.drop_index("holds_issuer_idx", table_name="holds")
    op.drop_table("holds")
    op.drop_index(op.f("doomed_files_since_idx"), table_name="doomed_files")
    op.drop_table("doomed_files")
    op.drop_index("tombstones_issuer_idx", table_name="tombstones")
    op.drop_table("tombstones")
    op.drop_table("deletion_items")
    op.drop_index("deletions_issuer_idx", table_name="deletions")
    op.drop_table("deletions")
    op.drop_table("retention_policies")
    op.drop_index("archive_breaks_open_idx", table_name="archive_breaks")
    op.drop_table("archive_breaks")
    op.drop_index(op.f("archive_checks_checked_at_idx"), table_name="archive_checks")
    op.drop_index("archive_checks_issuer_idx", table_name="archive_checks")
    op.drop_table("archive_checks")
    op.drop_table("check_rounds")
    op.drop_table("archive_heads")
    op.drop_table("archive_days")
    op.drop_table("document_events")
