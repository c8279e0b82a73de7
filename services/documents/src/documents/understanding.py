"""Understands what a sender gave: an invoice as XML, wrapped in an envelope, or inside a PDF."""

from dataclasses import dataclass

from documents import cii, file_names, pdf, sniffing, ubl
from documents.errors import XmlNotUnderstood
from documents.invoice import Invoice
from documents.safe_xml import Node, parse

_ENVELOPE = (
    "{http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader}"
    "StandardBusinessDocument"
)


@dataclass(frozen=True, slots=True)
class Understood:
    """What was found in some bytes."""

    invoice: Invoice | None
    """None for a PDF without an invoice inside, which is as good a PDF as any."""
    xml: bytes | None = None
    """The XML that was inside a PDF."""
    xml_name: str | None = None
    """What the PDF calls it: a name, and never a path."""
    pages: int | None = None
    """Of a PDF."""
    flags: tuple[str, ...] = ()
    """``pdf_with_two_invoices``; ``xml_not_understood`` where only the XML in the PDF is not."""


def understand(content: bytes) -> Understood:
    """Understand an original. Raises ``XmlNotUnderstood`` with a reason without its text."""
    kind = sniffing.media_type(content)
    if kind == "application/xml":
        return Understood(read_xml(content))
    if kind != "application/pdf":
        raise XmlNotUnderstood(f"it is {kind or 'neither XML nor PDF'}")
    inside = pdf.look_inside(content)
    for file in inside.xml_files:
        invoice = _read_if_any(file.content)
        if invoice is not None:
            flags = ("pdf_with_two_invoices",) if _has_another(inside, file) else ()
            return Understood(
                invoice, file.content, file_names.safe(file.name), inside.pages, flags
            )
    for file in inside.xml_files:
        if file.is_called_invoice:
            flags = ("xml_not_understood",)
            return Understood(None, file.content, file_names.safe(file.name), inside.pages, flags)
    return Understood(None, pages=inside.pages)


def _has_another(inside: pdf.Inside, invoice: pdf.XmlFile) -> bool:
    others = (file.content for file in inside.xml_files if file.content != invoice.content)
    return any(_read_if_any(other) is not None for other in others)


def _read_if_any(xml: bytes) -> Invoice | None:
    try:
        return read_xml(xml)
    except XmlNotUnderstood:
        return None


def read_xml(xml: bytes) -> Invoice:
    """Read the invoice of an XML. Raises ``XmlNotUnderstood``."""
    root = unwrapped(parse(xml))
    if root.name in ubl.ROOTS:
        return ubl.read(root)
    if root.name in cii.ROOTS:
        return cii.read(root)
    raise XmlNotUnderstood(f"its root is {root.name[:120]}")


def unwrapped(root: Node) -> Node:
    """Return what an envelope of an access point (SBDH) holds; one envelope, not more.

    Raises ``XmlNotUnderstood`` where it holds no invoice.
    """
    if root.name != _ENVELOPE:
        return root
    for each in root.children():
        if each.name in ubl.ROOTS or each.name in cii.ROOTS:
            return each
    raise XmlNotUnderstood("its envelope holds no invoice")
