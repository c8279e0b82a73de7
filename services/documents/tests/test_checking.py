"""Proves that a stored byte, a row or an event that was tampered with is found and named."""

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from chassis.identifiers import now
from chassis.testing import said
from contracts.documents import CheckArchive
from documents import chain, checking, custody_queries, heading, measures, seals
from documents.custody import ArchiveCheck, Break, CheckRound, DocumentEvent
from documents.models import Document

TOMORROW = timedelta(days=1)


@pytest.fixture
def walk(session, files):
    """Return a function that looks at the whole archive, and says what is not as it was."""

    async def walk():
        await session.execute(sa.update(CheckRound).values(ended_at=now() - timedelta(days=2)))
        for _ in range(100):
            await checking.go_on(session, files, 1_000)
            await session.flush()
            last = await session.scalar(sa.select(CheckRound).order_by(CheckRound.number.desc()))
            if last.ended_at:
                return await open_breaks(session)
        raise AssertionError("it never ends")

    return walk


async def open_breaks(session):
    found = sa.select(Break).where(Break.gone_at.is_(None)).order_by(Break.id)
    found = found.execution_options(populate_existing=True)
    return [(each.about, each.kind, each.what) for each in await session.scalars(found)]


@pytest.fixture
def one(session, publish, command):
    """Return a document among others, as the database has it."""

    async def one():
        await publish(session, command(b"1", number="F2600021"))
        document, _ = await publish(session, command())
        return document

    return one


@pytest.fixture
def kept(tmp_path):
    """Return a function that says where a file's bytes lie."""

    def kept(file) -> Path:
        (path,) = (tmp_path / "kept").rglob(file.sha256)
        path.chmod(0o644)
        return path

    return kept


async def tamper(session, statement, **given):
    changed = await session.execute(sa.text(statement), given)
    assert changed.rowcount == 1
    session.info.clear()


async def test_an_archive_as_it_was_is_whole(one, walk):
    await one()

    assert await walk() == []
    assert await walk() == []


async def test_a_changed_byte_is_found_and_named(one, walk, kept, session):
    document = await one()
    path = kept(document.files[0])
    content = bytearray(path.read_bytes())
    content[20] ^= 1
    path.write_bytes(content)

    found = await walk()

    sha256 = document.files[0].sha256
    assert found == [(str(document.id), "file", sha256)]
    told = await session.scalar(sa.select(Break))
    assert (told.issuer, told.expected) == ("dl5", sha256)
    assert len(told.found) == 64
    assert told.found != sha256


async def test_bytes_that_are_gone_or_cut_off_are_found(one, walk, kept):
    document = await one()
    path = kept(document.files[0])
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])

    assert await walk() == [(str(document.id), "file", document.files[0].sha256)]

    path.unlink()
    assert await walk() == [(str(document.id), "file", document.files[0].sha256)]

    path.write_bytes(whole)
    assert await walk() == []


ROWS = {
    "amount_due = 1": "amount_due",
    "total_incl_vat = 498.95": "total_incl_vat",
    "customer_number = 'DL5-104234'": "customer_number",
    "issuer = 'dl6'": "issuer",
    "number = number || 'x'": "number",
    "type = 'credit_note'": "type",
    "currency = 'USD'": "currency",
    "issue_date = '2024-02-29'": "issue_date",
    "due_date = '2024-02-29'": "due_date",
    "payment_reference = '1'": "payment_reference",
    "imported = true": "imported",
    "published_at = published_at - interval '1 microsecond'": "published_at",
    "content_sha256 = repeat('a', 64)": "content_sha256",
    "retain_until = retain_until - 1": "retain_until",
    "retain_until = retain_until + 1": "retain_until",
    "held = true": "held",
}
FILES = {
    "name = 'other.pdf'": "files.0.name",
    "role = 'attachment'": "files.0.role",
    "pages = 7": "files.0.pages",
    "size = size + 1": "files.0.size",
}
EVENTS = (
    "act = 'imported'",
    "at = at + interval '1 day'",
    "facts = '{}'",
    "facts = null",
    "issuer = 'dl6'",
    "sequence = 3",
    "sha256 = facts_sha256",
)


@pytest.fixture
def several(session, publish, command):
    """Return a function that publishes so many documents, and gives their ids."""

    async def several(count):
        made = [
            await publish(session, command(b"%d" % number, number=f"F{number}"))
            for number in range(count)
        ]
        return [document.id for document, _ in made]

    return several


async def test_a_changed_row_is_found_and_its_field_named(several, walk, session):
    """One whole document stands among them."""
    *ids, _whole = await several(len(ROWS) + 1)
    for document_id, change in zip(ids, ROWS, strict=True):
        statement = f"update documents set {change} where id = :id"  # noqa: S608
        await tamper(session, statement, id=document_id)

    found = await walk()

    wanted = {
        (str(document_id), "row", field)
        for document_id, field in zip(ids, ROWS.values(), strict=True)
    }
    # Bytes lie under their issuer, so who changes that loses them.
    of_issuer = str(ids[list(ROWS.values()).index("issuer")])
    assert {each for each in found if (each[0], each[1]) != (of_issuer, "file")} == wanted


async def test_a_changed_row_of_a_file_is_named(several, walk, session):
    *ids, _whole = await several(len(FILES) + 1)
    for document_id, change in zip(ids, FILES, strict=True):
        statement = f"update document_files set {change} where document_id = :id"  # noqa: S608
        await tamper(session, statement, id=document_id)

    found = await walk()

    named = {(about, what) for about, kind, what in found if kind == "row"}
    assert {each for each in named if each[1].startswith("files.")} == {
        (str(document_id), field) for document_id, field in zip(ids, FILES.values(), strict=True)
    }


async def test_a_file_that_was_taken_from_its_document_is_named(one, walk, session):
    document = await one()
    await tamper(session, "delete from document_files where document_id = :id", id=document.id)

    found = await walk()

    assert (str(document.id), "row", "files.0.sha256") in found


async def test_a_reference_that_was_added_is_named(one, walk, session):
    document = await one()
    await tamper(
        session, "insert into document_references values (:id, 'order', 'B-1')", id=document.id
    )

    assert await walk() == [(str(document.id), "row", "references.order.B-1")]


async def test_a_flag_is_not_what_was_received(one, walk, session):
    """What we notice about a document may change."""
    document = await one()
    await tamper(session, "update documents set flags = '{x}' where id = :id", id=document.id)

    assert await walk() == []


async def test_a_changed_event_is_found_and_named(several, walk, session):
    *ids, whole = await several(len(EVENTS) + 1)
    for document_id, change in zip(ids, EVENTS, strict=True):
        statement = f"update document_events set {change} where document_id = :id and sequence = 2"  # noqa: S608
        await tamper(session, statement, id=document_id)

    found = await walk()

    assert {(str(document_id), "event", "2") for document_id in ids} <= set(found)
    assert str(whole) not in {about for about, _, _ in found}


async def test_an_event_that_was_taken_away_is_missed(one, walk, session):
    document = await one()
    await tamper(
        session,
        "delete from document_events where document_id = :id and sequence = 1",
        id=document.id,
    )

    assert await walk() == [(str(document.id), "event", "1")]


async def headed(session, days=1):
    await session.flush()
    session.info.clear()
    await heading.make_heads(session, now().date() + days * TOMORROW)
    await session.flush()


async def test_a_document_that_was_taken_away_with_its_row_is_missed(one, walk, session):
    document = await one()
    await headed(session)
    await session.execute(sa.text("delete from studies"))
    for table in ("document_texts", "document_files", "documents"):
        key = "id" if table == "documents" else "document_id"
        await tamper(session, f"delete from {table} where {key} = :id", id=document.id)  # noqa: S608

    assert await walk() == [(str(document.id), "event", "1")]


async def test_an_event_cut_off_at_the_end_of_a_chain_is_missed_by_the_head(one, walk, session):
    document = await one()
    await headed(session)
    await tamper(
        session,
        "delete from document_events where document_id = :id and sequence = 2",
        id=document.id,
    )

    day = now().date().isoformat()
    assert await walk() == [(day, "head", day)]


async def test_a_chain_that_was_written_anew_is_missed_by_the_head(one, walk, session):
    document = await one()
    await headed(session)
    event = (await custody_queries.events_of(session, [document.id]))[document.id][1]
    before = (await custody_queries.events_of(session, [document.id]))[document.id][0]
    forged = seals.following(
        chain.event_of(before), document.id, "dl5", event.at, "imported", {"salt": "x"}
    )
    await session.execute(
        sa.update(DocumentEvent)
        .where(DocumentEvent.id == event.id)
        .values(
            act=forged.act,
            facts=forged.facts,
            facts_sha256=forged.facts_sha256,
            sha256=forged.sha256,
        )
    )

    day = now().date().isoformat()
    assert await walk() == [(day, "head", day)]


async def test_a_head_that_was_changed_or_added_is_named(one, walk, session):
    await one()
    await headed(session)
    day = now().date().isoformat()
    await tamper(session, "update archive_heads set sha256 = '\\x00' where issuer = 'dl5'")
    assert await walk() == [(day, "head", day)]


async def test_heads_of_several_days_and_issuers_are_whole(one, walk, session, publish, command):
    await one()
    await headed(session)
    await publish(session, command(customer_number="DL6-1"), "dl6")
    await headed(session, 2)
    await headed(session, 3)

    assert await walk() == []


async def test_what_was_mended_is_whole_again_and_stays_written_down(one, walk, session, kept):
    document = await one()
    path = kept(document.files[0])
    content = path.read_bytes()
    path.write_bytes(b"other")
    await walk()

    path.write_bytes(content)

    assert await walk() == []
    told = await session.scalar(sa.select(Break).execution_options(populate_existing=True))
    assert told.gone_at is not None
    assert told.found_at < told.gone_at


async def test_what_is_found_again_is_written_down_once(one, walk, session, kept):
    document = await one()
    kept(document.files[0]).write_bytes(b"other")
    await walk()
    (first,) = (await session.scalars(sa.select(Break))).all()
    found_at, seen_at = first.found_at, first.seen_at

    await walk()

    (again,) = (
        await session.scalars(sa.select(Break).execution_options(populate_existing=True))
    ).all()
    assert again.found_at == found_at
    assert again.seen_at > seen_at


async def test_it_is_measured_what_is_broken(one, walk, session, kept):
    document = await one()
    kept(document.files[0]).write_bytes(b"other")
    await walk()

    await checking.count(session)

    assert measures.broken.labels("file")._value.get() == 1
    assert measures.broken.labels("row")._value.get() == 0
    assert now().timestamp() - measures.whole_since._value.get() < 60


async def test_a_walk_goes_on_where_it_stopped(session, files, publish, command, monkeypatch):
    monkeypatch.setattr(checking, "_AT_ONCE", 2)
    for number in range(5):
        await publish(session, command(b"%d" % number, number=f"F260002{number}"))

    lefts = [1_000]
    for _ in range(4):
        await checking.go_on(session, files, lefts[-1])
        await session.flush()
        told = await said(session, CheckArchive)
        lefts.append(told[-1].read(CheckArchive).left)

    looks = sa.select(ArchiveCheck.documents).order_by(ArchiveCheck.id)
    assert (await session.scalars(looks)).all() == [2, 2, 1]
    assert lefts == [1_000, 998, 996, 995, 995]
    assert (await session.scalar(sa.select(CheckRound))).ended_at is not None


async def test_no_more_is_looked_at_than_is_left(session, files, one):
    await one()

    await checking.go_on(session, files, 1)
    await session.flush()
    await checking.go_on(session, files, 0)
    await session.flush()

    assert (await session.scalars(sa.select(ArchiveCheck.documents))).all() == [1]


async def test_a_new_walk_begins_no_sooner_than_a_day_after_the_last(session, files, one, walk):
    await one()
    await walk()

    await checking.go_on(session, files, 1_000)

    assert await session.scalar(sa.select(sa.func.count()).select_from(CheckRound)) == 1


async def test_what_was_here_before_there_were_events_is_taken_in_as_it_is(session, one, walk):
    document = await one()
    await session.execute(sa.text("delete from document_events"))
    session.info.clear()

    assert await walk() == []
    (taken,) = (await custody_queries.events_of(session, [document.id]))[document.id]
    assert (taken.act, taken.facts["document"]["number"]) == ("taken_in", "F2600017")

    await tamper(session, "update documents set amount_due = 1 where id = :id", id=document.id)
    assert await walk() == [(str(document.id), "row", "amount_due")]


async def test_what_replicas_of_the_release_before_take_meanwhile_is_taken_in(session, one, walk):
    await headed(session, 0)
    await one()
    await session.execute(sa.delete(DocumentEvent))
    session.info.clear()

    assert await walk() == []


async def test_what_came_after_custody_was_complete_is_not_taken_in(session, one, walk):
    """Who takes all events of a document away cannot have it begin anew."""
    await headed(session, 0)
    await tamper(session, "update archive_days set made_at = made_at - interval '2 days'")
    document = await one()
    await session.execute(sa.delete(DocumentEvent).where(DocumentEvent.document_id == document.id))
    session.info.clear()

    assert await walk() == [(str(document.id), "event", "1")]


async def test_the_clock_says_it(hear, database, publish, command):
    async with database.transaction() as session:
        document, _ = await publish(session, command())
    await hear(CheckArchive(left=100), sender="documents")

    async with database.transaction() as session:
        looked = await session.scalar(sa.select(ArchiveCheck))
        assert (looked.first_document, looked.documents) == (document.id, 1)
        assert await session.get(Document, document.id)
