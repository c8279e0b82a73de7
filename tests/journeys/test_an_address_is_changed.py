"""A reader moves: once it is confirmed, the new address is for signing in and for mails."""

import pytest

from localrun.account_holder import PASSWORD


async def test_the_next_invoice_goes_to_the_new_address(
    dl5, invoice, invited, mailbox, screen, person
):
    """I-08, N-08, W-02"""
    bakery, _, box = await invited()
    old, new = bakery.main_contact.email, person().email
    reader = await screen()
    await reader.register((await box.following("/view/")).links[0], box)
    await reader.go("/account")
    await reader.follow("/account/email")
    await reader.send(address=new)
    assert reader.at == "/account"
    assert new in await reader.words()
    notice = await box.following("/proof/email_cancel/")
    new_box = mailbox(new)
    asked = await new_box.following("/proof/email_confirm/")
    confirm = next(each for each in asked.links if "/proof/" in each)

    between = await dl5.publish(invoice(bakery), bakery)
    assert between.number in (await box.following(between.number)).subject
    other = await screen()
    await other.sign_in(old)
    assert other.at == "/documents"

    await reader.go(confirm)
    await reader.press("/proof/email_confirm")
    after = await dl5.publish(invoice(bakery), bakery)
    assert after.number in (await new_box.following(after.number)).subject
    assert [mail for mail in await box.unread() if after.number in mail.subject] == []

    third = await screen()
    await third.sign_in(old)
    assert third.at == "/sign-in/dl5"
    await third.sign_in(new)
    assert third.at == "/documents"
    assert await third.page.locator(".whose").inner_text()

    # It was not the reader after all: the old mailbox takes it back.
    cancel = next(each for each in notice.links if "/proof/" in each)
    await reader.go(cancel)
    await reader.press("/proof/email_cancel")
    await third.go("/documents")
    assert third.at == "/sign-in/dl5"
    await third.sign_in(old)
    assert third.at == "/documents"
    last = await dl5.publish(invoice(bakery), bakery)
    assert last.number in (await box.following(last.number)).subject


@pytest.mark.long
async def test_a_password_is_changed_on_a_screen_of_its_own(invited, screen):
    """I-10, W-02"""
    bakery, _, box = await invited()
    reader, elsewhere = await screen(), await screen()
    await reader.register((await box.following("/view/")).links[0], box)
    await elsewhere.sign_in(bakery.main_contact.email)
    new = "een nieuwe zin over zeven zwanen"

    await reader.go("/account/password")
    await reader.send(current="dat was het niet hoor", new=new)
    assert await reader.page.locator("#current-error").is_visible()
    await reader.send(current=PASSWORD, new=new)

    assert reader.at == "/account"
    assert (await box.following("wachtwoord")).id
    await elsewhere.go("/documents")
    assert elsewhere.at == "/sign-in/dl5"
    await elsewhere.send(username=bakery.main_contact.email, password=new)
    assert elsewhere.at == "/documents"
