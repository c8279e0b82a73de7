"""The archive in a browser: by eye, by key, on a phone, with script and without."""

import json

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from tests.browser.conftest import INVOICES, PIXEL
from tests.browser.keyboard import walk

from portal.archive_testing import EXPORT, FIRST, OTHER_NUMBER, Archive, documents
from portal.sharing_testing import Shares
from portal.testing import SHA, Others

WITHOUT_WORDS = FIRST[:-1] + "5"
PAGES = [
    "/documents",
    "/documents?pick=page&sort=-amount&type=invoice",
    "/documents?pick=all",
    "/documents?q=zzz",
    "/documents?from=2026-12-01&to=2026-01-01&amount_min=veel",
    "/documents/take",
    f"/documents/{FIRST}",
    f"/documents/{WITHOUT_WORDS}",
    f"/documents/exports/{EXPORT}",
]
FIND = {"BR-CO-15": "Invoice total", "BR-CL-14": "Country codes"}
pytestmark = pytest.mark.usefixtures("archive")


@pytest.fixture
def archive(portal):
    """Let a full archive stand behind the portal."""
    others, shares, archive = Others(), Shares(), Archive(documents(64))
    others.also += [archive.answer, shares.answer]
    said = json.loads((INVOICES / "invoice-3-vat-rates.json").read_text())
    archive.says[f"GET /v1/documents/{FIRST}/invoice"] = httpx.Response(200, json=said)
    archive.says["GET /v1/documents/[^/]+/pages/1"] = httpx.Response(200, content=PIXEL)
    judged = {"file_sha256": SHA, "judge": "en16931", "rules_version": "1", "passed": False}
    problems = [{"rule": rule, "text": text, "where": None} for rule, text in FIND.items()]
    archive.verdicts = [judged | {"problems": problems}]
    archive.filters = [{"filter_id": FIRST, "name": "Creditnota’s", "query": {"type": "invoice"}}]
    archive.known[OTHER_NUMBER] = (2, None)
    archive.export |= {"state": "done", "done": 3}
    portal.show(others)
    return archive


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing(an, archive, path, looks):
    archive.documents = documents(8)
    page = an(path)

    for width, scheme in looks:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        if width < 992 and page.locator("[popovertarget=filters]").count():
            page.locator("[popovertarget=filters]").first.click()
        found = Axe().run(page)
        assert found.violations_count == 0, (width, scheme, found.generate_report())


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_wider_than_a_small_phone(an, archive, path):
    for each in archive.documents:
        each["number"] = each["customer_number"] = "N" * 120
        each["signed_total"]["amount"] = "-123456789012.99"
    archive.filters[0]["name"] = archive.verdicts[0]["problems"][0]["text"] = "W" * 60

    page = an(path, width=320, language="de")

    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("path", [PAGES[1], PAGES[6]])
def test_a_keyboard_reaches_everything_and_shows_where_it_is(an, archive, path):
    archive.documents = documents(6)

    page = an(path)
    # Each field of a date is several stops, one for each part of it.
    page.evaluate("for (const each of document.querySelectorAll('[type=date]')) each.type = 'text'")

    reached = walk(page)

    assert 'class="skip"' in reached[0]


def test_a_date_shows_that_it_has_the_focus_at_each_of_its_stops(an):
    page = an("/documents")
    page.locator("#number").focus()
    ring = "() => parseFloat(getComputedStyle(document.activeElement).outlineWidth)"

    rings = []
    page.keyboard.press("Tab")
    while page.evaluate("document.activeElement.id") == "from":
        rings.append(page.evaluate(ring))
        page.keyboard.press("Tab")

    assert len(rings) > 1
    assert min(rings) >= 2


def test_filters_are_applied_and_the_list_is_sorted_without_script(an):
    """D-10, D-12, D-14, W-04"""
    page = an("/documents", script=False)
    page.get_by_label("Klantnummer").select_option(OTHER_NUMBER)
    page.get_by_role("checkbox", name="Creditnota", exact=True).uncheck()
    page.locator("#amount_min").fill("1.000,00")
    page.get_by_role("button", name="Filters toepassen").click()

    rows = page.locator("tbody tr")
    assert rows.count() > 1
    assert page.locator("tbody .tag").count() == 0
    assert set(page.locator("tbody .c-for .code").all_inner_texts()) == {OTHER_NUMBER}
    page.get_by_role("link", name="Incl. btw").click()
    amounts = page.locator("tbody .c-amount").all_inner_texts()
    assert amounts == sorted(amounts, reverse=True)
    assert page.locator("th[aria-sort=descending]").inner_text() == "Incl. btw"
    assert rows.count() > 1


def test_the_panel_comes_from_below_on_a_phone(an):
    """W-04"""
    page = an("/documents?type=invoice", width=390)
    panel = page.locator("#filters")
    assert not panel.is_visible()

    page.get_by_role("button", name="Filters (1)").click()
    box = panel.bounding_box()
    assert (box["x"], box["width"]) == (0, 390)
    assert box["y"] + box["height"] == pytest.approx(900, abs=1)
    apply = page.get_by_role("button", name="Filters toepassen").bounding_box()
    assert apply["y"] + apply["height"] <= 900
    page.get_by_label("Sorteren op").select_option("number")
    page.get_by_role("button", name="Filters toepassen").click()
    assert page.url.endswith("/documents?sort=number&type=invoice")


def test_a_link_to_what_is_wrong_leads_there_on_a_phone_too(an):
    page = an("/documents?amount_min=veel", width=390, script=False)

    page.locator(".error-summary a").click()

    assert page.locator("#amount_min").is_visible()
    assert page.locator("#amount_min-error").is_visible()


def test_the_bar_appears_when_a_box_is_ticked_and_acts_without_script(an, archive):
    """D-13"""
    page = an("/documents", script=False)
    bar = page.locator(".selection")
    assert not bar.is_visible()

    page.get_by_label("F2026-4929 kiezen").check()
    assert bar.is_visible()
    bar.get_by_role("button", name="Ongelezen").click()
    assert "1 document is weer ongelezen." in page.get_by_role("status").first.inner_text()
    assert archive.documents[2]["unread"]
    page.get_by_role("link", name="Alles op deze pagina kiezen").click()
    page.get_by_role("link", name="Kies alle 64 documenten van deze zoekopdracht").click()
    bar.get_by_role("button", name="Pdf").click()
    assert archive.taken[0]["query"] == {}


def test_one_box_ticks_the_page_and_then_offers_all_of_the_search(an):
    page = an("/documents")
    step = page.get_by_role("link", name="Kies alle 64 documenten")
    everything = page.locator("[data-pick-page]")

    everything.check()
    assert page.locator("[name=id]:checked").count() == 50
    assert step.is_visible()
    page.get_by_label("F2026-4929 kiezen").uncheck()
    assert not step.is_visible()
    assert everything.evaluate("each => each.indeterminate")
    page.get_by_role("button", name="Wissen").click()
    assert page.locator("[name=id]:checked").count() == 0


def test_what_is_coming_is_there_without_a_click(an, archive):
    """D-07"""
    page = an("/documents")
    assert "We halen nog documenten op" in page.get_by_role("status").inner_text()

    archive.known[OTHER_NUMBER] = (3, "2021-02-01")
    page.evaluate("document.querySelector('[data-watch]').dataset.seconds = 0")
    page.get_by_text("Uw archief is volledig").wait_for(timeout=15_000)


def test_an_export_begins_by_itself_and_says_when_it_is_there(an, archive):
    archive.export |= {"state": "waiting", "done": 0}
    page = an("/documents")
    with page.expect_download() as coming:
        page.goto(page.url.partition("/documents")[0] + f"/documents/exports/{EXPORT}")

    assert coming.value.suggested_filename == "documents.zip"
    page.get_by_text("Alles is gedownload").wait_for()


def test_the_list_is_beside_a_document_where_there_is_room(an):
    page = an(f"/documents/{FIRST}?type=invoice", width=1680)
    beside = page.locator(".beside")
    assert beside.is_visible()
    assert beside.locator("[aria-current]").inner_text().startswith("F2026-4931")

    page.set_viewport_size({"width": 1280, "height": 900})
    assert not beside.is_visible()
    page.get_by_role("link", name="Volgende").click()
    assert "F2026-4930" in page.get_by_role("heading", level=1).inner_text()


def test_a_document_is_printed_as_an_invoice_and_no_more(an):
    page = an(f"/documents/{FIRST}")
    page.emulate_media(media="print")

    for part in (".beside", ".leafing", ".reading-more", ".rail", ".notice"):
        assert not page.locator(part).first.is_visible(), part
    assert page.locator(".sheet").is_visible()
    assert page.locator(".payment .qr").is_visible()
