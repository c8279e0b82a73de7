"""The way in and a person's account in a browser: for eyes, ears, keyboards and small screens."""

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from tests.browser.keyboard import walk

from portal.accounts_testing import (
    PASSKEY,
    PASSWORD,
    PROOF,
    RECOVERY_CODES,
    REGISTRATION,
    RESET,
    SESSION,
    TOTP,
)
from portal.testing import GOOD_LINK, Others

FACTORS = [
    {"id": TOTP, "kind": "totp", "name": "Mijn telefoon", "made_at": "2026-03-02T09:12:00Z"},
    {"id": PASSKEY, "kind": "passkey", "name": "Sleutel", "made_at": "2026-03-02T09:12:00Z"},
]
OUTSIDE = [
    f"/view/{GOOD_LINK}/register",
    f"/register/{REGISTRATION}",
    "/sign-in?other=yes",
    "/sign-in/dl5",
    "/forgot/dl5",
    f"/forgot/dl5/{RESET}",
    f"/proof/register/{PROOF}",
    f"/proof/email_cancel/{PROOF}",
    "/renewed",
    "/nowhere",
]
INSIDE = [
    "/account",
    "/account/email",
    "/account/password",
    "/account/language",
    "/account/details",
    "/account/prove",
    "/account/sessions",
    "/account/second-step",
    "/account/second-step/totp",
    f"/account/second-step/{TOTP}/remove",
    "/account/data",
    "/account/data/erase",
]


def no_documents(request):
    """Answer as an archive without documents, and an identity without customer numbers."""
    if request.url.path in {"/v1/documents", "/v1/me/customer-numbers"}:
        return httpx.Response(200, json={"items": [], "next_cursor": None})
    return None


@pytest.fixture
def open_address(chromium, portal):
    """Return a function that opens an address, signed in where that is inside."""
    contexts, complaints = [], []

    def go(address, *, width=1280, script=True, language="nl", others=None):
        if others is None:
            others = Others()
            others.accounts.me |= {"second_factors": FACTORS, "recovery_codes_left": 2}
            others.also.append(no_documents)
        portal.show(others)
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            reduced_motion="reduce",
            java_script_enabled=script,
        )
        contexts.append(context)
        context.set_default_timeout(10_000)
        if address.startswith("/account"):
            secure = portal.url.replace("http:", "https:")
            cookie = {"name": "__Host-sid", "value": SESSION, "url": secure, "secure": True}
            context.add_cookies([cookie])
        page = context.new_page()
        # A page that helps after a 404, or a form that was refused, is said to be one.
        page.on(
            "console",
            lambda said: "status of 4" in said.text or complaints.append(f"{address}: {said.text}"),
        )
        mark = "&" if "?" in address else "?"
        page.goto(f"{portal.url}{address}{mark}language={language}")
        return page

    yield go
    for context in contexts:
        context.close()
    assert not complaints


def submit(page):
    page.locator("main .button.primary").first.click()
    page.wait_for_load_state()


def heading(page):
    return page.locator("h1").inner_text()


@pytest.mark.parametrize("address", [*OUTSIDE, *INSIDE])
def test_axe_finds_nothing(open_address, address, looks):
    page = open_address(address)

    for width, scheme in looks:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        found = Axe().run(page)
        assert found.violations_count == 0, (width, scheme, found.generate_report())


def test_axe_finds_nothing_in_what_was_refused(open_address):
    for address in ("/sign-in/dl5", "/account/password", f"/register/{REGISTRATION}"):
        page = open_address(address, width=390)
        submit(page)

        assert page.title().startswith("Fout: ")
        found = Axe().run(page)
        assert found.violations_count == 0, (address, found.generate_report())
        assert page.evaluate("document.activeElement.classList.contains('error-summary')")


@pytest.mark.parametrize("address", [*OUTSIDE, *INSIDE])
def test_nothing_is_wider_than_a_small_phone(open_address, address):
    page = open_address(address, width=320, language="de")

    wide = page.evaluate(
        "[...document.querySelectorAll('body *')]"
        ".filter(each => each.getBoundingClientRect().right > 321).map(each => each.outerHTML)"
    )
    assert not wide
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize(
    "address", ["/sign-in/dl5", "/account", "/account/sessions", "/account/second-step"]
)
def test_a_keyboard_reaches_everything_in_order_and_shows_where_it_is(open_address, address):
    reached = walk(open_address(address))

    assert len(reached) > 5


def test_registering_opens_over_the_document_and_is_closed_by_escape(open_address):
    """I-03, W-01: a pop-up; the same form is a page of its own."""
    page = open_address(f"/view/{GOOD_LINK}")

    page.locator("nav.menu").get_by_role("link", name="Registreren").click()
    dialog = page.get_by_role("dialog", name="Registreren")
    assert dialog.is_visible()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.activeElement.closest('dialog') !== null")
    page.keyboard.press("Escape")
    assert not dialog.is_visible()

    page.locator("nav.menu").get_by_role("link", name="Registreren").click()
    dialog.get_by_role("button", name="Doorgaan").click()
    assert heading(page) == "Kijk in uw mail"


@pytest.mark.parametrize("script", [True, False])
def test_a_guest_registers_with_script_or_without(open_address, script):
    """I-03: four steps, no more fields than needed."""
    page = open_address(f"/view/{GOOD_LINK}/register", script=script, width=390)
    submit(page)
    assert heading(page) == "Kijk in uw mail"
    page.fill("#code", "1234 5678")
    page.fill("#password", PASSWORD)
    submit(page)

    assert page.url.endswith("/documents")


def test_signing_in_changing_and_signing_out_need_no_script(open_address):
    page = open_address("/sign-in/dl5?next=%2Faccount", script=False)
    page.fill("#username", "an.peeters@example.com")
    page.fill("#password", PASSWORD)
    submit(page)
    assert heading(page) == "Mijn account"

    page.get_by_role("link", name="Wijzigen Naam").click()
    page.fill("#first_name", "Anneke")
    submit(page)
    assert page.get_by_role("status").inner_text().strip() == "Uw naam is bewaard."
    assert "Anneke Peeters" in page.locator("main").inner_text()

    page.get_by_role("button", name="Afmelden").click()
    assert heading(page) == "Aanmelden"
    page.goto(page.url.replace("/sign-in/dl5", "/account"))
    assert heading(page) == "Aanmelden"


def test_the_drawer_opens_without_script_and_closes(open_address):
    page = open_address("/account", width=390, script=False)
    menu = page.get_by_role("navigation", name="Menu")
    assert not menu.is_visible()

    page.get_by_role("button", name="Menu").click()
    assert menu.is_visible()
    assert menu.get_by_role("link", name="Mijn account").get_attribute("aria-current") == "page"
    page.get_by_role("button", name="Menu sluiten").click()
    assert not menu.is_visible()


def test_a_password_can_be_looked_at_and_pasted(open_address):
    """ASVS 6.2.6, 6.2.7"""
    page = open_address("/sign-in/dl5")
    field = page.locator("#password")
    page.get_by_role("button", name="Tonen").click()
    assert field.get_attribute("type") == "text"
    page.get_by_role("button", name="Verbergen").click()
    assert field.get_attribute("type") == "password"

    field.focus()
    page.evaluate(
        """() => {
            const given = new DataTransfer()
            given.setData("text/plain", "geplakt")
            const paste = new ClipboardEvent("paste", {clipboardData: given, cancelable: true})
            window.allowed = document.activeElement.dispatchEvent(paste)
        }"""
    )
    assert page.evaluate("window.allowed")


@pytest.mark.parametrize("make", [True, False])
def test_a_passkey_goes_from_the_browser_to_the_form(open_address, make):
    """With the authenticator that Chromium itself plays."""
    page = open_address("/sign-in/dl5")
    # A browser has passkeys for names only, not for numbers.
    here = page.url.partition("/sign-in")[0].replace("127.0.0.1", "localhost")
    if make:
        secure = here.replace("http:", "https:")
        cookie = {"name": "__Host-sid", "value": SESSION, "url": secure, "secure": True}
        page.context.add_cookies([cookie])
    page.goto(f"{here}/account/second-step/passkey" if make else f"{here}/sign-in/dl5")
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    if make:
        page.fill("#name", "Mijn laptop")
        submit(page)
        page.get_by_role("button", name="Passkey maken").click()
        page.get_by_text(RECOVERY_CODES[0]).wait_for()
    else:
        page.get_by_role("button", name="Aanmelden met een passkey").click()
        page.get_by_role("button", name="Passkey gebruiken").click()
        # This authenticator has no key yet: the page says so, and which other ways there are.
        page.get_by_text("Dat lukte niet, of u brak het af.").wait_for()
        assert page.get_by_role("link", name="Een andere manier").is_visible()


def test_recovery_codes_are_printed_without_the_frame(open_address):
    page = open_address("/account/second-step/totp")
    page.fill("#name", "Mijn telefoon")
    submit(page)
    page.fill("#code", "123456")
    submit(page)
    assert page.get_by_role("button", name="Afdrukken").is_visible()

    page.emulate_media(media="print")

    assert page.get_by_text(RECOVERY_CODES[9]).is_visible()
    assert not page.locator(".rail").is_visible()
    assert not page.get_by_role("button", name="Afdrukken").is_visible()
