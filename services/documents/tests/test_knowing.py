"""Proves who may read what: exactly those whom identity's newest snapshot names."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from chassis.identifiers import new_id, now
from contracts.identity import PersonChanged
from documents import filtering, knowing, measures
from documents.models import Claim, CustomerNumber
from documents.readership import Person, SavedFilter, Unread

MANY = 5_000


@pytest.fixture
def know(session):
    """Return a function that hears of a customer number."""

    async def know(event):
        await knowing.know_readers(session, event)

    return know


@pytest.fixture
def readers(session):
    """Return a function that says who may read the documents of a number."""

    async def readers(customer_number="DL5-104233"):
        found = sa.select(Claim.person_id).filter_by(customer_number=customer_number)
        return set(await session.scalars(found))

    return readers


@pytest.fixture
def rows(session):
    """Return a function that says where each claim lies: a row that is written anew moves."""

    async def rows():
        place = sa.literal_column("ctid::text || xmin::text")
        found = await session.execute(sa.select(Claim.person_id, place))
        return {row[0]: row[1] for row in found}

    return rows


async def test_the_main_contact_reads_and_so_does_who_it_is_shared_with_in_the_portal(
    know, readers, snapshot
):
    """I-22"""
    main, partner, mailed = new_id(), new_id(), new_id()

    await know(snapshot(main, shared=[partner], hidden=[mailed]))

    assert await readers() == {main, partner}


async def test_a_claim_is_on_one_customer_number(know, readers, snapshot):
    """I-20, I-21"""
    main, partner = new_id(), new_id()

    await know(snapshot(main, shared=[partner]))
    await know(snapshot(main, customer_number="DL5-104234"))
    await know(snapshot(main, customer_number="DL6-1"))

    assert await readers("DL5-104233") == {main, partner}
    assert await readers("DL5-104234") == {main}
    assert await readers("DL6-1") == {main}


async def test_who_is_no_longer_named_reads_no_longer(know, readers, snapshot):
    main, heir, partner, mailed = [new_id() for _ in range(4)]
    await know(snapshot(main, shared=[partner, mailed]))

    await know(snapshot(heir, version=2, shared=[main], hidden=[mailed]))
    assert await readers() == {heir, main}

    await know(snapshot(None, version=3))
    assert await readers() == set()


async def test_an_older_snapshot_changes_nothing_and_the_same_is_taken_again(
    know, readers, snapshot, session
):
    main, partner = new_id(), new_id()
    await know(snapshot(main, version=5))

    await know(snapshot(main, version=4, shared=[partner]))
    assert await readers() == {main}

    await session.execute(sa.delete(Claim))
    await know(snapshot(main, version=5))
    assert await readers() == {main}


async def test_of_thousands_of_readers_only_the_difference_is_written(know, rows, snapshot):
    main, *shared = [new_id() for _ in range(MANY + 1)]
    await know(snapshot(main, shared=shared))
    before = await rows()
    newcomer, gone = new_id(), shared.pop()

    await know(snapshot(main, version=2, shared=[newcomer, *reversed(shared)]))

    after = await rows()
    assert len(before) == len(after) == MANY + 1
    assert set(before) - set(after) == {gone}
    assert set(after) - set(before) == {newcomer}
    assert {person: place for person, place in after.items() if person in before} == {
        person: place for person, place in before.items() if person != gone
    }


def observed(histogram):
    """Return how often something was measured, and the sum of it."""
    samples = {each.name: each.value for each in histogram.collect()[0].samples if not each.labels}
    name = histogram.collect()[0].name
    return samples[f"{name}_count"], samples[f"{name}_sum"]


async def test_how_long_it_took_until_a_grant_is_visible_is_measured_once(know, snapshot):
    """O-08, D-07"""
    main, partner = new_id(), new_id()
    given = snapshot(main, shared=[partner]).model_copy(
        update={"changed_at": now() - timedelta(seconds=90)}
    )
    count, total = observed(measures.grant_visible)

    await know(given)
    await know(given)
    await know(given.model_copy(update={"version": 2, "shared_users": ()}))

    after, sum_after = observed(measures.grant_visible)
    assert after == count + 1
    assert 90 <= sum_after - total < 150


async def test_which_version_is_known_and_since_when(know, snapshot, session):
    """D-07"""
    before = now()
    await know(snapshot(new_id(), version=3))
    await know(snapshot(new_id(), version=2).model_copy(update={"country": "NL"}))

    known = await session.get_one(CustomerNumber, "DL5-104233")

    assert (known.version, known.country) == (3, "BE")
    assert known.known_at >= before


async def test_of_who_is_erased_nothing_is_kept(know, snapshot, session):
    """By decision 17: the documents themselves stay with their issuer."""
    gone, stays = new_id(), new_id()
    await know(snapshot(gone, shared=[stays]))
    for person in (gone, stays):
        await filtering.save(session, person, "mine", {"q": "kangoo"})
        mark = {"document_id": new_id(), "issue_date": now().date(), "published_at": now()}
        number = "DL5-104233"
        session.add(Unread(person_id=person, customer_number=number, **mark))
    await session.flush()

    erased = PersonChanged(person_id=gone, version=4, registered=False, state="erased")
    await knowing.know_person(session, erased)

    for table in (Claim, SavedFilter, Unread):
        people = set(await session.scalars(sa.select(table.person_id)))
        assert people == {stays}, table
    kept = await session.get_one(Person, gone)
    assert (kept.version, kept.registered) == (4, False)
