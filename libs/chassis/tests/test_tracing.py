"""Traces: the context travels with everything, and is told as spans where an endpoint is set."""

import asyncio
import json
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
import structlog
from opentelemetry.trace import SpanKind, StatusCode

from chassis import schedule, traceparent, tracing, trail, web
from chassis.calling import Following
from chassis.outbox import say
from chassis.replaying import replay
from chassis.schedule import Every
from chassis.testing import eventually, said
from chassis.trail import Trail
from chassis.web import Session
from chassis.working import Work, Workers

TRACE, SENDER = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
GIVEN = f"00-{TRACE}-{SENDER}-01"
UNSAMPLED = f"00-{TRACE}-{SENDER}-00"
QUEUE = "toy.toy.weigh.v1"
LISTENER = "yard.toy.parcel-weighed.v1"


@pytest.fixture
def service(service, toy):
    """Give the toy a few routes."""
    routes = web.router()

    @routes.post("/v1/parcels/{code}")
    async def add(code: str, session: Session) -> None:
        await say(session, toy.ParcelWeighed(parcel=code, grams=1))

    @routes.get("/v1/broken/{code}")
    async def broken(code: str) -> None:
        raise KeyError(code)

    return replace(service, api=[routes])


@pytest.fixture
def headers(database):
    """Return a function that reads the headers of what was said, by its name."""

    async def read():
        async with database.transaction() as session:
            return {each.name: each.headers for each in await said(session)}

    return read


def at(span):
    """Return where a span stands in its trace."""
    return _written(span.get_span_context())


def parent_of(span):
    """Return what a span stands under, as a ``traceparent``; None for the first of a trace."""
    return _written(span.parent) if span.parent else None


def links_of(span):
    return [_written(each.context) for each in span.links]


def _written(context):
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"


def happenings(span):
    return {each.name: dict(each.attributes) for each in span.events}


def told(spans):
    """Return all that a collector would be told, as text."""
    return json.dumps([json.loads(each.to_json()) for each in spans.all()])


def test_without_an_endpoint_no_part_of_the_sdk_is_even_loaded():
    script = (
        "import asyncio, sys\n"
        "from chassis import process, tracing\n"
        "async def run():\n"
        "    async with tracing.told_to(None, service='toy', graceful_seconds=1):\n"
        "        with tracing.entry(None, 'a', 'consumer') as span:\n"
        "            assert not span.told\n"
        "asyncio.run(run())\n"
        "print([name for name in sys.modules if name.startswith('opentelemetry.sdk')])\n"
    )

    done = subprocess.run(  # noqa: S603 (this interpreter, and the script above)
        [sys.executable, "-c", script], capture_output=True, check=True, text=True
    )

    assert done.stdout == "[]\n"


async def test_what_a_message_leads_to_is_in_its_trace(hear, toy, headers):
    await hear(toy.Weigh(parcel="a", grams=3), headers={"traceparent": GIVEN})

    assert {name: each["traceparent"] for name, each in (await headers()).items()} == {
        "toy.weighed.v1": GIVEN,
        "toy.parcel-weighed.v1": GIVEN,
    }


@pytest.mark.parametrize("given", [{}, {"traceparent": "kwik"}, {"traceparent": 7}])
async def test_a_message_that_came_without_a_trace_begins_one(hear, toy, headers, given):
    await hear(toy.Weigh(parcel="a", grams=3), headers=given)

    begun = {each["traceparent"] for each in (await headers()).values()}
    assert len(begun) == 1
    assert traceparent.read(*begun)


async def test_a_request_hands_its_trace_on(web_door, headers):
    await web_door.http.post("/v1/parcels/a", headers={"traceparent": GIVEN})

    assert (await headers())["toy.parcel-weighed.v1"]["traceparent"] == GIVEN


async def test_a_call_to_another_service_carries_the_trail():
    asked = []
    inner = httpx.MockTransport(lambda request: asked.append(request) or httpx.Response(200))

    with trail.follow(Trail("order-7", traceparent=GIVEN)):
        async with httpx.AsyncClient(transport=Following(inner)) as http:
            await http.get("http://other.test/")

    assert asked[0].headers["traceparent"] == GIVEN
    assert asked[0].headers["X-Correlation-ID"] == "order-7"


async def test_the_log_names_the_trace(hear, toy, gateways):
    async def tell(_command, _delivery):
        structlog.get_logger().info("weighing")

    gateways.meanwhile = tell
    merge = structlog.contextvars.merge_contextvars

    with structlog.testing.capture_logs(processors=[merge]) as lines:
        await hear(toy.Weigh(parcel="a", grams=3), headers={"traceparent": GIVEN})

    assert [line["trace_id"] for line in lines if line["event"] == "weighing"] == [TRACE]


async def test_a_message_is_a_span_under_its_senders(hear, toy, spans, headers):
    delivered = await hear(
        toy.Weigh(parcel="a", grams=3), headers={"traceparent": GIVEN}, correlation_id="order-7"
    )

    [span] = spans.all()
    assert (span.name, span.kind) == (f"process {QUEUE}", SpanKind.CONSUMER)
    assert parent_of(span) == GIVEN
    assert dict(span.attributes) == {
        "messaging.system": "rabbitmq",
        "messaging.operation.name": "process",
        "messaging.operation.type": "process",
        "messaging.destination.name": f"in.dl5:{QUEUE}",
        "messaging.message.id": delivered.message_id,
        "messaging.message.conversation_id": "order-7",
        "messaging.message.body.size": len(delivered.body),
        "postkamer.outcome": "done",
    }
    assert span.status.status_code is StatusCode.UNSET
    assert {each["traceparent"] for each in (await headers()).values()} == {at(span)}


async def test_a_span_without_a_sender_begins_the_trace_that_the_log_names(
    hear, toy, spans, gateways
):
    async def tell(_command, _delivery):
        structlog.get_logger().info("weighing")

    gateways.meanwhile = tell
    merge = structlog.contextvars.merge_contextvars

    with structlog.testing.capture_logs(processors=[merge]) as lines:
        await hear(toy.Weigh(parcel="a", grams=3))

    [span] = spans.all()
    assert parent_of(span) is None
    assert {line["trace_id"] for line in lines} == {traceparent.trace_id(at(span))}


async def test_a_sender_that_is_not_sampled_is_not_told_and_still_hands_its_trace_on(
    hear, toy, spans, headers
):
    await hear(toy.Weigh(parcel="a", grams=3), headers={"traceparent": UNSAMPLED})

    event = (await headers())["toy.parcel-weighed.v1"]["traceparent"]
    assert spans.all() == []
    assert traceparent.trace_id(event) == TRACE
    assert event.endswith("-00")


async def test_an_sdk_that_was_switched_off_loses_no_trace(
    monkeypatch, request, hear, toy, headers
):
    monkeypatch.setenv("OTEL_SDK_DISABLED", "true")
    spans = request.getfixturevalue("spans")

    await hear(toy.Weigh(parcel="a", grams=3))

    assert traceparent.read((await headers())["toy.weighed.v1"]["traceparent"])
    assert spans.all() == []


async def test_a_refusal_happens_in_a_span_and_says_only_its_rules(hear, toy, spans):
    await hear(toy.Weigh(parcel="kwik", grams=-1))

    [span] = spans.all()
    assert span.attributes["postkamer.outcome"] == "refused"
    assert happenings(span) == {"refused": {"reason": "Invalid", "rules": ("weight",)}}
    assert span.status.status_code is StatusCode.UNSET


async def test_what_an_outsider_made_up_is_not_told(hear, spans):
    await hear(b'{"a": "kwik"}', message_id="kwik", correlation_id="7", headers={"a": "kwak"})

    assert spans.all()[0].attributes["postkamer.outcome"] == "refused"
    assert "kwik" not in told(spans)
    assert "kwak" not in told(spans)
    assert "nobody.knows" not in told(spans)


async def test_a_defect_marks_its_span_by_its_kind_and_not_by_its_words(hear, toy, gateways, spans):
    async def stumble(_command, _delivery):
        raise KeyError("kwik")

    gateways.meanwhile = stumble

    await hear(toy.Weigh(parcel="a", grams=3))
    await hear(
        toy.Weigh(parcel="a", grams=3),
        exchange="returns",
        user_id="toy",
        headers={"x-attempt": 2, "x-sender": "dl5"},
    )

    retried, parked = spans.all()
    assert happenings(retried) == {"retried": {"attempt": 1, "pause": "1s"}}
    assert happenings(parked) == {"parked": {"attempt": 3}}
    for span in (retried, parked):
        assert span.status.status_code is StatusCode.ERROR
        assert span.attributes["error.type"] == span.status.description == "KeyError"
    assert "kwik" not in told(spans)


async def test_one_trace_leads_from_a_command_through_the_outbox(broker, run, toy, spans):
    await run(broker)

    await broker.ask(toy.Weigh(parcel="a", grams=3).body(), headers={"traceparent": GIVEN})
    event, answer = await broker.take(LISTENER), await broker.take("out.test-dl5")

    async def all_ended():
        return len(spans.all()) == 3

    await eventually(all_ended, what="the end of three spans")
    [processed] = spans.named(f"process {QUEUE}")
    [published] = spans.named("publish toy.parcel-weighed.v1")
    [answered] = spans.named("publish toy.weighed.v1")
    assert parent_of(processed) == GIVEN
    assert parent_of(published) == parent_of(answered) == at(processed)
    assert published.kind is answered.kind is SpanKind.PRODUCER
    assert event.headers["traceparent"] == at(published)
    assert answer.headers["traceparent"] == at(answered)
    assert published.attributes["messaging.destination.name"] == "events:toy.parcel-weighed.v1"
    assert published.attributes["messaging.message.id"] == event.message_id
    assert event.headers["causation_id"]


@pytest.mark.parametrize("given", [GIVEN, None])
async def test_every_try_and_every_replay_is_in_the_trace_and_linked_to_the_one_before(
    broker, run, toy, spans, given
):
    running = await run(broker, retry_pauses=["1s"])

    async def stumble(_command, _delivery):
        raise KeyError("not yet")

    mended, running.hall.meanwhile = running.hall.meanwhile, stumble
    sent = {"headers": {"traceparent": given}} if given else {}
    await broker.ask(toy.Weigh(parcel="a", grams=3).body(), **sent)

    async def parked():
        return await broker.waiting(f"{QUEUE}.parked") == 1

    await eventually(parked, what="being parked")
    running.hall.meanwhile = mended
    await replay(broker.url("toy"), service="toy", queues=[QUEUE])
    await broker.take("out.test-dl5")

    async def all_ended():
        return len(spans.named(f"process {QUEUE}")) == 3

    await eventually(all_ended, what="the end of three tries")
    first, second, third = spans.named(f"process {QUEUE}")
    sent_by = given or at(first)
    assert parent_of(first) == given
    assert parent_of(second) == parent_of(third) == sent_by
    assert [links_of(each) for each in (first, second, third)] == [[], [at(first)], [at(second)]]


async def test_a_link_is_believed_on_our_own_way_back_only(hear, toy, spans):
    await hear(toy.Weigh(parcel="a", grams=3), headers={"x-tried-in": GIVEN})

    assert links_of(spans.all()[0]) == []


async def test_a_request_is_a_span_by_its_route_and_never_by_its_path(web_door, spans, headers):
    await web_door.http.post("/v1/parcels/secret-link", headers={"traceparent": GIVEN})

    [span] = spans.all()
    assert (span.name, span.kind) == ("POST /v1/parcels/{code}", SpanKind.SERVER)
    assert parent_of(span) == GIVEN
    assert dict(span.attributes) == {
        "http.request.method": "POST",
        "http.route": "/v1/parcels/{code}",
        "http.response.status_code": 200,
    }
    assert "secret-link" not in told(spans)
    assert (await headers())["toy.parcel-weighed.v1"]["traceparent"] == at(span)


async def test_a_request_that_fails_marks_its_span_and_one_for_nothing_does_not(web_door, spans):
    await web_door.http.get("/v1/broken/secret-link")
    await web_door.http.get("/nowhere/secret-link")
    await web_door.http.request("KWIK", "/v1/parcels/secret-link")

    broken, nowhere, odd = spans.all()
    assert broken.name == "GET /v1/broken/{code}"
    assert (broken.status.status_code, broken.attributes["error.type"]) == (StatusCode.ERROR, "500")
    assert (nowhere.name, nowhere.status.status_code) == ("GET", StatusCode.UNSET)
    assert odd.attributes["http.request.method"] == "_OTHER"
    assert "secret-link" not in told(spans)
    assert "KWIK" not in told(spans)


async def test_those_who_watch_the_process_leave_no_spans(broker, run, spans):
    running = await run(broker)

    for path in ("/health/live", "/health/ready", "/metrics"):
        (await running.http.get(path)).raise_for_status()

    assert spans.all() == []


async def test_a_call_to_another_service_is_a_span_that_the_other_goes_on_from(spans):
    asked = []

    def answer(request):
        asked.append(request)
        if request.url.path == "/away":
            raise httpx.ConnectError("secret-link")
        return httpx.Response(503)

    with trail.follow(Trail("order-7", traceparent=GIVEN)):
        async with httpx.AsyncClient(transport=Following(httpx.MockTransport(answer))) as http:
            await http.post("http://other.test:8101/secret-link")
            with suppress(httpx.ConnectError):
                await http.get("http://other.test:8101/away")

    refused, away = spans.all()
    assert (refused.name, refused.kind) == ("POST", SpanKind.CLIENT)
    assert parent_of(refused) == GIVEN
    assert asked[0].headers["traceparent"] == at(refused)
    assert dict(refused.attributes) == {
        "http.request.method": "POST",
        "server.address": "other.test",
        "server.port": 8101,
        "http.response.status_code": 503,
        "error.type": "503",
    }
    assert (away.attributes["error.type"], away.status.status_code) == (
        "ConnectError",
        StatusCode.ERROR,
    )
    assert "secret-link" not in told(spans)


async def test_work_is_a_span_under_what_it_came_from(database, spans):
    done = asyncio.Event()
    left = ["lift", "drop"]

    async def act(item, _gateways, _mark):
        with tracing.step("push", "client"):
            if item == "drop":
                raise KeyError("kwik")

    async def claim(_session, _at_most):
        return [left.pop(0)] if left else []

    async def nothing(*_what):
        done.set()

    work = Work(
        name="lifting", claim=claim, act=act, mark=nothing, settle=nothing, renew=nothing,
        lease=timedelta(seconds=30), trail_of=lambda _item: Trail("order-7", traceparent=GIVEN),
        at_once=1,
    )  # fmt: skip
    stopping = asyncio.Event()
    running = asyncio.create_task(Workers(work, database, None).run(stopping))

    async def all_ended():
        return len(spans.named("work lifting")) == 2

    await eventually(all_ended, what="the end of the work")
    stopping.set()
    await running

    lifted, dropped = spans.named("work lifting")
    assert done.is_set()
    assert parent_of(lifted) == parent_of(dropped) == GIVEN
    assert [parent_of(each) for each in spans.named("push")] == [at(lifted), at(dropped)]
    assert lifted.status.status_code is StatusCode.UNSET
    assert dropped.attributes["error.type"] == "KeyError"
    assert "kwik" not in told(spans)


async def test_a_beat_begins_a_trace(database, toy, spans, headers):
    stopping = asyncio.Event()
    asyncio.get_running_loop().call_later(0.2, stopping.set)

    await schedule.keep_time([Every(timedelta(days=1000), toy.Tidy())], database, stopping)

    [span] = spans.named("say toy.tidy.v1")
    assert parent_of(span) is None
    assert (await headers())["toy.tidy.v1"]["traceparent"] == at(span)
