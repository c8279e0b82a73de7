"""From a mail to an account in a minute, with every invoice there was; one password for all."""

from datetime import UTC, date, datetime, timedelta

from chassis.signing import key_from, sign
from localrun.account_holder import PASSWORD


async def test_a_guest_registers_and_the_history_is_there(
    dl5, customer, invoice, mailbox, screen, auditor
):
    """I-01, I-02, I-03, I-04, I-05, I-12, I-13, D-04, W-01, W-03"""
    bakery = customer()
    await dl5.register(bakery)
    days = [date(2025, 11, 3), date(2026, 1, 5), date(2026, 3, 2)]
    published = [await dl5.publish(invoice(bakery, issued=day), bakery) for day in days]
    assert await auditor.faults(dl5, published) == []
    box = mailbox(bakery.main_contact.email)
    guest = await screen()

    await guest.go((await box.following("/view/")).links[0])
    page = await guest.words()
    assert published[-1].number in page
    assert not [each for each in published[:-1] if each.number in page]
    menu = await guest.page.locator("nav.menu li").all_inner_texts()
    assert "Registreren" in menu[2]
    await guest.page.get_by_role("link", name="Registreren").first.click()
    await guest.page.locator("dialog[open]").wait_for()
    assert bakery.main_contact.email in await guest.page.locator("dialog").inner_text()
    await guest.send(first_name="Hilde", last_name="Van Damme", language="nl")
    assert bakery.main_contact.email in await guest.words()
    code = (await box.following("/proof/register/")).code
    await guest.send(code=f"{code[:4]} {code[4:]}", password=PASSWORD)

    assert guest.at == "/documents"
    inside = await guest.words()
    assert [each.number for each in published if each.number not in inside] == []
    for each in reversed(published):
        await guest.go(f"/documents/{each.document_id}")
        assert each.number in await guest.words()


async def test_two_invitations_and_one_password(dl5, customer, invoice, mailbox, screen):
    """I-11, I-14, I-15, I-24"""
    bakery = customer()
    second = customer(main_contact=bakery.main_contact)
    box = mailbox(bakery.main_contact.email)
    for each in (bakery, second):
        await dl5.register(each)
    first_document = await dl5.publish(invoice(bakery), bakery)
    first = await box.following("/view/")
    second_document = await dl5.publish(invoice(second), second)
    other = await box.following("/view/")
    assert first.links[0] != other.links[0]
    reader = await screen()
    await reader.register(first.links[0], box)
    assert reader.at == "/documents"
    await reader.press("/sign-out")

    await reader.go(other.links[0])
    assert reader.at == "/sign-in/dl5"
    await reader.send(username=bakery.main_contact.email, password=PASSWORD)

    assert reader.at == f"/documents/{second_document.document_id}"
    await reader.go("/documents")
    inside = await reader.words()
    assert first_document.number in inside
    assert second_document.number in inside
    await reader.go("/customer-numbers")
    numbers = await reader.words()
    assert bakery.number in numbers
    assert second.number in numbers


async def test_a_lost_invitation_comes_again_until_it_is_not_needed(
    dl5, customer, invoice, mailbox, screen
):
    """I-16, N-05"""
    bakery = customer()
    await dl5.register(bakery)
    box = mailbox(bakery.main_contact.email)
    await dl5.publish(invoice(bakery), bakery)
    lost = await box.following("/view/")
    assert "Uitnodiging" in lost.text

    await dl5.publish(invoice(bakery), bakery)
    fresh = await box.following("/view/")
    assert "Uitnodiging" in fresh.text
    reader = await screen()
    await reader.register(fresh.links[0], box)
    assert reader.at == "/documents"

    last = await dl5.publish(invoice(bakery), bakery)
    notice = await box.following(last.number)
    assert "Uitnodiging" not in notice.text


async def test_a_link_that_is_too_old_has_a_new_one_sent(
    suite, dl5, customer, invoice, mailbox, screen
):
    """I-16, Q3"""
    bakery = customer()
    await dl5.register(bakery)
    box = mailbox(bakery.main_contact.email)
    await dl5.publish(invoice(bakery), bakery)
    link = (await box.following("/view/")).links[0]
    ticket = link.rpartition("/")[2].split(".")[0]
    day = (datetime.now(UTC).date() - timedelta(days=106)).isoformat()
    mac = sign(key_from(suite.environment["NOTIFICATIONS_LINK_KEY"]), ticket, day, "view")
    reader = await screen()

    opened = await reader.go(f"/view/{ticket}.{day}.{mac}")
    assert opened.status == 404
    await reader.page.locator("main form button").first.click()
    await reader.page.wait_for_url("**/renewed")

    again = await box.following("/view/")
    await reader.register(again.links[0], box)
    assert reader.at == "/documents"
