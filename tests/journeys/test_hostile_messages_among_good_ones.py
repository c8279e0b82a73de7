"""Malformed and hostile messages: each is answered or parked with its reason, good ones go on."""

import asyncio
import base64
import hashlib
import runpy
from pathlib import Path

import aio_pika
import pytest

from localrun.billing_system import BillingSystem
from localrun.lease_company import PUBLISH

CORPUS = runpy.run_path(
    str(Path(__file__).parents[2] / "services" / "documents" / "tests" / "hostile.py")
)["CORPUS"]
LARGEST_IN_A_MESSAGE = 1024 * 1024
AT_ONCE = 4
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


async def given(company, content):
    """Return a file for a command; what is too large for it is uploaded first."""
    pdf = b"%PDF-" in content[:1100]
    file = {
        "role": "original_pdf" if pdf else "original_xml",
        "name": "../../invoice\u202e.pdf" if pdf else "invoice.xml",
        "media_type": "application/pdf" if pdf else "application/xml",
    }
    if len(content) <= LARGEST_IN_A_MESSAGE:
        return file | {"content": base64.b64encode(content).decode()}
    answer = (await company.upload(content)).raise_for_status()
    return file | {"upload_id": answer.json()["upload_id"]}


async def kept_as_it_came(company, documents, customer, name, hostile, invoice):
    """Publish a hostile document and a good one; return what is wrong, and the good one."""
    content = hostile.make()
    command = invoice(customer).command() | {
        "files": [await given(company, content)],
        "type": "invoice",
        "issue_date": "2026-06-01",
        "total_incl_vat": {"amount": "10.00", "currency": "EUR"},
    }
    asked = await company.billing.publish(PUBLISH, command | {"number": f"H {name}"})
    good = await company.publish(invoice(customer), customer)
    outcome = (await company.billing.outcome(asked)).body
    if "problems" in outcome:
        return [f"{name}: {outcome['problems']}"], good
    wrong = []
    # On a busy machine what is large may take longer than it may.
    too_slow = "too_hard_to_read" in outcome["flags"] and len(content) > LARGEST_IN_A_MESSAGE
    not_understood = {"xml_not_understood", "pdf_not_understood"} & set(outcome["flags"])
    expected = bool(hostile.why or too_slow or "xml_not_understood" in hostile.flags)
    if bool(not_understood) != expected:
        wrong.append(f"{name}: flagged {outcome['flags']}")
    sha256 = hashlib.sha256(content).hexdigest()
    back = await company.http.get(f"{documents}/{outcome['document_id']}/files/{sha256}")
    if back.content != content:
        wrong.append(f"{name}: {back.status_code}, other bytes came back")
    return wrong, good


@pytest.mark.timeout(600)
@pytest.mark.long
async def test_hostile_documents_are_kept_and_the_good_ones_among_them_are_unharmed(
    dl5, suite, customer, invoice, auditor, failures_logged
):
    bakery = customer()
    await dl5.register(bakery)
    before = suite.pid("documents")
    documents = f"{suite.addresses.documents}/v1/documents"
    corpus, outcomes = list(CORPUS.items()), []

    while corpus:
        several, corpus = corpus[:AT_ONCE], corpus[AT_ONCE:]
        outcomes += await asyncio.gather(
            *(kept_as_it_came(dl5, documents, bakery, *each, invoice) for each in several)
        )

    assert [each for wrong, _ in outcomes for each in wrong] == []
    assert await auditor.faults(dl5, [good for _, good in outcomes], seconds=120) == []
    assert suite.pid("documents") == before
    assert failures_logged() == []
