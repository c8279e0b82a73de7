"""The broker's exchanges and queues, as data: names come from message classes, never typed.

Nothing here talks to a broker. ``declaring`` makes a broker look like this, in a deploy step.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from contracts.message import Message

PAUSES = {"1s": 1, "5s": 5, "30s": 30, "2m": 120, "10m": 600, "1h": 3600}
"""The pauses a message can take before it comes back, and their length in seconds."""

KEPT_DAYS = 30
"""How long a parked message, or an outcome nobody read, is kept (personal data may be in it)."""

UNROUTED_COMMANDS = "commands.unrouted"
UNHEARD = "unheard"
RETURNS = "returns"
PARKED = "parked"

_DAY_MS = 24 * 3600 * 1000
_QUORUM = {"x-queue-type": "quorum"}
_SAFE = _QUORUM | {"x-dead-letter-strategy": "at-least-once", "x-overflow": "reject-publish"}
_KEPT = _QUORUM | {"x-delivery-limit": 1_000_000}
"""RabbitMQ 4 drops what was looked at and given back 20 times, unless told otherwise."""

_BOUNDED = _KEPT | {
    "x-overflow": "drop-head",
    "x-max-length": 100_000,
    "x-message-ttl": KEPT_DAYS * _DAY_MS,
}
_DELIVERY_LIMIT = 20
"""Deliveries that end without an answer (a crash, a closed channel) before the broker parks."""


@dataclass(frozen=True)
class Exchange:
    """Where messages come in."""

    name: str
    type: str
    arguments: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Queue:
    """Where messages wait."""

    name: str
    arguments: dict[str, Any]


@dataclass(frozen=True)
class Binding:
    """What leads from an exchange to a queue, or to another exchange."""

    source: str
    key: str
    queue: str | None = None
    exchange: str | None = None


@dataclass(frozen=True)
class Topology:
    """A part of the broker: exchanges, queues, bindings."""

    exchanges: tuple[Exchange, ...] = ()
    queues: tuple[Queue, ...] = ()
    bindings: tuple[Binding, ...] = ()

    def __add__(self, other: "Topology") -> "Topology":
        """Put two parts together."""
        return Topology(
            self.exchanges + other.exchanges,
            self.queues + other.queues,
            self.bindings + other.bindings,
        )


@dataclass(frozen=True)
class Rights:
    """What a broker user may do: regular expressions over names, and over keys per exchange."""

    write: str
    read: str
    configure: str = "^$"
    keys: dict[str, str] = field(default_factory=dict)


def queue_of(listener: str, message: type[Message]) -> str:
    """Return the queue on which a service hears a message."""
    return f"{listener}.{message.routing_key}"


def unrouted_queue_of(listener: str) -> str:
    """Return the queue on which a service hears the commands nobody knows."""
    return f"{listener}.{UNROUTED_COMMANDS}"


def parked_queue_of(queue: str) -> str:
    """Return where the messages of a queue are parked that could not be handled."""
    return f"{queue}.parked"


def retry_exchange(pause: str) -> str:
    """Return the exchange that gives a message back after a pause."""
    return f"retry.{pause}"


def intake_exchange(issuer: str) -> str:
    """Return the exchange an issuer publishes its commands to."""
    return f"in.{issuer}"


def outcomes_queue(issuer: str) -> str:
    """Return the queue on which an issuer reads what became of its commands."""
    return f"out.{issuer}"


def shared() -> Topology:
    """Return what all services have in common."""
    unheard = {"alternate-exchange": UNHEARD}
    exchanges = [
        Exchange(UNHEARD, "fanout"),
        Exchange(UNROUTED_COMMANDS, "fanout"),
        Exchange("commands", "topic", {"alternate-exchange": UNROUTED_COMMANDS}),
        Exchange("tasks", "topic"),
        Exchange("events", "topic", unheard),
        Exchange("outcomes", "direct", unheard),
        Exchange(RETURNS, "direct"),
        Exchange(PARKED, "direct"),
    ]
    queues = [Queue(UNHEARD, _BOUNDED | {"x-max-length": 1_000})]
    bindings = [Binding(UNHEARD, "", queue=UNHEARD)]
    for pause, seconds in PAUSES.items():
        name = retry_exchange(pause)
        exchanges.append(Exchange(name, "fanout"))
        waits = {"x-message-ttl": seconds * 1000, "x-dead-letter-exchange": RETURNS}
        queues.append(Queue(name, _SAFE | waits))
        bindings.append(Binding(name, "", queue=name))
    return Topology(tuple(exchanges), tuple(queues), tuple(bindings))


def of_service(listener: str, heard: Iterable[type[Message]], *, unrouted: bool) -> Topology:
    """Return the queues of a service: one per message it hears, each with its parked twin."""
    parts = [
        _work_queue(queue_of(listener, each), each.exchange, each.routing_key) for each in heard
    ]
    if unrouted:
        parts.append(_work_queue(unrouted_queue_of(listener), UNROUTED_COMMANDS, ""))
    return sum(parts, start=Topology())


def _work_queue(name: str, source: str, key: str) -> Topology:
    parked = parked_queue_of(name)
    limits = {
        "x-delivery-limit": _DELIVERY_LIMIT,
        "x-dead-letter-exchange": PARKED,
        "x-dead-letter-routing-key": name,
    }
    return Topology(
        queues=(
            # Parked first: at-least-once dead-lettering holds messages back without a target.
            Queue(parked, _KEPT | {"x-message-ttl": KEPT_DAYS * _DAY_MS}),
            Queue(name, _SAFE | limits),
        ),
        bindings=(
            Binding(PARKED, name, queue=parked),
            Binding(RETURNS, name, queue=name),
            Binding(source, key, queue=name),
        ),
    )


def of_issuer(issuer: str) -> Topology:
    """Return the door of an issuer: where it asks, and where it reads what became of it."""
    return Topology(
        exchanges=(Exchange(intake_exchange(issuer), "topic"),),
        queues=(Queue(outcomes_queue(issuer), _BOUNDED),),
        bindings=(
            Binding(intake_exchange(issuer), "#", exchange="commands"),
            Binding("outcomes", issuer, queue=outcomes_queue(issuer)),
        ),
    )


def rights_of_service(service: str) -> Rights:
    """Return what a service may do: say its own events, and hear its own queues."""
    return Rights(
        write=r"^(events|tasks|retry\..*|returns|outcomes|parked)$",
        read=rf"^{service}\..*$",
        keys={"events": rf"^{service}\."},
    )


def rights_of_issuer(issuer: str) -> Rights:
    """Return what a billing system may do: ask through its own door, and read the answers."""
    return Rights(write=rf"^in\.{issuer}$", read=rf"^out\.{issuer}$")
