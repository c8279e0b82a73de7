"""Letters are owed when a document is published, and again when a reader turns out."""

import pytest
import sqlalchemy as sa

from chassis.identifiers import new_id, now
from notifications import letter_queries
from notifications.models import CustomerNumber, Letter, Notice, Person


@pytest.fixture
def letters(database):
    """Return the people who are owed a letter for a document, and in which role."""

    async def of(document):
        async with database.transaction() as session:
            found = await letter_queries.letters_of_document(session, "dl5", document.document_id)
        return {each.letter.person_id: each.letter.role for each in found}

    return of


async def test_a_document_owes_a_letter_to_everyone_who_shares_its_number(hear, world, letters):
    """N-01, N-02"""
    main, shared = new_id(), new_id()
    await hear(world.snapshot(main=(main, now()), shared=[(shared, now(), True)]))
    document = world.document(now())

    await hear(document)

    assert await letters(document) == {main: "main", shared: "shared"}


async def test_shared_users_of_another_number_are_not_told(hear, new_world, letters):
    """I-21, N-02"""
    one, other, stranger = new_world(), new_world(), new_id()
    main = new_id()
    await hear(one.snapshot(main=(main, now())))
    await hear(other.snapshot(main=(main, now()), shared=[(stranger, now(), True)]))
    document = one.document(now())

    await hear(document)

    assert set(await letters(document)) == {main}


async def test_a_document_before_its_customer_is_owed_once_the_customer_is_known(
    hear, world, letters
):
    main, document = new_id(), world.document(now())
    await hear(document)
    assert await letters(document) == {}

    await hear(world.snapshot(main=(main, document.published_at)))

    assert await letters(document) == {main: "main"}


async def test_the_same_publication_heard_under_another_id_owes_nothing_more(hear, world, database):
    """D-20"""
    await hear(world.snapshot(main=(new_id(), now())))
    document = world.document(now())

    await hear(document)
    await hear(document)

    async with database.transaction() as session:
        assert await session.scalar(sa.select(sa.func.count()).select_from(Letter)) == 1
        assert await session.scalar(sa.select(sa.func.count()).select_from(Notice)) == 1


async def test_an_older_snapshot_that_arrives_late_changes_nothing(hear, world, database):
    newer = world.snapshot(version=3, main=(new_id(), now()))
    await hear(newer)

    await hear(world.snapshot(version=2, main=(new_id(), now())))

    async with database.transaction() as session:
        known = await session.get_one(CustomerNumber, world.number)
    assert known.version == 3
    assert known.snapshot["main_contact"]["person_id"] == str(newer.main_contact.person_id)


async def test_an_equal_version_is_applied_so_that_a_republication_mends(hear, world, database):
    person = new_id()
    await hear(world.person(person, version=2, email="old@readers.example"))

    await hear(world.person(person, version=2, email="new@readers.example"))

    async with database.transaction() as session:
        assert (await session.get_one(Person, person)).email == "new@readers.example"


async def test_a_document_of_long_ago_finds_no_late_readers(hear, world, letters, moment):
    document = world.document(moment(0).replace(year=2025))
    await hear(document)

    await hear(world.snapshot(main=(new_id(), moment(0).replace(year=2024))))

    assert await letters(document) == {}
