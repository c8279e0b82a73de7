"""Which files of a document are taken away in an archive, and under which names."""

import hashlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from documents import file_names, media_types
from documents.export_words import ExportWords
from documents.models import Document, DocumentFile
from documents.received import TOO_HARD_TO_READ, XML_NOT_UNDERSTOOD

PDF, XML = "pdf", "xml"
NO_PDF, NO_XML = "no_pdf", "no_xml"

_ORIGINALS = ("original_xml", "original_pdf")
_SUFFIXES = {
    media_types.PDF: "pdf",
    media_types.XML: "xml",
    "text/xml": "xml",
    "text/plain": "txt",
    "text/csv": "csv",
    "image/png": "png",
    "image/jpeg": "jpg",
    media_types.ZIP: "zip",
}
_ANY = "bin"
"""So that nothing is run by whoever only meant to look at it."""


@dataclass(frozen=True)
class Part:
    """A file of an archive: as it was received, or a rendition still to be had."""

    name: str
    file: DocumentFile | None = None

    @property
    def size(self) -> int | None:
        """How long it is; None of a rendition, which may still have to be made."""
        return self.file.size if self.file else None


def of(document: Document, wanted: Collection[str], words: ExportWords) -> list[Part]:
    """Return what is taken of a document: what is wanted, and what there is where it lacks that."""
    found: list[DocumentFile | None] = []
    if PDF in wanted:
        found += _pdfs(document) or [None]
    if lacks(document, wanted):
        found += _received(document)
    elif XML in wanted:
        found += _xmls(document)
    return list(_named(document, found, words))


def lacks(document: Document, wanted: Collection[str]) -> str | None:
    """Return which of what is wanted there is not; an XML is missed by who wants nothing else."""
    if PDF not in wanted:
        return None if _xmls(document) else NO_XML
    if _pdfs(document):
        return None
    not_read = {XML_NOT_UNDERSTOOD, TOO_HARD_TO_READ} & set(document.flags)
    return NO_PDF if not_read or not _xmls(document) else None


def received(document: Document, words: ExportWords) -> list[Part]:
    """Return a document's originals, whatever they are; where it has none, all of its files."""
    return list(_named(document, _received(document), words))


def _received(document: Document) -> list[DocumentFile]:
    return [file for file in document.files if file.role in _ORIGINALS] or document.files


def _name(document: Document, words: ExportWords) -> str:
    """Return the name of a document's files: its number, what it is, and a mark no other has.

    They lie in a folder for each customer number. The mark is made of an id of our own, so that no
    sender can make two names meet.
    """
    folder = file_names.plain(document.customer_number)
    kind = words.in_names.get(document.type, "document")
    mark = hashlib.sha256(document.id.bytes).hexdigest()[:8]
    return f"{folder}/{file_names.plain(document.number)}-{kind}-{mark}"


def _pdfs(document: Document) -> list[DocumentFile]:
    return [
        file
        for file in document.files
        if file.role == "original_pdf" and file.media_type == media_types.PDF
    ]


def _xmls(document: Document) -> list[DocumentFile]:
    """Return the XML as received; where there is none, the one that was in its PDF."""
    for role in ("original_xml", "embedded_xml"):
        found = [
            file
            for file in document.files
            if file.role == role and _SUFFIXES.get(file.media_type) == "xml"
        ]
        if found:
            return found
    return []


def _named(
    document: Document, files: Iterable[DocumentFile | None], words: ExportWords
) -> Iterator[Part]:
    """Name files, once each; those of one kind by their place among them, from the second on."""
    name = _name(document, words)
    seen: dict[str, int] = {}
    for file in dict.fromkeys(files):
        suffix = _SUFFIXES.get(file.media_type, _ANY) if file else "pdf"
        seen[suffix] = seen.get(suffix, 0) + 1
        place = f"-{seen[suffix]}" if seen[suffix] > 1 else ""
        yield Part(f"{name}{place}.{suffix}", file)
