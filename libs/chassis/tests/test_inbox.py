"""What was handled is remembered for a while, and forgotten in small bites."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from chassis import inbox
from chassis.identifiers import new_id, now
from chassis.inbox import MessageIdReused
from chassis.mailboxes import inbox as table

BODY, OTHER_BODY = b"a" * 32, b"b" * 32


async def test_a_message_is_new_once(session):
    message_id = new_id()

    first = await inbox.is_new(session, "queue", "dl5", message_id, BODY)
    second = await inbox.is_new(session, "queue", "dl5", message_id, BODY)

    assert (first, second) == (True, False)


async def test_each_consumer_and_each_sender_has_ids_of_its_own(session):
    message_id = new_id()
    await inbox.is_new(session, "queue", "dl5", message_id, BODY)

    assert await inbox.is_new(session, "other queue", "dl5", message_id, BODY)
    assert await inbox.is_new(session, "queue", "dl7", message_id, OTHER_BODY)


async def test_an_id_stands_for_one_body(session):
    message_id = new_id()
    await inbox.is_new(session, "queue", "dl5", message_id, BODY)

    with pytest.raises(MessageIdReused, match=str(message_id)):
        await inbox.is_new(session, "queue", "dl5", message_id, OTHER_BODY)


async def test_only_what_is_old_is_forgotten_and_no_more_than_asked(session):
    for _ in range(5):
        await inbox.is_new(session, "queue", "dl5", new_id(), BODY)
    await session.execute(sa.update(table).values(handled_at=now() - timedelta(days=15)))
    await inbox.is_new(session, "queue", "dl5", new_id(), BODY)

    first = await inbox.forget(session, timedelta(days=14), at_most=3)
    second = await inbox.forget(session, timedelta(days=14), at_most=3)
    third = await inbox.forget(session, timedelta(days=14), at_most=3)

    assert (first, second, third) == (3, 2, 0)
    assert await session.scalar(sa.select(sa.func.count()).select_from(table)) == 1
