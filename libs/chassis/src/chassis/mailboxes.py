"""The two mailboxes of a service: what it said and the broker has not, and what it has handled.

Each service has them as its own tables, in its own migrations.
"""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from chassis.database import NAMES

tables = sa.MetaData(naming_convention=NAMES)

outbox = sa.Table(
    "outbox",
    tables,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("message_id", sa.Uuid, nullable=False),
    sa.Column("exchange", sa.Text, nullable=False),
    sa.Column("routing_key", sa.Text, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("correlation_id", sa.Text, nullable=False),
    sa.Column("headers", JSONB, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("not_before", sa.DateTime(timezone=True), nullable=False, index=True),
    sa.Column("error", sa.Text),
)
"""What was said and not yet confirmed by the broker. A row is deleted once it was."""

inbox = sa.Table(
    "inbox",
    tables,
    sa.Column("consumer", sa.Text, primary_key=True),
    sa.Column("sender", sa.Text, primary_key=True),
    sa.Column("message_id", sa.Uuid, primary_key=True),
    sa.Column("body_sha256", sa.LargeBinary, nullable=False),
    sa.Column("handled_at", sa.DateTime(timezone=True), nullable=False, index=True),
)
"""Which consumer handled which message of which sender."""


def with_mailboxes(metadata: sa.MetaData) -> sa.MetaData:
    """Give a service an outbox and an inbox, as its own tables."""
    for table in tables.sorted_tables:
        table.to_metadata(metadata)
    return metadata
