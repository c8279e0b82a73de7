"""Proves what may go and when: after its last day, not held, wanted by two people."""

import hashlib
import inspect
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from chassis.identifiers import new_id, now
from chassis.testing import said
from contracts.documents import DeleteDocuments, DropDoomedFiles
from documents import (
    chain,
    checking,
    custody_queries,
    deleting,
    deletion_queries,
    holding,
    models,
    seals,
)
from documents.custody import Deletion, DeletionItem, DoomedFile, Hold, Tombstone
from documents.errors import (
    ApprovedByProposer,
    DeletionDecided,
    DeletionUnknown,
    DocumentUnknown,
    ListDiffers,
    NotHeld,
    NothingMayGo,
    NotOverYet,
)
from documents.models import Claim, Document
from documents.readership import Unread
from documents.tables import Table

STAYS = {"document_events", "tombstones"}
"""The proof: what happened, and that it was rightly deleted."""
YESTERDAY = now().date() - timedelta(days=1)


@pytest.fixture
def old(session, publish, command):
    """Return a function that publishes a document of long ago."""

    async def old(number="F1", issued="2012-02-29", mark=None, **told):
        made = command(
            number.encode() if mark is None else mark, number=number, issue_date=issued, **told
        )
        document, _ = await publish(session, made)
        return document

    return old


@pytest.fixture
def let_go(session):
    """Return a function that has all that may go deleted, by two people."""

    async def let_go(until=YESTERDAY):
        proposed = await deleting.propose(session, "dl5", until, "an")
        await deleting.approve(session, "dl5", proposed.id, proposed.digest, "bo")
        await work(session, proposed.id)
        return proposed

    return let_go


async def work(session, deletion_id):
    """Do the job to its end."""
    for _ in range(20):
        session.info.clear()
        await deleting.delete_some(session, deletion_id)
        await session.flush()
    session.expunge_all()


async def there(session):
    return set(await session.scalars(sa.select(Document.number)))


@pytest.mark.parametrize(
    ("issued", "until", "goes"),
    [
        # Kept to the end of the tenth year after.
        ("2012-02-29", "2022-12-30", False),
        ("2012-02-29", "2022-12-31", True),
        ("2012-02-29", "2024-02-29", True),
        ("2012-12-31", "2022-12-31", True),
        ("2013-01-01", "2022-12-31", False),
        ("2013-01-01", "2023-12-31", True),
        ("2014-06-01", "2024-12-30", False),
        ("2014-06-01", "2024-12-31", True),
    ],
)
async def test_what_may_go_is_what_was_kept_until_then(session, old, issued, until, goes):
    document = await old(issued=issued)

    if goes:
        proposed = await deleting.propose(session, "dl5", date.fromisoformat(until), "an")
        listed = await session.scalars(sa.select(DeletionItem.document_id))
        assert (proposed.documents, listed.all()) == (1, [document.id])
    else:
        with pytest.raises(NothingMayGo):
            await deleting.propose(session, "dl5", date.fromisoformat(until), "an")


@pytest.mark.parametrize("until", [now().date(), now().date() + timedelta(days=9)])
async def test_a_day_that_is_not_over_frees_nothing(session, old, until):
    await old()

    with pytest.raises(NotOverYet):
        await deleting.propose(session, "dl5", until, "an")


async def test_nothing_goes_that_another_issuer_keeps(session, publish, command):
    await publish(session, command(customer_number="DL6-1", issue_date="2012-01-01"), "dl6")

    with pytest.raises(NothingMayGo):
        await deleting.propose(session, "dl5", YESTERDAY, "an")


async def test_proposing_deletes_nothing(session, old):
    await old()

    proposed = await deleting.propose(session, "dl5", YESTERDAY, "an")
    await work(session, proposed.id)

    assert await there(session) == {"F1"}
    assert await said(session, DeleteDocuments) == []


async def test_who_proposes_does_not_approve(session, old):
    await old()
    proposed = await deleting.propose(session, "dl5", YESTERDAY, "an")

    with pytest.raises(ApprovedByProposer):
        await deleting.approve(session, "dl5", proposed.id, proposed.digest, "an")


async def test_who_approves_says_which_list(session, old):
    await old()
    await old("F2")
    proposed = await deleting.propose(session, "dl5", YESTERDAY, "an")

    with pytest.raises(ListDiffers):
        await deleting.approve(session, "dl5", proposed.id, "0" * 64, "bo")

    await session.execute(sa.text("update deletion_items set content_sha256 = 'x'"))
    with pytest.raises(ListDiffers):
        await deleting.approve(session, "dl5", proposed.id, proposed.digest, "bo")


async def test_the_digest_is_what_anybody_can_reckon(session, old):
    documents = sorted([await old(), await old("F2")], key=lambda each: each.id)

    proposed = await deleting.propose(session, "dl5", YESTERDAY, "an")

    lines = "".join(f"{each.id} {each.content_sha256}\n" for each in documents)
    assert proposed.digest == hashlib.sha256(lines.encode()).hexdigest()


async def test_another_issuer_approves_and_withdraws_nothing(session, old):
    await old()
    proposed = await deleting.propose(session, "dl5", YESTERDAY, "an")

    with pytest.raises(DeletionUnknown):
        await deleting.approve(session, "dl6", proposed.id, proposed.digest, "bo")
    with pytest.raises(DeletionUnknown):
        await deleting.withdraw(session, "dl6", proposed.id)


async def test_it_is_decided_once(session, old):
    await old()
    proposed = await deleting.propose(session, "dl5", YESTERDAY, "an")
    await deleting.approve(session, "dl5", proposed.id, proposed.digest, "bo")

    with pytest.raises(DeletionDecided):
        await deleting.approve(session, "dl5", proposed.id, proposed.digest, "bo")
    with pytest.raises(DeletionDecided):
        await deleting.withdraw(session, "dl5", proposed.id)


async def test_what_was_put_away_frees_its_documents_for_another_list(session, old):
    await old()
    first = await deleting.propose(session, "dl5", YESTERDAY, "an")
    with pytest.raises(NothingMayGo):
        await deleting.propose(session, "dl5", YESTERDAY, "an")
    session.expunge_all()

    await deleting.withdraw(session, "dl5", first.id)
    await session.flush()

    assert (await deleting.propose(session, "dl5", YESTERDAY, "an")).documents == 1
    await work(session, first.id)
    assert await there(session) == {"F1"}


async def test_a_document_goes_with_all_there_is_of_it_and_a_tombstone_stays(session, old, let_go):
    reader = new_id()
    session.add(Claim(person_id=reader, customer_number="DL5-104233", issuer="dl5"))
    document = await old(references=[{"kind": "order", "value": "B-1"}])
    new = await old("F2", "2026-02-28")
    for each in (document, new):
        session.add(
            Unread(
                person_id=reader,
                customer_number=each.customer_number,
                document_id=each.id,
                issue_date=each.issue_date,
                published_at=each.published_at,
            )
        )
    await session.flush()

    deletion = await let_go()

    assert await there(session) == {"F2"}
    assert set(await session.scalars(sa.select(Unread.document_id))) == {new.id}
    stone = await session.get(Tombstone, document.id)
    assert (stone.issuer, stone.content_sha256) == ("dl5", document.content_sha256)
    assert stone.number_sha256 == deleting.number_sha256("dl5", "invoice", "F1")
    assert stone.deletion_id == deletion.id
    done = await session.get(Deletion, deletion.id)
    assert (done.state, done.deleted) == ("done", 1)


async def test_no_table_keeps_anything_of_a_deleted_document(session, old, let_go):
    document = await old()
    await let_go()

    for table in models.metadata.sorted_tables:
        if "document_id" in table.c and table.name not in STAYS:
            found = sa.select(sa.func.count()).select_from(table)
            left = await session.scalar(found.where(table.c.document_id == document.id))
            assert left == 0, table.name


def test_every_table_that_knows_documents_is_thought_of():
    """A table of later that is not fails here."""
    code = inspect.getsource(deletion_queries) + inspect.getsource(holding)
    known = {each.__tablename__: each.__name__ for each in Table.__subclasses__()}
    of_documents = {
        table.name for table in models.metadata.sorted_tables if "document_id" in table.c
    }

    assert len(of_documents) > 6
    for name in of_documents - STAYS:
        assert known[name] in code, name


async def test_what_happened_stays_without_what_was_said(session, old, let_go):
    """GDPR: of a deleted document nothing is left but that it was here, and its proof."""
    document = await old(payment_reference="Jan Peeters")
    await let_go()

    events = (await custody_queries.events_of(session, [document.id]))[document.id]

    assert [each.act for each in events] == ["received", "published", "deleted"]
    assert [each.facts is None for each in events] == [True, True, False]
    assert events[-1].facts["approved_by"] == "bo"
    chained = [chain.event_of(each) for each in events]
    assert list(seals.wrong(chained, forgotten=True)) == []
    everything = await session.scalar(
        sa.text("select string_agg(e::text, '') from document_events e")
    )
    assert "Peeters" not in everything


async def test_a_held_document_stays_however_old_it_is(session, old, let_go):
    held = await old()
    await old("F2")
    await holding.hold(session, "dl5", held.id, reason="a lawsuit", by="an")
    await session.flush()

    await let_go(date(2024, 2, 29))

    assert await there(session) == {"F1"}


async def test_who_is_held_after_the_approval_stays(session, old):
    held = await old()
    await old("F2")
    proposed = await deleting.propose(session, "dl5", YESTERDAY, "an")
    await deleting.approve(session, "dl5", proposed.id, proposed.digest, "bo")
    await holding.hold(session, "dl5", held.id, reason="a lawsuit", by="an")
    await session.flush()

    await work(session, proposed.id)

    assert await there(session) == {"F1"}
    done = await session.get(Deletion, proposed.id)
    assert (done.documents, done.deleted) == (2, 1)


async def test_what_has_to_be_kept_for_longer_after_the_approval_stays(session, old):
    document = await old()
    proposed = await deleting.propose(session, "dl5", YESTERDAY, "an")
    await deleting.approve(session, "dl5", proposed.id, proposed.digest, "bo")
    document.retain_until = date(2052, 12, 31)
    await session.flush()

    await work(session, proposed.id)

    assert await there(session) == {"F1"}


async def test_what_becomes_old_after_the_approval_is_not_on_the_list(session, old):
    await old()
    proposed = await deleting.propose(session, "dl5", YESTERDAY, "an")
    await deleting.approve(session, "dl5", proposed.id, proposed.digest, "bo")
    await old("F2")

    await work(session, proposed.id)

    assert await there(session) == {"F2"}


async def test_a_document_that_was_let_go_may_be_deleted(session, old, let_go):
    document = await old()
    await holding.hold(session, "dl5", document.id, reason="a lawsuit", by="an")
    await session.flush()
    with pytest.raises(NothingMayGo):
        await deleting.propose(session, "dl5", YESTERDAY, "an")
    session.expunge_all()
    session.info.clear()

    await holding.release(session, "dl5", document.id, reason="it is over", by="bo")
    await session.flush()
    await let_go()

    assert await there(session) == set()


async def test_holding_and_letting_go_are_written_down(session, old, files):
    document = await old()
    await holding.hold(session, "dl5", document.id, reason="a lawsuit", by="an")
    await holding.hold(session, "dl5", document.id, reason="a lawsuit", by="an")
    await holding.hold(session, "dl5", document.id, reason="another", by="bo")
    await session.flush()
    assert (await session.get(Hold, document.id)).reason == "another"
    await holding.release(session, "dl5", document.id, reason="over", by="bo")
    await session.flush()

    events = (await custody_queries.events_of(session, [document.id]))[document.id]

    acts = [(each.act, each.facts.get("reason")) for each in events[2:]]
    assert acts == [("held", "a lawsuit"), ("held", "another"), ("released", "over")]
    _, found = await checking.look_at_documents(session, files, [document])
    assert found == []


async def test_only_its_issuer_holds_a_document_and_lets_it_go(session, old):
    document = await old()

    for held in (holding.hold, holding.release):
        with pytest.raises(DocumentUnknown):
            await held(session, "dl6", document.id, reason="x", by="an")
    with pytest.raises(NotHeld):
        await holding.release(session, "dl5", document.id, reason="x", by="an")


async def test_bytes_go_a_day_later_unless_a_document_has_them(session, old, let_go, files):
    shared = b"the same bytes"
    going = await old("F1", mark=shared)
    staying = await old("F2", "2026-02-28", mark=shared)
    alone = await old("F3")
    assert going.files[0].sha256 == staying.files[0].sha256
    sha256 = alone.files[0].sha256
    await files.keep_rendition("dl5", sha256, "v1", "nl", b"%PDF")
    await let_go()

    assert not await deleting.drop_files(session, files)
    assert await files.digest("dl5", sha256)

    await session.execute(sa.update(DoomedFile).values(since=now() - timedelta(days=2)))
    await deleting.drop_files(session, files)

    assert await files.digest("dl5", sha256) is None
    assert await files.rendition("dl5", sha256, "v1", "nl") is None
    assert (await files.digest("dl5", going.files[0].sha256)).sha256 == going.files[0].sha256
    assert (await session.scalars(sa.select(DoomedFile))).all() == []


async def test_bytes_that_were_given_again_meanwhile_stay(session, old, let_go, files):
    document = await old()
    await let_go()
    again = await old()
    assert again.id != document.id

    await session.execute(sa.update(DoomedFile).values(since=now() - timedelta(days=2)))
    await deleting.drop_files(session, files)

    assert await files.digest("dl5", again.files[0].sha256)


async def test_the_clock_and_the_approval_do_it(hear, database, publish, command, files):
    async with database.transaction() as session:
        document, _ = await publish(session, command(issue_date="2012-02-29"))
        proposed = await deleting.propose(session, "dl5", YESTERDAY, "an")
        await deleting.approve(session, "dl5", proposed.id, proposed.digest, "bo")
    for _ in range(2):
        await hear(DeleteDocuments(deletion_id=proposed.id), sender="documents")
    async with database.transaction() as session:
        assert await there(session) == set()
        await session.execute(sa.update(DoomedFile).values(since=now() - timedelta(days=2)))

    await hear(DropDoomedFiles(), sender="documents")

    assert await files.digest("dl5", document.files[0].sha256) is None
