"""Tracing: what a process does, told to a collector as spans where an endpoint is set.

Without one nothing is started, nothing is recorded, and the trail still carries the trace it came
with. Attributes hold names, ids and numbers: never what somebody wrote, and no path, which may be
a secret.
"""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager, nullcontext
from contextvars import ContextVar
from typing import Literal, Protocol

from chassis import trail

Kind = Literal["internal", "server", "client", "producer", "consumer"]
Attributes = Mapping[str, str | int | float | bool | Sequence[str]]

NOTHING: Attributes = {}


class Span:
    """Something that is being done. This one is told to nobody."""

    told = False
    """Whether it is worth working out what to note."""
    traceparent: str | None = None
    """Where it stands in its trace; None where nothing is recorded."""

    def rename(self, name: str) -> None:
        """Call it differently, now that more is known."""

    def note(self, attributes: Attributes) -> None:
        """Add facts."""

    def happened(self, event: str, attributes: Attributes = NOTHING) -> None:
        """Add something that happened meanwhile."""

    def failed(self, kind: str) -> None:
        """Mark it as failed; ``kind`` is a class of errors or a status, not its words."""


class RecordedSpan(Span):
    """A span of a recorder, under way."""

    def end(self) -> None:
        """End it, so that it can be told."""


class Recorder(Protocol):
    """Makes spans and sees to it that they are told."""

    def start(
        self, name: str, kind: Kind, attributes: Attributes, under: str | None, after: str | None
    ) -> RecordedSpan:
        """Start a span ``under`` another, or a new trace; ``after`` is one it is linked to."""
        ...


_UNTOLD = Span()
_NOT_RECORDED = nullcontext(_UNTOLD)

_recorder: Recorder | None = None
_span: ContextVar[Span] = ContextVar("span", default=_UNTOLD)


def current() -> Span:
    """Return what is being done."""
    return _span.get()


def entry(
    under: str | None,
    name: str,
    kind: Kind,
    attributes: Attributes = NOTHING,
    *,
    after: str | None = None,
) -> AbstractContextManager[Span]:
    """Do something that came from elsewhere, as a span.

    ``under`` is the ``traceparent`` it came with: without one, it begins a trace. ``after`` is
    that of an earlier try.
    """
    if _recorder is None:
        return _NOT_RECORDED
    return _record(_recorder.start(name, kind, attributes, under, after))


def step(
    name: str, kind: Kind = "internal", attributes: Attributes = NOTHING
) -> AbstractContextManager[Span]:
    """Do a part of what is being done, as a span of its own."""
    if _recorder is None:
        return _NOT_RECORDED
    followed = trail.followed()
    return entry(followed.traceparent if followed else None, name, kind, attributes)


@contextmanager
def _record(span: RecordedSpan) -> Iterator[Span]:
    token = _span.set(span)
    try:
        with trail.further(span.traceparent) if span.traceparent else nullcontext():
            yield span
    except BaseException as error:
        span.failed(type(error).__name__)
        raise
    finally:
        _span.reset(token)
        span.end()


@contextmanager
def recorded_by(recorder: Recorder) -> Iterator[None]:
    """Have everything recorded by this recorder."""
    global _recorder  # noqa: PLW0603 (a process has one, as it has one log)
    before, _recorder = _recorder, recorder
    try:
        yield
    finally:
        _recorder = before


@asynccontextmanager
async def told_to(
    endpoint: str | None, *, service: str, graceful_seconds: float
) -> AsyncIterator[None]:
    """Tell a collector what this process does, as ``service``; without an endpoint, do nothing.

    At the end it gets so many seconds to take the rest.
    """
    if not endpoint:
        yield
        return
    from chassis.recording import Recording  # noqa: PLC0415 (half a second, for those who ask)

    recording = Recording.of(service, endpoint)
    try:
        with recorded_by(recording):
            yield
    finally:
        await recording.close(graceful_seconds)
