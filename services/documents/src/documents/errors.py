"""What documents refuses, and why."""

from uuid import UUID

from chassis.failures import Invalid, NotFound


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


class XmlNotUnderstood(Exception):
    """An XML is not one we read, or not safe to read. The bytes are archived all the same."""
