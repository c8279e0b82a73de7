"""Proves which document can be found in the archive, and by whom."""

from datetime import UTC, date, datetime, timedelta

import pytest

from chassis.identifiers import new_id
from documents import reading
from documents.errors import DocumentUnknown, FileUnknown
from documents.models import Claim, DocumentFile
from documents.reader import Reader

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def archive(archive):
    """Return a function that puts a document with a file into the archive."""

    async def with_a_file(**told):
        file = DocumentFile(
            position=0, role="original_pdf", name="a", media_type="a/b", sha256="f" * 64, size=1
        )
        return await archive(files=[file], **told)

    return with_a_file


async def test_a_document_of_another_issuer_is_unknown(session, archive):
    document = await archive(issuer="dl6")

    for document_id in (document.id, new_id()):
        with pytest.raises(DocumentUnknown):
            await reading.document(session, Reader("dl5"), document_id)
    assert await reading.document(session, Reader("dl6"), document.id)


async def test_a_guest_sees_only_the_newest_of_one_number(session, archive):
    old = await archive()
    await archive(customer_number="DL5-2", issue_date=date(2026, 6, 9))
    credit_note = await archive(type="credit_note", issue_date=date(2026, 6, 2))
    guest = Reader("dl5", newest_of="DL5-1")

    found = await reading.document(session, guest, credit_note.id)

    assert found.id == credit_note.id
    assert (await reading.newest(session, "dl5", "DL5-1")).id == credit_note.id
    with pytest.raises(DocumentUnknown):
        await reading.document(session, guest, old.id)


async def test_of_one_day_the_last_published_is_the_newest(session, archive):
    later = await archive(published_at=NOON + timedelta(seconds=1))
    await archive()

    assert (await reading.newest(session, "dl5", "DL5-1")).id == later.id


async def test_a_number_without_documents_has_no_newest(session, archive):
    await archive(issuer="dl6")

    with pytest.raises(DocumentUnknown):
        await reading.newest(session, "dl5", "DL5-1")


async def test_a_file_is_read_only_through_a_document_that_has_it(session, files, archive):
    sha256 = await files.keep("dl5", b"hello")
    without = await archive()
    document = await archive()
    document.files[0].sha256 = sha256

    found, content = await reading.file(session, files, Reader("dl5"), document.id, sha256)

    assert (found.name, content) == ("a", b"hello")
    with pytest.raises(FileUnknown):
        await reading.file(session, files, Reader("dl5"), without.id, sha256)


async def test_who_looks_as_a_person_sees_what_that_person_sees_of_their_own_issuer(
    session, archive
):
    """D-15"""
    person, mine, other = new_id(), await archive(), await archive(customer_number="DL5-2")
    elsewhere = await archive(issuer="dl6", customer_number="DL6-1")
    for number, issuer in (("DL5-1", "dl5"), ("DL6-1", "dl6")):
        session.add(Claim(person_id=person, customer_number=number, issuer=issuer))
    await session.flush()
    looking = Reader("dl5", person_id=person, only_looks=True)

    assert await reading.document(session, looking, mine.id)
    for document in (other, elsewhere):
        with pytest.raises(DocumentUnknown):
            await reading.document(session, looking, document.id)
    assert await reading.document(session, Reader(person_id=person), elsewhere.id)


async def test_what_is_no_longer_shown_is_there_for_its_issuer_only(session, archive):
    """D-15"""
    person, today = new_id(), datetime.now(UTC).date()
    session.add(Claim(person_id=person, customer_number="DL5-1", issuer="dl5"))
    old = await archive(issue_date=date(2026, 7, 1), visible_until=today - timedelta(days=1))
    shown = await archive(visible_until=today)

    for document, readers in (
        (old, [Reader("dl5"), Reader(is_of_ours=True)]),
        (shown, [Reader("dl5"), Reader(person_id=person), Reader("dl5", newest_of="DL5-1")]),
    ):
        for reader in readers:
            assert await reading.document(session, reader, document.id)
    for reader in (Reader(person_id=person), Reader("dl5", newest_of="DL5-1")):
        with pytest.raises(DocumentUnknown):
            await reading.document(session, reader, old.id)


async def test_a_reader_of_nobody_reads_nothing(session, archive):
    document = await archive()

    with pytest.raises(DocumentUnknown):
        await reading.document(session, Reader(), document.id)
