"""Receive a document: keep its bytes and read what its files say, before anything is written down.

Nothing here is undone when what follows fails: the bytes are kept under their own hash, and
keeping them again changes nothing.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

import structlog

from chassis.identifiers import made_at, now
from contracts.customer_number import issuer_of
from contracts.documents import DocumentFile, GivenDocument
from documents import facts, file_names, media_types, sniffing, wording
from documents.errors import CustomerOfAnotherIssuer, TooHard, UploadUnknown, XmlNotUnderstood
from documents.files import Files
from documents.invoice import Invoice
from documents.received import (
    TOO_HARD_TO_READ,
    UPLOAD_KEPT,
    XML_NOT_UNDERSTOOD,
    KeptFile,
    Received,
)
from documents.workshop import Inside, Reading, Workshop

log = structlog.get_logger()

FILE_NAME_CHANGED = "file_name_changed"
MEDIA_TYPE_DIFFERS = "media_type_differs"
PDF_NOT_UNDERSTOOD = "pdf_not_understood"
XML_AND_PDF_DIFFER = "xml_and_pdf_differ"
FILES_LEFT_OUT = "files_left_out"

_MOST_INSIDE = 20
_MOST_INSIDE_BYTES = 32 * 1024 * 1024


@dataclass(frozen=True, eq=False)
class _File:
    role: str
    name: str
    media_type: str
    content: bytes

    @property
    def can_be_read(self) -> bool:
        return self.media_type in {media_types.PDF, media_types.XML}

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


async def receive(store: Files, workshop: Workshop, issuer: str, given: GivenDocument) -> Received:
    """Keep the files of a document and settle its facts.

    Raises a refusal for what is missing, and ``CustomerOfAnotherIssuer`` before anything is kept.
    """
    if issuer_of(given.customer_number) != issuer:
        raise CustomerOfAnotherIssuer(given.customer_number, issuer.upper())
    flags: list[str] = []
    files = [
        _as_it_is(file, await _content(store, issuer, file, position), flags)
        for position, file in enumerate(given.files)
    ]
    xml, pdf = _first(files, "original_xml"), _first(files, "original_pdf")
    of_xml = await _reading(workshop, xml, flags)
    of_pdf = await _reading(workshop, pdf if pdf and pdf.can_be_read else None, flags)
    invoices = [each.invoice for each in (of_xml, of_pdf) if each and each.invoice]
    if len(invoices) > 1 and _differ(*invoices):
        flags.append(XML_AND_PDF_DIFFER)
    settled = facts.settle(given, invoices[0] if invoices else None)
    found = [each for reading in (of_xml, of_pdf) if reading for each in reading.inside]
    pages = {pdf: of_pdf.pages} if pdf and of_pdf else {}
    kept = [
        await _kept(store, issuer, each, pages.get(each))
        for each in (*files, *_inside(found, files, flags))
    ]
    return Received(
        files=tuple(kept),
        facts=settled,
        content_sha256=_content_sha256(kept[: len(files)]),
        flags=tuple(dict.fromkeys(flags)),
        words=_words(given, settled, [each for each in (of_xml, of_pdf) if each]),
    )


def _words(given: GivenDocument, known: facts.Facts, readings: Iterable[Reading]) -> str:
    told = (known.number, given.customer_number, known.payment_reference)
    references = (value for _, value in known.references)
    read = (line for reading in readings for line in reading.words.splitlines())
    return wording.joined((*told, *references, *read))


async def _content(store: Files, issuer: str, file: DocumentFile, position: int) -> bytes:
    if file.content is not None:
        return file.content
    upload_id = file.upload_id
    if upload_id is None or not _is_fresh(upload_id):
        raise UploadUnknown(position)
    try:
        return await store.upload(issuer, upload_id)
    except FileNotFoundError as unknown:
        raise UploadUnknown(position) from unknown


def _is_fresh(upload_id: UUID) -> bool:
    made = made_at(upload_id)
    return made is not None and now() - made < UPLOAD_KEPT


def _as_it_is(file: DocumentFile, content: bytes, flags: list[str]) -> _File:
    """Return a file as its bytes are, under a name that is one."""
    name = file_names.safe(file.name)
    if name != file.name:
        flags.append(FILE_NAME_CHANGED)
    found = sniffing.media_type(content)
    media_type, differs = media_types.settled(file.media_type, found)
    if differs:
        flags.append(MEDIA_TYPE_DIFFERS)
    return _File(file.role, name, media_type, content)


def _first(files: Iterable[_File], role: str) -> _File | None:
    return next((file for file in files if file.role == role), None)


async def _reading(workshop: Workshop, file: _File | None, flags: list[str]) -> Reading | None:
    """Return what a file says of the document, None where that is nothing we understand."""
    if file is None:
        return None
    try:
        reading = await workshop.read(file.content)
    except (XmlNotUnderstood, TooHard) as reason:
        is_pdf = file.media_type == media_types.PDF
        flags.append(PDF_NOT_UNDERSTOOD if is_pdf else XML_NOT_UNDERSTOOD)
        if isinstance(reason, TooHard):
            flags.append(TOO_HARD_TO_READ)
        log.info("file_not_understood", flag=flags[-1], reason=str(reason))
        return None
    flags += reading.flags
    return reading


def _differ(one: Invoice, other: Invoice) -> bool:
    """Say whether the XML and the one inside the PDF disagree on the number or the total."""
    pairs = ((one.number, other.number), (one.totals.incl_vat, other.totals.incl_vat))
    return any(None not in pair and pair[0] != pair[1] for pair in pairs)


def _inside(found: Iterable[Inside], files: Sequence[_File], flags: list[str]) -> Iterable[_File]:
    """Return the files that came inside others, once each, as many as are reasonable."""
    known = {file.sha256 for file in files}
    kept: list[_File] = []
    for each in found:
        media_type = each.media_type or media_types.UNKNOWN
        media_type, _ = media_types.settled(media_type, sniffing.media_type(each.content))
        file = _File(each.role, file_names.safe(each.name), media_type, each.content)
        if file.sha256 in known:
            continue
        known.add(file.sha256)
        kept.append(file)
    size = 0
    for turn, file in enumerate(kept):
        size += len(file.content)
        if turn == _MOST_INSIDE or size > _MOST_INSIDE_BYTES:
            flags.append(FILES_LEFT_OUT)
            return kept[:turn]
    return kept


async def _kept(store: Files, issuer: str, file: _File, pages: int | None) -> KeptFile:
    return KeptFile(
        role=file.role,
        name=file.name,
        media_type=file.media_type,
        sha256=await store.keep(issuer, file.content),
        size=len(file.content),
        pages=pages,
    )


def _content_sha256(files: Sequence[KeptFile]) -> str:
    """Return what makes two documents the same: the hash of the XML, else of all files given.

    What was found inside them does not count: it comes with them.
    """
    for file in files:
        if file.role == "original_xml":
            return file.sha256
    all_files = sorted(f"{file.role}:{file.sha256}" for file in files)
    return hashlib.sha256("\n".join(all_files).encode()).hexdigest()
