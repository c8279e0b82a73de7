"""The door for messages."""

from chassis import outbox
from chassis.handling import Delivery, Handlers
from contracts.identity import (
    CommandRefused,
    CustomerRegistered,
    RegisterCustomer,
    RegisterCustomerRefused,
)
from identity import registering
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
