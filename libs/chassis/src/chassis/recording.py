"""Spans by OpenTelemetry, sent in batches by a thread of their own, as OTLP over HTTP.

Imported only where an endpoint is set. The SDK reads the standard ``OTEL_`` variables for the
rest: headers, sampling, the size and pace of batches.
"""

import asyncio
import threading
from collections.abc import Sequence
from typing import Self
from urllib.parse import urlsplit

import structlog
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_INSTANCE_ID, SERVICE_NAME, Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import (
    Link,
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    set_span_in_context,
)
from opentelemetry.trace import Span as Recorded

from chassis.identifiers import new_id
from chassis.tracing import NOTHING, Attributes, Kind, RecordedSpan

log = structlog.get_logger()

_NAMESPACE = "postkamer"


class Recording:
    """Makes the spans of one process."""

    def __init__(
        self, service: str, processor: SpanProcessor, collector: "Collector | None" = None
    ) -> None:
        """Record as ``service``, and hand each span that has ended to a processor."""
        resource = Resource.create(
            {
                SERVICE_NAME: service,
                SERVICE_INSTANCE_ID: str(new_id()),
                "service.namespace": _NAMESPACE,
            }
        )
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        self._provider.add_span_processor(processor)
        self._tracer = self._provider.get_tracer("chassis")
        self._collector = collector

    @classmethod
    def of(cls, service: str, endpoint: str) -> Self:
        """Record for the collector at an endpoint such as ``http://collector:4318``."""
        collector = Collector(endpoint)
        return cls(service, BatchSpanProcessor(collector), collector)

    def start(
        self, name: str, kind: Kind, attributes: Attributes, under: str | None, after: str | None
    ) -> "OpenSpan":
        """Start a span, as ``tracing.Recorder`` says."""
        parent = Context()
        if under is not None:
            parent = set_span_in_context(NonRecordingSpan(_context(under)), parent)
        span = self._tracer.start_span(
            name,
            parent,
            SpanKind[kind.upper()],
            attributes,
            [Link(_context(after))] if after else None,
        )
        return OpenSpan(span)

    async def close(self, seconds: float) -> None:
        """Let the collector take what is left, for so long; one that is away is not waited for."""
        if self._collector is not None and self._collector.away:
            self._collector.give_up()
        # The SDK would wait for half a minute, and a thread of the loop would be waited for.
        closing = threading.Thread(target=self._provider.shutdown, daemon=True)
        closing.start()
        await asyncio.to_thread(closing.join, seconds)
        if closing.is_alive() and self._collector is not None:
            self._collector.give_up()


class OpenSpan(RecordedSpan):
    """A span of OpenTelemetry, under way."""

    def __init__(self, span: Recorded) -> None:
        """Take one that has started."""
        self._span = span
        self.told = span.is_recording()
        at = span.get_span_context()
        # There is none where ``OTEL_SDK_DISABLED`` is set.
        if at.is_valid:
            self.traceparent = f"00-{at.trace_id:032x}-{at.span_id:016x}-{at.trace_flags:02x}"

    def rename(self, name: str) -> None:
        """As ``Span.rename``."""
        self._span.update_name(name)

    def note(self, attributes: Attributes) -> None:
        """As ``Span.note``."""
        self._span.set_attributes(attributes)

    def happened(self, event: str, attributes: Attributes = NOTHING) -> None:
        """As ``Span.happened``."""
        self._span.add_event(event, attributes)

    def failed(self, kind: str) -> None:
        """As ``Span.failed``."""
        self._span.set_attribute("error.type", kind)
        self._span.set_status(Status(StatusCode.ERROR, kind))

    def end(self) -> None:
        """As ``RecordedSpan.end``."""
        self._span.end()


class Collector(SpanExporter):
    """Whoever takes the spans. That it is away is said once, and so is that it is back."""

    def __init__(self, endpoint: str) -> None:
        """Send to this endpoint, below which the standard has its path."""
        self._exporter = OTLPSpanExporter(f"{endpoint.rstrip('/')}/v1/traces")
        self._name = urlsplit(endpoint).hostname
        self._given_up = False
        self.away = False

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send some spans; those that it does not take are gone."""
        if self._given_up:
            return SpanExportResult.FAILURE
        result = self._exporter.export(spans)
        away = result is not SpanExportResult.SUCCESS
        if away and not self.away:
            log.warning("collector_away", collector=self._name, spans_lost=len(spans))
        elif self.away and not away:
            log.info("collector_back", collector=self._name)
        self.away = away
        return result

    def give_up(self) -> None:
        """Send no more, and break off what is being tried."""
        if not self._given_up:
            self._given_up = True
            self._exporter.shutdown()  # type: ignore[no-untyped-call]

    def shutdown(self) -> None:
        """As the SDK asks, at the end."""
        self.give_up()


def _context(traceparent: str) -> SpanContext:
    """Read what ``chassis.traceparent`` has made or approved."""
    _, trace, span, flags = traceparent.split("-")
    return SpanContext(
        int(trace, 16), int(span, 16), is_remote=True, trace_flags=TraceFlags(int(flags, 16))
    )
