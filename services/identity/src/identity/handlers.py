"""The door for messages."""

from chassis import outbox
from chassis.handling import Delivery, Handlers
from contracts.identity import (
    CommandRefused,
    CustomerRegistered,
    ForgetAccess,
    RegisterCustomer,
    RegisterCustomerRefused,
    SealAudit,
    SendReset,
)
from identity import forgetting, recovering, registering, sealing, viewing_as
from identity.gateways import Gateways

handlers: Handlers[Gateways] = Handlers()
handlers.answers_unrouted(CommandRefused)


@handlers.handles(RegisterCustomer, refused=RegisterCustomerRefused)
async def register_customer(command: RegisterCustomer, delivery: Delivery[Gateways]) -> None:
    """A billing system tells of a customer."""
    registered = await registering.register(delivery.session, delivery.sender, command)
    outcome = CustomerRegistered(
        command_id=delivery.message_id,
        customer_number=command.customer_number,
        version=registered.version,
        kept=tuple(registered.kept),
    )
    await outbox.answer(delivery.session, delivery.sender, outcome)


@handlers.handles(SendReset)
async def send_reset(task: SendReset, delivery: Delivery[Gateways]) -> None:
    """Somebody forgot a password."""
    await recovering.send(delivery.session, task.reset)


@handlers.handles(SealAudit)
async def seal_audit(_task: SealAudit, delivery: Delivery[Gateways]) -> None:
    """A minute has passed."""
    await sealing.seal(delivery.session)


@handlers.handles(ForgetAccess)
async def forget_access(_task: ForgetAccess, delivery: Delivery[Gateways]) -> None:
    """An hour has passed, or there was more to forget."""
    await viewing_as.end_old(delivery.session)
    await forgetting.forget(delivery.session)
