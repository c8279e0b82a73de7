"""What documents refuses, and why."""

from datetime import date
from uuid import UUID

from chassis.failures import Conflict, Invalid, NotAllowed, NotFound, TooOften, TryLater


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


class UnreadIsOfPeople(Invalid):
    """Only people have read or not read something; a machine or staff has no marks."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("only a person has not read something", pointer="/unread", rule="unread")


class TooManyFilters(Invalid):
    """Somebody has saved as many filters as anybody may."""

    def __init__(self, most: int) -> None:
        """Say how many that is."""
        super().__init__(f"at most {most} filters can be saved", rule="too_many_filters")


class FilterUnknown(NotFound):
    """There is no such saved filter, or it is not yours."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("there is no such filter here", rule="filter_unknown")


class WorkersAway(TryLater):
    """No worker is free, or none can be started: the file was not looked at."""


class TooHard(Exception):
    """A file took more time or memory than it may, or was the end of its worker."""


class NoRules(Exception):
    """A file of rules is not where it should be."""


class PageUnknown(Exception):
    """A PDF has no such page."""


class XmlNotUnderstood(Exception):
    """An XML is not one we read, or not safe to read. The bytes are archived all the same."""


class NotStamped(Exception):
    """A PDF cannot be stamped: it is locked, damaged, or has no pages."""


class ExportUnknown(NotFound):
    """There is no such export: it is another's, or older than a day."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("there is no such export here", rule="export_unknown")


class NothingToTake(Invalid):
    """None of what was chosen is there to be taken."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("there is no document to take among these", rule="nothing_to_take")


class TooManyDocuments(Invalid):
    """More documents than one export holds."""

    def __init__(self, most: int) -> None:
        """Say how many it may be."""
        super().__init__(
            f"an export has {most} documents at most: choose a shorter period",
            pointer="/query",
            rule="too_many_documents",
        )


class TooManyExports(TooOften):
    """Somebody asked for many exports on one day."""

    def __init__(self, *, seconds: int) -> None:
        """Say after how long there may be more."""
        super().__init__("you have asked for many exports today", seconds=seconds)


class NoDuplicate(NotFound):
    """No page can be made of a document, so none can be stamped."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("no duplicate can be made of the document", rule="no_duplicate")


class StillWriting(TryLater):
    """Somebody is still writing what belongs into the heads of the day."""


class NotHeld(Conflict):
    """A document is to be let go that nobody holds."""

    def __init__(self, document_id: UUID) -> None:
        """Name it."""
        super().__init__(f"document {document_id} is not held", rule="not_held")


class NotOverYet(Invalid):
    """Documents are to go of a day that is not over."""

    def __init__(self, until: date) -> None:
        """Say which day."""
        super().__init__(f"{until} is not over yet", pointer="/until", rule="not_over_yet")


class NothingMayGo(Conflict):
    """No document was kept long enough, is not held, and stands on no other list."""

    def __init__(self, until: date) -> None:
        """Say until when."""
        super().__init__(f"nothing that was kept until {until} may go", rule="nothing_may_go")


class DeletionUnknown(NotFound):
    """There is no such list of documents that may go, or it is not yours."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("there is no such deletion here", rule="deletion_unknown")


class DeletionDecided(Conflict):
    """A list was approved or put away before."""

    def __init__(self, state: str) -> None:
        """Say which."""
        super().__init__(f"the deletion is {state} already", rule="deletion_decided")


class ApprovedByProposer(NotAllowed):
    """Who proposed a deletion may not be who approves it."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("somebody else has to approve it", rule="approved_by_proposer")


class ListDiffers(Conflict):
    """The list that is approved is not the list that there is."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("that is not the digest of this list", rule="list_differs")


class NothingToPack(NotFound):
    """The issuer has no documents of these days."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("there are no documents of these days", rule="nothing_to_pack")


class TooManyToPack(Invalid):
    """More documents than one pack holds."""

    def __init__(self, most: int) -> None:
        """Say how many it may be."""
        super().__init__(
            f"a pack has {most} documents at most: choose a shorter period",
            pointer="/to",
            rule="too_many_to_pack",
        )
