"""Proves that a listener that came late is told everything, and nobody else is."""

import pytest
import sqlalchemy as sa

from chassis import mailboxes, outbox
from chassis.testing import said
from contracts.identity import CustomerNumberChanged, IssuerChanged, PersonChanged
from identity import registering, republishing
from identity.models import Person


@pytest.fixture
async def people(session):
    """Return a function that makes people in bulk, and their ids in order."""

    async def people(count):
        rows = [
            {
                "issuer_group": "dl5",
                "email": f"{turn}@example.com",
                "email_key": f"{turn}@example.com",
                "registered": False,
                "own_fields": [],
                "state": "active",
                "version": 1,
            }
            for turn in range(count)
        ]
        found = await session.scalars(sa.insert(Person).returning(Person.id), rows)
        return sorted(found.all())

    return people


@pytest.fixture
def unsay(session):
    """Return a function that empties the outbox, as the relay would."""

    async def empty():
        await outbox.post(session)
        await session.execute(sa.delete(mailboxes.outbox))

    return empty


async def test_one_listener_is_told_by_way_of_its_own_queue(session, admit, customer, unsay):
    await admit(session)
    await registering.register(session, "dl5", customer())
    before = {each.name: each.body for each in await said(session)}
    await unsay()

    for event in republishing.EVENTS:
        assert await republishing.republish_page(session, "credit", event) == 1

    told = await said(session)
    assert {each.exchange for each in told} == {"returns"}
    assert [each.routing_key for each in told] == [
        f"credit.{each.routing_key}"
        for each in (IssuerChanged, PersonChanged, CustomerNumberChanged)
    ]
    assert {each.name: each.body for each in told} == before
    assert all(each.headers["cloudEvents:type"] == each.name for each in told)


async def test_everyone_is_told_once_page_by_page(session, people):
    ids = await people(2 * republishing.PAGE + 3)

    pages = [await republishing.republish_page(session, "credit", PersonChanged) for _ in range(3)]

    told = [each.read(PersonChanged).person_id for each in await said(session, PersonChanged)]
    assert pages == [republishing.PAGE, republishing.PAGE, 3]
    assert told == ids


async def test_a_broken_run_goes_on_where_it_was(session, people, unsay):
    ids = await people(republishing.PAGE + 2)
    await republishing.republish_page(session, "credit", PersonChanged)
    await unsay()
    broken = await session.begin_nested()
    await republishing.republish_page(session, "credit", PersonChanged)
    await broken.rollback()

    await republishing.republish_page(session, "credit", PersonChanged)

    told = [each.read(PersonChanged).person_id for each in await said(session, PersonChanged)]
    assert told == ids[republishing.PAGE :]


async def test_a_run_after_a_whole_run_tells_everything_again(session, people):
    await people(2)

    pages = [await republishing.republish_page(session, "credit", PersonChanged) for _ in range(2)]

    assert pages == [2, 2]
    assert len(await said(session, PersonChanged)) == 4


async def test_a_whole_number_of_pages_ends_with_an_empty_one(session, people):
    await people(republishing.PAGE)

    pages = [await republishing.republish_page(session, "credit", PersonChanged) for _ in range(3)]

    assert pages == [republishing.PAGE, 0, republishing.PAGE]


async def test_each_listener_has_a_place_of_its_own(session, people):
    await people(republishing.PAGE + 1)
    await republishing.republish_page(session, "credit", PersonChanged)

    assert (
        await republishing.republish_page(session, "payments", PersonChanged) == republishing.PAGE
    )
    assert await republishing.republish_page(session, "credit", PersonChanged) == 1
