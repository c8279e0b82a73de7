"""What documents refuses, and why."""

from uuid import UUID

from chassis.failures import Invalid, NotFound, TryLater


class CustomerOfAnotherIssuer(Invalid):
    """A customer number carries another issuer's prefix."""

    def __init__(self, customer_number: str, prefix: str) -> None:
        """Say which prefix it should be."""
        super().__init__(
            f"{customer_number} is not yours: your customer numbers begin with {prefix}-",
            pointer="/customer_number",
            rule="issuer_prefix",
        )


class FactMissing(Invalid):
    """Neither the message nor the XML says something an archive must know."""

    def __init__(self, field: str) -> None:
        """Name the field."""
        super().__init__(
            f"{field} is needed: no original XML that we understand says it",
            pointer=f"/{field}",
            rule="missing",
        )


class TwoCurrencies(Invalid):
    """The amount due is in another currency than the total."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__(
            "the amount due and the total are in one currency",
            pointer="/amount_due/currency",
            rule="one_currency",
        )


class UploadUnknown(Invalid):
    """A file names an upload that does not exist, is another issuer's, or is too old."""

    def __init__(self, position: int) -> None:
        """Say which file."""
        super().__init__(
            "there is no such upload", pointer=f"/files/{position}/upload_id", rule="upload_unknown"
        )


class UploadEmpty(Invalid):
    """An upload has no bytes."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("an upload has at least one byte", rule="empty")


class DocumentUnknown(NotFound):
    """There is no such document, or it is not yours to see."""

    def __init__(self, document_id: UUID | None = None) -> None:
        """Name it, where it was named."""
        which = f"document {document_id}" if document_id else "document"
        super().__init__(f"there is no {which} here", rule="document_unknown")


class FileUnknown(NotFound):
    """The document has no such file."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("the document has no such file", rule="file_unknown")


class NoInvoice(NotFound):
    """No XML of the document is one we read."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("the document has no XML that we understand", rule="no_invoice")


class NoRendition(NotFound):
    """There is nothing to make a readable invoice from: the document's PDF is the one to read."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("the document has no XML to make a page of", rule="no_rendition")


class NoPage(NotFound):
    """The document has no PDF original with such a page."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("the document has no PDF with such a page", rule="no_page")


class WorkersAway(TryLater):
    """No worker is free, or none can be started: the file was not looked at."""


class TooHard(Exception):
    """A file took more time or memory than it may, or was the end of its worker."""


class PageUnknown(Exception):
    """A PDF has no such page."""


class XmlNotUnderstood(Exception):
    """An XML is not one we read, or not safe to read. The bytes are archived all the same."""
