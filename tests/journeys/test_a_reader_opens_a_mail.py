"""The link of a mail, "View invoice", opens the newest document, and nothing is used up by it."""

import re
from datetime import date

import pytest


@pytest.fixture
def link_in(auditor):
    """Return a function that finds the link in the mail about a document, in both its parts."""

    async def find(published):
        (mail,) = await auditor.mails(published.number)
        whole = await auditor.whole(mail)
        (link,) = re.findall(r"http://\S+/view/\S+", whole["text"])
        assert f'href="{link}"' in whole["html"]
        return link

    return find


async def test_the_link_opens_the_document_and_its_files_byte_for_byte(
    dl5, customer, invoice, auditor, http, link_in
):
    bakery = customer()
    await dl5.register(bakery)
    billed = invoice(bakery)
    published = await dl5.publish(billed, bakery)
    assert await auditor.faults(dl5, [published]) == []
    link = await link_in(published)

    page = await http.get(link)

    assert page.status_code == 200
    assert published.number in page.text
    assert "498,94" in page.text
    hrefs = re.findall(r'href="(/view/[^"]+/files/[0-9a-f]{64})"', page.text)
    files = [await http.get(page.url.join(href)) for href in hrefs]
    assert [file.content for file in files] == [billed.pdf(), billed.xml()]
    assert [file.headers["content-type"] for file in files] == [
        "application/pdf",
        "application/xml",
    ]


async def test_an_old_mail_opens_the_newest_document(
    dl5, customer, invoice, auditor, http, link_in
):
    """I-02"""
    bakery = customer()
    await dl5.register(bakery)
    old = await dl5.publish(invoice(bakery, issued=date(2026, 1, 5)), bakery)
    newest = await dl5.publish(invoice(bakery, issued=date(2026, 2, 5)), bakery)
    late = await dl5.publish(invoice(bakery, issued=date(2025, 12, 5)), bakery)
    assert await auditor.faults(dl5, [old, newest, late]) == []

    pages = [await http.get(await link_in(each)) for each in (old, newest, late)]

    for page in pages:
        assert newest.number in page.text
        assert old.number not in page.text
        assert late.number not in page.text


async def test_a_forged_link_opens_a_page_that_helps(
    dl5, customer, invoice, auditor, http, link_in
):
    bakery, other = customer(), customer()
    await dl5.register(bakery)
    await dl5.register(other)
    published = [await dl5.publish(invoice(each), each) for each in (bakery, other)]
    assert await auditor.faults(dl5, published) == []
    link, link_of_other = [await link_in(each) for each in published]
    ticket, day, mac = link.rsplit("/", 1)[1].split(".")
    ticket_of_other = link_of_other.rsplit("/", 1)[1].split(".")[0]
    forged = [
        f"{ticket_of_other}.{day}.{mac}",
        f"{ticket}.2099-01-01.{mac}",
        f"{ticket}.{day}.{mac[:-2]}",
        f"{ticket}.{day}",
        "nothing-at-all",
        "%00",
        "x" * 3000,
    ]

    base = link.rsplit("/", 1)[0]
    pages = [
        await http.get(f"{base}/{each}", headers={"Accept-Language": "fr-BE,nl;q=0.5"})
        for each in forged
    ]

    assert [page.status_code for page in pages] == [404] * len(forged)
    for page in pages:
        assert "Ce lien n’ouvre rien" in page.text


async def test_looking_twenty_times_changes_nothing(dl5, customer, invoice, auditor, http, link_in):
    bakery = customer()
    await dl5.register(bakery)
    published = await dl5.publish(invoice(bakery), bakery)
    assert await auditor.faults(dl5, [published]) == []
    link = await link_in(published)
    known = (await dl5.customer(bakery.number)).json()
    letters = await dl5.letters(published.document_id)

    looks = [await http.request(method, link) for method in ("HEAD", "GET") * 10]

    assert {look.status_code for look in looks} == {200}
    assert len({look.text for look in looks[1::2]}) == 1
    assert (await dl5.customer(bakery.number)).json() == known
    assert await dl5.letters(published.document_id) == letters
    assert await auditor.faults(dl5, [published]) == []
