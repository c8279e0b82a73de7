"""An issuer's look: the initials of its mark, and its colours as a stylesheet of their own.

The address of such a stylesheet holds its colours, so nothing is kept and it can be cached for
good; the colours are finished, checked by whoever chose them for every ground and both themes.
"""

import re

from pydantic import BaseModel

from contracts.identity import Palette, Shades
from portal.plain_text import Text
from portal.support import Support

_ADDRESS = re.compile(r"[0-9a-f]{6}(?:-[0-9a-f]{6}){9}")
_TOKENS = {
    "accent": "--accent",
    "hover": "--accent-hover",
    "on_accent": "--on-accent",
    "text": "--accent-text",
    "soft": "--accent-soft",
}


class IssuerLook(BaseModel):
    """How an issuer looks; without a palette, as the house does."""

    issuer: str
    name: Text
    palette: Palette | None = None
    language: str = "en"
    support: Support = Support()


def theme_address(palette: Palette) -> str:
    """Return where the stylesheet with these colours is."""
    colours = [*_colours(palette), *_colours(palette.dark)]
    return f"/theme/{'-'.join(colour.removeprefix('#') for colour in colours)}.css"


def theme(colours: str) -> str | None:
    """Return the stylesheet of ten colours as an address holds them; None for anything else."""
    if not _ADDRESS.fullmatch(colours):
        return None
    each = [f"#{colour}" for colour in colours.split("-")]
    by_day, by_night = each[: len(_TOKENS)], each[len(_TOKENS) :]
    rules = "".join(
        f"  {token}: light-dark({day}, {night});\n"
        for token, day, night in zip(_TOKENS.values(), by_day, by_night, strict=True)
    )
    return f"@layer tokens {{\n:root {{\n{rules}}}\n}}\n"


def initials(name: str) -> str:
    """Return the letters of an issuer's mark: those its first two words begin with."""
    words = [word for word in name.split() if word[0].isalnum()]
    return "".join(word[0].upper() for word in words[:2])


def _colours(shades: Shades) -> list[str]:
    return [getattr(shades, name) for name in _TOKENS]
