"""A collector of traces for tests: takes what services tell by OTLP over HTTP, and shows it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span

_PROTOBUF = "application/x-protobuf"


@dataclass(frozen=True)
class Told:
    """A span as a service told it. Ids are hexadecimal; ``parent`` is None where a trace begins."""

    service: str
    name: str
    kind: str
    trace_id: str
    span_id: str
    parent: str | None
    attributes: dict[str, Any]
    failed: bool


class Collector:
    """What was told so far, kept as it came and read when asked."""

    def __init__(self, url: str) -> None:
        """Answer at this address."""
        self.url = url
        self._bodies: list[bytes] = []

    def take(self, body: bytes) -> None:
        """Keep what a service sent."""
        self._bodies.append(body)

    def spans(self, trace_id: str | None = None) -> list[Told]:
        """Return the spans of one trace, or all; those that started first come first."""
        found = [
            (span.start_time_unix_nano, _told(dict(_plain(each.resource.attributes)), span))
            for body in list(self._bodies)
            for each in ExportTraceServiceRequest.FromString(body).resource_spans
            for scope in each.scope_spans
            for span in scope.spans
        ]
        found.sort(key=lambda each: each[0])
        return [told for _, told in found if trace_id in {None, told.trace_id}]

    def raw(self) -> bytes:
        """Return everything that came, to look for what should not be in it."""
        return b"\n".join(self._bodies)


@contextmanager
def collecting() -> Iterator[Collector]:
    """Collect on a free port of this machine."""

    class Taking(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            collector.take(self.rfile.read(int(self.headers["Content-Length"])))
            answer = ExportTraceServiceResponse().SerializeToString()
            self.send_response(200)
            self.send_header("Content-Type", _PROTOBUF)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_what: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Taking)
    server.daemon_threads = True
    collector = Collector(f"http://127.0.0.1:{server.server_port}")
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    serving.start()
    try:
        yield collector
    finally:
        server.shutdown()
        server.server_close()
        serving.join()


def _told(resource: dict[str, Any], span: Span) -> Told:
    return Told(
        service=resource["service.name"],
        name=span.name,
        kind=Span.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_").lower(),
        trace_id=span.trace_id.hex(),
        span_id=span.span_id.hex(),
        parent=span.parent_span_id.hex() or None,
        attributes=dict(_plain(span.attributes)),
        failed=span.status.code == span.status.STATUS_CODE_ERROR,
    )


def _plain(attributes: Any) -> Iterator[tuple[str, Any]]:
    each: KeyValue
    for each in attributes:
        yield each.key, _value(each.value)


def _value(value: AnyValue) -> Any:
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [_value(each) for each in value.array_value.values]
    return getattr(value, kind) if kind else None
