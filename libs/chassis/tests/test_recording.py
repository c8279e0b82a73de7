"""Telling a collector: in the background, and nobody waits for one that is away."""

import asyncio
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import structlog
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from chassis import tracing


class Taking(BaseHTTPRequestHandler):
    """Takes what it is sent, or answers as the test wants it."""

    def do_POST(self):
        self.server.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.go_on.wait()
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_what):
        """Say nothing."""


class Collector(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, port=0):
        super().__init__(("127.0.0.1", port), Taking)
        self.bodies, self.status, self.go_on = [], 200, threading.Event()
        self.go_on.set()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"

    def names(self):
        """Return which services told which spans."""
        return [
            (attribute.value.string_value, span.name)
            for body in self.bodies
            for each in ExportTraceServiceRequest.FromString(body).resource_spans
            for attribute in each.resource.attributes
            if attribute.key == "service.name"
            for span in each.scope_spans[0].spans
        ]


@contextmanager
def listening(collector):
    serving = threading.Thread(target=collector.serve_forever, daemon=True)
    serving.start()
    yield collector
    collector.shutdown()
    collector.server_close()
    serving.join()


@pytest.fixture(autouse=True)
def _at_once(monkeypatch):
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "50")


@pytest.fixture
def lines():
    with structlog.testing.capture_logs() as lines:
        yield lines


def told_to(url, seconds=5.0):
    return tracing.told_to(url, service="toy", graceful_seconds=seconds)


def do(name):
    with tracing.entry(None, name, "internal"):
        """Nothing: that it was done is what is told."""


async def until(holds):
    async with asyncio.timeout(20):
        while not holds():  # noqa: ASYNC110 (another thread tells)
            await asyncio.sleep(0.02)


async def test_what_is_left_at_the_end_is_told(monkeypatch):
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "60000")
    with listening(Collector()) as collector:
        async with told_to(f"{collector.url}/"):
            do("weighing")
            assert collector.names() == []

        assert collector.names() == [("toy", "weighing")]


async def test_afterwards_nothing_is_recorded():
    with listening(Collector()) as collector:
        async with told_to(collector.url):
            pass

        with tracing.entry(None, "late", "internal") as span:
            assert not span.told


async def test_a_collector_that_refuses_is_told_of_once_and_so_is_its_return(lines):
    with listening(Collector()) as collector:
        collector.status = 500
        async with told_to(collector.url):
            for number in (1, 2, 3):
                do("weighing")
                await until(lambda number=number: len(collector.bodies) == number)
            collector.status = 200
            do("weighed")
            await until(lambda: len(lines) == 2)

    assert [line["event"] for line in lines] == ["collector_away", "collector_back"]
    assert lines[0]["collector"] == "127.0.0.1"
    assert ("toy", "weighed") in collector.names()


async def test_nobody_waits_at_the_end_for_a_collector_that_is_away(lines):
    away = Collector()
    away.server_close()
    began = time.monotonic()

    async with told_to(away.url, seconds=1):
        do("weighing")
        did = time.monotonic() - began
        await asyncio.sleep(0.2)

    assert did < 0.5
    assert time.monotonic() - began < 5
    assert {line["event"] for line in lines} <= {"collector_away"}


async def test_a_collector_that_does_not_answer_gets_the_grace_and_no_more():
    with listening(Collector()) as collector:
        collector.go_on.clear()
        began = time.monotonic()

        async with told_to(collector.url, seconds=0.5):
            do("weighing")

        took = time.monotonic() - began
        collector.go_on.set()
    assert took < 5


async def test_an_endpoint_with_a_password_does_not_show_it(lines):
    with listening(Collector()) as collector:
        collector.status = 500
        with_password = collector.url.replace("http://", "http://toy:very-secret@")
        async with told_to(with_password):
            do("weighing")
            await until(lambda: lines)

    assert "very-secret" not in str(lines)
