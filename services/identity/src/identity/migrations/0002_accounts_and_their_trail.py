"""Accounts, and the trail of what is done to them."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Add what this release needs."""
    op.create_table(
        "audit_entries",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("issuer", sa.Text(), nullable=True),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("correlation_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("audit_entries_pkey")),
    )
    op.create_index(op.f("audit_entries_at_idx"), "audit_entries", ["at"], unique=False)
    op.create_index("audit_entries_subject_idx", "audit_entries", ["subject", "id"], unique=False)
    op.create_table(
        "audit_seals",
        sa.Column("last_entry", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("digests", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("last_entry", name=op.f("audit_seals_pkey")),
    )
    op.create_table(
        "throttles",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("empty_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("throttles_pkey")),
        prefixes=["UNLOGGED"],
    )
    op.create_index(op.f("throttles_empty_at_idx"), "throttles", ["empty_at"], unique=False)
    op.create_table(
        "accounts",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("password_changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("needs_second_factor", sa.Boolean(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("accounts_person_id_fkey")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("accounts_pkey")),
    )
    op.create_table(
        "challenges",
        sa.Column("token_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("nonce", sa.LargeBinary(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["issuer"], ["issuers.issuer"], name=op.f("challenges_issuer_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("challenges_person_id_fkey")
        ),
        sa.PrimaryKeyConstraint("token_sha256", name=op.f("challenges_pkey")),
    )
    op.create_index(op.f("challenges_expires_at_idx"), "challenges", ["expires_at"], unique=False)
    op.create_table(
        "credentials",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "register",
                "reset",
                "email_confirm",
                "email_cancel",
                "staff",
                name="credentialkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("link_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("code_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["issuer"], ["issuers.issuer"], name=op.f("credentials_issuer_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("credentials_person_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("credentials_pkey")),
    )
    op.create_index(op.f("credentials_link_until_idx"), "credentials", ["link_until"], unique=False)
    op.create_index(op.f("credentials_person_id_idx"), "credentials", ["person_id"], unique=False)
    op.create_table(
        "devices",
        sa.Column("token_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("devices_person_id_fkey")),
        sa.PrimaryKeyConstraint("token_sha256", name=op.f("devices_pkey")),
    )
    op.create_index(op.f("devices_person_id_idx"), "devices", ["person_id"], unique=False)
    op.create_index(op.f("devices_seen_at_idx"), "devices", ["seen_at"], unique=False)
    op.create_table(
        "pseudonyms",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("pseudonym", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("pseudonyms_person_id_fkey")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pseudonyms_pkey")),
        sa.UniqueConstraint("pseudonym", name=op.f("pseudonyms_pseudonym_key")),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("code_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("recovery_codes_person_id_fkey")
        ),
        sa.PrimaryKeyConstraint("code_sha256", name=op.f("recovery_codes_pkey")),
    )
    op.create_index(
        op.f("recovery_codes_person_id_idx"), "recovery_codes", ["person_id"], unique=False
    )
    op.create_table(
        "second_factors",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("totp", "passkey", name="factorkind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=True),
        sa.Column("passkey_id", sa.LargeBinary(), nullable=True),
        sa.Column("public_key", sa.LargeBinary(), nullable=True),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("second_factors_person_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("second_factors_pkey")),
        sa.UniqueConstraint("passkey_id", name=op.f("second_factors_passkey_id_key")),
    )
    op.create_index(
        op.f("second_factors_person_id_idx"), "second_factors", ["person_id"], unique=False
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("staff", sa.Boolean(), nullable=False),
        sa.Column("strength", sa.Integer(), nullable=False),
        sa.Column("browser", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["issuer"], ["issuers.issuer"], name=op.f("sessions_issuer_fkey")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("sessions_person_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("sessions_pkey")),
        sa.UniqueConstraint("token_sha256", name=op.f("sessions_token_sha256_key")),
    )
    op.create_index(op.f("sessions_ends_at_idx"), "sessions", ["ends_at"], unique=False)
    op.create_index(op.f("sessions_person_id_idx"), "sessions", ["person_id"], unique=False)
    op.create_table(
        "staff",
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("admin", sa.Boolean(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["issuer"], ["issuers.issuer"], name=op.f("staff_issuer_fkey")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("staff_person_id_fkey")),
        sa.PrimaryKeyConstraint("issuer", "person_id", name=op.f("staff_pkey")),
    )
    op.create_index(op.f("staff_person_id_idx"), "staff", ["person_id"], unique=False)
    op.create_table(
        "standing_shares",
        sa.Column("main_contact", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("portal", sa.Boolean(), nullable=False),
        sa.Column("mail", sa.Boolean(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["main_contact"], ["people.id"], name=op.f("standing_shares_main_contact_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("standing_shares_person_id_fkey")
        ),
        sa.PrimaryKeyConstraint("main_contact", "person_id", name=op.f("standing_shares_pkey")),
    )
    op.create_index(
        op.f("standing_shares_person_id_idx"), "standing_shares", ["person_id"], unique=False
    )
    since = sa.DateTime(timezone=True)
    op.add_column("customer_numbers", sa.Column("notify_since", since, nullable=True))
    op.add_column("customer_numbers", sa.Column("handed_over_at", since, nullable=True))
    op.add_column("tickets", sa.Column("mail_since", since, nullable=True))
    # Whoever runs the service may add to the audit, and change nothing in it.
    op.execute(
        """
        do $$
        declare who text;
        begin
            for who in
                select distinct grantee from information_schema.role_table_grants
                where table_schema = current_schema() and table_name = 'audit_entries'
                and grantee <> current_user
            loop
                execute format(
                    'revoke update, delete, truncate on audit_entries, audit_seals from %I', who
                );
            end loop;
        end $$
        """
    )
    # It may ask that what is old enough be forgotten, and not say what that is: whole seals, whose
    # entries are all of more than 400 days ago. The seals stay.
    schema = op.get_bind().scalar(sa.text("select quote_ident(current_schema())"))
    op.execute(
        f"""
        create function forget_audit_entries(at_most integer) returns integer
        language plpgsql security definer set search_path = {schema}, pg_temp as $$
        declare last bigint; gone integer;
        begin
            select max(last_entry) into last from (
                select last_entry from audit_seals
                where digests is not null and sealed_at < now() - interval '400 days'
                order by last_entry limit at_most
            ) as old;
            if last is null then
                return 0;
            end if;
            delete from audit_entries where id <= last;
            update audit_seals set digests = null where last_entry <= last and digests is not null;
            get diagnostics gone = row_count;
            return gone;
        end $$
        """
    )


def downgrade() -> None:
    """Take it away again."""
    op.execute("drop function forget_audit_entries")
    op.drop_column("tickets", "mail_since")
    op.drop_column("customer_numbers", "handed_over_at")
    op.drop_column("customer_numbers", "notify_since")
    op.drop_index(op.f("standing_shares_person_id_idx"), table_name="standing_shares")
    op.drop_table("standing_shares")
    op.drop_index(op.f("staff_person_id_idx"), table_name="staff")
    op.drop_table("staff")
    op.drop_index(op.f("sessions_person_id_idx"), table_name="sessions")
    op.drop_index(op.f("sessions_ends_at_idx"), table_name="sessions")
    op.drop_table("sessions")
    op.drop_index(op.f("second_factors_person_id_idx"), table_name="second_factors")
    op.drop_table("second_factors")
    op.drop_index(op.f("recovery_codes_person_id_idx"), table_name="recovery_codes")
    op.drop_table("recovery_codes")
    op.drop_table("pseudonyms")
    op.drop_index(op.f("devices_seen_at_idx"), table_name="devices")
    op.drop_index(op.f("devices_person_id_idx"), table_name="devices")
    op.drop_table("devices")
    op.drop_index(op.f("credentials_person_id_idx"), table_name="credentials")
    op.drop_index(op.f("credentials_link_until_idx"), table_name="credentials")
    op.drop_table("credentials")
    op.drop_index(op.f("challenges_expires_at_idx"), table_name="challenges")
    op.drop_table("challenges")
    op.drop_table("accounts")
    op.drop_index(op.f("throttles_empty_at_idx"), table_name="throttles")
    op.drop_table("throttles")
    op.drop_table("audit_seals")
    op.drop_index("audit_entries_subject_idx", table_name="audit_entries")
    op.drop_index(op.f("audit_entries_at_idx"), table_name="audit_entries")
    op.drop_table("audit_entries")
