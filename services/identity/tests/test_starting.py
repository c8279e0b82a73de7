"""Proves how sessions start and end, and who is told."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from chassis.identifiers import now
from contracts.identity import SessionsEnded
from identity import starting
from identity.accounts import Device, Session


@pytest.fixture
async def jan(session, admit, account_of):
    """Return someone with an account."""
    await admit(session, language="fr")
    return await account_of(session)


@pytest.fixture
def start(session, visitor, jan):
    """Return a function that signs someone in."""

    async def start(person=jan, *, strength=1, staff=False, **known):
        return await starting.start(
            session, person, "dl5", visitor(**known), strength=strength, staff=staff
        )

    return start


@pytest.fixture
def kept(session):
    """Return a function that reads the sessions there are, the oldest first."""

    async def kept():
        return (await session.scalars(sa.select(Session).order_by(Session.id))).all()

    return kept


async def test_a_session_is_kept_without_what_the_browser_keeps(start, kept, jan, session):
    started = await start()

    (row,) = await kept()
    assert (row.person_id, row.issuer, row.strength, row.staff) == (jan.id, "dl5", 1, False)
    assert row.browser == "Firefox on Windows"
    assert row.token_sha256 == starting.hash_of(started.session)
    devices = (await session.scalars(sa.select(Device.token_sha256))).all()
    assert devices == [starting.hash_of(started.device)]
    assert (started.language, started.must, started.staff) == ("fr", None, False)
    assert len({started.session, started.device}) == 2
    assert min(len(started.session), len(started.device)) >= 43


async def test_each_sign_in_is_a_session_of_its_own(start, kept):
    first, second = await start(), await start()

    assert first.session != second.session
    assert len(await kept()) == 2


async def test_a_session_lasts_thirty_days_and_one_of_staff_twelve_hours(start, kept):
    await start()
    await start(staff=True, strength=2)

    ours, staffs = await kept()
    assert ours.ends_at - ours.started_at == timedelta(days=30)
    assert staffs.ends_at - staffs.started_at == timedelta(hours=12)


@pytest.mark.parametrize(
    ("staff", "idle"), [(False, timedelta(hours=12)), (True, timedelta(minutes=30))]
)
async def test_a_session_left_alone_ends_by_itself(start, kept, staff, idle):
    await start(staff=staff)

    (row,) = await kept()
    assert starting.idle_of(row) == idle
    assert row.lives(row.seen_at + idle - timedelta(seconds=1), idle)
    assert not row.lives(row.seen_at + idle, idle)


async def test_staff_with_a_password_only_must_get_a_second_factor(start):
    assert (await start(staff=True)).must == "second_factor"
    assert (await start(staff=True, strength=2)).must is None


async def test_a_browser_that_is_known_keeps_its_name(start):
    first = await start()

    again = await start(device=first.device)
    made_up = await start(device="something a browser made up")

    assert again.device == first.device
    assert made_up.device not in {first.device, "something a browser made up"}


async def test_a_browser_known_for_another_is_not_known_for_this_one(session, start, account_of):
    an = await account_of(session, "an@example.com")
    of_jan = await start()

    of_an = await start(an, device=of_jan.device)

    assert of_an.device != of_jan.device


async def test_ending_says_which_sessions_are_over(session, start, kept, jan, told):
    await start()
    await start()
    first, second = await kept()

    assert await starting.end(session, jan.id, but=second.id) == 1
    assert await starting.end(session, jan.id, only=second.id) == 1
    assert await starting.end(session, jan.id) == 0

    says = await told(SessionsEnded)
    assert [each.sessions for each in says] == [(first.id,), (second.id,)]
    assert {each.person_id for each in says} == {jan.id}
    session.expire_all()
    assert all(each.ended_at for each in await kept())
    assert not any(each.lives(now(), starting.IDLE) for each in await kept())


async def test_nobody_ends_the_session_of_another(session, start, kept, account_of):
    an = await account_of(session, "an@example.com")
    await start()
    (row,) = await kept()

    assert await starting.end(session, an.id, only=row.id) == 0
    assert await starting.end(session, an.id) == 0
    await session.refresh(row)
    assert row.ended_at is None
