"""Sets an invoice as a readable PDF, in the reader's language; the XML stays the invoice.

The same invoice in the same language gives the same bytes, under one ``VERSION``. Data reaches
the template as JSON, never as markup, and nothing is fetched.
"""

import functools
import hashlib
import json
import tempfile
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from importlib import metadata, resources
from pathlib import Path
from typing import Any, Literal, cast

import typst

from contracts import money
from documents.cover import Known, compose_cover
from documents.invoice import Invoice
from documents.sheet import MOST_RULED, Words, compose

Language = Literal["nl", "fr", "de", "en"]

GLYPHS_MISSING = "glyphs_missing"
"""A character has no glyph in any face: the PDF shows a box, and is no PDF/A."""

_LANGUAGES: tuple[Language, ...] = ("nl", "fr", "de", "en")
_FACES = ("Regular", "Semibold")
_REMEMBERED = 10
"""Of so many compilations typst keeps all it worked out, which is a lot for a long invoice."""


@dataclass(frozen=True)
class Rendered:
    """A PDF, and what people should know of it."""

    pdf: bytes
    flags: tuple[str, ...]


def render(
    invoice: Invoice, language: Language, *, source: str, customer_number: str | None = None
) -> Rendered:
    """Set an invoice. ``source`` is the SHA-256 of the original, in hex.

    ``customer_number`` is what the archive knows the customer by. PDF/A-3b, unless a character has
    no glyph.
    """
    sheet = compose(invoice, words(language), source, customer_number)
    # Tags, for reading aloud, would make the file of a long one ten times its size.
    return _rendered(sheet, invoice.issue_date, long=len(invoice.lines) > MOST_RULED)


def render_cover(known: Known, language: Language) -> Rendered:
    """Set what is known of a document that no machine can read."""
    return _rendered(compose_cover(known, words(language)), known.issue_date, long=False)


def _rendered(sheet: dict[str, Any], issued: date | None, *, long: bool) -> Rendered:
    given = json.dumps(sheet, ensure_ascii=False)
    made = datetime.combine(issued or date(1970, 1, 1), time(), UTC)
    try:
        return Rendered(_set(given, made, tagged=not long, standard="a-3b"), ())
    except typst.TypstError:
        return Rendered(_set(given, made, tagged=not long, standard="1.7"), (GLYPHS_MISSING,))
    finally:
        if long:
            _forget()


def _set(given: str, made: datetime, *, tagged: bool, standard: Literal["a-3b", "1.7"]) -> bytes:
    compiler = typst.Compiler(
        _template(), font_paths=faces(), ignore_system_fonts=True, sys_inputs={"sheet": given}
    )
    return cast(
        "bytes",
        compiler.compile(format="pdf", pdf_standards=standard, timestamp=made, pdf_tags=tagged),
    )


def _forget() -> None:
    """Let typst forget a long invoice, by so many empty ones."""
    for _ in range(_REMEMBERED + 1):
        typst.Compiler(font_paths=faces(), ignore_system_fonts=True).compile(format="svg")


@functools.cache
def _template() -> bytes:
    return (_package() / "rendition" / "invoice.typ").read_bytes()


@functools.cache
def words(language: Language) -> Words:
    """Return what a language says."""
    return Words(language, json.loads((_package() / "rendition" / f"{language}.json").read_bytes()))


@functools.cache
def faces() -> typst.Fonts:
    """Find the faces. Their folder holds each of them twice, so only those we name are shown."""
    with tempfile.TemporaryDirectory() as shown:
        for face in _face_files():
            (Path(shown) / face.name).symlink_to(face)
        return typst.Fonts(include_system_fonts=False, font_paths=[shown])


def _face_files() -> list[Path]:
    folder = Path(str(resources.files("font_source_sans_pro"))) / "files"
    return [folder / f"SourceSansPro-{face}.ttf" for face in _FACES]


def _package() -> Path:
    return Path(str(resources.files("documents")))


def _version() -> str:
    """Return what tells one way of setting from another: all that decides on a byte of it."""
    made_with = hashlib.sha256(metadata.version("typst").encode())
    of_ours = ("rendering.py", "sheet.py", "cover.py", "figures.py", "invoice.py")
    for file in (
        *(_package() / name for name in of_ours),
        Path(money.__file__),
        *sorted((_package() / "rendition").glob("*.*")),
        *_face_files(),
    ):
        made_with.update(hashlib.sha256(file.read_bytes()).digest())
    return made_with.hexdigest()[:16]


VERSION = _version()
"""Stands in the key of a kept rendition; another version is set anew."""
