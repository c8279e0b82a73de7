"""Malformed and hostile messages: each is answered or parked with its reason, good ones go on."""

import aio_pika
import pytest

from localrun.billing_system import BillingSystem
from localrun.lease_company import PUBLISH

REFUSED = "documents.publish-document-refused.v1"

NOT_A_MESSAGE = {
    "not JSON": b"<Invoice>this is XML</Invoice>",
    "not UTF-8": b'{"customer_number": "\xff\xfe"}',
    "empty": b"",
    "not an object": b"[1, 2, 3]",
    "wrong types": {"customer_number": 5, "files": "none", "issue_date": {"year": 2026}},
    "missing fields": {},
    "deep nesting": b"[" * 100_000,
    "deep nesting inside": b'{"files":' + b'{"a":' * 50_000 + b"1" + b"}" * 50_000 + b"}",
    "a number without end": b'{"customer_number": ' + b"9" * 100_000 + b"}",
}


@pytest.fixture
async def baseline(auditor):
    """Count what is parked before the test, by queue."""
    assert await auditor.quiet() == []
    return await auditor.parked()


async def test_each_is_answered_and_parked_and_every_good_one_is_done(
    dl5, suite, customer, invoice, auditor, baseline
):
    bakery = customer(shared=1)
    await dl5.register(bakery)
    dl5.billing.heard.clear()
    good = [invoice(bakery) for _ in range(4)]
    foreign = invoice(customer(prefix="DL2")).command()
    command = invoice(bakery).command()

    published = [await dl5.publish(good[0], bakery)]
    asked = [await dl5.billing.publish(PUBLISH, body) for body in NOT_A_MESSAGE.values()]
    asked.append(await dl5.billing.publish(PUBLISH, foreign))
    published.append(await dl5.publish(good[1], bakery))
    asked.append(await dl5.billing.publish(PUBLISH, command, user_id=None))
    asked.append(
        await dl5.billing.publish(PUBLISH, command, user_id=None, headers={"x-sender": "dl5"})
    )
    asked.append(await dl5.billing.publish(PUBLISH, command, message_id="invoice-17"))
    unknown = await dl5.billing.publish("documents.destroy-document.v1", command)
    published.append(await dl5.publish(good[2], bakery))
    published.append(await dl5.publish(good[3], bakery))
    outcomes = [await dl5.billing.outcome(command_id) for command_id in asked]

    assert await auditor.faults(dl5, published) == []
    assert {outcome.kind for outcome in outcomes} == {REFUSED}
    assert (await dl5.billing.outcome(unknown)).kind == "identity.command-refused.v1"
    for outcome in outcomes:
        assert all(each["rule"] and each["detail"] for each in outcome.body["problems"])
    assert outcomes[-1].body["command_id"] is None

    parked = (await suite.parked("documents"))[baseline[f"documents.{PUBLISH}.parked"] :]
    reasons = [each["reason"] for each in parked]
    assert reasons.count("Unreadable") == len(NOT_A_MESSAGE)
    assert reasons.count("CustomerOfAnotherIssuer") == 1
    assert reasons.count("SenderUnknown") == 2
    assert reasons.count("Invalid") == 1
    assert len(parked) == len(asked)
    unrouted = (await suite.parked("identity"))[baseline["identity.commands.unrouted.parked"] :]
    assert [each["reason"] for each in unrouted] == ["CommandUnknown"]


async def test_properties_that_would_lead_elsewhere_lead_nowhere(
    dl5, dl2, customer, invoice, auditor, baseline
):
    bakery = customer()
    await dl5.register(bakery)
    first, second = invoice(bakery), invoice(bakery)
    task = "notifications.report-unknown-recipients.v1"
    elsewhere = {"CC": [task, "events", "out.dl2"], "BCC": [task]}

    _, outcome = await dl5.billing.ask(PUBLISH, first.command(), headers=elsewhere)
    _, other = await dl5.billing.ask(PUBLISH, second.command(), reply_to="out.dl2")

    assert await auditor.quiet() == []
    assert "problems" not in outcome | other
    assert dl2.billing.heard == []
    assert await auditor.parked() == baseline
    assert len(await auditor.mails(first.number)) == len(await auditor.mails(second.number)) == 1


async def test_another_name_as_user_id_is_refused_by_the_broker(dl5, customer, invoice):
    bakery = customer()

    with pytest.raises(aio_pika.exceptions.AMQPError, match="user_id"):
        await dl5.billing.publish(PUBLISH, invoice(bakery).command(), user_id="dl2")


async def test_twenty_megabytes_are_refused_by_the_broker(dl5, suite, customer, invoice, auditor):
    bakery = customer()
    await dl5.register(bakery)
    credentials = await suite.admit("dl5")
    issuer = credentials.issuer

    async with BillingSystem(issuer["amqp_url"], issuer["exchange"], issuer["outcomes"]) as large:
        with pytest.raises(aio_pika.exceptions.AMQPError, match="message size"):
            await large.publish(PUBLISH, b'"' + b"x" * 20_000_000 + b'"')

    published = await dl5.publish(invoice(bakery), bakery)
    assert await auditor.faults(dl5, [published]) == []
