"""The door for messages."""

from collections.abc import Sequence

from chassis import outbox, revocations, trail
from chassis.handling import Delivery, Handlers
from contracts.documents import (
    ApplyRetention,
    CheckArchive,
    DeleteDocuments,
    DocumentAccepted,
    DropDoomedFiles,
    ForgetExports,
    GivenDocument,
    ImportDocument,
    ImportDocumentRefused,
    MakeHeads,
    PublishDocument,
    PublishDocumentRefused,
    SweepRenditions,
    SweepUploads,
)
from contracts.identity import CustomerNumberChanged, PersonChanged, SessionsEnded
from documents import (
    checking,
    deleting,
    exporting,
    heading,
    knowing,
    publishing,
    receiving,
    retaining,
    showing,
    uploading,
)
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
    shelf = await Shelf.of(
        session,
        [(each.sender, command.customer_number, each.first) for command, each in given],
    )
    for command, delivery in given:
        with trail.follow(delivery.trail):
            archived = await publishing.publish(
                session, shelf, delivery.sender, command.customer_number, delivery.first
            )
            await _answer(delivery, *archived)


@handlers.handles(ImportDocument, refused=ImportDocumentRefused, first=receive_document, prefetch=1)
async def import_document(command: ImportDocument, delivery: Delivery[Gateways]) -> None:
    """A billing system gives an invoice or a credit note of the past: one at a time is enough."""
    given = (delivery.sender, command.customer_number, delivery.first)
    shelf = await Shelf.of(delivery.session, [given])
    archived = await publishing.import_(
        delivery.session, shelf, delivery.sender, command.customer_number, delivery.first
    )
    await _answer(delivery, *archived)


@handlers.handles(CustomerNumberChanged, order=lambda event, _: event.customer_number)
async def customer_number_changed(
    event: CustomerNumberChanged, delivery: Delivery[Gateways]
) -> None:
    """Someone was given, or lost, a claim on a customer number."""
    await knowing.know_readers(delivery.session, event)
    await retaining.know_country(
        delivery.session, event.issuer, event.customer_number, event.country
    )


@handlers.handles(PersonChanged, order=lambda event, _: event.person_id)
async def person_changed(event: PersonChanged, delivery: Delivery[Gateways]) -> None:
    """Someone has an account from now on, or is forgotten."""
    await knowing.know_person(delivery.session, event)


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


@handlers.handles(CheckArchive, prefetch=1)
async def check_archive(task: CheckArchive, delivery: Delivery[Gateways]) -> None:
    """It was time to look at some of the archive."""
    left = delivery.gateways.checked_at_once if task.left is None else task.left
    await checking.go_on(delivery.session, delivery.gateways.files, left)


@handlers.handles(MakeHeads, prefetch=1)
async def make_heads(_task: MakeHeads, delivery: Delivery[Gateways]) -> None:
    """A day has ended."""
    await heading.make_heads(delivery.session)


@handlers.handles(ApplyRetention, prefetch=1)
async def apply_retention(task: ApplyRetention, delivery: Delivery[Gateways]) -> None:
    """An issuer keeps documents for longer, or a customer's country became known."""
    await retaining.apply(delivery.session, task)


@handlers.handles(DeleteDocuments, prefetch=1)
async def delete_documents(task: DeleteDocuments, delivery: Delivery[Gateways]) -> None:
    """Two people of an issuer let documents go."""
    await deleting.delete_some(delivery.session, task.deletion_id)


@handlers.handles(DropDoomedFiles, prefetch=1)
async def drop_doomed_files(_task: DropDoomedFiles, delivery: Delivery[Gateways]) -> None:
    """It was time to take away bytes that no document has any more."""
    await deleting.drop_files(delivery.session, delivery.gateways.files)


@handlers.handles(ForgetExports, prefetch=1)
async def forget_exports(_task: ForgetExports, delivery: Delivery[Gateways]) -> None:
    """It is time to forget what was chosen to be taken away."""
    await exporting.forget(delivery.session)


async def _answer(delivery: Delivery[Gateways], document: Document, already: bool) -> None:  # noqa: FBT001
    outcome = DocumentAccepted(
        command_id=delivery.message_id,
        document_id=document.id,
        already_published=already,
        flags=tuple(document.flags),
    )
    await outbox.answer(delivery.session, delivery.sender, outcome)
