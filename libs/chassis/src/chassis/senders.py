"""Who sent a message: proven by the broker, never by what the message says of itself.

The broker refuses a ``user_id`` that is not the connection's own. An exchange ``in.<issuer>`` can
only be written by the users of that issuer, and its name survives every binding.
"""

from dataclasses import dataclass, field
from typing import Any

from chassis.failures import NotAllowed
from contracts.message import Event, Message

SENDER = "x-sender"


class SenderUnknown(NotAllowed):
    """A message does not prove who sent it."""


@dataclass(frozen=True)
class Origin:
    """What the broker tells of a delivery."""

    exchange: str
    user_id: str | None
    headers: dict[str, Any] = field(default_factory=dict)

    @property
    def issuer(self) -> str | None:
        """Return the issuer whose door a delivery came in by, even if it proves no user."""
        return self.exchange.removeprefix("in.") if self.exchange.startswith("in.") else None


def sender_of(origin: Origin, message: type[Message] | None, service: str) -> str:
    """Return the issuer or service that sent a message. Raises ``SenderUnknown``.

    ``message`` is None for a command that nobody knows; ``service`` is who hears.
    """
    if origin.user_id is None:
        raise SenderUnknown("the property user_id is missing", rule="user_id_missing")
    if origin.issuer is not None:
        return _issuer(origin.issuer, origin.user_id)
    if origin.exchange == "returns":
        return _returned(origin, message, service)
    if message is None:
        raise SenderUnknown(f"nothing is said on {origin.exchange} here", rule="exchange")
    if issubclass(message, Event) and origin.user_id != message.owner:
        raise SenderUnknown(
            f"{message.routing_key} is said by {message.owner}, not by {origin.user_id}",
            rule="user_id",
        )
    return origin.user_id


def _issuer(issuer: str, user_id: str) -> str:
    if user_id != issuer and not user_id.startswith(f"{issuer}."):
        raise SenderUnknown(f"{user_id} does not speak for {issuer}", rule="user_id")
    return issuer


def _returned(origin: Origin, message: type[Message] | None, service: str) -> str:
    """Trust what this service wrote on its own copy; an event's owner may say it again."""
    if origin.user_id == service and (sender := origin.headers.get(SENDER)):
        return str(sender)
    if message is not None and issubclass(message, Event) and origin.user_id == message.owner:
        return message.owner
    raise SenderUnknown(f"{origin.user_id} may not return messages here", rule="user_id")
