"""A document whose bytes are safe: what receiving hands to publishing."""

from dataclasses import dataclass
from datetime import timedelta

from documents.facts import Facts

XML_NOT_UNDERSTOOD = "xml_not_understood"
TOO_HARD_TO_READ = "too_hard_to_read"

UPLOAD_KEPT = timedelta(hours=24)
"""How long an upload may be named by a document."""


@dataclass(frozen=True)
class KeptFile:
    """A file whose bytes are in the store."""

    role: str
    name: str
    media_type: str
    sha256: str
    size: int
    pages: int | None = None
    """Of a PDF, where they could be counted."""


@dataclass(frozen=True)
class Received:
    """A document whose bytes are safe and whose facts are settled; ``flags`` are of its files."""

    files: tuple[KeptFile, ...]
    facts: Facts
    content_sha256: str
    flags: tuple[str, ...] = ()
    words: str = ""
    """What it is found by: of its message and its XML. Those of its PDF are added later."""
