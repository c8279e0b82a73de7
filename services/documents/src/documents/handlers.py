"""The door for messages."""

from collections.abc import Sequence

from chassis import outbox, revocations, trail
from chassis.handling import Delivery, Handlers
from contracts.documents import (
    DocumentAccepted,
    GivenDocument,
    ImportDocument,
    ImportDocumentRefused,
    PublishDocument,
    PublishDocumentRefused,
    SweepRenditions,
    SweepUploads,
)
from contracts.identity import CustomerNumberChanged, SessionsEnded
from documents import knowing, publishing, receiving, showing, uploading
from documents.gateways import Gateways
from documents.models import Document
from documents.publishing import Shelf
from documents.received import Received

handlers: Handlers[Gateways] = Handlers()


async def receive_document(given: GivenDocument, issuer: str, gateways: Gateways) -> Received:
    """Keep the bytes, before the transaction."""
    return await receiving.receive(gateways.files, gateways.workshop, issuer, given)


@handlers.handles_several(
    PublishDocument, refused=PublishDocumentRefused, first=receive_document, prefetch=16
)
async def publish_documents(
    given: Sequence[tuple[PublishDocument, Delivery[Gateways]]],
) -> None:
    """Billing systems publish invoices and credit notes."""
    session = given[0][1].session
    shelf = await Shelf.of(session, [(each.sender, each.first) for _, each in given])
    for command, delivery in given:
        with trail.follow(delivery.trail):
            archived = await publishing.publish(
                session, shelf, delivery.sender, command.customer_number, delivery.first
            )
            await _answer(delivery, *archived)


@handlers.handles(ImportDocument, refused=ImportDocumentRefused, first=receive_document, prefetch=1)
async def import_document(command: ImportDocument, delivery: Delivery[Gateways]) -> None:
    """A billing system gives an invoice or a credit note of the past: one at a time is enough."""
    shelf = await Shelf.of(delivery.session, [(delivery.sender, delivery.first)])
    archived = publishing.import_(
        delivery.session, shelf, delivery.sender, command.customer_number, delivery.first
    )
    await _answer(delivery, *archived)


@handlers.handles(CustomerNumberChanged, order=lambda event, _: event.customer_number)
async def customer_number_changed(
    event: CustomerNumberChanged, delivery: Delivery[Gateways]
) -> None:
    """Someone was given, or lost, a claim on a customer number."""
    await knowing.know_readers(delivery.session, event)


@handlers.handles(SessionsEnded)
async def sessions_ended(event: SessionsEnded, delivery: Delivery[Gateways]) -> None:
    """Someone was signed out."""
    await revocations.keep(delivery.session, event.sessions, event.ended_at)


async def sweep(_task: SweepUploads, _sender: str, gateways: Gateways) -> None:
    """Take away what is too old, outside any transaction."""
    await uploading.sweep(gateways.files)


@handlers.handles(SweepUploads, first=sweep, prefetch=1)
async def sweep_uploads(_task: SweepUploads, _delivery: Delivery[Gateways]) -> None:
    """It was time to sweep, and it was done first."""


async def sweep_old(_task: SweepRenditions, _sender: str, gateways: Gateways) -> None:
    """Take away what was made long ago, outside any transaction."""
    await showing.sweep(gateways.files)


@handlers.handles(SweepRenditions, first=sweep_old, prefetch=1)
async def sweep_renditions(_task: SweepRenditions, _delivery: Delivery[Gateways]) -> None:
    """It was time to sweep, and it was done first."""


async def _answer(delivery: Delivery[Gateways], document: Document, already: bool) -> None:  # noqa: FBT001
    outcome = DocumentAccepted(
        command_id=delivery.message_id,
        document_id=document.id,
        already_published=already,
        flags=tuple(document.flags),
    )
    await outbox.answer(delivery.session, delivery.sender, outcome)
