"""The database: conventions for tables, sessions, and telling an outage from a defect."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from enum import StrEnum
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import AsyncAdaptedQueuePool

NAMES = {
    "pk": "%(table_name)s_pkey",
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
    "ix": "%(table_name)s_%(column_0_N_name)s_idx",
    "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
    "ck": "%(table_name)s_%(constraint_name)s_check",
}
"""How constraints are called when nobody says."""

_AWAY = {"57P01", "57P02", "57P03", "08000", "08001", "08003", "08004", "08006", "53300"}
_COLLIDED = {"40001", "40P01"}
_LOCK_NOT_AVAILABLE = "55P03"

_LAST = "last"
_TRUSTED_SECONDS = 5
"""How long a connection may lie idle before it is asked whether it still lives."""


class Conventions:
    """What tables have in common: aware times, enums as text.

    Each service has a ``DeclarativeBase`` of its own beside it, for two may have a table of one
    name, and tests see them in one process.
    """

    type_annotation_map = {  # noqa: RUF012 (SQLAlchemy's own way to say it)
        datetime: sa.DateTime(timezone=True),
        str: sa.Text(),
        dict[str, Any]: JSONB(),
        list[str]: sa.ARRAY(sa.Text()),
        StrEnum: sa.Enum(
            StrEnum,
            native_enum=False,
            create_constraint=False,
            length=40,
            values_callable=lambda kinds: [kind.value for kind in kinds],
        ),
    }


class Database:
    """A pool of connections and the sessions made from it."""

    def __init__(self, url: str, *, connections: int = 10) -> None:
        """Describe the pool; nothing is connected yet."""
        self.engine = create_async_engine(
            url,
            pool_size=connections,
            max_overflow=0,
            hide_parameters=True,
            connect_args={"timeout": 5, "command_timeout": 60},
        )
        event.listen(self.engine.sync_engine, "checkin", _note_time)
        event.listen(self.engine.sync_engine, "checkout", _ask_if_idle(self.engine.dialect))
        self._session_class = type("WatchedSession", (Session,), {})
        self.sessions = async_sessionmaker(
            self.engine, expire_on_commit=False, sync_session_class=self._session_class
        )

    def after_commit(self, tell: Callable[[dict[Any, Any]], None]) -> None:
        """Call a function after each commit of this process, with the session's ``info``."""
        event.listen(self._session_class, "after_commit", lambda session: tell(session.info))

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """Open a session whose work is committed at the end, or rolled back on any error."""
        async with self.sessions() as session, session.begin() as transaction:
            yield session
            last = session.info.pop(_LAST, None)
            if last is not None and transaction.is_active:
                await last(session)

    @property
    def most_connections(self) -> int:
        """Return how many connections the pool may open."""
        return self._pool.size()

    def connections_used(self) -> int:
        """Return how many connections are in use at this moment."""
        return self._pool.checkedout()

    def connections_awaited(self) -> int:
        """Return who waits for a connection at this moment. The pool has no public way to ask."""
        waiting = self._pool._pool._queue._getters  # type: ignore[attr-defined]  # noqa: SLF001
        return sum(not each.done() for each in waiting)

    async def ping(self) -> None:
        """Ask the server for a sign of life. Raises whatever the driver raises."""
        async with asyncio.timeout(3), self.engine.connect() as connection:
            await connection.execute(sa.text("select 1"))

    async def answers(self) -> bool:
        """Say whether the server can be reached at this moment."""
        try:
            await self.ping()
        except (DBAPIError, OSError, TimeoutError):
            return False
        return True

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()

    @property
    def _pool(self) -> AsyncAdaptedQueuePool:
        return cast("AsyncAdaptedQueuePool", self.engine.pool)


def _note_time(_connection: Any, record: Any) -> None:
    record.info[_LAST] = time.monotonic()


def _ask_if_idle(dialect: sa.Dialect) -> Callable[[Any, Any, Any], None]:
    """Ask a connection for a sign of life, but only one that lay idle: each question takes time."""

    def ask(connection: Any, record: Any, _proxy: Any) -> None:
        idle_since = record.info.get(_LAST)
        if idle_since is None or time.monotonic() - idle_since < _TRUSTED_SECONDS:
            return
        try:
            dialect.do_ping(connection)
        except dialect.dbapi.Error as gone:  # type: ignore[union-attr]
            raise sa.exc.DisconnectionError from gone

    return ask


def before_commit(session: AsyncSession, last: Callable[[AsyncSession], Awaitable[None]]) -> None:
    """Have something done as the last of a transaction, however often that is asked."""
    session.info[_LAST] = last


def is_away(error: BaseException) -> bool:
    """Say whether an error means that the database cannot be reached, and nothing else."""
    if isinstance(error, DBAPIError):
        if error.connection_invalidated or _sqlstate(error) in _AWAY:
            return True
        return isinstance(error, InterfaceError | OperationalError) and _sqlstate(error) is None
    return type(error) is OSError or isinstance(
        error, ConnectionError | TimeoutError | socket.gaierror | sa.exc.TimeoutError
    )


def has_collided(error: BaseException) -> bool:
    """Say whether two transactions got in each other's way, so that a new try may work."""
    return isinstance(error, DBAPIError) and _sqlstate(error) in _COLLIDED


def waited_too_long(error: DBAPIError) -> bool:
    """Say whether what was waited for was not let go within the time set for it."""
    return _sqlstate(error) == _LOCK_NOT_AVAILABLE


def in_words(error: BaseException) -> str:
    """Return what an error says. The database's own words repeat values, so of those: which rule.

    ``UniqueViolationError 23505 people people_email_key, by INSERT INTO people …``
    """
    if not type(error).__module__.startswith(("sqlalchemy.", "asyncpg.")):
        return str(error)
    raised = getattr(error, "orig", None) or error
    cause = raised.__cause__ or raised
    names = ("sqlstate", "table_name", "column_name", "constraint_name")
    found = [text for name in names if (text := getattr(cause, name, None))]
    statement = getattr(error, "statement", None)
    return " ".join([type(cause).__name__, *found]) + (f", by {statement}" if statement else "")


def _sqlstate(error: DBAPIError) -> str | None:
    return getattr(error.orig, "sqlstate", None)
