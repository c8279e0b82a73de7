"""The inbox: what was handled is remembered, in the transaction that handled it."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.failures import Conflict
from chassis.identifiers import now
from chassis.mailboxes import inbox
from chassis.rows import as_arrays, delete_some, rows_given


class MessageIdReused(Conflict):
    """A sender used one message id for two different messages."""

    def __init__(self, message_id: UUID) -> None:
        """Name the id."""
        super().__init__(
            f"message_id {message_id} was used before for another message",
            rule="message_id_reused",
        )


@dataclass(frozen=True)
class Arrival:
    """What tells one message from another: who sent it, under which id, with which body."""

    sender: str
    message_id: UUID
    body_sha256: bytes


_ARRIVED = rows_given(
    "arrived", sender=sa.Text(), message_id=sa.Uuid(), body_sha256=sa.LargeBinary()
)
_REMEMBER = (
    insert(inbox)
    .from_select(
        ["consumer", "sender", "message_id", "body_sha256", "handled_at"],
        sa.select(
            sa.bindparam("of_consumer", type_=sa.Text),
            *_ARRIVED.c,
            sa.bindparam("at", type_=sa.DateTime(timezone=True)),
        ),
    )
    .on_conflict_do_nothing()
    .returning(inbox.c.sender, inbox.c.message_id)
)


async def remember(
    session: AsyncSession, consumer: str, arrivals: Sequence[Arrival]
) -> list[bool | MessageIdReused]:
    """Remember messages; say of each whether it is new, or used the id of another message.

    Waits for a transaction that is handling one of them at this moment.
    """
    # In one order everywhere, so that two processes never wait for each other.
    ordered = sorted(arrivals, key=lambda each: each.message_id)
    kept = await session.execute(
        _REMEMBER,
        as_arrays("arrived", _ARRIVED.c.keys(), map(astuple, ordered))
        | {"of_consumer": consumer, "at": now()},
    )
    new = {(row.sender, row.message_id) for row in kept}
    known = {} if len(new) == len(arrivals) else await _bodies(session, consumer, arrivals)
    told: list[bool | MessageIdReused] = []
    for each in arrivals:
        key = (each.sender, each.message_id)
        if known.get(key, each.body_sha256) != each.body_sha256:
            told.append(MessageIdReused(each.message_id))
        else:
            told.append(key in new)
            new.discard(key)  # the same message once more, beside itself
    return told


async def _bodies(
    session: AsyncSession, consumer: str, arrivals: Sequence[Arrival]
) -> dict[tuple[str, UUID], bytes]:
    keys = [(each.sender, each.message_id) for each in arrivals]
    found = await session.execute(
        sa.select(inbox.c.sender, inbox.c.message_id, inbox.c.body_sha256).where(
            inbox.c.consumer == consumer,
            sa.tuple_(inbox.c.sender, inbox.c.message_id).in_(keys),
        )
    )
    return {(row.sender, row.message_id): row.body_sha256 for row in found}


async def forget(session: AsyncSession, kept: timedelta, *, at_most: int) -> int:
    """Forget what was handled longer ago; return how many were forgotten."""
    return await delete_some(session, inbox, inbox.c.handled_at < now() - kept, at_most=at_most)
