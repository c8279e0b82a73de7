"""Mail links: ``<ticket>.<day>.<mac>``. They say whose invoice it is about, and prove nothing more.

notifications makes them; here is decided whether one is still good.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from chassis.signing import is_signed

LIFETIME = timedelta(days=105)
"""Fifteen weeks (Q6): a link made on day 0 opens until the end of day 105, in UTC."""

VIEW = "view"


def ticket_of(
    link: str, keys: Sequence[bytes], now: datetime, *, purpose: str = VIEW
) -> UUID | None:
    """Return the ticket of a link, or None when it is forged, misshapen or too old."""
    signed = _read(link, keys, purpose)
    if signed is None:
        return None
    ticket, made = signed
    return ticket if now.astimezone(UTC).date() <= made + LIFETIME else None


def ticket_of_old(link: str, keys: Sequence[bytes], *, purpose: str = VIEW) -> UUID | None:
    """Return the ticket of a link, however old, or None when it is forged or misshapen."""
    signed = _read(link, keys, purpose)
    return signed[0] if signed else None


def _read(link: str, keys: Sequence[bytes], purpose: str) -> tuple[UUID, date] | None:
    ticket, _, rest = link.partition(".")
    day, _, mac = rest.partition(".")
    if not is_signed(keys, mac, ticket, day, purpose):
        return None
    try:
        return UUID(ticket), date.fromisoformat(day)
    except ValueError:
        return None
