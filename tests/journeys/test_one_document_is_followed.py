"""One correlation id leads from a billing system through every log to each mail."""

from uuid import uuid4

from localrun.lease_company import PUBLISH


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


async def test_without_one_the_command_gives_its_own_id(dl5, customer, invoice, auditor):
    bakery = customer()
    await dl5.register(bakery)
    billed = invoice(bakery)

    command_id = await dl5.billing.publish(PUBLISH, billed.command())
    outcome = await dl5.billing.outcome(command_id)
    assert await auditor.quiet() == []

    assert outcome.body["command_id"] == command_id
    (mail,) = await auditor.mails(billed.number)
    assert dict((await auditor.whole(mail))["headers"])["X-Correlation-ID"] == command_id
