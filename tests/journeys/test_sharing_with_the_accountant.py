"""The main contact decides who else sees which number: at once, and nothing that was not said."""

from dataclasses import dataclass

import pytest

from localrun.account_holder import PASSWORD
from localrun.demo_customers import Customer


@dataclass
class Sharing:
    """A main contact who shares a number with an accountant, each before a screen."""

    main: object
    accountant: object
    customer: Customer
    published: object
    email: str
    box: object


@pytest.fixture
def share(invited, mailbox, screen, person):
    """Return a function that shares a number by the portal's pages, and has both registered."""

    async def share():
        bakery, published, box = await invited()
        main, accountant = await screen(), await screen()
        await main.register((await box.following("/view/")).links[0], box)
        email = person().email
        await main.go("/shared-users")
        await main.follow("/shared-users/add")
        await main.send(email=email, first_name="Joris", last_name="Peeters", language="nl")
        assert "Joris Peeters" in await main.words()
        their_box = mailbox(email)
        invitation = await their_box.following("/view/")
        assert bakery.number in invitation.text
        await accountant.register(invitation.links[0], their_box, names=("Joris", "Peeters"))
        assert accountant.at == "/documents"
        return Sharing(main, accountant, bakery, published, email, their_box)

    return share


async def test_sharing_works_at_once_and_so_does_taking_it_back(share, dl5, invoice):
    """I-17, I-18, I-19, I-20, I-22, W-06, N-02"""
    shared = await share()
    main, accountant, number = shared.main, shared.accountant, shared.customer.number
    assert shared.published.number in await accountant.words()
    assert await accountant.page.locator('nav a[href="/shared-users"]').count() == 0

    # Mails off, portal on: seen, and not told of.
    await main.go("/shared-users")
    assert (await main.ticked("portal"), await main.ticked("mail")) == (
        {f"0:{number}"},
        {f"0:{number}"},
    )
    await main.tick("mail", f"0:{number}", on=False)
    await main.press("/shared-users", "save")
    quiet = await dl5.publish(invoice(shared.customer), shared.customer)
    await accountant.go(f"/documents/{quiet.document_id}")
    assert quiet.number in await accountant.words()

    # Mails on, portal off: told of, and not seen.
    await main.go("/shared-users")
    assert await main.ticked("mail") == set()
    await main.tick("mail", f"0:{number}")
    await main.tick("portal", f"0:{number}", on=False)
    await main.press("/shared-users", "save")
    for _ in range(20):
        answer = await accountant.go(f"/documents/{quiet.document_id}")
        if answer.status == 404:
            break
        await accountant.page.wait_for_timeout(100)
    assert answer.status == 404
    told = await dl5.publish(invoice(shared.customer), shared.customer)
    assert (await shared.box.following(told.number)).id
    assert [mail for mail in await shared.box.unread() if quiet.number in mail.subject] == []

    # Both off, in an open session.
    await main.go("/shared-users")
    await main.tick("portal", f"0:{number}")
    await main.press("/shared-users", "save")
    await accountant.go("/documents")
    assert told.number in await accountant.words()
    person = await main.page.locator('table a[href^="/shared-users/"]').get_attribute("href")
    await main.go(f"{person}/remove")
    await main.press(f"{person}/remove")
    for address in ("/documents", "/customer-numbers"):
        await accountant.go(address)
        assert accountant.at == address
        assert number not in await accountant.words()
        assert told.number not in await accountant.words()
    answer = await accountant.go(f"/documents/{told.document_id}")
    assert answer.status == 404


@pytest.mark.long
async def test_a_new_number_is_shared_with_nobody_until_it_is_ticked(share, dl5, invoice, customer):
    """I-21, W-06"""
    shared = await share()
    main, accountant = shared.main, shared.accountant
    second = customer(main_contact=shared.customer.main_contact)
    await dl5.register(second)
    document = await dl5.publish(invoice(second), second)

    assert (await accountant.go(f"/documents/{document.document_id}")).status == 404
    await main.go("/shared-users?gaps=yes")
    gaps = await main.words()
    assert second.number in gaps
    assert await main.page.locator("tr.alone").count() == 1
    await main.go("/shared-users")
    assert f"0:{second.number}" not in await main.ticked("portal")

    await main.page.locator(".notice button[name=go]").click()
    await main.look()
    assert f"0:{second.number}" in await main.ticked("portal")
    await main.press("/shared-users", "save")

    assert (await accountant.go(f"/documents/{document.document_id}")).status == 200
    await main.page.locator("[name=go][value=undo]").first.click()
    await main.look()
    assert (await accountant.go(f"/documents/{document.document_id}")).status == 404


@pytest.mark.long
async def test_the_role_is_handed_over(share, dl5, invoice):
    """I-17, I-23"""
    shared = await share()
    main, accountant, number = shared.main, shared.accountant, shared.customer.number

    await main.go(f"/customer-numbers/{number}")
    await main.follow(f"/customer-numbers/{number}/main-contact")
    radio = main.page.locator("[name=person_id]").first
    await main.send(person_id=await radio.get_attribute("value"))

    assert main.at == f"/customer-numbers/{number}"
    assert await main.page.locator('[name="notify"]').count() == 0
    await accountant.go(f"/customer-numbers/{number}")
    assert await accountant.page.locator('[name="notify"]').count() == 2
    assert await accountant.page.locator('nav a[href="/shared-users"]').count() == 1
    last = await dl5.publish(invoice(shared.customer), shared.customer)
    assert (await shared.box.following(last.number)).id
    await main.go("/documents")
    assert last.number in await main.words()


@pytest.mark.long
async def test_a_number_is_quiet_for_as_long_as_its_main_contact_wants(
    invited, dl5, invoice, screen
):
    """N-04, W-05"""
    bakery, _, box = await invited()
    reader = await screen()
    await reader.register((await box.following("/view/")).links[0], box)
    await reader.go("/documents")
    await reader.follow("/customer-numbers")
    await reader.follow(f"/customer-numbers/{bakery.number}")

    await reader.send(notify="none")
    quiet = await dl5.publish(invoice(bakery), bakery)
    await reader.go(f"/customer-numbers/{bakery.number}")
    await reader.send(notify="at_once", attach="pdf")
    loud = await dl5.publish(invoice(bakery), bakery)

    assert (await box.following(loud.number)).id
    assert [mail for mail in await box.unread() if quiet.number in mail.subject] == []
    await reader.go("/documents")
    assert quiet.number in await reader.words()


@pytest.mark.long
async def test_help_stands_on_every_page_in_the_readers_language(invited, screen):
    """W-09"""
    bakery, _, box = await invited()
    reader = await screen()
    await reader.register((await box.following("/view/")).links[0], box)

    titles = set()
    for language in ("nl", "fr", "de", "en"):
        await reader.go(f"/shared-users?language={language}")
        await reader.page.locator("footer a[href^='/help/']").click()
        await reader.look()
        assert reader.at == "/help/sharing"
        assert await reader.page.locator("html").get_attribute("lang") == language
        titles.add(await reader.page.locator("h1").inner_text())
    assert len(titles) == 4
    await reader.sign_in(bakery.main_contact.email, PASSWORD)
