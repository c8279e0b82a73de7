"""An issuer's own system shares numbers over HTTP, and sees what became of each mail."""

from dataclasses import replace


async def test_a_shared_user_is_put_seen_mailed_and_taken_away(
    dl5, customer, invoice, auditor, person
):
    """N-02"""
    bakery, reader = customer(), person("fr")
    await dl5.register(bakery)

    put = [await dl5.share(bakery.number, reader) for _ in range(2)]
    seen = (await dl5.customer(bakery.number)).json()
    shared = replace(bakery, shared_users=(reader,))
    published = await dl5.publish(invoice(shared), shared)
    assert await auditor.faults(dl5, [published]) == []
    taken = [await dl5.unshare(bakery.number, reader) for _ in range(2)]

    assert [answer.status_code for answer in put] == [201, 200]
    assert [each["email"] for each in seen["shared_users"]] == [reader.email]
    assert seen["main_contact"]["email"] == bakery.main_contact.email
    assert [answer.status_code for answer in taken] == [204, 404]
    assert (await dl5.customer(bakery.number)).json()["shared_users"] == []
    letters = await dl5.letters(published.document_id)
    known = [seen["main_contact"], *seen["shared_users"]]
    assert {each["person_id"] for each in letters} == {each["person_id"] for each in known}
    assert {each["state"] for each in letters} == {"sent"}
    mails = await auditor.mails(published.number)
    assert {mail["message_id"].split("@")[0] for mail in mails} == {
        each["letter_id"] for each in letters
    }


async def test_an_issuer_sees_nothing_of_another(dl5, dl2, customer, invoice, auditor, person):
    bakery = customer(shared=1)
    await dl5.register(bakery)
    published = await dl5.publish(invoice(bakery), bakery)
    assert await auditor.faults(dl5, [published]) == []

    assert (await dl2.customer(bakery.number)).status_code == 404
    assert (await dl2.share(bakery.number, person())).status_code == 404
    assert (await dl2.unshare(bakery.number, bakery.shared_users[0])).status_code == 404
    assert await dl2.letters(published.document_id) == []
    assert await dl2.documents(customer_number=bakery.number) == []
