"""Something beside the password: a passkey for a customer, an app with codes for staff."""

import re
from datetime import UTC, datetime

import pyotp
import pytest

from localrun.account_holder import PASSWORD

KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def with_key():
    """Return a function that gives a screen something that makes and uses passkeys."""

    async def give(screen):
        devtools = await screen.page.context.new_cdp_session(screen.page)
        await devtools.send("WebAuthn.enable")
        made = await devtools.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
        return devtools, made["authenticatorId"]

    return give


@pytest.mark.long
async def test_a_passkey_is_made_and_lets_its_owner_in(invited, screen, with_key):
    bakery, published, box = await invited()
    reader = await screen()
    devtools, key = await with_key(reader)
    await reader.register((await box.following("/view/")).links[0], box)

    await reader.go("/account/second-step")
    await reader.follow("/account/second-step/passkey")
    await reader.send(name="Laptop")
    await reader.use_passkey()
    codes = await reader.page.locator(".codes code").all_inner_texts()
    assert len(set(codes)) == 10
    kept = await devtools.send("WebAuthn.getCredentials", {"authenticatorId": key})
    (credential,) = kept["credentials"]
    assert credential["rpId"] == "localhost"
    assert credential["isResidentCredential"]
    assert (await box.following("tweede stap")).id

    # Without a password at all.
    await reader.press("/sign-out")
    await reader.press("/sign-in/dl5/passkey")
    await reader.use_passkey()
    assert reader.at == "/documents"
    assert published.number in await reader.words()

    # And as a second step after it.
    await reader.press("/sign-out")
    await reader.sign_in(bakery.main_contact.email)
    assert reader.at == "/sign-in/dl5/second-step"
    await reader.use_passkey()
    assert reader.at == "/documents"

    # Where the key is not at hand, a recovery code is good once.
    stranger = await screen()
    for code, comes_to in ((codes[0], "/documents"), (codes[0], "/sign-in/dl5/second-step")):
        await stranger.go("/sign-in/dl5")
        await stranger.send(username=bakery.main_contact.email, password=PASSWORD)
        assert stranger.at == "/sign-in/dl5/second-step"
        await stranger.page.locator("summary").click()
        await stranger.send(recovery=code)
        assert stranger.at == comes_to
        if comes_to == "/documents":
            await stranger.press("/sign-out")


@pytest.mark.usefixtures("dl5")
async def test_staff_get_an_app_with_codes_before_all_else(suite, mailbox, screen, person):
    email = person().email
    names = ("--first-name", "Stella", "--last-name", "Desmet")
    await suite.command("identity", "add-staff", "--issuer", "dl5", "--email", email, *names)
    mail = await mailbox(email).following("/proof/staff/")
    desk = await screen()

    await desk.go(next(each for each in mail.links if "/proof/" in each))
    await desk.send(password=PASSWORD)
    assert desk.at == "/account/second-step"
    for elsewhere in ("/documents", "/customer-numbers", "/shared-users", "/account", "/"):
        await desk.go(elsewhere)
        assert desk.at == "/account/second-step"
    await desk.follow("/account/second-step/totp")
    await desk.send(name="Telefoon")
    shown = await desk.page.locator(".secret-key").inner_text()
    totp = pyotp.TOTP(re.sub(r"\s", "", shown))
    await desk.send(code="000000")
    assert await desk.page.locator("#code-error").is_visible()
    assert re.sub(r"\s", "", await desk.page.locator(".secret-key").inner_text()) == totp.secret
    await desk.send(code=totp.now())
    assert len(await desk.page.locator(".codes code").all()) == 10
    await desk.go("/documents")
    assert desk.at == "/documents"

    await desk.press("/sign-out")
    await desk.sign_in(email)
    assert desk.at == "/sign-in/dl5/second-step"
    await desk.send(code="000000")
    assert desk.at == "/sign-in/dl5/second-step"
    await desk.send(code=totp.at(datetime.now(UTC), counter_offset=1))
    assert desk.at == "/desk"
