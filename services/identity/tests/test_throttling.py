"""Proves how often something may be tried, by whom, and when it may be tried again."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from chassis.failures import TooOften
from chassis.testing import figure
from identity import throttling
from identity.accounts import Throttle

AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def spend(session):
    """Return a function that takes a try out of a bucket of 3, one more each minute."""

    async def spend(at=AT, key="jan", bucket="account"):
        await throttling.spend(session, bucket, key, burst=3, every=MINUTE, at=at)

    return spend


async def test_a_bucket_gives_its_burst_and_then_a_try_each_time(spend):
    for _ in range(3):
        await spend()
    with pytest.raises(TooOften) as refused:
        await spend()

    assert refused.value.seconds == 60
    assert [each.rule for each in refused.value.problems] == ["too_often"]
    with pytest.raises(TooOften) as refused:
        await spend(AT + timedelta(seconds=58.5))
    assert refused.value.seconds == 2
    await spend(AT + MINUTE)
    with pytest.raises(TooOften):
        await spend(AT + MINUTE)


async def test_who_is_refused_and_tries_on_waits_no_longer_for_that(spend):
    for _ in range(3):
        await spend()
    for second in range(59):
        with pytest.raises(TooOften):
            await spend(AT + timedelta(seconds=second))

    await spend(AT + MINUTE)


async def test_a_bucket_left_alone_is_full_again_and_no_fuller(spend):
    for _ in range(3):
        await spend()

    later = AT + timedelta(days=30)
    for _ in range(3):
        await spend(later)
    with pytest.raises(TooOften):
        await spend(later)


async def test_one_bucket_says_nothing_of_another(spend):
    for _ in range(3):
        await spend()

    await spend(key="an")
    await spend(bucket="device")


async def test_what_is_kept_names_nobody(spend, session):
    await spend(key="jan@example.com")

    kept = (await session.scalars(sa.select(Throttle.key))).all()
    assert [len(each) for each in kept] == [32]
    assert b"jan" not in kept[0]


async def test_of_fifty_at_once_no_more_than_the_burst_come_through(transactions):
    async def one():
        async with transactions() as session:
            await throttling.spend(session, "account", "jan", burst=10, every=MINUTE, at=AT)

    done = await asyncio.gather(*(one() for _ in range(50)), return_exceptions=True)

    assert sum(each is None for each in done) == 10
    assert sum(isinstance(each, TooOften) for each in done) == 40


async def test_refusals_are_counted_by_their_bucket(spend):
    before = figure("postkamer_throttled_total", bucket="account")

    for _ in range(3):
        await spend()
    for _ in range(2):
        with pytest.raises(TooOften):
            await spend()

    assert figure("postkamer_throttled_total", bucket="account") - before == 2


async def test_a_visitor_of_a_network_of_ipv6_is_counted_with_their_network(session):
    for each in range(30):
        await throttling.by_visitor(session, f"2001:db8:1:2::{each:x}", AT)

    with pytest.raises(TooOften):
        await throttling.by_visitor(session, "2001:db8:1:2:ffff::1", AT)
    await throttling.by_visitor(session, "2001:db8:1:3::1", AT)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8::1", "2001:db8::/64"),
        ("unknown", "unknown"),
    ],
)
def test_an_address_is_counted_by_what_one_visitor_has(address, network):
    assert throttling.network_of(address) == network


async def test_thirty_tries_of_a_visitor_and_five_mails_to_a_mailbox(session):
    for _ in range(30):
        await throttling.by_visitor(session, "203.0.113.9", AT)
    with pytest.raises(TooOften):
        await throttling.by_visitor(session, "203.0.113.9", AT)
    await throttling.by_visitor(session, "203.0.113.9", AT + timedelta(seconds=2))

    for _ in range(5):
        await throttling.by_mailbox(session, "dl5", "jan@example.com", AT)
    with pytest.raises(TooOften):
        await throttling.by_mailbox(session, "dl5", "jan@example.com", AT)
    await throttling.by_mailbox(session, "dl6", "jan@example.com", AT)
    await throttling.by_mailbox(session, "dl5", "jan@example.com", AT + timedelta(minutes=12))
