"""Says what bytes are by looking at them, whatever their sender called them."""

import re

_BEGINNINGS = {
    b"%PDF-": "application/pdf",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
    b"II*\x00": "image/tiff",
    b"MM\x00*": "image/tiff",
    b"PK\x03\x04": "application/zip",
    b"PK\x05\x06": "application/zip",
}
_MARKS = {
    b"\xef\xbb\xbf": "utf-8",
    b"\xff\xfe": "utf-16-le",
    b"\xfe\xff": "utf-16-be",
    b"<\x00?\x00": "utf-16-le",
    b"\x00<\x00?": "utf-16-be",
}
_MARKUP = re.compile(r"\ufeff?\s*<(?:\?|!--|[A-Za-z_])")
_HTML = re.compile(r"\ufeff?\s*<(?:!doctype\s+)?html[\s>]", re.IGNORECASE)
_PDF_WITHIN = 1024
"""Where readers still look for the beginning of a PDF."""


def media_type(content: bytes) -> str | None:
    """Return the media type of a PDF, an XML, a picture or a ZIP, else None.

    What is at the very beginning counts before a PDF that begins a little later.
    """
    for beginning, found in _BEGINNINGS.items():
        if content.startswith(beginning):
            return found
    start = _text(content[:_PDF_WITHIN])
    if _HTML.match(start):
        return "text/html"
    if _MARKUP.match(start) or start.lstrip("\ufeff \t\r\n").lower().startswith("<!doctype"):
        return "application/xml"
    return "application/pdf" if b"%PDF-" in content[: _PDF_WITHIN + 5] else None


def _text(start: bytes) -> str:
    for mark, encoding in _MARKS.items():
        if start.startswith(mark):
            return start.decode(encoding, errors="replace")
    return start.decode("latin-1")
