"""The door for messages."""

from chassis import outbox
from chassis.handling import Delivery, Handlers
from contracts.documents import DocumentAccepted, PublishDocument, PublishDocumentRefused
from documents import publishing, receiving
from documents.gateways import Gateways
from documents.received import Received

handlers: Handlers[Gateways] = Handlers()


async def receive_document(command: PublishDocument, issuer: str, gateways: Gateways) -> Received:
    """Keep the bytes, before the transaction."""
    return await receiving.receive(gateways.files, issuer, command)


@handlers.handles(
    PublishDocument, refused=PublishDocumentRefused, first=receive_document, prefetch=8
)
async def publish_document(command: PublishDocument, delivery: Delivery[Gateways]) -> None:
    """A billing system publishes an invoice or a credit note."""
    document, already = await publishing.publish(
        delivery.session, delivery.sender, command.customer_number, delivery.first
    )
    outcome = DocumentAccepted(
        command_id=delivery.message_id,
        document_id=document.id,
        already_published=already,
        flags=tuple(document.flags),
    )
    await outbox.answer(delivery.session, delivery.sender, outcome)
