"""Sharing, customer numbers and help in a browser: by eye, by key, without script."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from portal.sharing_testing import BOOKKEEPER, COLLEAGUE, NUMBER, OTHER_NUMBER, Shares, numbers
from portal.testing import Others

PAGES = [
    "/customer-numbers",
    f"/customer-numbers/{NUMBER}",
    f"/customer-numbers/{NUMBER}/main-contact",
    "/shared-users",
    "/shared-users/add",
    f"/shared-users/{BOOKKEEPER}",
    f"/shared-users/{COLLEAGUE}",
    f"/shared-users/{BOOKKEEPER}/remove",
    "/help",
    "/help/sharing",
]
pytestmark = pytest.mark.usefixtures("shares")

FOCUSABLE = "a[href], button, input:not([type=hidden]), select, [tabindex='0']"


@pytest.fixture
def shares(portal):
    """Let these stand behind the portal."""
    others, shares = Others(), Shares()
    others.also.append(shares.answer)
    portal.show(others)
    return shares


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing(an, path, looks):
    page = an(path)

    for width, scheme in looks:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        found = Axe().run(page)
        assert found.violations_count == 0, (width, scheme, found.generate_report())


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_wider_than_a_small_phone(an, shares, path):
    for each in shares.numbers:
        each["name"] = "W" * 100
    for each in shares.people:
        each |= {"last_name": "W" * 80, "email": f"{'w' * 60}@{'x' * 60}.example"}

    page = an(path, width=320, language="de")

    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("path", PAGES)
def test_a_keyboard_reaches_everything_and_shows_where_it_is(an, path):
    page = an(path, width=1280)
    expected = page.evaluate(
        f"""[...document.querySelectorAll(`{FOCUSABLE}`)]
            .filter(each => each.checkVisibility() && each.type !== "radio").length"""
    )

    reached = set()
    for _ in range(expected + 12):
        page.keyboard.press("Tab")
        at = page.evaluate(
            """() => {
                const at = document.activeElement, style = getComputedStyle(at)
                const box = at.getBoundingClientRect()
                return {
                    html: at.outerHTML.slice(0, 300), body: at === document.body,
                    radio: at.type === "radio", place: [...document.all].indexOf(at),
                    ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
                    seen: box.width > 0 && box.bottom > 0 && box.top < innerHeight,
                }
            }"""
        )
        if at["body"]:
            break
        assert at["ring"], at["html"]
        assert at["seen"], at["html"]
        if not at["radio"]:
            reached.add(at["place"])

    assert len(reached) >= expected


def test_boxes_are_ticked_counted_saved_and_undone_without_script(an, shares):
    """W-06, I-20, I-22"""
    page = an("/shared-users", script=False)
    bar = page.locator(".savebar")
    assert not bar.is_visible()

    box = page.get_by_label(f"Portaal: Joris De Smet, {OTHER_NUMBER}")
    box.check()
    page.get_by_label(f"Mail: Joris De Smet, {NUMBER}").uncheck()
    assert bar.is_visible()
    page.get_by_role("button", name="Bewaren").click()

    assert "Bewaard. Wijzigingen: 2." in page.get_by_role("status").inner_text()
    assert box.is_checked()
    assert not bar.is_visible()
    assert shares.grants[OTHER_NUMBER, BOOKKEEPER] == {"portal": True, "mail": False}

    page.get_by_role("button", name="Ongedaan maken").click()
    assert not box.is_checked()
    assert (OTHER_NUMBER, BOOKKEEPER) not in shares.grants


def test_a_changed_box_is_framed_until_it_is_changed_back(an):
    page = an("/shared-users", script=False)
    box = page.get_by_label(f"Portaal: Joris De Smet, {OTHER_NUMBER}")
    frame = "each => getComputedStyle(each.closest('td')).boxShadow"
    assert box.evaluate(frame) == "none"

    box.check()
    assert "inset" in box.evaluate(frame)
    box.uncheck()
    assert box.evaluate(frame) == "none"


def test_how_many_boxes_are_unsaved_is_counted_over_all_pages(an, shares):
    shares.numbers = numbers(70)
    page = an("/shared-users", script=False)
    page.get_by_label("Mail: Joris De Smet, DL5-104240").check()
    page.get_by_label("Portaal: Joris De Smet, DL5-104240").check()
    page.get_by_role("button", name="Volgende", exact=True).click()
    page.get_by_label("Mail: Joris De Smet, DL5-104290").check()

    # Only a reader sees what a stylesheet counts: so it is asked as a screen reader asks.
    heard = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")
    said = "".join(
        each["name"]["value"] for each in heard["nodes"] if each["role"]["value"] == "StaticText"
    )

    assert "Nog niet bewaard: 3" in said
    assert "Wijzigingen op andere pagina’s: 2" in said
    page.get_by_role("button", name="Bewaren").click()
    assert "Wijzigingen: 3" in page.get_by_role("status").inner_text()


def test_enter_in_the_search_field_searches_and_shares_nothing(an):
    """The newest gap offers a button to share it, above the field."""
    page = an("/shared-users", script=False)
    assert page.get_by_role("button", name="Delen zoals").is_visible()

    page.get_by_label("Zoek klantnummer").fill("Mariakerke")
    page.keyboard.press("Enter")

    page.wait_for_url("**search=Mariakerke**")
    assert page.locator(".matrix tbody tr").count() == 1


def test_row_heads_stay_while_the_matrix_is_scrolled_sideways(an, shares):
    """W-06"""
    first = shares.people[0]
    shares.people = [first | {"person_id": f"{BOOKKEEPER[:-2]}{index:02x}"} for index in range(20)]
    page = an("/shared-users")
    head = page.locator(".matrix tbody th").first
    before = head.bounding_box()["x"]

    page.locator(".matrix-box .scroll").evaluate("each => each.scrollLeft = 900")

    assert head.bounding_box()["x"] == pytest.approx(before, abs=2)


def test_a_gap_is_hatched_and_a_number_of_ones_own_is_amber(an):
    """I-21, W-06"""
    page = an("/shared-users")
    ground = "each => getComputedStyle(each).backgroundImage"

    assert "gradient" in page.locator("td.gap").first.evaluate(ground)
    assert page.locator("td.first:not(.gap)").first.evaluate(ground) == "none"
    [alone] = page.locator("tr.alone").all()
    assert OTHER_NUMBER in alone.inner_text()
    assert "Alleen u ziet dit" in alone.inner_text()


def test_help_is_found_and_read_without_script(an):
    """W-09"""
    page = an("/shared-users", script=False)

    page.get_by_role("link", name="Hulp bij deze pagina").click()
    assert page.locator("h1").inner_text() == "Documenten delen"
    page.get_by_role("link", name="artikels").click()
    page.get_by_label("Zoeken in de hulp").fill("wachtwoord")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Wachtwoord vergeten").click()
    page.wait_for_url("**/forgotten-password")
    assert page.locator("h1").inner_text() == "Wachtwoord vergeten"
