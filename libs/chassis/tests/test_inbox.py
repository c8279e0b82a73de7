"""What was handled is remembered for a while, and forgotten in small bites."""

from datetime import timedelta

import sqlalchemy as sa

from chassis import inbox
from chassis.identifiers import new_id, now
from chassis.inbox import Arrival, MessageIdReused
from chassis.mailboxes import inbox as table

BODY, OTHER_BODY = b"a" * 32, b"b" * 32


def arrival(message_id, sender="dl5", body=BODY):
    return Arrival(sender, message_id, body)


async def remember(session, *arrivals, consumer="queue"):
    return await inbox.remember(session, consumer, arrivals)


async def test_a_message_is_new_once(session):
    message_id = new_id()

    first = await remember(session, arrival(message_id))
    second = await remember(session, arrival(message_id))

    assert (first, second) == ([True], [False])


async def test_of_several_at_once_each_is_told_apart(session):
    old, new, other = new_id(), new_id(), new_id()
    await remember(session, arrival(old))

    told = await remember(
        session, arrival(new), arrival(old), arrival(new), arrival(other), arrival(other, "dl7")
    )

    assert told == [True, False, False, True, True]


async def test_each_consumer_and_each_sender_has_ids_of_its_own(session):
    message_id = new_id()
    await remember(session, arrival(message_id))

    assert await remember(session, arrival(message_id), consumer="other queue") == [True]
    assert await remember(session, arrival(message_id, "dl7", OTHER_BODY)) == [True]


async def test_an_id_stands_for_one_body(session):
    message_id, beside = new_id(), new_id()
    await remember(session, arrival(message_id))

    reused, told = await remember(session, arrival(message_id, body=OTHER_BODY), arrival(beside))

    assert isinstance(reused, MessageIdReused)
    assert str(message_id) in str(reused)
    assert told is True


async def test_an_id_stands_for_one_body_among_those_at_once_too(session):
    message_id = new_id()

    told = await remember(session, arrival(message_id), arrival(message_id, body=OTHER_BODY))

    assert sorted(type(each) for each in told if each is not True) == [MessageIdReused]


async def test_only_what_is_old_is_forgotten_and_no_more_than_asked(session):
    for _ in range(5):
        await remember(session, arrival(new_id()))
    await session.execute(sa.update(table).values(handled_at=now() - timedelta(days=15)))
    await remember(session, arrival(new_id()))

    first = await inbox.forget(session, timedelta(days=14), at_most=3)
    second = await inbox.forget(session, timedelta(days=14), at_most=3)
    third = await inbox.forget(session, timedelta(days=14), at_most=3)

    assert (first, second, third) == (3, 2, 0)
    assert await session.scalar(sa.select(sa.func.count()).select_from(table)) == 1
