"""The outbox: a service speaks by writing rows in the transaction that makes them true."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from chassis import trail
from chassis.database import before_commit
from chassis.identifiers import new_id, now
from chassis.mailboxes import outbox
from contracts.message import Event, Message

SPOKE = "spoke"
"""Set in ``session.info`` when something was said, so that the relay is woken after the commit."""

_SAID = "said"


async def say(session: AsyncSession, *events: Message) -> None:
    """Say events or tasks, in this transaction: all of them, or none if it rolls back."""
    await _write(session, [_row(event, event.exchange, event.routing_key) for event in events])


async def answer(
    session: AsyncSession, issuer: str, outcome: Message, *, message_id: UUID | None = None
) -> None:
    """Tell an issuer what became of what it asked. The same ``message_id`` says it again."""
    await _write(session, [_row(outcome, outcome.exchange, issuer, message_id)])


async def say_to(session: AsyncSession, queue: str, *events: Message) -> None:
    """Say events again to one listener only, by way of the returns to its queue."""
    await _write(session, [_row(event, "returns", queue) for event in events])


async def say_once(session: AsyncSession, message_id: UUID, task: Message) -> None:
    """Say a task under a given id: whoever hears it twice does it once."""
    await _write(session, [_row(task, task.exchange, task.routing_key, message_id)])


async def post(session: AsyncSession) -> None:
    """Write down what was said so far; at the end of a transaction that happens by itself."""
    if rows := session.info.pop(_SAID, None):
        await session.execute(sa.insert(outbox), rows)
        session.info[SPOKE] = True


async def _write(session: AsyncSession, rows: list[dict[str, Any]]) -> None:
    """Keep rows until the end: what several messages say in one transaction is written at once.

    Inside a savepoint they are written now, so that they go with it when it is rolled back.
    """
    if rows and session.in_nested_transaction():
        await session.execute(sa.insert(outbox), rows)
        session.info[SPOKE] = True
        return
    session.info.setdefault(_SAID, []).extend(rows)
    before_commit(session, post)


def _row(
    message: Message, exchange: str, routing_key: str, message_id: UUID | None = None
) -> dict[str, Any]:
    followed = trail.current()
    message_id = message_id or new_id()
    said_at = now()
    headers = followed.in_messages()
    if isinstance(message, Event):
        headers |= _cloud_event(message, message_id, said_at)
    return {
        "message_id": message_id,
        "exchange": exchange,
        "routing_key": routing_key,
        "type": message.routing_key,
        "correlation_id": followed.correlation_id,
        "headers": headers,
        "body": message.body(),
        "said_at": said_at,
        "not_before": said_at,
    }


def _cloud_event(event: Event, message_id: UUID, said_at: datetime) -> dict[str, str]:
    """Return the headers of CloudEvents 1.0, AMQP binding, binary mode."""
    headers = {
        "cloudEvents:specversion": "1.0",
        "cloudEvents:id": str(message_id),
        "cloudEvents:source": f"/{event.owner}",
        "cloudEvents:type": event.routing_key,
        "cloudEvents:time": said_at.isoformat(),
    }
    if subject := event.subject():
        headers["cloudEvents:subject"] = subject
    return headers
