"""What a service does with the messages it hears: which function obeys which message.

``Handlers`` is only the list. ``doormat`` is what every message passes before its function.
"""

from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis.trail import Trail
from contracts.message import Message
from contracts.refusal import Refused

G = TypeVar("G")
M = TypeVar("M", bound=Message)


@dataclass(frozen=True)
class Delivery(Generic[G]):
    """What a handler is given beside the message.

    ``session`` is inside the one transaction of this message, ``sender`` an issuer (commands) or
    a service (tasks, events), ``trail`` what it belongs to, which a function that obeys several at
    once has to follow by itself, ``first`` what the handler's ``first`` function returned.
    """

    session: AsyncSession
    gateways: G
    sender: str
    message_id: UUID
    correlation_id: str
    causation_id: str | None
    trail: Trail
    first: Any = None


First = Callable[[M, str, G], Awaitable[Any]]
Handle = Callable[[M, Delivery[G]], Coroutine[Any, Any, None]]
HandleSeveral = Callable[[Sequence[tuple[M, Delivery[G]]]], Coroutine[Any, Any, None]]


@dataclass(frozen=True)
class Handler(Generic[G]):
    """One message and the function that obeys it."""

    message: type[Message]
    handle: Callable[[Any, Delivery[G]], Coroutine[Any, Any, None]] | None
    handle_several: Callable[[Sequence[Any]], Coroutine[Any, Any, None]] | None
    refused: type[Refused] | None
    first: Callable[[Any, str, G], Awaitable[Any]] | None
    order: Callable[[Any, Any], Any] | None
    prefetch: int


class Handlers(Generic[G]):
    """The messages a service hears. ``G`` is its gateways."""

    def __init__(self) -> None:
        """Start with none."""
        self.all: list[Handler[G]] = []
        self.refuses_unrouted: type[Refused] | None = None

    def handles(
        self,
        message: type[M],
        *,
        refused: type[Refused] | None = None,
        first: First[M, G] | None = None,
        order: Callable[[M, Any], Any] | None = None,
        prefetch: int = 32,
    ) -> Callable[[Handle[M, G]], Handle[M, G]]:
        """Let a function obey a message, in one transaction, which a few messages may share.

        ``refused`` is how the sender of a command is told that it was not done. ``first`` runs
        before that transaction is opened, for what must not wait inside one (keeping bytes,
        reading a file); it is harmless when repeated, and given the message, the sender and the
        gateways. ``order`` tells what the function holds on to, given the message and what
        ``first`` returned: messages that share a transaction are obeyed in its order, so that two
        processes do not wait for each other. ``prefetch`` bounds how many are in hand.
        """

        def register(handle: Handle[M, G]) -> Handle[M, G]:
            self.all.append(Handler(message, handle, None, refused, first, order, prefetch))
            return handle

        return register

    def handles_several(
        self,
        message: type[M],
        *,
        refused: type[Refused] | None = None,
        first: First[M, G] | None = None,
        order: Callable[[M, Any], Any] | None = None,
        prefetch: int = 32,
    ) -> Callable[[HandleSeveral[M, G]], HandleSeveral[M, G]]:
        """Let a function obey several messages at once, each with its delivery, in one transaction.

        As ``handles``, for the few messages of which there are so many that they are worth asking
        the database about together. If it fails, it is given each of them alone.
        """

        def register(handle: HandleSeveral[M, G]) -> HandleSeveral[M, G]:
            self.all.append(Handler(message, None, handle, refused, first, order, prefetch))
            return handle

        return register

    def answers_unrouted(self, refused: type[Refused]) -> None:
        """Answer the commands that nobody knows. One service does."""
        self.refuses_unrouted = refused
