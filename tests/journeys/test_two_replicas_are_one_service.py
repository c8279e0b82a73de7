"""Two identities and two portals, each request to the next of them: nobody is ever signed out."""

import asyncio
import re
from contextlib import AsyncExitStack
from dataclasses import replace

import pytest

from localrun.account_holder import PASSWORD, FrontDesk, Mailbox
from localrun.plain_browser import PlainBrowser
from localrun.replicas import Balancer, Replica

SIGN_INS = 8
LOOKS = 10


@pytest.fixture
async def identities(suite):
    """Two more identities, and what gives each request to the next of them."""
    async with AsyncExitStack() as stack:
        pair = [Replica(suite, "identity") for _ in range(2)]
        for each in pair:
            stack.push_async_callback(each.stop)
        await asyncio.gather(*(each.start() for each in pair))
        yield await stack.enter_async_context(Balancer([each.url for each in pair]).running())


@pytest.fixture
async def portals(suite, identities):
    """Two more portals, that ask those identities in turn, and what gives each its requests."""
    async with AsyncExitStack() as stack:
        pair = [Replica(suite, "portal") for _ in range(2)]
        for each in pair:
            stack.push_async_callback(each.stop)
        asked = {
            "PORTAL_IDENTITY_URL": identities.url,
            "PORTAL_TOKEN_ISSUER": suite.environment["IDENTITY_PUBLIC_URL"],
        }
        await asyncio.gather(*(each.start(**asked) for each in pair))
        yield await stack.enter_async_context(Balancer([each.url for each in pair]).running())


@pytest.fixture
def desk(suite, http, identities):
    """What a portal asks of identity, asked of the two in turn."""
    return FrontDesk(http, replace(suite.addresses, identity=identities.url), suite.environment)


@pytest.fixture
async def invited(suite, dl5, customer, invoice, http):
    """A new customer who has been told of an invoice: their mailbox, and the mail's link."""
    bakery = customer()
    await dl5.register(bakery)
    published = await dl5.publish(invoice(bakery), bakery)
    mailbox = Mailbox(http, suite.addresses, bakery.main_contact.email)
    mail = await mailbox.following("/view/")
    return mailbox, next(each for each in mail.links if "/view/" in each), published


def both_were_asked(balancer):
    return len(balancer.given) == 2 and min(balancer.given.values()) > 5


@pytest.mark.long
async def test_every_step_may_be_taken_at_the_other_identity(desk, invited, identities):
    """I-03, I-15: registering, signing in, being known and signing out, each at whichever."""
    mailbox, link, _ = invited
    registered = await desk.register(link, mailbox)
    signed_in = [await desk.sign_in("dl5", registered.email) for _ in range(SIGN_INS)]
    holders = [registered, *signed_in]

    for holder in holders:
        known = [(await desk.resolve(holder.session)).status_code for _ in range(LOOKS)]
        assert known == [200] * LOOKS
        assert (await holder.me("GET")).json()["email"] == registered.email

    assert len((await registered.me("GET", "/sessions")).json()["items"]) == len(holders)
    await desk.post("/v1/sessions/end", session=holders[-1].session)
    gone = [(await desk.resolve(holders[-1].session)).status_code for _ in range(LOOKS)]
    assert gone == [404] * LOOKS
    assert both_were_asked(identities)


@pytest.mark.long
async def test_a_token_of_either_identity_is_good_everywhere(desk, invited):
    mailbox, link, _ = invited
    holder = await desk.register(link, mailbox)

    for _ in range(LOOKS):
        holder.renew_tokens()
        listed = await holder.ask("documents", "GET", "/v1/documents")
        assert len(listed.json()["items"]) == 1
        assert (await holder.ask("notifications", "GET", "/v1/me/letters")).status_code == 200
        assert (await holder.me("GET", "/customer-numbers")).status_code == 200


@pytest.mark.long
async def test_one_of_two_who_redeem_a_code_at_both_identities_wins(desk, invited):
    mailbox, link, _ = invited
    await desk.register(link, mailbox)
    sent = await desk.post(
        "/v1/forgotten-passwords",
        issuer="dl5",
        username=mailbox.address,
        visitor={"address": "2001:db8:ffff::1", "browser": "Firefox on Windows", "device": None},
    )
    code = (await mailbox.following("/proof/reset/")).code
    path = f"/v1/forgotten-passwords/{sent.json()['reset']}/finish"
    who = {"address": "2001:db8:ffff::2", "browser": "Firefox on Windows", "device": None}

    tried = await asyncio.gather(
        *(
            desk.post(path, code=code, password=f"{PASSWORD} {turn}", visitor=who)
            for turn in range(20)
        )
    )

    assert sorted(each.status_code for each in tried) == [204] + [422] * 19
    (won,) = [turn for turn, each in enumerate(tried) if each.status_code == 204]
    await desk.sign_in("dl5", mailbox.address, f"{PASSWORD} {won}")


@pytest.mark.long
async def test_no_page_asks_who_signed_in_to_sign_in_again(
    http, desk, invited, portals, identities
):
    """W-01, I-11: a browser whose every request goes to the other portal."""
    mailbox, link, published = invited
    await desk.register(link, mailbox)
    browser = PlainBrowser(http, portals.url)

    await browser.open("/sign-in/dl5")
    await browser.send("/sign-in/dl5", {"username": mailbox.address, "password": PASSWORD})
    for _ in range(LOOKS):
        page = await browser.open("/documents")
        assert page.status_code == 200
        assert browser.address.startswith("/documents")
        assert published.number in page.text
        for path in ("/customer-numbers", "/account"):
            assert (await browser.open(path)).status_code == 200
            assert browser.address.startswith(path)
    cookies = dict(browser.cookies)
    assert both_were_asked(portals)
    assert both_were_asked(identities)

    await browser.open("/documents")
    await browser.send("/sign-out")
    browser.cookies = cookies
    for _ in range(LOOKS):
        await browser.open("/documents")
        assert re.match(r"/sign-in", browser.address)
