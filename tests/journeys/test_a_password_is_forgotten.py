"""Who forgot the password makes a new one by mail; nobody learns whether there is an account."""

import pytest

from localrun.account_holder import PASSWORD

NEW = "een nieuwe zin over zeven zwanen"


async def test_a_forgotten_password_is_made_anew_by_code(invited, screen):
    """I-07"""
    bakery, published, box = await invited()
    email = bakery.main_contact.email
    elsewhere, reader = await screen(), await screen()
    await elsewhere.register((await box.following("/view/")).links[0], box)
    await reader.sign_in(email, "dit is het niet meer")
    assert reader.at == "/sign-in/dl5"
    assert await reader.page.locator(".error-summary").is_visible()
    assert await reader.page.locator("[name=password]").input_value() == ""

    await reader.follow("/forgot/dl5")
    await reader.send(username=email)
    mail = await box.following("/proof/reset/")
    await reader.send(code="0000 0000", password=NEW)
    assert await reader.page.locator("#code-error").is_visible()
    await reader.send(code=mail.code, password="te kort")
    assert await reader.page.locator("#password-error").is_visible()
    await reader.send(code=mail.code, password=NEW)
    assert reader.at == "/sign-in/dl5"
    await reader.send(username=email, password=PASSWORD)
    assert reader.at == "/sign-in/dl5"
    await reader.send(username=email, password=NEW)

    assert reader.at == "/documents"
    assert published.number in await reader.words()
    await elsewhere.go("/documents")
    assert elsewhere.at == "/sign-in/dl5"


@pytest.mark.long
async def test_the_link_of_the_mail_does_it_too_and_scanners_do_not_use_it_up(
    invited, screen, http
):
    """I-07"""
    bakery, _, box = await invited()
    email = bakery.main_contact.email
    reader = await screen()
    await reader.register((await box.following("/view/")).links[0], box)
    await reader.press("/sign-out")
    await reader.go("/forgot/dl5")
    await reader.send(username=email)
    link = next(each for each in (await box.following("/proof/reset/")).links if "/proof/" in each)
    for method in ("HEAD", "GET") * 5:
        assert (await http.request(method, link)).status_code == 303

    await reader.go(link)
    assert reader.at == "/proof/reset"
    assert link.rpartition("/")[2] not in await reader.page.content()
    await reader.send(password=NEW)
    assert reader.at == "/sign-in/dl5"
    await reader.sign_in(email, NEW)

    assert reader.at == "/documents"
    again = await reader.go(link)
    assert again.status == 410


async def test_a_stranger_learns_nothing_from_asking(screen, mailbox, person):
    nobody = person().email
    reader = await screen()

    await reader.go("/forgot/dl5")
    await reader.send(username=nobody)

    assert reader.at.startswith("/forgot/dl5/")
    assert nobody in await reader.words()
    await reader.send(code="12345678", password=NEW)
    assert await reader.page.locator("#code-error").is_visible()
    assert await mailbox(nobody).unread() == []
