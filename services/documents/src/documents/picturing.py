"""A page of a PDF as a picture, for readers whose device shows no PDF inside a page."""

import math
from contextlib import closing
from io import BytesIO

import pypdfium2

from documents.errors import PageUnknown

WIDEST = 2_000
"""In pixels."""
_MOST_PIXELS = 12_000_000
"""Of one picture: a page may be a thousand times as high as it is wide."""


def page(pdf: bytes, number: int, width: int) -> bytes:
    """Return page ``number``, counted from 1, as a PNG of ``width`` pixels (1 to ``WIDEST``).

    A page so high that its picture would be too large is made narrower. Raises ``PageUnknown``
    where there is no such page, nor a PDF that can be opened.
    """
    try:
        document = pypdfium2.PdfDocument(pdf)
    except pypdfium2.PdfiumError as wrong:
        raise PageUnknown from wrong
    with closing(document):
        if not 1 <= number <= len(document):
            raise PageUnknown
        try:
            found = document[number - 1]
        except pypdfium2.PdfiumError as wrong:
            raise PageUnknown from wrong
        with closing(found):
            picture = found.render(scale=_scale(found.get_size(), width)).to_pil()
    png = BytesIO()
    picture.save(png, "png", optimize=False, compress_level=6)
    return png.getvalue()


def _scale(size: tuple[float, float], width: int) -> float:
    """Return how many pixels a point becomes."""
    wide, high = size
    return min(max(1, min(width, WIDEST)) / wide, math.sqrt(_MOST_PIXELS / (wide * high)))
