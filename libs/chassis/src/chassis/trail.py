"""The trail of a message: which conversation and which trace it belongs to, and what caused it.

Kept in context variables, so that the log, the outbox and calls to other services all see it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace

import structlog

from chassis import traceparent
from chassis.identifiers import new_id

HEADER = "X-Correlation-ID"
"""The HTTP header that carries a correlation id."""


@dataclass(frozen=True)
class Trail:
    """``correlation_id`` names the conversation, ``causation_id`` the message being handled.

    ``traceparent`` says where in which trace this is, None that nobody has begun one yet.
    """

    correlation_id: str
    causation_id: str | None = None
    traceparent: str | None = None

    def in_messages(self) -> dict[str, str]:
        """Return the headers that carry the trail on a message, beside its correlation id."""
        carried = {"causation_id": self.causation_id, traceparent.HEADER: self.traceparent}
        return {name: value for name, value in carried.items() if value}

    def in_requests(self) -> dict[str, str]:
        """Return the headers that carry the trail on an HTTP request."""
        carried = {HEADER: self.correlation_id, traceparent.HEADER: self.traceparent}
        return {name: value for name, value in carried.items() if value}


_trail: ContextVar[Trail | None] = ContextVar("trail", default=None)


def followed() -> Trail | None:
    """Return the trail being followed, if there is one."""
    return _trail.get()


def current() -> Trail:
    """Return the trail being followed, or the start of a new one."""
    return _trail.get() or _begun(Trail(correlation_id=str(new_id())))


@contextmanager
def follow(trail: Trail, **facts: object) -> Iterator[None]:
    """Follow a trail: what is logged and said inside carries its ids, and the log ``facts``.

    A trail that stands in no trace begins one.
    """
    trail = _begun(trail)
    token = _trail.set(trail)
    ids = {"correlation_id": trail.correlation_id}
    if trail.causation_id:
        ids["causation_id"] = trail.causation_id
    if trail.traceparent:
        ids["trace_id"] = traceparent.trace_id(trail.traceparent)
    try:
        with structlog.contextvars.bound_contextvars(**ids, **facts):
            yield
    finally:
        _trail.reset(token)


@contextmanager
def further(at: str) -> Iterator[None]:
    """Follow the same trail from a place further on in its trace."""
    token = _trail.set(replace(current(), traceparent=at))
    try:
        with structlog.contextvars.bound_contextvars(trace_id=traceparent.trace_id(at)):
            yield
    finally:
        _trail.reset(token)


def _begun(trail: Trail) -> Trail:
    return trail if trail.traceparent else replace(trail, traceparent=traceparent.begin())
