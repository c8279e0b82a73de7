"""Proves what is written down of what was done: pseudonyms and words of ours, nothing else."""

import asyncio

import pytest
import sqlalchemy as sa

from chassis.identifiers import new_id
from identity import auditing
from identity.trails import AuditEntry, Pseudonym


@pytest.fixture
def entries(session):
    """Return a function that reads what was written down."""

    async def entries():
        return (await session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id))).all()

    return entries


async def test_a_person_is_written_down_by_a_pseudonym_that_stays(session, account_of, entries):
    jan, an = await account_of(session), await account_of(session, "an@example.com")

    await auditing.note(session, "signed_in", actor=jan.id, subject=jan.id, issuer="dl5")
    await auditing.note(session, "shared", actor=jan.id, subject=an.id)

    first, second = await entries()
    assert first.actor == first.subject == second.actor
    assert second.subject not in {first.subject, None}
    assert (first.act, first.issuer, second.issuer) == ("signed_in", "dl5", None)
    written = {first.actor, second.subject}
    assert not written & {str(jan.id), str(an.id)}
    kept = (await session.scalars(sa.select(Pseudonym.pseudonym))).all()
    assert written == {str(each) for each in kept}


async def test_who_is_not_there_is_nobody_and_gets_no_pseudonym(session, entries):
    await auditing.note(session, "refused", actor="visitor", subject=auditing.NOBODY)
    await auditing.note(session, "refused", actor=auditing.NOBODY)

    first, second = await entries()
    assert (first.actor, first.subject, second.actor) == ("visitor", None, "nobody")
    assert not (await session.scalars(sa.select(Pseudonym))).all()


async def test_facts_and_the_conversation_are_kept(session, entries, a_trail):
    ticket = new_id()

    await auditing.note(session, "shared", actor="client erp", ticket=ticket, portal=True, count=3)

    (entry,) = await entries()
    assert entry.facts == {"ticket": str(ticket), "portal": True, "count": 3}
    assert entry.correlation_id == a_trail.correlation_id
    assert entry.actor == "client erp"


async def test_two_who_write_of_one_person_at_once_know_one_pseudonym(transactions, account_of):
    async with transactions() as session:
        jan = await account_of(session)

    async def one():
        async with transactions() as session:
            await auditing.note(session, "signed_in", actor=jan.id)

    await asyncio.gather(*(one() for _ in range(20)))

    async with transactions() as session:
        actors = (await session.scalars(sa.select(AuditEntry.actor))).all()
    assert len(actors) == 20
    assert len(set(actors)) == 1


async def test_what_is_rolled_back_was_not_done(transactions, account_of):
    async with transactions() as session:
        jan = await account_of(session)

    async def fails():
        async with transactions() as session:
            await auditing.note(session, "signed_in", actor=jan.id)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fails()

    async with transactions() as session:
        assert not (await session.scalars(sa.select(AuditEntry))).all()
