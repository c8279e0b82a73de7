"""Proves what can be found in the archive, in which order, and by whom."""

import base64
import json
from datetime import UTC, date, datetime, timedelta

import pytest

from chassis.cursors import CursorUnreadable
from chassis.identifiers import new_id
from documents import reading
from documents.errors import DocumentUnknown, FileUnknown
from documents.models import Document, DocumentFile
from documents.queries import Wanted
from documents.reading import Reader

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def archive(session):
    """Return a function that puts a document into the archive."""

    async def archive(**told):
        known = {
            "issuer": "dl5",
            "customer_number": "DL5-1",
            "number": new_id().hex,
            "type": "invoice",
            "content_sha256": "0" * 64,
            "issue_date": date(2026, 6, 1),
            "currency": "EUR",
            "total_incl_vat": 100,
            "amount_due": 100,
            "published_at": NOON,
            "flags": [],
        }
        document = Document(id=new_id(), **known | told)
        document.files = [
            DocumentFile(
                position=0, role="original_pdf", name="a", media_type="a/b", sha256="f" * 64, size=1
            )
        ]
        session.add(document)
        await session.flush()
        return document

    return archive


async def pages(session, reader, wanted, limit):
    cursor, found = None, []
    while True:
        page = await reading.page(session, reader, wanted, cursor, limit)
        found.append([each.number for each in page.documents])
        cursor = page.next_cursor
        if cursor is None:
            return found


@pytest.mark.parametrize("limit", [1, 2, 3, 6, 7, 50])
async def test_pages_hold_every_document_once_newest_first_also_among_equals(
    session, archive, limit
):
    june, later = date(2026, 6, 2), NOON + timedelta(hours=1)
    places = [(june, NOON), (june, NOON), (june, NOON), (june, later), (date(2026, 7, 1), NOON)]
    for number, (issue_date, published_at) in enumerate([*places, (date(2026, 5, 1), later)]):
        await archive(number=str(number), issue_date=issue_date, published_at=published_at)

    found = await pages(session, Reader("dl5"), Wanted(), limit)

    assert [number for page in found for number in page] == ["4", "3", "2", "1", "0", "5"]
    assert all(len(page) <= limit for page in found)


async def test_a_document_published_meanwhile_moves_nobody_to_another_page(session, archive):
    for number in range(4):
        await archive(number=str(number))
    first = await reading.page(session, Reader("dl5"), Wanted(), None, 2)
    await archive(number="meanwhile")

    second = await reading.page(session, Reader("dl5"), Wanted(), first.next_cursor, 2)

    assert [each.number for each in (*first.documents, *second.documents)] == ["3", "2", "1", "0"]


async def test_only_the_documents_of_the_issuer_that_are_asked_for_are_found(session, archive):
    await archive(number="A")
    await archive(number="A", type="credit_note")
    await archive(number="B", customer_number="DL5-2")
    await archive(number="C", issuer="dl6")

    async def found(**wanted):
        return sorted(await pages(session, Reader("dl5"), Wanted(**wanted), 50))

    assert await found() == [["B", "A", "A"]]
    assert await found(customer_number="DL5-2") == [["B"]]
    assert await found(number="A") == [["A", "A"]]
    assert await found(number="A", type="credit_note") == [["A"]]
    assert await found(number="C") == [[]]


def cursor_of(place):
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "?",
        "é",
        "AAAA",
        cursor_of([]),
        cursor_of({}),
        cursor_of(5),
        cursor_of(None),
        cursor_of([1, 2, 3]),
        cursor_of(["2026-06-01", "2026-06-01T12:00:00+00:00", "not-an-id"]),
        cursor_of(["2026-06-01", "2026-06-01T12:00:00", str(new_id())]),
        cursor_of(["2026-06-01", "0001-01-01T00:00:00+14:00", str(new_id())]),
        cursor_of(["2026-06-01", "9999-12-31T23:59:59-14:00", str(new_id())]),
        cursor_of(["2026-06-01", "2026-06-01T12:00:00+00:00", 17]),
        base64.urlsafe_b64encode(b"[" * 200).decode(),
        base64.urlsafe_b64encode(b"\xff\xfe").decode(),
    ],
    ids=range(15),
)
async def test_a_cursor_that_was_never_given_out_is_refused(session, cursor):
    with pytest.raises(CursorUnreadable):
        await reading.page(session, Reader("dl5"), Wanted(), cursor, 10)


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
