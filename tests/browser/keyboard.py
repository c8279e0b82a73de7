"""Someone at a keyboard, who goes through a page by Tab alone."""

_REACHABLE = """() => [...document.querySelectorAll(
        "a[href], button, input, select, textarea, summary, [tabindex='0']"
    )].filter(each => each.checkVisibility() && each.tabIndex >= 0).map(each => each.outerHTML)"""
_WHERE = """() => {
    const at = document.activeElement, box = at.getBoundingClientRect()
    const style = getComputedStyle(at)
    return {
        html: at.outerHTML,
        ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
        seen: box.width > 0 && box.bottom > 0 && box.top < innerHeight,
        large: box.height >= 24 || getComputedStyle(at).display === "inline",
    }
}"""


def walk(page):
    """Reach all there is, in its order, and see each time where one is; return what there is."""
    expected = page.evaluate(_REACHABLE)

    reached = []
    for _ in expected:
        page.keyboard.press("Tab")
        at = page.evaluate(_WHERE)
        reached.append(at.pop("html"))
        assert at == {"ring": True, "seen": True, "large": True}, reached[-1]

    assert reached == expected
    return reached
