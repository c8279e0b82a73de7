"""The door for messages."""

from collections.abc import Sequence
from uuid import UUID

from chassis import revocations
from chassis.handling import Delivery, Handlers
from contracts.documents import DocumentPublished
from contracts.identity import (
    CustomerNumberChanged,
    IssuerChanged,
    PersonChanged,
    SessionsEnded,
)
from contracts.notifications import (
    ForgetLetters,
    ReportUnknownRecipients,
    SweepBounces,
    WriteToPerson,
)
from notifications import bounces, forgetting, knowing, owing, reporting, writing_to_people
from notifications.gateways import Gateways
from notifications.owing import Heard

handlers: Handlers[Gateways] = Handlers()


@handlers.handles_several(DocumentPublished)
async def documents_published(
    heard: Sequence[tuple[DocumentPublished, Delivery[Gateways]]],
) -> None:
    """Documents are in the archive: everyone who should hear of them gets a letter."""
    await owing.owe_for_documents(
        heard[0][1].session,
        [
            Heard(
                event=event,
                event_id=delivery.message_id,
                correlation_id=delivery.correlation_id,
                command_id=UUID(delivery.causation_id) if delivery.causation_id else None,
                traceparent=delivery.trail.traceparent,
            )
            for event, delivery in heard
        ],
    )


@handlers.handles(CustomerNumberChanged, order=lambda event, _: event.customer_number)
async def customer_number_changed(
    event: CustomerNumberChanged, delivery: Delivery[Gateways]
) -> None:
    """Someone was given, or lost, a claim on a customer number."""
    await owing.owe_for_newcomers(delivery.session, event)


@handlers.handles(PersonChanged, order=lambda event, _: event.person_id)
async def person_changed(event: PersonChanged, delivery: Delivery[Gateways]) -> None:
    """A person is reached differently."""
    await knowing.know_person(delivery.session, event)


@handlers.handles(IssuerChanged)
async def issuer_changed(event: IssuerChanged, delivery: Delivery[Gateways]) -> None:
    """An issuer looks or signs differently."""
    await knowing.know_issuer(delivery.session, event)


@handlers.handles(SessionsEnded)
async def sessions_ended(event: SessionsEnded, delivery: Delivery[Gateways]) -> None:
    """Someone was signed out."""
    await revocations.keep(delivery.session, event.sessions, event.ended_at)


@handlers.handles(WriteToPerson)
async def write_to_person(task: WriteToPerson, delivery: Delivery[Gateways]) -> None:
    """Somebody is to be written to about their account."""
    await writing_to_people.write_to(delivery.session, task, delivery.message_id, delivery.trail)


@handlers.handles(ReportUnknownRecipients)
async def report_unknown_recipients(
    _task: ReportUnknownRecipients, delivery: Delivery[Gateways]
) -> None:
    """It is time to look for documents that nobody could be told of."""
    await reporting.report_unknown_recipients(delivery.session)


@handlers.handles(SweepBounces)
async def sweep_bounces(_task: SweepBounces, delivery: Delivery[Gateways]) -> None:
    """It is time to forget what bounces have left behind."""
    await bounces.sweep(delivery.session)


@handlers.handles(ForgetLetters, prefetch=1)
async def forget_letters(_task: ForgetLetters, delivery: Delivery[Gateways]) -> None:
    """It is time to forget letters nobody asks after any more."""
    await forgetting.forget_letters(delivery.session, delivery.gateways.letters_kept)
