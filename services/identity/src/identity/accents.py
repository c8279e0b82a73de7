"""An issuer's one colour, and the finished colours that pages and mails are drawn with.

The rules are those of the portal's style sheet, computed in OKLab, where lightness is what the eye
sees. So any colour an issuer gives becomes a button that can be read, a link that can be read, and
a soft ground, by day and by night.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from contracts.identity import Palette, Shades

HEX = re.compile(r"#[0-9a-fA-F]{6}")

# OKLab lightness, 0 black to 1 white. A colour lighter than this stays as it is and bears ink; a
# darker one is darkened until it bears white, and at night not so far that it sinks in the page.
_LIGHT = 0.68
_BEARS_WHITE = 0.52
_SEEN_AT_NIGHT = 0.46
_INK = 0.2
_BEARS_INK = 0.64
# By how much a colour of a screen may miss it on the way back from OKLab.
_ROUNDING = 1e-4
# Halvings of chroma after which another changes no "#rrggbb".
_FINE_ENOUGH = 14


@dataclass(frozen=True, slots=True)
class _Colour:
    """A colour in OKLab (Ottosson 2020; CSS Color 4, section 9.2)."""

    lightness: float
    a: float
    b: float

    def at(self, lightness: float, *, chroma: float | None = None) -> "_Colour":
        """Return this hue at another lightness, its chroma as it is or at most the one given."""
        own = (self.a**2 + self.b**2) ** 0.5
        kept = 1.0 if chroma is None or own <= chroma else chroma / own
        return _Colour(lightness, self.a * kept, self.b * kept)


@lru_cache(maxsize=1024)
def palette_of(accent: str) -> Palette | None:
    """Return the finished colours for "#rrggbb", or None for what is not a colour."""
    if not HEX.fullmatch(accent):
        return None
    given = _read(accent)
    light = given.lightness > _LIGHT
    by_day = given.lightness if light else min(given.lightness, _BEARS_WHITE)
    by_night = by_day if light else max(by_day, _SEEN_AT_NIGHT)
    on_accent = _hex(_Colour(_INK if light else 1.0, 0.0, 0.0))

    def pressed(lightness: float) -> str:
        darker = lightness - 0.05
        return _hex(given.at(max(darker, _BEARS_INK) if light else darker))

    return Palette(
        accent=_hex(given.at(by_day)),
        hover=pressed(by_day),
        on_accent=on_accent,
        text=_hex(given.at(min(given.lightness, 0.45), chroma=0.15)),
        soft=_hex(given.at(0.955, chroma=0.014)),
        dark=Shades(
            accent=_hex(given.at(by_night)),
            hover=pressed(by_night),
            on_accent=on_accent,
            text=_hex(given.at(max(given.lightness, 0.82), chroma=0.10)),
            soft=_hex(given.at(0.295, chroma=0.04)),
        ),
    )


def _read(colour: str) -> _Colour:
    red, green, blue = (_to_light(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    middle = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return _Colour(
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


def _hex(colour: _Colour) -> str:
    """Write a colour as "#rrggbb"; one that no screen shows loses chroma until one does.

    Its lightness and hue stay (CSS Color 4, section 13), so that contrast stays what it was.
    """
    lightness = min(max(colour.lightness, 0.0), 1.0)

    def light(kept: float) -> tuple[float, float, float]:
        return _light_of(lightness, colour.a * kept, colour.b * kept)

    kept = 1.0
    if not _is_shown(light(kept)):
        kept = 0.0
        for halved in range(1, _FINE_ENOUGH):
            if _is_shown(light(kept + 0.5**halved)):
                kept += 0.5**halved
    return "#" + "".join(f"{round(255 * _to_screen(part)):02x}" for part in light(kept))


def _light_of(lightness: float, a: float, b: float) -> tuple[float, float, float]:
    """Return red, green and blue light; beyond 0 to 1 where no screen shows the colour."""
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )


def _is_shown(light: tuple[float, float, float]) -> bool:
    return all(-_ROUNDING <= part <= 1 + _ROUNDING for part in light)


def _to_light(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 sRGB


def _to_screen(light: float) -> float:
    within = min(max(light, 0.0), 1.0)
    return 12.92 * within if within <= 0.0031308 else 1.055 * within ** (1 / 2.4) - 0.055  # noqa: PLR2004 sRGB
