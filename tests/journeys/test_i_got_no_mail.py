"""A reader's address refuses a mail: the guided check says so, and the mail is sent again.

Before that a guest says whether the help was of use, and reads when somebody answers.
"""

import asyncio

import pytest

NO_SUCH_USER = "550 5.1.1 no such user"
PATIENCE_SECONDS = 90


@pytest.fixture
async def refuse(suite, http):
    """Let the relay refuse some recipients."""

    async def put(**faults):
        (await http.put(f"{suite.postbox}/api/faults", json=faults)).raise_for_status()

    yield put
    await put()


async def becomes(company, published, state):
    """Wait until the letter of a document stands so."""
    for _ in range(PATIENCE_SECONDS * 5):
        letters = await company.letters(published.document_id)
        if letters and letters[0]["state"] == state:
            return
        await asyncio.sleep(0.2)
    pytest.fail(f"{published.number} is not {state} but {letters}")


@pytest.mark.long
async def test_a_guest_votes_on_an_article_and_reads_when_somebody_answers(suite, screen, invited):
    """W-10, W-15, O-01"""
    phone = ("--phone", "+32 9 200 90 00", "--days", "mon-sun", "--opens", "00:00")
    await suite.command("identity", "set-support", "--issuer", "dl5", *phone, "--closes", "23:59")
    _, published, box = await invited()
    guest, another = await screen(), await screen()

    await guest.go((await box.following(published.number)).links[0])
    assert "+32 9 200 90 00" in await guest.page.locator("footer").inner_text()
    await guest.follow("/help?issuer=dl5")
    await guest.follow("/help/unread?issuer=dl5")
    words = await guest.words()
    assert "Vraag het aan Meridiaan Lease" in words
    assert "Maandag tot en met zondag van 00.00 tot 23.59 uur" in words.replace("\xa0", " ")
    assert "Nu open" in words

    await guest.press("/help/unread/vote", "yes")
    assert "U vond dit artikel nuttig." in await guest.words()
    await another.go("/help/unread")
    yes = another.page.locator('button[value="yes"]')
    assert "1 lezer zei dit" in await yes.inner_text()
    assert await yes.get_attribute("aria-pressed") == "false"

    await guest.press("/help/unread/vote", "no")
    assert "U vond dit artikel niet nuttig." in await guest.words()
    await another.go("/help/unread")
    assert "0 lezers zeiden dit" in await yes.inner_text()


async def test_a_reader_whose_address_refused_finds_out_why_and_has_the_mail_sent_again(
    suite, screen, invited, dl5, invoice, refuse
):
    """N-09, N-10"""
    customer, first, box = await invited()
    reader = await screen()
    await reader.register((await box.following(first.number)).links[0], box)
    await reader.go("/help/no-mail")
    assert "Bij ons staat niets uw mails in de weg." in await reader.words()
    assert first.number in await reader.words()

    await refuse(rcpt={f"^{box.address}$": NO_SUCH_USER})
    missed = await dl5.publish(invoice(customer), customer)
    await becomes(dl5, missed, "refused")
    await reader.go("/help")
    await reader.follow("/help/no-mail")
    words = await reader.words()
    assert f"Dit staat in de weg. We sturen geen mails meer naar {box.address}" in words
    assert "Dit adres bestaat niet." in words
    assert missed.number in words
    assert await reader.page.locator('form[action$="/resend"]').count() == 0

    # It was the server's mistake: support frees the address.
    await refuse()
    await suite.command("notifications", "free-address", box.address)
    await reader.go("/help/no-mail")
    assert "De laatste mail werd door uw mailserver niet aangenomen." in await reader.words()
    row = reader.page.locator("tr", has_text=missed.number)
    again = row.locator('form[action$="/resend"]')
    await reader.press(await again.get_attribute("action"))
    assert "De mail is weer onderweg." in await reader.words()

    assert (await box.following(missed.number)).links
    await becomes(dl5, missed, "sent")
    await reader.go("/help/no-mail")
    assert "Bij ons staat niets uw mails in de weg." in await reader.words()
