"""People before a browser, at the real suite; every page they come to is looked at by axe."""

import re
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import async_playwright
from tests import chromium as browsers

from localrun.account_holder import PASSWORD, Mailbox

PATIENCE_MILLISECONDS = 15_000
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
# What a page is called, whoever's it is.
_PARTS = [
    (re.compile(r"/view/[^/]+"), "/view/*"),
    (re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}(\.[\w-]+)?"), "*"),
    (re.compile(r"DL[25]-\d+"), "*"),
]

_looked_at = set()


class Screen:
    """One person's browser: what they see, and what they do."""

    def __init__(self, page, site):
        self.page, self.site = page, site
        self.complaints = []
        page.set_default_timeout(PATIENCE_MILLISECONDS)
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    @property
    def at(self):
        """The path of the page that is shown."""
        return urlsplit(self.page.url).path

    async def go(self, address):
        """Type an address, or click a link of a mail."""
        parts = urlsplit(address)
        query = f"?{parts.query}" if parts.query else ""
        answer = await self.page.goto(f"{self.site}{parts.path}{query}")
        await self.look()
        return answer

    async def follow(self, address):
        """Click the link of this page that leads to an address."""
        await self.page.locator(f'a[href="{address}"]').first.click()
        await self.look()

    async def send(self, button="", **fields):
        """Fill in the form that has these fields, and press its button.

        ``button`` is the name of one of several.
        """
        form = self._form(*fields)
        for name, value in fields.items():
            await self._fill(form, name, value)
        await self._press(form, button)

    async def press(self, leads_to, button=""):
        """Press the button of the form that leads to an address."""
        form = self.page.locator(f'form[action="{leads_to}"]').first
        if not await form.is_visible():
            await self.page.locator("[popovertarget=menu]").first.click()
        await self._press(form, button)

    async def register(self, link, mailbox, *, password=PASSWORD, names=("Hilde", "Van Damme")):
        """Register by the link of a mail, with the code that is mailed then."""
        await self.go(f"{link.removesuffix('/register')}/register")
        await self.send(first_name=names[0], last_name=names[1], language="nl")
        mail = await mailbox.following("/proof/register/")
        await self.send(code=mail.code, password=password)

    async def use_passkey(self):
        """Let the passkey do what this page asks of one."""
        await self._press(self.page.locator("form[data-passkey]").first, "")

    async def sign_in(self, email, password=PASSWORD, issuer="dl5"):
        """Sign in with a password."""
        await self.go(f"/sign-in/{issuer}")
        await self.send(username=email, password=password)

    async def tick(self, name, value, *, on=True):
        """Tick a box, or take the tick away."""
        await self.page.locator(f'[name="{name}"][value="{value}"]').set_checked(on)

    async def ticked(self, name):
        """Return the values of the boxes that are ticked."""
        boxes = self.page.locator(f'input[type=checkbox][name="{name}"]:checked')
        return {await box.get_attribute("value") for box in await boxes.all()}

    async def look(self):
        """Look at the page as those do who do not see it; once for each kind of page."""
        await self.page.wait_for_load_state("load")
        shown = await self.page.locator("html").get_attribute("lang"), self.kind
        if self.kind in {each for _, each in _looked_at}:
            return
        _looked_at.add(shown)
        found = await Axe().run(self.page)
        assert found.violations_count == 0, f"{self.at}\n{found.generate_report()}"
        wide = await self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{self.at} is {wide} px wider than the window"

    @property
    def kind(self):
        """Which page it is, whoever's it is."""
        path = self.at
        for part, stands_for in _PARTS:
            path = part.sub(stands_for, path)
        return path

    async def words(self):
        """Return what the page says."""
        return await self.page.locator("main").inner_text()

    def _form(self, *names):
        form = self.page.locator("form")
        for name in names:
            form = form.filter(has=self.page.locator(f'[name="{name}"]'))
        return form.first

    async def _fill(self, form, name, value):
        field = form.locator(f'[name="{name}"]')
        kind = await field.first.get_attribute("type")
        tag = await field.first.evaluate("each => each.localName")
        if kind == "radio":
            await form.locator(f'[name="{name}"][value="{value}"]').check()
        elif kind == "checkbox":
            wanted = value if isinstance(value, bool) else True
            if not isinstance(value, bool):
                field = form.locator(f'[name="{name}"][value="{value}"]')
            await field.first.set_checked(wanted)
        elif tag == "select":
            await field.select_option(value)
        else:
            await field.fill(value)

    async def _press(self, form, button):
        buttons = form.locator("button:not([type=button])")
        if button:
            buttons = form.locator(f'button[name="{button}"], button[value="{button}"]')
        async with self.page.expect_navigation():
            await buttons.first.click()
        await self.look()

    def _note(self, said):
        # A form that is shown again with what is wrong is a 422, and Chromium says so.
        if said.type in {"error", "warning"} and "status of 4" not in said.text:
            self.complaints.append(said.text)


@pytest.fixture
async def chromium():
    """Return a browser, or skip where there is none to start."""
    found = browsers.path_or_skip()
    async with async_playwright() as driven:
        browser = await driven.chromium.launch(executable_path=found, args=browsers.QUIETLY)
        yield browser
        await browser.close()


@pytest.fixture
async def screen(chromium, suite):
    """Return a function that puts someone before a screen of their own.

    The portal is ``localhost`` to them: there a browser keeps cookies that are for encrypted lines
    only, and passkeys.
    """
    screens = []

    async def open_screen(language="nl-BE", size=DESK):
        context = await chromium.new_context(
            locale=language, viewport=size, reduced_motion="reduce"
        )
        port = urlsplit(suite.addresses.portal).port
        made = Screen(await context.new_page(), f"http://localhost:{port}")
        screens.append(made)
        return made

    yield open_screen
    for each in screens:
        await each.page.context.close()
    assert [complaint for each in screens for complaint in each.complaints] == []


@pytest.fixture
def mailbox(suite, http):
    """Return a function that opens the mailbox of an address."""
    return lambda address: Mailbox(http, suite.addresses, address)


@pytest.fixture
def invited(dl5, customer, invoice, mailbox):
    """Return a function that has a new customer mailed about an invoice."""

    async def invite(company=dl5, **how):
        of = customer(**how)
        await company.register(of)
        published = await company.publish(invoice(of), of)
        return of, published, mailbox(of.main_contact.email)

    return invite
