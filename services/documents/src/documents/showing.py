"""Show a document to people: what its XML says, the same set as a PDF, or a page as a picture."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog

from chassis.identifiers import now
from documents import file_names, measures, media_types
from documents.cover import Known
from documents.errors import NoInvoice, NoPage, NoRendition, PageUnknown, TooHard, XmlNotUnderstood
from documents.files import Files
from documents.models import Document, DocumentFile
from documents.once import Once
from documents.received import TOO_HARD_TO_READ, XML_NOT_UNDERSTOOD
from documents.workshop import Workshop

log = structlog.get_logger()

_RENDITION_KEPT = timedelta(days=90)
_PICTURE_WIDTH = 1240
"""In pixels: an A4 page at 150 dots per inch."""


@dataclass(frozen=True)
class Rendition:
    """A PDF made from a document: its bytes, a name for its file, and what tells it from others."""

    pdf: bytes
    name: str
    tag: str


async def invoice(store: Files, workshop: Workshop, document: Document) -> bytes:
    """Return all that the XML of a document says, as JSON. Raises ``NoInvoice``."""
    for xml in _xmls(document):
        try:
            return await workshop.invoice(await store.read(document.issuer, xml.sha256))
        except (XmlNotUnderstood, TooHard) as reason:
            log.info("no_invoice", document_id=str(document.id), reason=str(reason))
    raise NoInvoice


async def rendition(
    store: Files, workshop: Workshop, once: Once, document: Document, language: str
) -> Rendition:
    """Return a document as a readable PDF, kept from before or made now.

    Where no XML says enough it is a page of what is known; ``NoRendition`` is raised where there is
    a PDF to read instead.
    """
    # The customer number of the archive stands on it, and the same XML may be given for another.
    version = f"{await workshop.rendition_version()}-{document.customer_number}"
    for xml in _xmls(document):
        key = (document.issuer, xml.sha256, version, language)

        async def make(xml: DocumentFile = xml) -> bytes:
            content = await store.read(document.issuer, xml.sha256)
            pdf = await workshop.render(content, language, document.customer_number)
            await store.keep_rendition(document.issuer, xml.sha256, version, language, pdf)
            return pdf

        try:
            kept = await store.rendition(*key)
            pdf = await once.make(key, make) if kept is None else kept
            measures.renditions.labels("made" if kept is None else "kept").inc()
        except (XmlNotUnderstood, TooHard) as reason:
            log.info("no_rendition", document_id=str(document.id), reason=str(reason))
        else:
            return Rendition(pdf, _name(document, language), f"{xml.sha256}-{version}-{language}")
    if any(each.pages is not None for each in _pdfs(document)):
        measures.renditions.labels("none").inc()
        raise NoRendition
    try:
        cover = await workshop.cover(_known(document), language)
    except TooHard as reason:
        raise NoRendition from reason
    measures.renditions.labels("cover").inc()
    tag = f"{document.id}-{hashlib.sha256(cover).hexdigest()}"
    return Rendition(cover, _name(document, language), tag)


async def cover(workshop: Workshop, document: Document, language: str) -> bytes:
    """Return a PDF of what is known of a document, whatever is in its files."""
    return await workshop.cover(_known(document), language)


def _name(document: Document, language: str) -> str:
    return f"{document.type}-{file_names.plain(document.number)}-{language}.pdf"


def _known(document: Document) -> Known:
    return Known(
        type="credit_note" if document.type == "credit_note" else "invoice",
        number=document.number,
        customer_number=document.customer_number,
        issue_date=document.issue_date,
        due_date=document.due_date,
        currency=document.currency,
        total_incl_vat=document.total_incl_vat,
        amount_due=document.amount_due,
        payment_reference=document.payment_reference,
        content_sha256=document.content_sha256,
        files=tuple((each.name, each.size) for each in document.files),
    )


async def page(
    store: Files, workshop: Workshop, document: Document, number: int, language: str
) -> bytes:
    """Return a page of a document's PDF as PNG; the first is 1. Raises ``NoPage``.

    A PDF that shows nothing has a first page all the same: what is known of the document.
    """
    for pdf in _pdfs(document):
        content = await store.read(document.issuer, pdf.sha256)
        try:
            return await workshop.picture(content, number, _PICTURE_WIDTH)
        except (PageUnknown, TooHard) as reason:
            if number > 1 or pdf.pages is not None:
                raise NoPage from reason
            log.info("no_page", document_id=str(document.id), reason=type(reason).__name__)
        try:
            cover = await workshop.cover(_known(document), language)
            return await workshop.picture(cover, number, _PICTURE_WIDTH)
        except (PageUnknown, TooHard) as reason:
            raise NoPage from reason
    raise NoPage


def _pdfs(document: Document) -> Sequence[DocumentFile]:
    """Return the original PDF, if there is one that is one."""
    return [
        each
        for each in document.files
        if each.role == "original_pdf" and each.media_type == media_types.PDF
    ][:1]


def _xmls(document: Document) -> Sequence[DocumentFile]:
    """Return the XMLs that may be the invoice, the likeliest first."""
    given = [file for file in document.files if file.role == "original_xml"]
    inside = [file for file in document.files if file.role == "embedded_xml"]
    if {XML_NOT_UNDERSTOOD, TOO_HARD_TO_READ} <= set(document.flags):
        return inside
    return given[:1] + inside[:1]


async def sweep(store: Files) -> None:
    """Take away renditions of long ago: most are never asked for again, any can be made again."""
    if dropped := await store.drop_renditions(now() - _RENDITION_KEPT):
        log.info("renditions_swept", count=dropped)
