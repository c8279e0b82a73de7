"""Staff at the desk: a mail was refused, so the address is changed, and the mail arrives."""

import re

import pyotp
import pytest

from localrun.account_holder import PASSWORD

NO_SUCH_USER = "550 5.1.1 no such user"


@pytest.fixture
async def refuse(suite, http):
    """Let the relay refuse some recipients."""

    async def put(**faults):
        (await http.put(f"{suite.postbox}/api/faults", json=faults)).raise_for_status()

    yield put
    await put()


@pytest.fixture
def at_work(suite, mailbox, screen, person):
    """Return a function that lets somebody in who works for an issuer."""

    async def enter(issuer):
        email = person().email
        names = ("--first-name", "Stella", "--last-name", "Desmet")
        await suite.command("identity", "add-staff", "--issuer", issuer, "--email", email, *names)
        mail = await mailbox(email).following("/proof/staff/")
        desk = await screen()
        await desk.go(next(each for each in mail.links if "/proof/" in each))
        await desk.send(password=PASSWORD)
        await desk.follow("/account/second-step/totp")
        await desk.send(name="Telefoon")
        shown = await desk.page.locator(".secret-key").inner_text()
        await desk.send(code=pyotp.TOTP(re.sub(r"\s", "", shown)).now())
        return desk

    return enter


async def test_a_guest_gets_another_address_and_the_mail_again(
    dl5, customer, person, invoice, mailbox, refuse, at_work
):
    """O-02, O-05, I-06, I-09"""
    wrong, right = person().email, person().email
    bakery = customer(main_contact=person(email=wrong))
    await refuse(rcpt={f"^{re.escape(wrong)}$": NO_SUCH_USER})
    await dl5.register(bakery)
    published = await dl5.publish(invoice(bakery), bakery)
    desk = await at_work("dl5")

    for search in (bakery.number, wrong.split("@")[0]):
        await desk.go("/desk")
        await desk.send(search=search)
        assert bakery.number in await desk.words()
    await desk.follow(f"/desk/customers/{bakery.number}")
    for _ in range(50):
        if "Dit adres bestaat niet." in await desk.words():
            break
        await desk.page.wait_for_timeout(300)
        await desk.go(desk.at)
    assert "Geweigerd" in await desk.words()
    assert published.number in await desk.words()

    await desk.page.get_by_role("link", name="Ander adres").first.click()
    await desk.look()
    await desk.send(address=right, reason="asked_by_phone")
    assert right in await desk.words()
    await desk.page.get_by_role("link", name="Opnieuw sturen").first.click()
    await desk.look()
    await desk.send(reason="mail_came_back")
    assert "De mail is opnieuw onderweg." in await desk.words()
    assert published.number in (await mailbox(right).following("/view/")).text
    assert "Adres gewijzigd" in await desk.words()


@pytest.mark.long
async def test_staff_look_as_a_customer_and_leave_no_trace_in_the_list(
    dl5, invited, invoice, screen, at_work
):
    """O-02, O-05, D-13"""
    bakery, published, box = await invited()
    reader = await screen()
    await reader.register((await box.following("/view/")).links[0], box)
    later = await dl5.publish(invoice(bakery), bakery)
    desk = await at_work("dl5")

    await desk.go(f"/desk/customers/{bakery.number}")
    await desk.page.get_by_role("link", name="Meekijken").first.click()
    await desk.look()
    await desk.send(reason="support")
    assert desk.at == "/desk/view"
    await desk.follow(f"/desk/view/{later.document_id}")
    assert later.number in await desk.words()
    await desk.press("/desk/view/end")
    assert desk.at == "/desk"

    await reader.go("/documents")
    assert published.number in await reader.words()
    assert "Ongelezen" in await reader.page.locator(f'tr:has-text("{later.number}")').inner_text()


@pytest.mark.long
@pytest.mark.usefixtures("dl2")
async def test_another_issuers_customers_are_not_there(dl5, customer, at_work):
    """O-02"""
    bakery = customer()
    await dl5.register(bakery)
    desk = await at_work("dl2")

    await desk.go("/desk")
    await desk.send(search=bakery.number)
    assert "Nobody found" in await desk.words()
    assert (await desk.go(f"/desk/customers/{bakery.number}")).status == 404
