"""View the newest document behind a mail's link, and take what belongs to it.

Everything opens the link anew, so a link that was withdrawn opens nothing from then on; nothing is
changed or used up by looking.
"""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

import structlog

from portal import measures
from portal.custody import Event
from portal.document import GuestDocument
from portal.documents_calls import FileContent
from portal.documents_service import DocumentsService
from portal.errors import HasAccount, NothingHere, ServiceAway
from portal.identity_service import Guest, IdentityService
from portal.invoice import Invoice
from portal.offers import Offers, offered
from portal.settlement import Settlement, settle
from portal.verdicts import Doubt, doubt

T = TypeVar("T")

LINES_SHOWN = 200
"""Lines of an invoice on its page; the others are in its files."""

log = structlog.get_logger()

_DUPLICATE = {"nl": "duplicaat", "fr": "duplicata", "de": "duplikat", "en": "duplicate"}


@dataclass(frozen=True)
class Viewed:
    """What is on the page of a document.

    ``invoice`` is what the XML says: None where there is none that was understood, or where it
    could not be had just now (``later``).
    """

    document: GuestDocument
    invoice: Invoice | None
    later: bool
    settlement: Settlement
    offers: Offers


async def view(documents: DocumentsService, guest: Guest) -> Viewed:
    """Find the newest document a guest may see, with what its XML says."""
    return await opened(documents, guest.token, await documents.newest(guest.token))


async def opened(documents: DocumentsService, token: str, document: GuestDocument) -> Viewed:
    """Return what is on the page of a document that this token opens."""
    invoice, later = None, False
    try:
        invoice = await documents.invoice(token, document.document_id)
    except NothingHere:
        pass
    except ServiceAway:
        # What to pay and the files are known: half a page is better than none.
        log.warning("invoice_not_shown", document_id=str(document.document_id))
        later = True
    measures.invoices.labels("later" if later else "with" if invoice else "without").inc()
    return Viewed(
        document=document,
        invoice=invoice,
        later=later,
        settlement=settle(
            document.type,
            document.amount_due.amount,
            document.amount_due.currency,
            document.payment_reference or document.number,
            invoice,
        ),
        offers=offered(
            document.files,
            understood=invoice is not None,
            itemised=invoice is not None and bool(invoice.lines),
        ),
    )


async def told_of(
    documents: DocumentsService, token: str, document_id: UUID
) -> tuple[list[Event], Doubt | None]:
    """Return what happened to a document, and what its XML lacks; a page can do without either."""

    async def if_there(asked: Awaitable[list[T]]) -> list[T]:
        try:
            return await asked
        except (NothingHere, ServiceAway):
            return []

    events, judged = await asyncio.gather(
        if_there(documents.events(token, document_id)),
        if_there(documents.verdicts(token, document_id)),
    )
    return events, doubt(judged)


async def newest(
    identity: IdentityService, documents: DocumentsService, link: str
) -> tuple[Guest, GuestDocument]:
    """Open a guest's link and find the newest document.

    Raises ``NothingHere`` or ``ServiceAway``; ``HasAccount`` where it is no guest any more.
    """
    guest = await identity.open_link(link)
    if guest.registered:
        raise HasAccount(guest.issuer.issuer)
    return guest, await documents.newest(guest.token)


@dataclass(frozen=True)
class Taken:
    """A file on its way to a reader, and the name to keep it under."""

    name: str
    file: FileContent


async def file(
    identity: IdentityService, documents: DocumentsService, link: str, sha256: str
) -> Taken:
    """Return a file of the newest document, as it was received."""
    guest, document = await newest(identity, documents, link)
    return await file_of(documents, guest.token, document, sha256)


async def file_of(
    documents: DocumentsService, token: str, document: GuestDocument, sha256: str
) -> Taken:
    """Return a file of a document, as it was received."""
    found = next((each for each in document.files if each.sha256 == sha256), None)
    if found is None:
        raise NothingHere
    return Taken(found.name, await documents.file(token, document.document_id, sha256))


async def rendition(
    identity: IdentityService,
    documents: DocumentsService,
    link: str,
    language: str | None,
) -> Taken:
    """Return the newest document as a PDF, in a language or else in the reader's own."""
    guest, document = await newest(identity, documents, link)
    return await rendition_of(documents, guest.token, document, language or guest.spoken)


async def rendition_of(
    documents: DocumentsService, token: str, document: GuestDocument, language: str
) -> Taken:
    """Return a document as a PDF in a language."""
    content = await documents.rendition(token, document.document_id, language)
    return Taken(f"{document.number}.pdf", content)


async def picture(
    identity: IdentityService, documents: DocumentsService, link: str, page: int
) -> Taken:
    """Return a page of the newest document's PDF as a picture."""
    guest, document = await newest(identity, documents, link)
    return await picture_of(documents, guest.token, document, page)


async def picture_of(
    documents: DocumentsService, token: str, document: GuestDocument, page: int
) -> Taken:
    """Return a page of a document's PDF as a picture."""
    content = await documents.picture(token, document.document_id, page)
    return Taken(f"{document.number}-{page}.png", content)


async def duplicate_of(
    documents: DocumentsService, token: str, document: GuestDocument, language: str
) -> Taken:
    """Return a duplicate of a document: its PDF, with the word for it over every page."""
    content = await documents.duplicate(token, document.document_id, language)
    return Taken(f"{document.number}-{_DUPLICATE[language]}.pdf", content)
