"""History given by a billing system: in the archive, to be read, and nobody is told of it."""

import base64

import pytest

from localrun.lease_company import IMPORT, PUBLISH


@pytest.fixture
def reader_of(dl5):
    """Return a function that tells what the archive has of a customer number."""

    async def read(number):
        return await dl5.documents(customer_number=number)

    return read


async def test_a_document_of_the_past_is_archived_and_mails_nobody(
    dl5, customer, invoice, auditor, reader_of
):
    """D-20"""
    bakery = customer(shared=2)
    await dl5.register(bakery)
    old, today = invoice(bakery), invoice(bakery)

    kind, outcome = await dl5.billing.ask(IMPORT, old.command())
    published = await dl5.publish(today, bakery)

    assert (kind, outcome["already_published"]) == ("documents.document-accepted.v1", False)
    assert await auditor.faults(dl5, [published]) == []
    assert await auditor.mails(old.number) == []
    assert {(each["number"], each["imported"]) for each in await reader_of(bakery.number)} == {
        (old.number, True),
        (today.number, False),
    }


async def test_what_was_imported_is_not_told_when_it_is_published_later(
    dl5, customer, invoice, auditor, reader_of
):
    bakery = customer()
    await dl5.register(bakery)
    old = invoice(bakery)
    _, imported = await dl5.billing.ask(IMPORT, old.command())

    _, published = await dl5.billing.ask(PUBLISH, old.command())

    assert published["already_published"]
    assert published["document_id"] == imported["document_id"]
    assert await auditor.quiet() == []
    assert await auditor.mails(old.number) == []
    assert len(await reader_of(bakery.number)) == 1


async def test_what_is_too_large_for_a_message_is_uploaded_and_published_from_the_queue(
    dl5, suite, customer, invoice, auditor
):
    bakery = customer()
    await dl5.register(bakery)
    large = invoice(bakery)
    command = large.command()
    xml = base64.b64decode(command["files"][0].pop("content"))
    annex = b"%PDF-1.7\n" + bytes(3_000_000)
    uploaded = [(await dl5.upload(each)).json() for each in (xml, annex)]
    command["files"][0]["upload_id"] = uploaded[0]["upload_id"]
    command["files"].append(
        {
            "role": "attachment",
            "name": "annex.pdf",
            "media_type": "application/pdf",
            "upload_id": uploaded[1]["upload_id"],
        }
    )

    _, outcome = await dl5.billing.ask(PUBLISH, command)

    (document,) = await dl5.documents(number=large.number)
    assert document["document_id"] == outcome["document_id"]
    for role, sent in (("original_xml", xml), ("attachment", annex)):
        (href,) = (each["href"] for each in document["files"] if each["role"] == role)
        assert (await dl5.http.get(f"{suite.addresses.documents}{href}")).content == sent
    assert await auditor.quiet() == []
    assert len(await auditor.mails(large.number)) == 1


async def test_a_document_given_over_http_mails_its_readers_once(dl5, customer, invoice, auditor):
    """D-20"""
    bakery = customer(shared=1)
    await dl5.register(bakery)
    given = invoice(bakery)

    answers = [await dl5.give(given.command()) for _ in range(3)]

    assert [each.status_code for each in answers] == [201, 200, 200]
    assert await auditor.quiet() == []
    assert len(await auditor.mails(given.number)) == 2
