"""The desk: customers are searched for, and who looked as whom is known."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_ACCENTED = (
    "ÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖÙÚÛÜÝàáâãäåçèéêëìíîïñòóôõöùúûüýÿĀāĂăĄąĆćĈĉĊċČčĎďĒēĔĕĖėĘęĚěĜĝĞğĠġĢģĤĥĨĩ"
    "ĪīĬĭĮįİĴĵĶķĹĺĻļĽľŃńŅņŇňŌōŎŏŐőŔŕŖŗŘřŚśŜŝŞşŠšŢţŤťŨũŪūŬŭŮůŰűŲųŴŵŶŷŸŹźŻżŽžȘșȚțØøŁłĐđı"
)
_PLAIN = (
    "aaaaaaceeeeiiiinooooouuuuyaaaaaaceeeeiiiinooooouuuuyyaaaaaaccccccccddeeeeeeeeeegggggggghhii"
    "iiiiiiijjkkllllllnnnnnnoooooorrrrrrssssssssttttuuuuuuuuuuuuwwyyyzzzzzzssttoollddi"
)
_BETWEEN = "\t\n\r!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~\u00a0«»·–—‘’“”"  # noqa: RUF001
_COMBINING = "\u0300\u0301\u0302\u0303\u0308\u030a\u0327"

# Words as they are looked for: in small letters, without accents, however the database sorts.
_WORDS_OF = """
    create function words_of(said text) returns text[]
    language sql immutable strict parallel safe
    return array_remove(string_to_array(translate(
        replace(replace(replace(lower(said), 'ß', 'ss'), 'œ', 'oe'), 'æ', 'ae'),
        {accented}, {plain}
    ), ' '), '')
"""


_WORDS_OF_CUSTOMER = """
    create function words_of_customer(
        customer_number text, name text, street text, postal_code text, city text
    ) returns tsvector language sql immutable parallel safe
    return array_to_tsvector(words_of(
        customer_number || ' ' || name || ' ' || coalesce(street, '') || ' ' ||
        coalesce(postal_code, '') || ' ' || coalesce(city, '')
    ))
"""
_WORDS_OF_PERSON = """
    create function words_of_person(first_name text, last_name text, email text)
    returns tsvector language sql immutable parallel safe
    return array_to_tsvector(words_of(
        coalesce(first_name, '') || ' ' || coalesce(last_name, '') || ' ' || email
    ))
"""


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def upgrade() -> None:
    """Add what this release needs."""
    accented = _literal(_ACCENTED + _BETWEEN + _COMBINING)
    plain = _literal(_PLAIN + " " * len(_BETWEEN))
    op.execute(sa.text(_WORDS_OF.format(accented=accented, plain=plain).replace(":", r"\:")))
    op.execute(_WORDS_OF_CUSTOMER)
    op.execute(_WORDS_OF_PERSON)
    for table, words in (
        ("customer_numbers", "words_of_customer(customer_number, name, street, postal_code, city)"),
        ("people", "words_of_person(first_name, last_name, email)"),
    ):
        kept = sa.Computed(words, persisted=True)
        op.add_column(table, sa.Column("words", postgresql.TSVECTOR(), kept, nullable=True))
        op.create_index(f"{table}_words_idx", table, ["words"], postgresql_using="gin")
    op.create_index(
        "customer_numbers_issuer_customer_number_idx",
        "customer_numbers",
        ["issuer", "customer_number"],
    )
    op.drop_index("customer_numbers_issuer_idx", table_name="customer_numbers")
    op.create_index(
        "audit_entries_desk_idx",
        "audit_entries",
        [sa.text("(facts ->> 'customer_number')"), "id"],
        postgresql_where=sa.text("act like 'desk%'"),
    )
    op.create_table(
        "views",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("customer_number", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["people.id"], name=op.f("views_staff_id_fkey")),
        sa.ForeignKeyConstraint(["issuer"], ["issuers.issuer"], name=op.f("views_issuer_fkey")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("views_person_id_fkey")),
        sa.ForeignKeyConstraint(
            ["customer_number"],
            ["customer_numbers.customer_number"],
            name=op.f("views_customer_number_fkey"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("views_pkey")),
    )
    op.create_index(op.f("views_until_idx"), "views", ["until"], unique=False)


def downgrade() -> None:
    """Take it away again."""
    op.drop_index(op.f("views_until_idx"), table_name="views")
    op.drop_table("views")
    op.drop_index("audit_entries_desk_idx", table_name="audit_entries")
    op.create_index("customer_numbers_issuer_idx", "customer_numbers", ["issuer"])
    op.drop_index("customer_numbers_issuer_customer_number_idx", table_name="customer_numbers")
    for table in ("people", "customer_numbers"):
        op.drop_index(f"{table}_words_idx", table_name=table)
        op.drop_column(table, "words")
    for function in ("words_of_person", "words_of_customer", "words_of"):
        op.execute(f"drop function {function}")
