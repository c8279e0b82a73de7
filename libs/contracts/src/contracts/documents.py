"""What may be asked of documents, and what it tells: invoices and credit notes in the archive."""

import base64
import binascii
from datetime import date, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from contracts.customer_number import CustomerNumber, Issuer
from contracts.message import Command, Event, Outcome, Shape, Task
from contracts.money import Money
from contracts.refusal import Refused
from contracts.text import Line

MAX_CONTENT_BYTES = 1024 * 1024
"""All files of one message together, before base64. Larger ones are uploaded first."""


def _decode(value: Any) -> Any:
    if isinstance(value, bytes):
        return value
    if not isinstance(value, str):
        raise PydanticCustomError("base64", "content is base64 text (RFC 4648, section 4)")
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError) as wrong:
        raise PydanticCustomError(
            "base64", "content is base64 text (RFC 4648, section 4)"
        ) from wrong


Base64 = Annotated[
    bytes,
    BeforeValidator(_decode),
    PlainSerializer(lambda content: base64.b64encode(content).decode(), return_type=str),
    WithJsonSchema({"type": "string", "contentEncoding": "base64"}),
]


class DocumentFile(Shape):
    """One file of a document: its bytes, or the upload that holds them."""

    role: Literal["original_xml", "original_pdf", "attachment"]
    name: Line
    media_type: Annotated[
        str, StringConstraints(pattern=r"^[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,80}$", max_length=127)
    ]
    content: Base64 | None = None
    upload_id: UUID | None = None

    @model_validator(mode="after")
    def _has_content_or_upload(self) -> Self:
        if (self.content is None) == (self.upload_id is None):
            raise PydanticCustomError("one_of", "a file has either content or upload_id")
        return self


def _at_least_one(files: tuple[DocumentFile, ...]) -> tuple[DocumentFile, ...]:
    """Check after the files themselves: a tuple's own bound counts an unreadable one as absent."""
    if not files:
        raise PydanticCustomError("too_short", "a document has at least one file")
    return files


class Reference(Shape):
    """What else a document is about: an order, a contract, a number plate."""

    kind: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    value: Line


class GivenDocument(Command):
    """An invoice or credit note as its issuer gives it, for whatever is to be done with it.

    What an original XML already says may be left out.
    """

    customer_number: CustomerNumber
    number: Line | None = None
    type: Literal["invoice", "credit_note"] | None = None
    issue_date: date | None = None
    due_date: date | None = None
    total_incl_vat: Money | None = None
    amount_due: Money | None = None
    payment_reference: Line | None = None
    references: Annotated[tuple[Reference, ...], Field(max_length=50)] = ()
    files: Annotated[
        tuple[DocumentFile, ...],
        Field(max_length=10, json_schema_extra={"minItems": 1}),
        AfterValidator(_at_least_one),
    ]

    @model_validator(mode="after")
    def _fits_a_message(self) -> Self:
        size = sum(len(file.content) for file in self.files if file.content is not None)
        if size > MAX_CONTENT_BYTES:
            raise PydanticCustomError(
                "files_too_large",
                "the files are {size} bytes together; a message carries at most {limit}",
                {"size": size, "limit": MAX_CONTENT_BYTES},
            )
        return self


class PublishDocument(GivenDocument, owner="documents"):
    """Archive an invoice or credit note and tell everyone who should know.

    What an original XML already says may be left out.
    """


class ImportDocument(GivenDocument, owner="documents"):
    """Archive an invoice or credit note of the past: nobody is told, nothing is collected.

    It waits on a queue of its own, behind today's work. What an original XML already says may be
    left out.
    """


class DocumentAccepted(Outcome, owner="documents"):
    """A document is in the archive; ``already_published`` when it was there before."""

    command_id: UUID
    document_id: UUID
    already_published: bool
    flags: tuple[str, ...] = ()


class PublishDocumentRefused(Refused, owner="documents"):
    """A document was not archived."""


class ImportDocumentRefused(Refused, owner="documents"):
    """A document of the past was not archived."""


class SweepUploads(Task, owner="documents"):
    """Take away the uploads that are too old to be used."""


class SweepRenditions(Task, owner="documents"):
    """Take away the renditions made long ago; one that is asked for again is made again."""


class ForgetExports(Task, owner="documents"):
    """Forget what people chose to take away more than a day ago."""


class CheckArchive(Task, owner="documents"):
    """Look at the next documents of the archive, whether they are as they were.

    ``left`` is how many more are to be looked at in one go; at its beat, as many as are set.
    """

    left: int | None = None


class MakeHeads(Task, owner="documents"):
    """Make the heads of the day that has ended: a hash over all that happened to documents."""


class ApplyRetention(Task, owner="documents"):
    """Keep documents for as long as their issuer says by now: longer, or as long as before.

    Those of one customer number, or of all; ``after`` is the last that was looked at.
    """

    issuer: Issuer
    customer_number: CustomerNumber | None = None
    after: UUID | None = None


class DeleteDocuments(Task, owner="documents"):
    """Delete the documents on an approved list, a few at a time."""

    deletion_id: UUID


class DropDoomedFiles(Task, owner="documents"):
    """Take away the bytes whose last document was deleted the day before."""


class ArchiveHeadMade(Outcome, owner="documents"):
    """All that happened to an issuer's documents up to the end of a day, as one hash over the last.

    Whoever keeps it elsewhere can tell later that nothing of it was changed since.
    """

    day: date
    events: int
    sha256: str
    before: str | None = None


class DocumentPublished(Event, owner="documents", subject="document_id"):
    """A document is in the archive and may be read; ``type`` is invoice or credit_note."""

    document_id: UUID
    issuer: Issuer
    customer_number: CustomerNumber
    number: str
    type: str
    issue_date: date
    due_date: date | None = None
    total_incl_vat: Money
    amount_due: Money
    payment_reference: str | None = None
    media_types: tuple[str, ...]
    published_at: datetime
    flags: tuple[str, ...] = ()
