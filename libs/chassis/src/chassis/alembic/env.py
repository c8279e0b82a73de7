"""The only alembic environment: a service hands over its connection and its tables."""

import sqlalchemy as sa
from alembic import context

_LOCK_SECONDS = 5

connection: sa.Connection = context.config.attributes["connection"]
connection.execute(sa.text(f"set lock_timeout = '{_LOCK_SECONDS}s'"))
context.configure(
    connection=connection,
    target_metadata=context.config.attributes["metadata"],
    compare_type=True,
    compare_server_default=False,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
