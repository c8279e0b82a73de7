"""The door to the guided check "I got no mail": from facts to what the reader does next (N-10)."""

import re

import pytest

from portal.archive_testing import NUMBER, OTHER_NUMBER
from portal.help_testing import LETTER, Mails, a_letter
from portal.sharing_testing import a_number, numbers

CHECK = f"/help/no-mail?customer_number={NUMBER}&language=en"

pytestmark = pytest.mark.usefixtures("archive")


@pytest.fixture(autouse=True)
def mails(others):
    """Return what notifications knows of An's mails."""
    mails = Mails()
    others.also.insert(0, mails.answer)
    return mails


async def test_a_guest_is_told_what_to_look_at_and_of_signing_in(stranger, shown):
    """N-10, W-10"""
    page = await stranger.get("/help/no-mail?language=en&issuer=dl5")

    assert "Let mails through" in shown(page)
    assert 'href="/sign-in/dl5?next=/help/no-mail"' in page.text
    assert "customer_number" not in page.text


async def test_who_has_several_numbers_chooses_one(an, shares):
    page = (await an.get("/help/no-mail?language=en")).text

    assert f'<option value="{NUMBER}"' in page
    assert f'<option value="{OTHER_NUMBER}"' in page
    assert 'class="checks"' not in page
    shares.numbers = numbers(20)
    many = (await an.get("/help/no-mail")).text
    assert "<datalist" in many
    assert "<select" not in many


async def test_who_has_one_is_not_asked_which(an, shares, shown):
    shares.numbers = shares.numbers[:1]

    page = await an.get("/help/no-mail?language=en")

    assert f"What we found for {NUMBER}" in shown(page)
    assert 'name="customer_number"' in page.text  # of the mail that may be sent again
    assert "<select" not in page.text


async def test_a_number_that_is_not_the_readers_is_not_checked(an, shares, shown):
    """D-15"""
    assert shares.numbers
    page = await an.get("/help/no-mail?customer_number=DL5-999999<b>&language=en")

    assert page.status_code == 200
    assert "You do not see a customer number DL5-999999<b>." in shown(page)
    assert "<b>." not in page.text
    assert 'class="checks"' not in page.text


async def test_where_nothing_is_wrong_the_mailbox_is_left(an, shares, shown):
    """N-10"""
    assert shares.numbers
    page = shown(await an.get(CHECK))

    assert "Nothing on our side stands in the way" in page
    assert "Your mails go to an.peeters@example.com" in page
    assert "Look in your junk mail" in page
    assert "F2026-0042" in page


async def test_an_address_that_refused_is_named_with_why_and_how_to_change_it(
    an, shares, mails, shown
):
    """N-09, N-10"""
    assert shares.numbers
    mails.address |= {"state": "stopped", "reason_code": "bad_address"}
    mails.letters = [a_letter("refused", reason_code="bad_address")]

    page = await an.get(CHECK)

    assert "This stands in the way. We send no more mails to an.peeters@example.com" in shown(page)
    assert "This address does not exist." in shown(page)
    assert 'href="/account/email"' in page.text
    assert "Refused" in shown(page)
    # It would go to the same address.
    assert f"/letters/{LETTER}/resend" not in page.text


async def test_mails_that_are_off_are_turned_on_where_that_is_done(an, shares, shown):
    """N-10"""
    shares.numbers[0]["settings"] = {"notify": "none", "attach": []}

    page = await an.get(CHECK)

    assert "Mails are off for this customer number" in shown(page)
    assert f'href="/customer-numbers/{NUMBER}"' in page.text


async def test_who_gets_none_of_a_shared_number_learns_who_decides(an, shares, shown):
    """N-10, I-18"""
    contact = {
        "person_id": "01930000-0000-7000-8000-0000000000c1",
        "name": "Els Maes",
        "email": "els@example.com",
    }
    shares.numbers = [a_number(NUMBER, "Zetel", role="shared", mail=False, main_contact=contact)]

    page = shown(await an.get(CHECK))

    assert "shared with you without mails" in page
    assert "The main contact is Els Maes." in page


async def test_a_mail_is_sent_again(an, shares, mails, shown):
    """N-10"""
    assert shares.numbers
    page = await an.get(CHECK)
    action = re.search(r'action="(/help/no-mail/letters/[^"]+)"', page.text)[1]

    sent = await an.post(action, {"customer_number": NUMBER})

    assert mails.resent == [LETTER]
    assert sent.headers["Location"] == f"/help/no-mail?customer_number={NUMBER}"
    assert "The mail is on its way again." in shown(await an.follow(sent))


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("letter_under_way", "Look again in a minute"),
        ("address_stopped", "Put the address right first"),
        ("resent_often", "too often already"),
        ("letter_withdrawn", "You do not see this document any more"),
        ("a_new_rule", "Look again in a minute"),
    ],
)
async def test_what_stands_in_the_way_of_sending_again_is_told(
    an, shares, mails, shown, rule, told
):
    assert shares.numbers
    mails.refuses = rule
    await an.get("/help?language=en")

    answer = await an.post(f"/help/no-mail/letters/{LETTER}/resend", {"customer_number": NUMBER})

    assert answer.status_code == 422
    assert told in shown(answer)
    assert f"What we found for {NUMBER}" in shown(answer)


async def test_a_mail_of_another_is_not_there(an, shares, mails):
    assert shares.numbers
    other = LETTER.replace("e1", "e2")

    answer = await an.post(f"/help/no-mail/letters/{other}/resend", {"customer_number": NUMBER})

    assert answer.status_code == 404
    assert mails.resent == []


async def test_nobody_has_mails_sent_without_signing_in(stranger, mails):
    answer = await stranger.post(f"/help/no-mail/letters/{LETTER}/resend", {})

    assert answer.status_code == 303
    assert "/sign-in" in answer.headers["Location"]
    assert mails.resent == []


async def test_what_a_letter_holds_is_never_markup(an, shares, mails, alive):
    """Issue 6, hostile documents"""
    assert shares.numbers
    hostile = "<script>alert(1)</script>\u202efdp.exe"
    mails.letters = [a_letter("bounced", number=hostile, sent_to=hostile)]

    assert alive((await an.get(CHECK)).text) == []


async def test_where_notifications_is_away_the_page_says_so(an, shares, others):
    assert shares.numbers
    others.away = "/v1/me/addresses"

    assert (await an.get(CHECK)).status_code == 503
