"""Lays DUPLICATE over every page of a PDF, in the language of who reads it.

What comes of it is a new file that has pages and nothing else: no XML inside, no forms, scripts or
signatures, and no claim to be PDF/A.
"""

import functools
import math
from datetime import UTC, datetime
from decimal import Decimal
from importlib import resources
from io import BytesIO
from typing import cast

import pikepdf
import typst
from pikepdf import Array, Dictionary, Name, Page, Pdf

from documents import rendering
from documents.errors import NotStamped
from documents.export_words import words

_A4 = (0.0, 0.0, 595.0, 842.0)
_SMALLEST = 1.0
"""Of a page's side, in points: one below it shows nothing."""

_MOST_PAGES = 5_000

_COVERED = 0.86
"""Of a page's width or height, whichever the word reaches first."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def stamp(content: bytes, language: str) -> bytes:
    """Return a PDF with DUPLICATE over every page, in a language.

    Raises ``NotStamped`` for one that is locked, damaged or has no pages.
    """
    try:
        with Pdf.open(BytesIO(content)) as original, Pdf.new() as made:
            _flatten(original)
            word = _lent(made, _word(words(language).duplicate))
            if Name.OCProperties in original.Root:
                layers = original.make_indirect(original.Root.OCProperties)
                made.Root.OCProperties = made.copy_foreign(layers)
            if not 0 < len(original.pages) <= _MOST_PAGES:
                raise NotStamped(f"it has {len(original.pages) or 'no'} pages")
            for page in original.pages:
                _lay(made, page, word)
            return _written(made)
    except pikepdf.PasswordError as wrong:
        raise NotStamped("it is locked with a password") from wrong
    except (pikepdf.PdfError, pikepdf.ForeignObjectError, *_WHATEVER_DAMAGE_CAUSES) as wrong:
        raise NotStamped(f"it is damaged ({type(wrong).__name__})") from wrong


_WHATEVER_DAMAGE_CAUSES = (
    ArithmeticError,
    AttributeError,
    LookupError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)


@functools.cache
def _word(text: str) -> bytes:
    source = (resources.files("documents") / "taking_away" / "stamp.typ").read_bytes()
    compiler = typst.Compiler(
        source, font_paths=rendering.faces(), ignore_system_fonts=True, sys_inputs={"word": text}
    )
    return cast("bytes", compiler.compile(format="pdf", timestamp=_EPOCH, pdf_tags=False))


def _flatten(original: Pdf) -> None:
    """Have what is laid over the pages, such as fields that were filled in, become part of them."""
    if Name.AcroForm in original.Root:
        original.generate_appearance_streams()
    original.flatten_annotations(mode="all")


def _lent(made: Pdf, word: bytes) -> pikepdf.Object:
    with Pdf.open(BytesIO(word)) as set_word:
        return made.copy_foreign(set_word.pages[0].as_form_xobject())


def _lay(made: Pdf, page: Page, word: pikepdf.Object) -> None:
    """Add a page that draws the one there was, as a whole, and then the word.

    As a whole, so that nothing the page leaves behind can move the word, or paint it white.
    """
    box, turned = _box(page), _turned(page)
    drawn = page.as_form_xobject(handle_transformations=False)
    drawn.BBox = Array([*box])
    content = f"q /Drawn Do Q q {_placed(word, box, turned)} cm /Word Do Q".encode()
    made.pages.append(
        Page(
            Dictionary(
                Type=Name.Page,
                MediaBox=Array([*box]),
                Rotate=turned,
                Resources=Dictionary(XObject=Dictionary(Drawn=made.copy_foreign(drawn), Word=word)),
                Contents=made.make_stream(content),
            )
        )
    )
    unit = page.obj.get(Name.UserUnit)
    if unit is not None:
        made.pages[-1].obj.UserUnit = unit


def _box(page: Page) -> tuple[float, float, float, float]:
    """Return what is seen of a page: left, bottom, right and top."""
    try:
        one, two, three, four = (float(cast("Decimal", each)) for each in page.cropbox)
    except (AttributeError, LookupError, TypeError, ValueError):
        return _A4
    left, right = sorted((one, three))
    bottom, top = sorted((two, four))
    if min(right - left, top - bottom) < _SMALLEST or not math.isfinite(right + top):
        return _A4
    return left, bottom, right, top


def _turned(page: Page) -> int:
    """Return by how much a page is shown turned to the right: 0, 90, 180 or 270 degrees."""
    try:
        turned = int(page.rotation)
    except (AttributeError, TypeError, ValueError):
        return 0
    return turned % 360 if turned % 90 == 0 else 0


def _placed(word: pikepdf.Object, box: tuple[float, float, float, float], turned: int) -> str:
    """Return the matrix that lays the word across a page, rising, as the page is shown."""
    left, bottom, right, top = box
    _, _, width, height = (float(cast("Decimal", each)) for each in cast("Array", word.BBox))
    across, up = right - left, top - bottom
    if turned % 180:
        across, up = up, across
    slope = math.atan2(up, across)
    sine, cosine = math.sin(slope), math.cos(slope)
    scale = _COVERED * min(
        across / (width * cosine + height * sine), up / (width * sine + height * cosine)
    )
    angle = slope + math.radians(turned)
    a, b = scale * math.cos(angle), scale * math.sin(angle)
    x = (left + right) / 2 - (a * width - b * height) / 2
    y = (bottom + top) / 2 - (b * width + a * height) / 2
    return " ".join(f"{each:.5f}" for each in (a, b, -b, a, x, y))


def _written(made: Pdf) -> bytes:
    file = BytesIO()
    made.save(file, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return file.getvalue()
