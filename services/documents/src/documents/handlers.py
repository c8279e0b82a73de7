"""The door for messages."""

from chassis import outbox
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
from documents import publishing, receiving, showing, uploading
from documents.gateways import Gateways
from documents.models import Document
from documents.received import Received

handlers: Handlers[Gateways] = Handlers()


async def receive_document(given: GivenDocument, issuer: str, gateways: Gateways) -> Received:
    """Keep the bytes, before the transaction."""
    return await receiving.receive(gateways.files, gateways.workshop, issuer, given)


def _by_number(_given: GivenDocument, received: Received) -> tuple[str, str]:
    return received.facts.type, received.facts.number


@handlers.handles(
    PublishDocument,
    refused=PublishDocumentRefused,
    first=receive_document,
    order=_by_number,
    prefetch=16,
)
async def publish_document(command: PublishDocument, delivery: Delivery[Gateways]) -> None:
    """A billing system publishes an invoice or a credit note."""
    archived = await publishing.publish(
        delivery.session, delivery.sender, command.customer_number, delivery.first
    )
    await _answer(delivery, *archived)


@handlers.handles(ImportDocument, refused=ImportDocumentRefused, first=receive_document, prefetch=1)
async def import_document(command: ImportDocument, delivery: Delivery[Gateways]) -> None:
    """A billing system gives an invoice or a credit note of the past: one at a time is enough."""
    archived = await publishing.import_(
        delivery.session, delivery.sender, command.customer_number, delivery.first
    )
    await _answer(delivery, *archived)


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
