"""An issuer's look."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.identity import Palette
from portal import look
from portal.testing import MERIDIAAN, WOLKENHOF


@pytest.mark.parametrize("palette", [MERIDIAAN, WOLKENHOF])
def test_the_address_of_a_theme_gives_its_colours_back(palette):
    address = look.theme_address(Palette.model_validate(palette))

    css = look.theme(address.removeprefix("/theme/").removesuffix(".css"))

    for token, name in (("accent", "accent"), ("accent-hover", "hover"), ("accent-soft", "soft")):
        assert f"--{token}: light-dark({palette[name]}, {palette['dark'][name]});" in css
    assert f"--on-accent: light-dark({palette['on_accent']}, " in css
    assert f"--accent-text: light-dark({palette['text']}, {palette['dark']['text']});" in css


TEN = "-".join(["0a6c74"] * 10)


@pytest.mark.parametrize(
    "address",
    ["", TEN + "-0a6c74", TEN[7:], TEN.upper(), TEN + "\n", TEN.replace("0a", "0g", 1), f"#{TEN}"],
)
def test_any_other_address_is_no_theme(address):
    assert look.theme(address) is None


@given(st.text())
def test_nothing_but_ten_colours_gets_into_a_stylesheet(address):
    assert look.theme(address) is None


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Meridiaan Lease", "ML"),
        ("Wolkenhof", "W"),
        ("de Korenaar & Zonen bv", "DK"),
        ("& Co", "C"),
        ("«»", ""),
        ("école supérieure", "ÉS"),
    ],
)
def test_a_mark_has_the_letters_of_two_words(name, letters):
    assert look.initials(name) == letters
