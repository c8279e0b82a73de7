"""The colours a mail is drawn in: the palette identity told, or a plain one until it has."""

import re
from collections.abc import Mapping
from typing import Any

from contracts.identity import Palette, Shades

_HEX = re.compile(r"#[0-9a-f]{6}")
_DEFAULT = "#1f4e79"
# Black reaches this on every colour on which white does not.
_READABLE = 4.5
# Ink and soft ground of mails, by day and by night: links look like text, and are underlined.
_BY_DAY = {"text": "#1d232b", "soft": "#f4f5f7"}
_BY_NIGHT = {"text": "#eef0f2", "soft": "#14171b"}


def finished(accent: str, palette: Mapping[str, Any] | None) -> Palette:
    """Return an issuer's finished colours; without its palette, the accent with black or white.

    An accent that is not "#rrggbb" and nothing else becomes a quiet blue.
    """
    if palette is not None:
        return Palette.model_validate(palette)
    accent = accent.lower() if _HEX.fullmatch(accent.lower()) else _DEFAULT
    solid = {"accent": accent, "hover": accent, "on_accent": _readable_on(accent)}
    return Palette(**solid, **_BY_DAY, dark=Shades(**solid, **_BY_NIGHT))


def _readable_on(colour: str) -> str:
    """Choose white or black for text on "#rrggbb": contrast at least 4.5:1 (WCAG 2.2, 1.4.3)."""
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return "#ffffff" if 1.05 / (luminance + 0.05) >= _READABLE else "#000000"


def _linear(part: float) -> float:
    """Turn one sRGB part, 0 to 1, into light (WCAG 2.2, relative luminance)."""
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 sRGB
