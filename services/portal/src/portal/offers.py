"""What a reader can take away of a document: a PDF, an XML, what was attached; or look at."""

from dataclasses import dataclass

from portal.document import DocumentFile, GuestDocument

MOST_PICTURES = 20
"""Pages of a PDF shown as pictures; the others are in the file."""


@dataclass(frozen=True)
class Offers:
    """Which files are offered, as what.

    ``renditions``: a PDF is made in the reader's language, for want of one that came.
    ``xml_rules``: the XML is the invoice, and any PDF shows what it says. ``pictures`` of
    ``pages``: how many pages of the PDF are shown, where no XML says all that stands on them.
    """

    pdf: DocumentFile | None
    xml: DocumentFile | None
    attachments: list[DocumentFile]
    renditions: bool
    xml_rules: bool
    pictures: int
    pages: int


def offered(files: list[DocumentFile], *, understood: bool, itemised: bool) -> Offers:
    """Sort the files of a document by what a reader wants them for.

    ``understood``: an XML of it was, and ``itemised``: it says what is charged, line by line.
    """
    pdf, original = _first(files, "original_pdf"), _first(files, "original_xml")
    pages = (pdf.pages or 1) if pdf and not itemised else 0
    return Offers(
        pdf=pdf,
        xml=original or _first(files, "embedded_xml"),
        attachments=[file for file in files if file.role in {"attachment", "embedded_attachment"}],
        renditions=understood and pdf is None,
        xml_rules=understood and original is not None,
        pictures=min(pages, MOST_PICTURES),
        pages=pages,
    )


def listed(document: GuestDocument) -> Offers:
    """Return what a row of a list offers of a document, without asking what its XML says."""
    read = "xml_not_understood" not in document.flags
    has_xml = any(file.role in {"original_xml", "embedded_xml"} for file in document.files)
    return offered(document.files, understood=has_xml and read, itemised=True)


def _first(files: list[DocumentFile], role: str) -> DocumentFile | None:
    return next((file for file in files if file.role == role), None)
