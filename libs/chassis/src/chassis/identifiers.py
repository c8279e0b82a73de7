"""Ids and the time, as every service takes them."""

from datetime import UTC, datetime
from uuid import UUID, uuid5

import uuid_utils.compat

_SORTABLE = 7
_DERIVED = UUID("018f3a5e-7c1b-7a52-9d43-5f0c6f0e9a10")


def new_id() -> UUID:
    """Return a UUIDv7: unique, and sortable by when it was made (RFC 9562, 5.7)."""
    return uuid_utils.compat.uuid7()


def made_at(made: UUID) -> datetime | None:
    """Return when an id of ``new_id`` was made, to the millisecond; None for any other id."""
    if made.version != _SORTABLE:
        return None
    return datetime.fromtimestamp((made.int >> 80) / 1000, UTC)


def derived_id(*parts: object) -> UUID:
    """Return the same id for the same parts, so that saying a thing twice says it once."""
    return uuid5(_DERIVED, "\n".join(map(str, parts)))


def now() -> datetime:
    """Return the time, in UTC and aware of it."""
    return datetime.now(UTC)
