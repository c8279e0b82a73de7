"""An invoice on the queue: a mail for the main contact and for whoever shares the number."""

import pytest

NEW_INVOICE = {"nl": "Nieuwe factuur", "fr": "Nouvelle facture", "de": "Neue Rechnung"}


@pytest.mark.parametrize("shared", [0, 1, 25])
async def test_each_reader_gets_one_mail_in_their_language(dl5, customer, invoice, auditor, shared):
    """N-01 N-02 N-03"""
    bakery = customer(shared)
    await dl5.register(bakery)

    published = await dl5.publish(invoice(bakery), bakery)

    assert await auditor.faults(dl5, [published]) == []
    mails = [await auditor.whole(mail) for mail in await auditor.mails(published.number)]
    languages = {mail["to"][0]: dict(mail["headers"])["Content-Language"] for mail in mails}
    assert languages == published.readers
    for mail in mails:
        begin = NEW_INVOICE.get(published.readers[mail["to"][0]], "New invoice")
        assert mail["subject"].startswith(begin)


async def test_who_shares_another_number_of_the_customer_gets_none(dl5, customer, invoice, auditor):
    """N-02 I-21"""
    first = customer(shared=1)
    added = customer(main_contact=first.main_contact)
    await dl5.register(first)
    await dl5.register(added)

    published = await dl5.publish(invoice(added), added)

    assert await auditor.faults(dl5, [published]) == []
    assert published.readers.keys() == {first.main_contact.email}


async def test_two_issuers_mail_one_person_each_in_their_own_name(
    dl5, dl2, customer, invoice, auditor, person
):
    """I-14"""
    hilde = person("fr")
    ours, theirs = customer(main_contact=hilde), customer(prefix="DL2", main_contact=hilde)
    await dl5.register(ours)
    await dl2.register(theirs)

    of_dl5 = await dl5.publish(invoice(ours), ours)
    of_dl2 = await dl2.publish(invoice(theirs), theirs)

    assert await auditor.faults(dl5, [of_dl5]) == []
    assert await auditor.faults(dl2, [of_dl2]) == []
    senders = [(await auditor.mails(each.number))[0]["from"] for each in (of_dl5, of_dl2)]
    assert senders == ["facturen@meridiaan.example", "invoices@wolkenhof.example"]
