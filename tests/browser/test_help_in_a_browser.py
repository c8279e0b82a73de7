"""Help in a browser: votes and the guided check, by eye, on a phone, without script."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from portal.accounts_testing import SESSION
from portal.help_testing import Mails, Votes, a_letter
from portal.sharing_testing import NUMBER, Shares
from portal.testing import THE_LOOK, Others

CHECK = f"/help/no-mail?customer_number={NUMBER}"
SUPPORT = {
    "phone": "+32 9 200 90 00",
    "email": "hulp@meridiaan.example",
    "days": [1, 2, 3, 4, 5],
    "opens": "08:30",
    "closes": "17:00",
    "time_zone": "Europe/Brussels",
}


@pytest.fixture
def mails(portal):
    """Let these stand behind the portal: An's address refused a mail."""
    others, shares, votes, mails = Others(), Shares(), Votes(), Mails()
    others.accounts.look = THE_LOOK | {"support": SUPPORT}
    mails.address |= {"state": "stopped", "reason_code": "bad_address"}
    mails.letters = [
        a_letter("refused", reason_code="bad_address"),
        a_letter("sent", number="F2026-0041"),
    ]
    others.also += [shares.answer, votes.answer, mails.answer]
    portal.show(others)
    return mails


@pytest.fixture
def reader(chromium, portal):
    """Return a function that opens a page, as An or as a guest."""
    contexts, complaints = [], []

    def go(path, *, guest=False, width=1280, script=True, language="nl"):
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            reduced_motion="reduce",
            java_script_enabled=script,
        )
        contexts.append(context)
        if not guest:
            cookie = {"name": "__Host-sid", "value": SESSION, "domain": "127.0.0.1", "path": "/"}
            context.add_cookies([cookie | {"secure": True, "httpOnly": True}])
        page = context.new_page()
        page.on("console", lambda said: complaints.append(f"{path}: {said.text}"))
        mark = "&" if "?" in path else "?"
        assert page.goto(f"{portal.url}{path}{mark}language={language}").status == 200
        return page

    yield go
    for context in contexts:
        context.close()
    assert not complaints


@pytest.mark.usefixtures("mails")
@pytest.mark.parametrize(
    ("path", "guest"),
    [(CHECK, False), ("/help/no-mail?issuer=dl5", True), ("/help/filters?issuer=dl5", True)],
)
def test_axe_finds_nothing_and_nothing_is_too_wide(reader, path, guest, looks):
    page = reader(path, guest=guest)

    for width, scheme in looks:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        found = Axe().run(page)
        assert found.violations_count == 0, (width, scheme, found.generate_report())
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_a_mail_is_sent_again_without_script(reader, mails):
    """N-10"""
    mails.address |= {"state": "in_use", "reason_code": None}
    page = reader(CHECK, width=390, script=False)

    page.locator('form[action$="/resend"] button').first.click()
    page.wait_for_url("**/help/no-mail?**")

    assert "De mail is weer onderweg." in page.locator("main").inner_text()
    assert len(mails.resent) == 1


def test_a_language_does_not_make_the_check_too_wide(reader, mails):
    """N-09"""
    mails.letters[0]["number"] = "W" * 60
    for language in ("de", "fr"):
        page = reader(CHECK, width=320, language=language)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, language
