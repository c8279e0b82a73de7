"""Proves that nothing about ways in is kept longer than somebody needs it."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from services.identity.tests.residents import VISITOR

from chassis.identifiers import now
from chassis.testing import said
from contracts.identity import ForgetAccess
from identity import auditing, forgetting, seal_queries, sealing, second_steps
from identity.accounts import Challenge, Credential, Device, Session, Throttle
from identity.trails import AuditEntry, AuditSeal

DAY = timedelta(days=1)


@pytest.fixture
async def a_day(residents, portal, database):
    """Have somebody do everything that leaves a row."""
    jan = await residents.move_in()
    await residents.with_totp(jan)
    await portal("/v1/forgotten-passwords", issuer="dl5", username=jan.email, visitor=VISITOR)
    async with database.transaction() as session:
        passkeys = residents.gateways.passkeys
        await second_steps.challenge(session, passkeys, jan.id, "dl5", ["totp"])
    return jan


KEPT = [
    (Session, Session.ends_at, forgetting.SESSIONS_KEPT),
    (Credential, Credential.link_until, forgetting.CREDENTIALS_KEPT),
    (Challenge, Challenge.expires_at, forgetting.CHALLENGES_KEPT),
    (Device, Device.seen_at, forgetting.DEVICES_KEPT),
    (Throttle, Throttle.empty_at, forgetting.THROTTLES_KEPT),
]


async def count(database, table):
    async with database.transaction() as session:
        return await session.scalar(sa.select(sa.func.count()).select_from(table))


@pytest.mark.usefixtures("a_day")
@pytest.mark.parametrize(("table", "column", "kept"), KEPT)
async def test_a_row_is_kept_until_its_time_and_not_longer(database, table, column, kept):
    async def forget_when(past):
        async with database.transaction() as session:
            await session.execute(sa.update(table).values({column.key: now() - past}))
        async with database.transaction() as session:
            await forgetting.forget(session)
        return await count(database, table)

    assert await forget_when(kept - timedelta(minutes=1)) > 0
    assert await forget_when(kept + timedelta(minutes=1)) == 0


async def test_a_session_that_was_ended_goes_before_it_could_last_no_longer(database, a_day):
    async with database.transaction() as session:
        row = await session.get(Session, a_day.session_id)
        row.ended_at = now() - forgetting.SESSIONS_KEPT - DAY
        assert row.ends_at > now()

    async with database.transaction() as session:
        gone = await forgetting.forget(session)

    assert (gone["sessions"], await count(database, Session)) == (1, 0)


async def test_where_there_is_more_it_is_said_again(residents, database, monkeypatch):
    monkeypatch.setattr(forgetting, "_AT_MOST", 2)
    jan = await residents.move_in()
    for _ in range(2):
        await residents.sign_in(jan.email)
    async with database.transaction() as session:
        await session.execute(sa.update(Session).values(ends_at=now() - 40 * DAY))

    async with database.transaction() as session:
        first = await forgetting.forget(session)
        again = await said(session, ForgetAccess)
    async with database.transaction() as session:
        second = await forgetting.forget(session)

    assert (first["sessions"], len(again), second["sessions"]) == (2, 1, 1)


@pytest.fixture
async def two_seals(database):
    """Have two seals, of 401 and of 399 days ago, and entries that wait for one."""
    for act in ("old", "newer", "newest"):
        async with database.transaction() as session:
            await auditing.note(session, act, actor="test")
            await auditing.note(session, act, actor="test")
        if act != "newest":
            async with database.transaction() as session:
                await sealing.seal(session)
    async with database.transaction() as session:
        first, second = await seal_queries.seals(session, 0, 9)
        await age(session, first, 401)
        await age(session, second, 399)


async def age(session, seal, days):
    """Let a seal be of so long ago, and as if it had been made then."""
    after = await session.scalar(
        sa.select(sa.func.max(AuditSeal.last_entry)).where(AuditSeal.last_entry < seal.last_entry)
    )
    before = await session.get(AuditSeal, after) if after else None
    await session.execute(
        sa.update(AuditEntry)
        .where(AuditEntry.id > (after or 0), AuditEntry.id <= seal.last_entry)
        .values(at=AuditEntry.at - timedelta(days=days))
    )
    found = await seal_queries.entries(session, after or 0, seal.last_entry)
    made = sealing._seal(before, found)
    seal.sealed_at = made.sealed_at - timedelta(days=days)
    seal.digests = made.digests
    seal.sha256 = sealing.seals.seal_of(
        before.sha256 if before else sealing.seals.FIRST,
        seal.last_entry,
        seal.entries,
        seal.sealed_at,
        seal.digests,
    )
    await session.flush()


@pytest.mark.usefixtures("two_seals")
async def test_the_audit_is_forgotten_after_400_days_and_its_seals_stay(database):
    async with database.transaction() as session:
        assert (await sealing.verify(session)).broken is None

    async with database.transaction() as session:
        gone = await forgetting.forget(session)
    async with database.transaction() as session:
        again = await forgetting.forget(session)

    assert (gone["audit_seals"], again["audit_seals"]) == (1, 0)
    async with database.transaction() as session:
        acts = (await session.scalars(sa.select(AuditEntry.act).order_by(AuditEntry.id))).all()
        found = await sealing.verify(session)
    assert list(acts) == ["newer", "newer", "newest", "newest"]
    assert (found.seals, found.entries, found.forgotten, found.unsealed) == (2, 2, 2, 2)
    assert found.broken is None


@pytest.mark.usefixtures("two_seals")
async def test_what_is_put_back_where_all_was_forgotten_is_found(database):
    async with database.transaction() as session:
        await forgetting.forget(session)

    async with database.transaction() as session:
        await session.execute(
            sa.text(
                "insert into audit_entries (id, at, act, actor, facts, correlation_id)"
                " overriding system value values (1, now(), 'x', 'x', '{}', 'x')"
            )
        )
        broken = (await sealing.verify(session)).broken

    assert broken.entry == 1


@pytest.mark.usefixtures("a_day")
async def test_an_hour_passes(hear, database):
    async with database.transaction() as session:
        await session.execute(sa.update(Challenge).values(expires_at=now() - 2 * DAY))

    await hear(ForgetAccess(), sender="identity")

    assert await count(database, Challenge) == 0
