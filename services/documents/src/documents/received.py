"""A document whose bytes are safe: what receiving hands to publishing."""

from dataclasses import dataclass

from documents.facts import Facts


@dataclass(frozen=True)
class KeptFile:
    """A file whose bytes are in the store."""

    role: str
    name: str
    media_type: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Received:
    """A document whose bytes are safe and whose facts are settled."""

    files: tuple[KeptFile, ...]
    facts: Facts
    content_sha256: str
