"""The trail of a message: which conversation it belongs to, and what caused it.

Kept in context variables, so that the log, the outbox and calls to other services all see it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import structlog

from chassis.identifiers import new_id

HEADER = "X-Correlation-ID"
"""The HTTP header that carries a correlation id."""


@dataclass(frozen=True)
class Trail:
    """``correlation_id`` names the conversation, ``causation_id`` the message being handled."""

    correlation_id: str
    causation_id: str | None = None


_trail: ContextVar[Trail | None] = ContextVar("trail", default=None)


def current() -> Trail:
    """Return the trail being followed, or the start of a new one."""
    return _trail.get() or Trail(correlation_id=str(new_id()))


@contextmanager
def follow(trail: Trail, **facts: object) -> Iterator[None]:
    """Follow a trail: what is logged and said inside carries its ids, and the log ``facts``."""
    token = _trail.set(trail)
    ids = {"correlation_id": trail.correlation_id}
    if trail.causation_id:
        ids["causation_id"] = trail.causation_id
    try:
        with structlog.contextvars.bound_contextvars(**ids, **facts):
            yield
    finally:
        _trail.reset(token)
