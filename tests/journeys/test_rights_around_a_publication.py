"""Who had the right when a document was published is mailed, whatever arrives first."""

from dataclasses import replace


async def test_a_document_before_its_customer_mails_the_main_contact_once_they_are_known(
    dl5, customer, invoice, auditor, person
):
    bakery = customer()
    early = await dl5.publish(invoice(bakery), bakery)
    assert await auditor.quiet() == []
    assert await auditor.mails(early.number) == []

    await dl5.register(bakery)
    # Shared only afterwards: too late for that document.
    await dl5.share(bakery.number, person())

    assert await auditor.faults(dl5, [early]) == []


async def test_sharing_just_before_a_publication_is_in_time(
    dl5, customer, invoice, auditor, person
):
    bakery = customer()
    await dl5.register(bakery)
    readers = [person(language) for language in ("fr", "de", "en")]

    published = []
    for count, reader in enumerate(readers, 1):
        await dl5.share(bakery.number, reader)
        shared = replace(bakery, shared_users=tuple(readers[:count]))
        published.append(await dl5.publish(invoice(shared), shared))

    assert await auditor.faults(dl5, published) == []


async def test_no_longer_sharing_holds_from_the_next_publication_on(
    dl5, customer, invoice, auditor
):
    bakery = customer(shared=2)
    await dl5.register(bakery)
    left, stayed = bakery.shared_users

    before = await dl5.publish(invoice(bakery), bakery)
    await dl5.unshare(bakery.number, left)
    without = replace(bakery, shared_users=(stayed,))
    after = await dl5.publish(invoice(without), without)
    await dl5.share(bakery.number, left)
    again = await dl5.publish(invoice(bakery), bakery)

    assert await auditor.faults(dl5, [before, after, again]) == []


async def test_a_reader_who_wants_no_mail_gets_none(dl5, customer, invoice, auditor, person):
    bakery = customer()
    await dl5.register(bakery)
    await dl5.share(bakery.number, person(), mail=False)

    published = await dl5.publish(invoice(bakery), bakery)

    assert await auditor.faults(dl5, [published]) == []


async def test_a_new_address_gets_the_next_mail(dl5, customer, invoice, auditor, person):
    """N-08"""
    bakery = customer(shared=1)
    await dl5.register(bakery)
    before = await dl5.publish(invoice(bakery), bakery)
    assert await auditor.faults(dl5, [before]) == []

    moved = replace(bakery, main_contact=person("de"))
    await dl5.register(moved)
    after = await dl5.publish(invoice(moved), moved)

    assert await auditor.faults(dl5, [before, after]) == []
    assert after.readers.keys() != before.readers.keys()
