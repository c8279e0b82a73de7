"""The colours of a mail: identity's palette, or a plain rule until it is there."""

import pytest
from pydantic import ValidationError

from contracts.identity import Palette, Shades
from notifications.colours import finished

SHADES = dict.fromkeys(Shades.model_fields, "#0a6c74")


def test_a_palette_that_was_told_is_used_as_it_is() -> None:
    palette = SHADES | {"dark": SHADES | {"text": "#82d4dc"}}

    assert finished("#000000", palette) == Palette.model_validate(palette)


@pytest.mark.parametrize(
    ("accent", "on_accent"),
    [
        ("#0A6C74", "#ffffff"),
        ("#ffdd00", "#000000"),
        ("#777777", "#000000"),
        ("#767676", "#ffffff"),
    ],
)
def test_without_one_the_accent_bears_black_or_white(accent: str, on_accent: str) -> None:
    colours = finished(accent, None)

    assert (colours.accent, colours.on_accent) == (accent.lower(), on_accent)
    assert (colours.dark.accent, colours.dark.on_accent) == (accent.lower(), on_accent)
    assert (colours.text, colours.dark.text) == ("#1d232b", "#eef0f2")


@pytest.mark.parametrize("accent", ["", "red", "#0a6c74\n", "#0a6c74;x", "x#0a6c74"])
def test_what_is_no_colour_becomes_a_quiet_blue(accent: str) -> None:
    assert finished(accent, None).accent == "#1f4e79"


def test_a_palette_with_anything_but_colours_is_refused() -> None:
    with pytest.raises(ValidationError):
        finished("#000000", SHADES | {"dark": SHADES | {"text": "red;}</style>"}})
