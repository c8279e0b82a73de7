"""The inbox: what was handled is remembered, in the transaction that handled it."""

from datetime import timedelta
from typing import cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.failures import Conflict
from chassis.identifiers import now
from chassis.mailboxes import inbox


class MessageIdReused(Conflict):
    """A sender used one message id for two different messages."""

    def __init__(self, message_id: UUID) -> None:
        """Name the id."""
        super().__init__(
            f"message_id {message_id} was used before for another message",
            rule="message_id_reused",
        )


async def is_new(
    session: AsyncSession, consumer: str, sender: str, message_id: UUID, body_sha256: bytes
) -> bool:
    """Remember a message; False when it was handled before. Raises ``MessageIdReused``.

    Waits for a transaction that is handling the same message at this moment.
    """
    key = {"consumer": consumer, "sender": sender, "message_id": message_id}
    remembered = await session.execute(
        insert(inbox)
        .values(**key, body_sha256=body_sha256, handled_at=now())
        .on_conflict_do_nothing()
    )
    if cast("sa.CursorResult[None]", remembered).rowcount:
        return True
    known = await session.scalar(sa.select(inbox.c.body_sha256).filter_by(**key))
    if known is not None and known != body_sha256:
        raise MessageIdReused(message_id)
    return False


async def forget(session: AsyncSession, kept: timedelta, *, at_most: int) -> int:
    """Forget what was handled longer ago; return how many were forgotten."""
    old = (
        sa.select(inbox.c.consumer, inbox.c.sender, inbox.c.message_id)
        .where(inbox.c.handled_at < now() - kept)
        .limit(at_most)
    )
    forgotten = await session.execute(
        sa.delete(inbox).where(
            sa.tuple_(inbox.c.consumer, inbox.c.sender, inbox.c.message_id).in_(old)
        )
    )
    return cast("sa.CursorResult[None]", forgotten).rowcount
