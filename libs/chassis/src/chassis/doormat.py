"""The doormat: what every message passes on its way to the function that obeys it.

Who sent it, can it be read, was it handled before, and then: one message, one transaction. Under
load a few messages share a transaction; if that fails, each gets one of its own after all. Whatever
happens, a message ends in one of five ways: done, duplicate, refused (answered and parked), retried
later, parked.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Generic
from uuid import UUID

import structlog
from aio_pika.abc import AbstractIncomingMessage
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from chassis import conventions, inbox, metrics, outbox, traceparent, tracing, trail
from chassis.database import Database, has_collided, in_words, is_away
from chassis.failures import Invalid, NotFound, Refusal
from chassis.fates import Fates, attempts_of, tried_in
from chassis.handling import Delivery, G, Handler
from chassis.identifiers import derived_id, new_id
from chassis.inbox import Arrival
from chassis.problems import problems_of
from chassis.publishing_line import BrokerAway
from chassis.senders import Origin, sender_of
from chassis.together import Together
from chassis.trail import Trail
from chassis.waiting import is_set_within
from contracts.message import Command, Message
from contracts.refusal import Refused

log = structlog.get_logger()

_AT_ONCE = 3
"""Tries at once for two transactions that got in each other's way."""

_OUTCOMES = {True: "done", False: "duplicate"}

_TOGETHER = 32
"""Most messages in one transaction: more save little, and a longer one holds its locks longer."""


class CommandUnknown(NotFound):
    """Nobody obeys this command."""

    def __init__(self, routing_key: str) -> None:
        """Name the key it was published under."""
        super().__init__(f"no command is called {routing_key[:200]}", rule="unknown_command")


class Unreadable(Invalid):
    """A body is not JSON, or not what its message says."""

    def __init__(self, error: ValidationError) -> None:
        """Say which field breaks which rule, and nothing of what was in it."""
        problems = problems_of(error)
        super().__init__(problems[0].detail, rule=problems[0].rule)
        self.problems = problems


class Stopping(Exception):
    """The process stops; the message goes back untouched."""


@dataclass(frozen=True)
class Tolerance:
    """How long and how often a message is tried."""

    pauses: tuple[str, ...]
    outage_patience_seconds: float


@dataclass(frozen=True)
class Incoming:
    """A message as it lies on the doormat."""

    raw: AbstractIncomingMessage
    origin: Origin
    correlation_id: str
    message_id: UUID | None

    @classmethod
    def of(cls, raw: AbstractIncomingMessage) -> "Incoming":
        """Read what the broker and the properties tell; nothing of the body."""
        message_id = _uuid(raw.message_id)
        return cls(
            raw=raw,
            origin=Origin(raw.exchange or "", raw.user_id, dict(raw.headers)),
            correlation_id=_text(raw.correlation_id) or _text(raw.message_id) or str(new_id()),
            message_id=message_id,
        )

    @property
    def trail(self) -> trail.Trail:
        """Return the trail that this message belongs to."""
        return trail.Trail(
            self.correlation_id,
            str(self.message_id) if self.message_id else None,
            traceparent.read(self.raw.headers.get(traceparent.HEADER)),
        )


@dataclass(frozen=True)
class _Guest:
    """A message that was let in: it is to be obeyed, perhaps beside others."""

    message: Message
    first: Any
    arrival: Arrival
    correlation_id: str
    causation_id: str | None
    trail: Trail = field(default_factory=trail.current)
    context: Context = field(default_factory=copy_context)

    def delivery(self, session: AsyncSession, gateways: G) -> Delivery[G]:
        return Delivery(
            session=session,
            gateways=gateways,
            sender=self.arrival.sender,
            message_id=self.arrival.message_id,
            correlation_id=self.correlation_id,
            causation_id=self.causation_id,
            trail=self.trail,
            first=self.first,
        )

    async def in_its_context(
        self, handle: Callable[[Any, Delivery[G]], Coroutine[Any, Any, None]], delivery: Delivery[G]
    ) -> None:
        """Have it obeyed where its own trail is followed, though others share the transaction."""
        await asyncio.create_task(handle(self.message, delivery), context=self.context)


class Doormat(Generic[G]):
    """One per handler."""

    def __init__(
        self,
        *,
        service: str,
        queue: str,
        handler: Handler[G] | None,
        refused: type[Refused] | None,
        database: Database,
        gateways: G,
        fates: Fates,
        tolerance: Tolerance,
        stopping: asyncio.Event,
    ) -> None:
        """Lie before one handler; without one, before the commands that nobody knows."""
        self.queue = queue
        self._doing = f"process {queue}"
        self._service = service
        self._handler = handler
        self._refused = refused
        self._database = database
        self._gateways = gateways
        self._fates = fates
        self._tolerance = tolerance
        self._stopping = stopping
        self._together = Together(self._obey, at_most=_TOGETHER, apart=self._parts)

    async def receive(self, raw: AbstractIncomingMessage) -> None:
        """Handle a message to its end; afterwards it may be acknowledged.

        Raises ``Stopping`` when it must go back to its queue instead.
        """
        incoming = Incoming.of(raw)
        began = time.perf_counter()
        outcome = "returned"
        facts = {"queue": self.queue, "message_id": raw.message_id}
        came_by = incoming.trail
        with (
            trail.follow(came_by, **facts),
            tracing.entry(
                came_by.traceparent, self._doing, "consumer", after=tried_in(raw)
            ) as span,
            metrics.in_flight.labels(self.queue).track_inprogress(),
        ):
            try:
                outcome = await self._receive(incoming)
            finally:
                metrics.handled.labels(self.queue, outcome).observe(time.perf_counter() - began)
                if outcome == "done":
                    metrics.done(self.queue)
                if span.told:
                    span.note(self._told(incoming, outcome))
                if raw.timestamp and outcome == "done":
                    late = (datetime.now(UTC) - raw.timestamp.replace(tzinfo=UTC)).total_seconds()
                    metrics.lag.labels(self.queue).observe(max(0.0, late))

    async def _receive(self, incoming: Incoming) -> str:
        sender: str | None = None
        try:
            message = self._handler.message if self._handler else None
            sender = sender_of(incoming.origin, message, self._service)
            return await self._patiently(lambda: self._handle(incoming, str(sender)))
        except Refusal as refusal:
            return await self._refuse(incoming, sender, refusal)
        except (Stopping, asyncio.CancelledError):
            raise
        except Exception as error:  # noqa: BLE001 (whatever it is, the message must not be lost)
            return await self._try_later(incoming, sender, error)

    async def _handle(self, incoming: Incoming, sender: str) -> str:
        if incoming.message_id is None:
            raise Invalid("the property message_id is not a UUID", rule="message_id")
        if self._handler is None:
            raise CommandUnknown(incoming.raw.routing_key or "")
        message = _read(self._handler.message, incoming.raw.body)
        first = self._handler.first and await self._handler.first(message, sender, self._gateways)
        guest = _Guest(
            message=message,
            first=first,
            arrival=Arrival(sender, incoming.message_id, sha256(incoming.raw.body).digest()),
            correlation_id=incoming.correlation_id,
            causation_id=_text(incoming.raw.headers.get("causation_id")),
        )
        outcome = await self._together.ask(guest)
        if outcome == "duplicate":
            log.info("message_duplicate")
        return outcome

    def _parts(self, error: Exception, messages: int) -> bool:
        """Say whether messages that could not be obeyed in one transaction get each their own."""
        if is_away(error):
            return False
        log.info("messages_parted", queue=self.queue, messages=messages)
        return True

    async def _obey(self, guests: Sequence["_Guest"]) -> Sequence[str | Exception]:
        """Obey messages in one transaction."""
        handler = self._handler
        assert handler is not None  # noqa: S101 (without one nobody gets this far)
        async with self._database.transaction() as session:
            arrivals = [each.arrival for each in guests]
            remembered = await inbox.remember(session, self.queue, arrivals)
            new = [each for each, told in zip(guests, remembered, strict=True) if told is True]
            if (order := handler.order) is not None:
                new.sort(key=lambda each: order(each.message, each.first))
            if handler.handle_several and new:
                await handler.handle_several(
                    [(each.message, each.delivery(session, self._gateways)) for each in new]
                )
            elif handler.handle:
                for each in new:
                    delivery = each.delivery(session, self._gateways)
                    await each.in_its_context(handler.handle, delivery)
        return [_OUTCOMES[told] if isinstance(told, bool) else told for told in remembered]

    async def _patiently(self, handle: Callable[[], Awaitable[str]]) -> str:
        """Try again at once after a collision, and in place while the database is away."""
        collisions = 0
        patient_until = time.monotonic() + self._tolerance.outage_patience_seconds
        while True:
            try:
                return await handle()
            except Exception as error:
                if has_collided(error) and collisions < _AT_ONCE:
                    collisions += 1
                elif is_away(error) and time.monotonic() < patient_until:
                    await self._pause(0.5)
                else:
                    raise

    async def _refuse(
        self,
        incoming: Incoming,
        sender: str | None,
        refusal: Refusal,
    ) -> str:
        """Tell the issuer why, and keep the message where it can be seen and replayed."""
        log.warning(
            "message_refused",
            reason=type(refusal).__name__,
            problems=[f"{each.pointer}: {each.rule}" for each in refusal.problems],
        )
        rules = [each.rule for each in refusal.problems]
        for rule in set(rules):
            metrics.refused.labels(self.queue, rule).inc()
        tracing.current().happened("refused", {"reason": type(refusal).__name__, "rules": rules})
        issuer = incoming.origin.issuer or (sender if self._is_command else None)
        if issuer is not None and self._refused is not None:
            refused = self._refused(
                command_id=incoming.message_id, problems=tuple(refusal.problems)
            )
            said_under = derived_id(self.queue, issuer, incoming.raw.message_id, _digest(refused))
            try:
                await self._patiently(lambda: self._answer(issuer, refused, said_under))
            except (Stopping, asyncio.CancelledError):
                raise
            except Exception as failed:  # noqa: BLE001 (as above)
                return await self._try_later(incoming, sender, failed)
        await self._park(incoming, sender, refusal)
        return "refused"

    @property
    def _is_command(self) -> bool:
        return self._handler is None or issubclass(self._handler.message, Command)

    async def _answer(self, issuer: str, refused: Refused, message_id: UUID) -> str:
        async with self._database.transaction() as session:
            await outbox.answer(session, issuer, refused, message_id=message_id)
        return "answered"

    async def _try_later(self, incoming: Incoming, sender: str | None, error: Exception) -> str:
        attempt = attempts_of(incoming.raw)
        pauses = self._tolerance.pauses
        away = is_away(error) and not await self._database.answers()
        if not away:
            attempt += 1
        if attempt > len(pauses):
            log.error("message_parked", attempt=attempt, exc_info=error)
            self._failed("parked", error, {"attempt": attempt})
            await self._park(incoming, sender, error, attempt)
            return "parked"
        pause = pauses[-1] if away else pauses[attempt - 1]
        log.warning(
            "message_retried", attempt=attempt, pause=pause,
            error=f"{type(error).__name__}: {in_words(error)[:300]}",
            exc_info=None if away else error,
        )  # fmt: skip
        self._failed("retried", error, {"attempt": attempt, "pause": pause})
        await self._surely(
            lambda: self._fates.retry(
                incoming.raw, queue=self.queue, pause=pause, attempt=attempt, sender=sender,
                error=error,
            )
        )  # fmt: skip
        return "retried"

    async def _park(
        self,
        incoming: Incoming,
        sender: str | None,
        error: Exception,
        attempt: int | None = None,
    ) -> None:
        tried = attempts_of(incoming.raw) + 1 if attempt is None else attempt
        handler = self._handler.message.routing_key if self._handler else "unrouted"
        await self._surely(
            lambda: self._fates.park(
                incoming.raw, queue=self.queue, attempt=tried, sender=sender, error=error,
                handler=handler,
            )
        )  # fmt: skip

    def _failed(self, fate: str, error: Exception, facts: tracing.Attributes) -> None:
        """Tell what became of it by the kind of error; its words can hold anything."""
        metrics.failures.labels(self.queue, fate, type(error).__name__).inc()
        tracing.current().happened(fate, facts)
        tracing.current().failed(type(error).__name__)

    def _told(self, incoming: Incoming, outcome: str) -> tracing.Attributes:
        told = conventions.of_processed(
            incoming.origin.exchange,
            self.queue,
            incoming.message_id,
            incoming.correlation_id,
            len(incoming.raw.body),
        )
        return {**told, "postkamer.outcome": outcome}

    async def _surely(self, copy: Callable[[], Awaitable[None]]) -> None:
        """Make the copy, waiting for the broker as long as it takes."""
        while True:
            try:
                return await copy()
            except BrokerAway:
                await self._pause(0.5)

    async def _pause(self, seconds: float) -> None:
        if await is_set_within(self._stopping, seconds):
            raise Stopping


def _read(message: type[Message], body: bytes) -> Message:
    try:
        return message.read(body)
    except ValidationError as error:
        raise Unreadable(error) from error


def _digest(refused: Refused) -> str:
    return sha256(refused.body()).hexdigest()


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def _text(value: Any) -> str | None:
    """Return text that a database can keep: PostgreSQL knows no NUL."""
    return value.replace("\0", "") if isinstance(value, str) else None
