"""An issuer's accent colour, checked, and the text colour that can be read on it."""

import re

_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_DEFAULT = "#1f4e79"
# Black reaches this on every colour on which white does not.
_READABLE = 4.5


def accent_or_default(accent: str) -> str:
    """Return `accent` when it is "#rrggbb" and nothing else, otherwise a quiet blue."""
    return accent.lower() if _HEX.fullmatch(accent) else _DEFAULT


def readable_on(colour: str) -> str:
    """Choose white or black for text on "#rrggbb": contrast at least 4.5:1 (WCAG 2.2, 1.4.3)."""
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return "#ffffff" if 1.05 / (luminance + 0.05) >= _READABLE else "#000000"


def _linear(part: float) -> float:
    """Turn one sRGB part, 0 to 1, into light (WCAG 2.2, relative luminance)."""
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 sRGB
