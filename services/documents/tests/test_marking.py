"""Proves what is unread, for whom, and from when on."""

import pytest

from chassis.identifiers import new_id
from contracts.identity import DeliverySettings, PersonChanged
from documents import knowing, marking, publishing, receiving
from documents.models import Document
from documents.reader import Reader


@pytest.fixture
def know(session, snapshot):
    """Return a function that makes people readers of a number."""

    async def know(*people, version=1, customer_number="DL5-104233"):
        main, *shared = people
        await knowing.know_readers(
            session, snapshot(main, shared=shared, version=version, customer_number=customer_number)
        )

    return know


@pytest.fixture
def published(session, publish, command):
    """Return a function that publishes a document and returns its id."""

    async def published(**told):
        given = command(new_id().bytes, number=new_id().hex, **told)
        issuer = given.customer_number.partition("-")[0].lower()
        return (await publish(session, given, issuer))[0].id

    return published


@pytest.fixture
def unread(session):
    """Return a function that says how many documents someone has not read."""

    async def unread(person, issuer=""):
        return (await marking.unread(session, Reader(issuer, person_id=person))).count

    return unread


async def test_what_is_published_is_unread_for_each_who_may_read_it(know, published, unread):
    """D-13, D-15"""
    main, partner, stranger = new_id(), new_id(), new_id()
    await know(main, partner)
    await know(stranger, customer_number="DL5-2")

    await published()

    assert [await unread(each) for each in (main, partner, stranger)] == [1, 1, 0]


async def test_one_persons_reading_leaves_it_unread_for_another(session, know, published, unread):
    """D-13"""
    main, partner = new_id(), new_id()
    await know(main, partner)
    first, second = await published(), await published()

    await marking.mark(session, partner, [first], read=True)
    await marking.mark(session, partner, [first], read=True)
    assert [await unread(each) for each in (main, partner)] == [2, 1]

    await marking.mark(session, main, [first, second], read=True)
    await marking.mark(session, partner, [first], read=False)
    await marking.mark(session, partner, [first], read=False)
    assert [await unread(each) for each in (main, partner)] == [0, 2]


async def test_history_that_someone_is_given_counts_as_read(know, published, unread):
    """D-04, D-07, D-13"""
    main, newcomer = new_id(), new_id()
    await published()
    await know(main)
    await published()
    await know(main, newcomer, version=2)

    assert [await unread(each) for each in (main, newcomer)] == [1, 0]
    await published()
    assert [await unread(each) for each in (main, newcomer)] == [2, 1]


async def test_what_is_imported_counts_as_read(session, know, command, files, workshop, unread):
    """D-08, D-13"""
    main = new_id()
    await know(main)
    received = await receiving.receive(files, workshop, "dl5", command())
    shelf = await publishing.Shelf.of(session, [("dl5", "DL5-104233", received)])

    document, _ = await publishing.import_(session, shelf, "dl5", "DL5-104233", received)

    assert await session.get(Document, document.id)
    assert await unread(main) == 0


async def test_the_same_document_once_more_is_not_unread_again(
    session, know, publish, command, unread
):
    """D-13"""
    main = new_id()
    await know(main)
    first, _ = await publish(session, command(b"same"))
    await marking.mark(session, main, [first.id], read=True)

    again, already = await publish(session, command(b"same"))

    assert (again.id, already) == (first.id, True)
    assert await unread(main) == 0


async def test_who_loses_a_number_has_nothing_unread_of_it(session, know, published, unread):
    """D-13, D-15"""
    main, partner = new_id(), new_id()
    await know(main, partner)
    await know(partner, customer_number="DL5-2")
    await published()
    await published(customer_number="DL5-2")

    await know(main, version=2)
    assert [await unread(each) for each in (main, partner)] == [1, 1]

    await know(main, partner, version=3)
    assert [await unread(each) for each in (main, partner)] == [1, 1]
    assert await marking.unread_by_number(session, Reader(person_id=partner)) == [("DL5-2", 1)]


async def test_nobody_marks_what_is_not_theirs(session, know, published, unread):
    """D-13, D-15"""
    main, stranger = new_id(), new_id()
    await know(main)
    await know(stranger, customer_number="DL5-2")
    document = await published()

    await marking.mark(session, stranger, [document, new_id()], read=False)
    await marking.mark(session, stranger, [document], read=True)

    assert [await unread(each) for each in (main, stranger)] == [1, 0]


async def test_the_unread_are_counted_by_number_and_up_to_a_limit(
    session, know, published, unread, monkeypatch
):
    """D-13"""
    main = new_id()
    for number in ("DL5-1", "DL5-2", "DL6-3"):
        await know(main, customer_number=number)
    for number in ("DL5-2", "DL5-1", "DL5-2", "DL6-3"):
        await published(customer_number=number)
    monkeypatch.setattr(marking, "MOST_COUNTED", 3)
    person, looking = Reader(person_id=main), Reader("dl6", person_id=main, only_looks=True)

    found = await marking.unread(session, person)

    assert (found.count, found.capped) == (3, True)
    assert await marking.unread_by_number(session, person) == [
        ("DL5-1", 1),
        ("DL5-2", 2),
        ("DL6-3", 1),
    ]
    assert await unread(main, "dl6") == 1
    assert await marking.unread_by_number(session, looking) == [("DL6-3", 1)]


async def test_nothing_is_kept_of_who_has_no_account(session, know, published, unread):
    """D-13: until they register; what came before then counts as read."""
    main, guest = new_id(), new_id()
    await know(main, guest)
    told = {"person_id": guest, "registered": False, "state": "active"}
    await knowing.know_person(session, PersonChanged(version=2, **told))
    await published()
    assert [await unread(each) for each in (main, guest)] == [1, 0]

    await knowing.know_person(session, PersonChanged(version=3, **told | {"registered": True}))
    await knowing.know_person(session, PersonChanged(version=1, **told))  # told late
    await published()

    assert [await unread(each) for each in (main, guest)] == [2, 1]


async def test_whichever_way_a_customer_is_told_the_document_is_in_the_archive(
    session, published, snapshot, unread
):
    """D-17, D-19: the way is kept by identity, and takes nothing away from here."""
    for version, notify, attach in ((1, "at_once", ("pdf", "xml")), (2, "never", ())):
        main = new_id()
        way = DeliverySettings(notify=notify, attach=attach)
        await knowing.know_readers(
            session, snapshot(main, version=version).model_copy(update={"settings": way})
        )

        await published()

        assert await unread(main) == 1
