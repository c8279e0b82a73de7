"""One correlation id and one trace lead from a billing system through every log to each mail."""

import asyncio
import re
from uuid import uuid4

from chassis import traceparent, tracing
from localrun.lease_company import PUBLISH

_PUBLISHED = "publish documents.publish-document.v1"
_ONWARD = (
    "process documents.documents.publish-document.v1",
    "publish documents.document-accepted.v1",
    "publish documents.document-published.v1",
    "process notifications.documents.document-published.v1",
)
_PATIENCE_SECONDS = 10


async def handling_of(collector, message_id):
    """Return the span in which documents handled a message, once it was told."""
    async with asyncio.timeout(_PATIENCE_SECONDS):
        while True:
            for each in collector.spans():
                facts = each.attributes
                if each.kind == "consumer" and facts.get("messaging.message.id") == message_id:
                    return each
            await asyncio.sleep(0.1)


async def told(collector, trace_id, *names):
    """Return the spans of a trace, once it has as many of each name as asked for."""
    async with asyncio.timeout(_PATIENCE_SECONDS):
        while True:
            spans = collector.spans(trace_id)
            found = [each.name for each in spans]
            if all(found.count(name) >= names.count(name) for name in names):
                return spans
            await asyncio.sleep(0.1)


def path_of(span, spans):
    """Return who did what, from the first span of the trace down to this one."""
    above = next((each for each in spans if each.span_id == span.parent), None)
    step = f"{span.service}: {span.name}"
    return (*path_of(above, spans), step) if above else (step,)


async def test_a_correlation_id_leads_from_the_billing_system_to_each_mail(
    dl5, suite, customer, invoice, auditor
):
    bakery = customer(shared=3)
    await dl5.register(bakery)
    billed, correlation_id = invoice(bakery), f"billing-run-{uuid4()}"

    _, outcome = await dl5.billing.ask(PUBLISH, billed.command(), correlation_id=correlation_id)
    assert await auditor.quiet() == []

    document_id = outcome["document_id"]
    lines = [line for name in ("documents", "notifications") for line in suite.log(name)]
    about = [line for line in lines if line.get("document_id") == document_id]
    assert {line["correlation_id"] for line in about} == {correlation_id}
    told = [(line["service"], line["event"]) for line in about]
    assert told.count(("documents", "document_published")) == 1
    assert told.count(("notifications", "letters_owed")) == 1
    assert told.count(("notifications", "letter_settled")) == len(bakery.readers())
    mails = [await auditor.whole(mail) for mail in await auditor.mails(billed.number)]
    assert len(mails) == len(bakery.readers())
    assert {dict(mail["headers"])["X-Correlation-ID"] for mail in mails} == {correlation_id}


async def test_without_one_the_command_gives_its_own_id(dl5, collector, customer, invoice, auditor):
    bakery = customer()
    await dl5.register(bakery)
    billed = invoice(bakery)

    command_id = await dl5.billing.publish(PUBLISH, billed.command())
    outcome = await dl5.billing.outcome(command_id)
    assert await auditor.quiet() == []

    assert outcome.body["command_id"] == command_id
    (mail,) = await auditor.mails(billed.number)
    assert dict((await auditor.whole(mail))["headers"])["X-Correlation-ID"] == command_id
    handled = await handling_of(collector, command_id)
    assert handled.parent, "it came with a traceparent, though its sender tells no collector"


async def test_one_trace_leads_from_the_billing_system_over_every_outbox_to_each_mail(
    dl5, suite, collector, customer, invoice, auditor
):
    bakery = customer(shared=1)
    await dl5.register(bakery)
    billed, correlation_id = invoice(bakery), f"billing-run-{uuid4()}"

    async with tracing.told_to(collector.url, service="billing", graceful_seconds=5):
        _, outcome = await dl5.billing.ask(PUBLISH, billed.command(), correlation_id=correlation_id)
    assert await auditor.quiet() == []

    (sent,) = (
        each
        for each in collector.spans()
        if each.attributes.get("messaging.message.conversation_id") == correlation_id
        and each.name == _PUBLISHED
    )
    spans = await told(collector, sent.trace_id, *_ONWARD, *["work sending"] * 2)
    ids = {each.span_id for each in spans}
    assert [each.name for each in spans if each.parent not in ids] == [_PUBLISHED]
    assert sent.parent is None
    documents = (
        f"billing: {_PUBLISHED}",
        "documents: process documents.documents.publish-document.v1",
    )
    notifications = (
        *documents,
        "documents: publish documents.document-published.v1",
        "notifications: process notifications.documents.document-published.v1",
    )
    mailed = (*notifications, "notifications: work sending", "notifications: smtp submit")
    paths = [path_of(each, spans) for each in spans]
    assert (*documents, "documents: publish documents.document-accepted.v1") in paths
    assert paths.count(mailed) == len(bakery.readers()) == 2
    assert [each.name for each in spans if each.failed] == []

    lines = [line for name in ("documents", "notifications") for line in suite.log(name)]
    about = [line for line in lines if line.get("document_id") == outcome["document_id"]]
    assert {line["event"] for line in about} >= {"document_published", "letter_settled"}
    assert {line["trace_id"] for line in about} == {sent.trace_id}
    everything = collector.raw()
    for private in (*bakery.readers(), bakery.number, bakery.name, billed.number):
        assert private.encode() not in everything


async def test_a_page_is_one_trace_through_the_services_it_is_made_of(
    dl5, collector, customer, invoice, auditor, http
):
    bakery = customer()
    await dl5.register(bakery)
    published = await dl5.publish(invoice(bakery), bakery)
    assert await auditor.faults(dl5, [published]) == []
    (mail,) = await auditor.mails(published.number)
    (link,) = re.findall(r"http://\S+/view/\S+", (await auditor.whole(mail))["text"])
    clicked = traceparent.begin()

    page = await http.get(link, headers={"traceparent": clicked})

    assert page.status_code == 200
    viewed, opened, newest = "GET /view/{link}", "POST /v1/links/open", "GET /v1/newest"
    asked = ("POST", opened, "GET", newest)
    spans = await told(collector, traceparent.trace_id(clicked), viewed, *asked)
    ids = {each.span_id for each in spans}
    (first,) = (each for each in spans if each.parent not in ids)
    assert (first.service, first.name, first.kind) == ("portal", viewed, "server")
    assert first.parent in clicked
    paths = [path_of(each, spans) for each in spans]
    assert (f"portal: {viewed}", "portal: POST", f"identity: {opened}") in paths
    assert (f"portal: {viewed}", "portal: GET", f"documents: {newest}") in paths
    secret = link.rpartition("/")[2].encode()
    assert secret not in collector.raw()
