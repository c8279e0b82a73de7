"""Each reader of a customer number chooses whether PDF and XML come with the mail, or a link."""

import hashlib
from dataclasses import replace

import pytest

from localrun.account_holder import FrontDesk


@pytest.fixture
def files_of(suite, http, mailbox):
    """Return a function that returns the files that came with somebody's mail, and its text."""

    async def files_of(email, number):
        mail = await mailbox(email).following(number)
        told = (await http.get(f"{suite.postbox}/api/messages/{mail.id}")).raise_for_status().json()
        files = {each["name"]: (each["media_type"], each["sha256"]) for each in told["attachments"]}
        return files, " ".join(mail.text.split())

    return files_of


@pytest.fixture
def registered(suite, http, mailbox):
    """Return a function that registers somebody by the link of their first mail."""
    desk = FrontDesk(http, suite.addresses, suite.environment)

    async def register(email):
        box = mailbox(email)
        return await desk.register((await box.following("/view/")).links[0], box)

    return register


def sha256(content):
    return hashlib.sha256(content).hexdigest()


async def test_each_reader_gets_the_files_they_chose(
    suite, http, dl5, customer, invoice, registered, files_of, auditor
):
    """D-03 N-07: per recipient and number; the bytes are those that the billing system sent."""
    bakery = customer(shared=2)
    await dl5.register(bakery)
    first = await dl5.publish(invoice(bakery), bakery)
    everybody = (bakery.main_contact, *bakery.shared_users)
    main, link_only, xml_only = [await registered(each.email) for each in everybody]
    assert (await files_of(main.email, first.number))[0] == {}

    number = f"/customer-numbers/{bakery.number}"
    settings = {"notify": "at_once", "attach": ["pdf", "xml"]}
    done = [
        await main.me("PUT", f"{number}/settings", json=settings),
        await link_only.me("PUT", f"{number}/attachments", json={"attach": []}),
        await xml_only.me("PUT", f"{number}/attachments", json={"attach": ["xml"]}),
    ]
    assert [answer.status_code for answer in done] == [200] * 3

    sent = invoice(bakery)
    with_both = await dl5.publish(sent, bakery)
    pdf = {f"{sent.number}.pdf": ("application/pdf", sha256(sent.pdf()))}
    xml = {f"{sent.number}.xml": ("application/xml", sha256(sent.xml()))}
    found = [await files_of(each.email, sent.number) for each in (main, link_only, xml_only)]
    assert [files for files, _ in found] == [pdf | xml, {}, xml]
    said = ["De pdf en de xml zitten bij deze mail.", "", "De xml zit bij deze mail"]
    assert all(words in text for words, (_, text) in zip(said, found, strict=True))
    assert "pdf" not in found[1][1]

    # Where the billing system sent no PDF, a readable one is made of the XML.
    sent = replace(invoice(bakery), with_pdf=False)
    without_pdf = await dl5.publish(sent, bakery)
    files, _ = await files_of(main.email, sent.number)
    assert {media_type for media_type, _ in files.values()} == {
        "application/pdf",
        "application/xml",
    }
    assert f"{sent.number}.xml" in files
    document = await http.get(
        f"{suite.addresses.documents}/v1/documents/{without_pdf.document_id}/rendition",
        params={"language": "nl"},
        headers={"Authorization": f"Bearer {await main.token('documents')}"},
    )
    assert sha256(document.raise_for_status().content) in {each for _, each in files.values()}

    assert await auditor.faults(dl5, [first, with_both, without_pdf]) == []
    letters = await dl5.letters(with_both.document_id)
    attached = {each["person_id"]: each["attached"] for each in letters}
    assert attached == {
        main.person_id: ["pdf", "xml"],
        link_only.person_id: [],
        xml_only.person_id: ["xml"],
    }
