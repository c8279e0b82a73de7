"""A billing system that sends everything again: after a crash, or because it was told to."""

from localrun.lease_company import PUBLISH


async def test_publishing_three_times_archives_once_and_mails_once(dl5, customer, invoice, auditor):
    """D-20"""
    bakery = customer(shared=2)
    await dl5.register(bakery)
    once = invoice(bakery)

    published = await dl5.publish(once, bakery)
    _, again = await dl5.billing.ask(PUBLISH, once.command())
    _, third = await dl5.billing.ask(PUBLISH, once.command())

    assert await auditor.faults(dl5, [published]) == []
    assert again["already_published"]
    assert third["already_published"]
    assert again["document_id"] == third["document_id"] == published.document_id
    assert len(await dl5.documents(customer_number=bakery.number)) == 1


async def test_a_whole_stream_under_its_old_ids_changes_nothing(dl5, customer, invoice, auditor):
    """D-20"""
    bakery = customer(shared=2)
    await dl5.register(bakery)
    stream = [invoice(bakery) for _ in range(5)]
    ids = [await dl5.billing.publish(PUBLISH, each.command()) for each in stream]
    published = [await dl5.publish(each, bakery) for each in stream]
    assert await auditor.faults(dl5, published) == []
    heard = len(dl5.billing.heard)

    for _ in range(2):
        for command_id, each in zip(ids, stream, strict=True):
            await dl5.billing.publish(PUBLISH, each.command(), message_id=command_id)

    assert await auditor.faults(dl5, published) == []
    assert len(dl5.billing.heard) == heard
    assert len(await dl5.documents(customer_number=bakery.number)) == len(stream)


async def test_what_identity_says_again_mails_nobody_twice(dl5, suite, customer, invoice, auditor):
    bakery = customer(shared=3)
    await dl5.register(bakery)
    published = await dl5.publish(invoice(bakery), bakery)
    assert await auditor.faults(dl5, [published]) == []

    said = await suite.command("identity", "republish", "--to", "notifications")

    assert "identity.customer-number-changed.v1: " in said
    assert await auditor.faults(dl5, [published]) == []
