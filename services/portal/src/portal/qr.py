"""Draws a text as a QR code, for a page that allows no style of its own."""

from dataclasses import dataclass
from itertools import groupby

import segno

QUIET = 4
"""Modules of white that ISO/IEC 18004 wants around a code."""


@dataclass(frozen=True)
class Drawing:
    """A code as SVG draws it: ``size`` modules on a side, margin included, and the dark ones."""

    size: int
    path: str


def draw(text: str) -> Drawing:
    """Draw a text, with error correction M as EPC069-12 asks."""
    code = segno.make_qr(text, error="m", boost_error=False, encoding="utf-8")
    rows = [bytes(row) for row in code.matrix]
    runs = []
    for y, row in enumerate(rows, QUIET):
        x = QUIET
        for dark, modules in groupby(row):
            width = len(list(modules))
            if dark:
                runs.append(f"M{x} {y}h{width}v1h-{width}z")
            x += width
    return Drawing(len(rows) + 2 * QUIET, "".join(runs))
