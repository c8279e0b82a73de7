"""Takes the words out of a PDF, for people to find it by; how they stand on the page is lost."""

from collections.abc import Iterator
from contextlib import closing

import pypdfium2

from documents.safe_xml import one_line

MOST_PAGES = 50
LONGEST = 60_000
"""Characters of all pages; a page more than this is no prose."""
_LONGEST_LINE = 1_000


def words(pdf: bytes) -> list[str]:
    """Return the lines of text in a PDF, as many as are reasonable; none where it has none."""
    return list(_within(LONGEST, _lines(pdf)))


def _lines(pdf: bytes) -> Iterator[str]:
    try:
        document = pypdfium2.PdfDocument(pdf)
    except pypdfium2.PdfiumError:
        return
    with closing(document):
        for number in range(min(len(document), MOST_PAGES)):
            for line in _text(document, number).splitlines():
                if plain := one_line(line[:_LONGEST_LINE], _LONGEST_LINE):
                    yield plain


def _text(document: pypdfium2.PdfDocument, number: int) -> str:
    try:
        page = document[number]
    except pypdfium2.PdfiumError:
        return ""
    with closing(page), closing(page.get_textpage()) as text:
        return str(text.get_text_range(count=min(text.count_chars(), LONGEST), errors="ignore"))


def _within(size: int, lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        size -= len(line) + 1
        if size < 0:
            return
        yield line
