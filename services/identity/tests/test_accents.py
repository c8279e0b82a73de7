"""What an issuer's colour becomes: the style sheet's own colours, and always readable."""

import colorsys
from itertools import product

import pytest

from identity.accents import palette_of

# The grounds of the portal's style sheet (paper, sheet, sunken) and of mails, by day and night.
BY_DAY = ("#f4f6f8", "#ffffff", "#eef0f3", "#f4f5f7")
BY_NIGHT = ("#111417", "#1a1d21", "#23262b", "#14171b", "#1d2126")


def luminance(colour):
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    light = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts]
    return 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2]


def contrast(one, other):
    """Return the contrast of two colours (WCAG 2.2)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def colours():
    """Return 6,912 colours: 72 hues in 8 saturations and 12 lightnesses."""
    for hue, saturation, lightness in product(range(72), range(8), range(12)):
        parts = colorsys.hls_to_rgb(hue / 72, (lightness + 0.5) / 12, (saturation + 1) / 8)
        yield "#" + "".join(f"{round(255 * each):02x}" for each in parts)


def test_any_colour_becomes_buttons_and_links_that_can_be_read():
    for accent in {*colours(), "#000000", "#ffffff", "#f00fff", "#ec1fff", "#00f069"}:
        palette = palette_of(accent)
        for shades, grounds in ((palette, BY_DAY), (palette.dark, BY_NIGHT)):
            assert contrast(shades.on_accent, shades.accent) >= 4.5, accent
            assert contrast(shades.on_accent, shades.hover) >= 4.5, accent
            for ground in (*grounds, shades.soft):
                assert contrast(shades.text, ground) >= 5.4, (accent, ground)


# Read off a browser that drew the style sheet's own formulas (Chromium 156). All of these can be
# shown on a screen; for what cannot, a browser clips each channel, and we keep hue and lightness.
@pytest.mark.parametrize(
    ("accent", "theme", "drawn"),
    [
        ("#0a6c74", "light", {"accent": "#0a6c74", "on_accent": "#ffffff", "soft": "#e6f3f4"}),
        ("#0a6c74", "dark", {"accent": "#0a6c74", "text": "#82d4dc", "soft": "#0f3236"}),
        ("#f5b700", "light", {"accent": "#f5b700", "on_accent": "#161616", "soft": "#f5f0e6"}),
        ("#f5b700", "dark", {"accent": "#f5b700", "text": "#e3bf76", "soft": "#362b14"}),
        ("#1f4e79", "light", {"accent": "#1f4e79", "hover": "#0f406a", "text": "#1f4e79"}),
        ("#1f4e79", "dark", {"accent": "#2d5b87", "hover": "#1e4d78", "text": "#97c9fb"}),
        ("#7a1fa2", "light", {"accent": "#7a1fa2", "hover": "#6b0392", "text": "#71358f"}),
        ("#7a1fa2", "dark", {"accent": "#7c22a5", "text": "#dab1f3", "soft": "#33273b"}),
        ("#808080", "light", {"accent": "#696969", "hover": "#5b5b5b", "text": "#555555"}),
        ("#ff0000", "light", {"on_accent": "#ffffff", "text": "#97271d", "soft": "#f9edeb"}),
        ("#0000ff", "light", {"accent": "#0000ff", "text": "#284ea7", "soft": "#ebf0fa"}),
        ("#00ff00", "dark", {"accent": "#00ff00", "text": "#ade4a8", "soft": "#21321f"}),
        ("#000000", "dark", {"accent": "#585858", "hover": "#4a4a4a", "text": "#c4c4c4"}),
        ("#ffffff", "light", {"accent": "#ffffff", "hover": "#eeeeee", "text": "#555555"}),
    ],
)
def test_a_palette_is_what_a_browser_draws(accent, theme, drawn):
    shades = palette_of(accent) if theme == "light" else palette_of(accent).dark

    assert {name: getattr(shades, name) for name in drawn} == drawn


@pytest.mark.parametrize(("accent", "hue"), [("#ff0000", "#c70000"), ("#e30613", "#c6000d")])
def test_a_colour_too_strong_to_be_shown_loses_chroma_and_not_its_hue(accent, hue):
    assert palette_of(accent).accent == hue


def test_capitals_are_the_same_colour():
    assert palette_of("#F5B700") == palette_of("#f5b700")


@pytest.mark.parametrize(
    "accent", ["", "red", "#fff", "#0a6c74ff", "#0a6c7g", "#0a6c74\n", "#٠٠٠٠٠٠"]
)
def test_what_is_no_colour_has_no_palette(accent):
    assert palette_of(accent) is None
