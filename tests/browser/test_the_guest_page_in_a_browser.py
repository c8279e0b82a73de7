"""The pages behind "View invoice" in a browser: for eyes, ears, keyboards, paper, small screens."""

import io

import pytest
from axe_playwright_python.sync_playwright import Axe
from pypdf import PdfReader
from tests.browser.keyboard import walk

PEOPLE_SEE = ["invoice", "light accent", "credit note", "collection", "plain pdf"]
ALL = [*PEOPLE_SEE, "register", "nothing"]


@pytest.mark.parametrize("name", ALL)
def test_axe_finds_nothing(open_page, name, looks):
    page = open_page(name)

    for width, scheme in looks:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        found = Axe().run(page)
        assert found.violations_count == 0, (width, scheme, found.generate_report())


@pytest.mark.parametrize(
    ("name", "language"),
    [*((name, "de") for name in (*ALL, "endless word")), ("invoice", "nl"), ("invoice", "fr")],
)
def test_nothing_is_wider_than_a_small_phone(open_page, name, language):
    page = open_page(name, width=320, language=language)

    wide = page.evaluate(
        "[...document.querySelectorAll('body *')]"
        ".filter(each => each.getBoundingClientRect().right > 321).map(each => each.outerHTML)"
    )
    assert not wide
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("name", ALL)
def test_a_keyboard_reaches_everything_in_order_and_shows_where_it_is(open_page, name):
    reached = walk(open_page(name, width=390))

    assert 'class="skip"' in reached[0]


def test_the_skip_link_leads_to_the_content(open_page):
    page = open_page("invoice")

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    assert page.evaluate("location.hash") == "#content"
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_everything_works_without_script(open_page):
    page = open_page("invoice", width=390, script=False)
    assert page.locator("h1").inner_text() == "Factuur F26000123"

    page.get_by_role("link", name="FR Français").click()
    assert page.locator("html").get_attribute("lang") == "fr"
    page.get_by_role("link", name="S’inscrire").click()
    assert page.locator("h1").inner_text() == "S’inscrire"
    page.get_by_role("link", name="Consulter", exact=True).click()
    assert page.locator("h1").inner_text() == "Facture F26000123"
    page.get_by_role("link", name="Télécharger", exact=True).click()
    assert page.url.endswith("#download")


def test_first_on_a_phone_stand_the_amount_and_the_files(open_page):
    page = open_page("invoice", width=390)

    amount = page.locator(".big-amount").bounding_box()
    button = page.locator("main .button.primary").bounding_box()
    sheet = page.locator(".sheet").bounding_box()

    assert amount["y"] + amount["height"] < button["y"] < 600 < sheet["y"]
    assert button["height"] >= 44


def test_night_is_dark_and_day_is_light(open_page):
    grounds = [
        page.evaluate("getComputedStyle(document.body).backgroundColor")
        for page in (open_page("invoice", scheme=scheme) for scheme in ("light", "dark"))
    ]

    assert grounds[0] != grounds[1]


def test_each_issuer_has_its_own_colour(open_page):
    buttons = [
        open_page(name).evaluate(
            "getComputedStyle(document.querySelector('.button.primary')).backgroundColor"
        )
        for name in ("invoice", "light accent")
    ]

    assert buttons == ["rgb(10, 108, 116)", "rgb(245, 183, 0)"]


def test_a_code_for_a_banking_app_is_dark_on_white_at_night_too(open_page):
    page = open_page("invoice", scheme="dark")

    assert page.evaluate("getComputedStyle(document.querySelector('.qr')).backgroundColor") == (
        "rgb(255, 255, 255)"
    )
    assert page.evaluate("getComputedStyle(document.querySelector('.qr path')).fill") == (
        "rgb(0, 0, 0)"
    )


def test_printed_it_is_an_invoice_on_one_sheet_of_a4(open_page):
    printed = PdfReader(io.BytesIO(open_page("invoice").pdf(prefer_css_page_size=True)))

    assert len(printed.pages) == 1
    assert [round(side) for side in printed.pages[0].mediabox[2:]] == [595, 842]
    text = " ".join(printed.pages[0].extract_text().split())
    for fact in ("Factuur F26000123", "Financiële leasing voertuig", "Totaal excl. btw"):
        assert fact in text
    assert "BE71 0961 2345 6769" in text
    for chrome in ("Downloaden", "Registreren", "Als gast", "Français", "Scan met"):
        assert chrome not in text
    assert text.index("Totaal excl. btw") < text.index("BE71 0961 2345 6769")


def test_a_credit_note_is_printed_without_how_to_pay(open_page):
    printed = PdfReader(io.BytesIO(open_page("credit note").pdf(prefer_css_page_size=True)))

    text = " ".join(page.extract_text() for page in printed.pages)
    assert "Te ontvangen" in text
    assert "Betaalgegevens" not in text
