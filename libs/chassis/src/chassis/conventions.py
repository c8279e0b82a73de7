"""What spans are told with: names and ids, by OpenTelemetry's semantic conventions.

Nothing that somebody wrote, and never a path or a query, which can hold a mail's link.
"""

from uuid import UUID

from chassis.tracing import Attributes

_LONGEST_ID = 128
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"}


def of_published(
    exchange: str, routing_key: str, message_id: object, correlation_id: str, size: int
) -> Attributes:
    """Return what is told of a message on its way to the broker; ``size`` is in bytes."""
    return {
        "messaging.system": "rabbitmq",
        "messaging.operation.name": "publish",
        "messaging.operation.type": "send",
        "messaging.destination.name": f"{exchange}:{routing_key}",
        "messaging.rabbitmq.destination.routing_key": routing_key,
        "messaging.message.id": str(message_id),
        "messaging.message.conversation_id": correlation_id[:_LONGEST_ID],
        "messaging.message.body.size": size,
    }


def of_processed(
    exchange: str, queue: str, message_id: UUID | None, correlation_id: str, size: int
) -> Attributes:
    """Return what is told of a message being handled; ``size`` is in bytes.

    Its routing key is told by the queue's name. What an outsider made up is not told at all.
    """
    told: Attributes = {
        "messaging.system": "rabbitmq",
        "messaging.operation.name": "process",
        "messaging.operation.type": "process",
        "messaging.destination.name": f"{exchange}:{queue}",
        "messaging.message.conversation_id": correlation_id[:_LONGEST_ID],
        "messaging.message.body.size": size,
    }
    return {**told, "messaging.message.id": str(message_id)} if message_id else told


def method_of(method: str) -> str:
    """Return a method as it is told: one that nobody knows could be anything."""
    return method if method in _METHODS else "_OTHER"


def of_request(method: str) -> Attributes:
    """Return what is told of a request, on either side."""
    return {"http.request.method": method_of(method)}


def of_answer(status: int) -> Attributes:
    """Return what is told of the answer to a request."""
    return {"http.response.status_code": status}


def of_server(host: str, port: int | None) -> Attributes:
    """Return what is told of a server that is asked for something."""
    told: Attributes = {"server.address": host}
    return {**told, "server.port": port} if port else told
