"""Proves which documents a list holds, for whom, and where its next page begins."""

import base64
import json
from datetime import UTC, date, datetime, timedelta

import pytest

from chassis.cursors import CursorUnreadable
from chassis.identifiers import new_id
from documents import listing
from documents.errors import UnreadIsOfPeople
from documents.models import Claim, CustomerNumber
from documents.reader import Reader
from documents.wanted import Sort, Wanted, fingerprint

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
NEWEST = Sort.NEWEST


async def pages(session, reader, wanted, limit, sort=NEWEST):
    cursor, found = None, []
    while True:
        page = await listing.page(session, reader, wanted, sort, cursor, limit)
        found.append([each.number for each in page.documents])
        cursor = page.next_cursor
        if cursor is None:
            return found


@pytest.mark.parametrize("limit", [1, 2, 3, 6, 7, 50])
async def test_pages_hold_every_document_once_newest_first_also_among_equals(
    session, archive, limit
):
    """D-11"""
    june, later = date(2026, 6, 2), NOON + timedelta(hours=1)
    places = [(june, NOON), (june, NOON), (june, NOON), (june, later), (date(2026, 7, 1), NOON)]
    for number, (issue_date, published_at) in enumerate([*places, (date(2026, 5, 1), later)]):
        await archive(number=str(number), issue_date=issue_date, published_at=published_at)

    found = await pages(session, Reader("dl5"), Wanted(), limit)

    assert [number for page in found for number in page] == ["4", "3", "2", "1", "0", "5"]
    assert all(len(page) <= limit for page in found)


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        (Sort.DUE, "bcade"),
        (Sort.DUE_DOWN, "acbde"),
        (Sort.TYPE, "deacb"),
        (Sort.TYPE_DOWN, "acbde"),
        (Sort.AMOUNT, "debca"),
        (Sort.AMOUNT_DOWN, "acbed"),
    ],
)
@pytest.mark.parametrize("limit", [1, 2, 4, 50])
async def test_a_page_may_hold_the_end_of_one_part_and_the_begin_of_the_next(
    session, archive, sort, expected, limit
):
    """D-09, D-12"""
    for number, day, due, total, kind in [
        ("e", 1, None, "12.00", "credit_note"),
        ("d", 2, None, "40.00", "credit_note"),
        ("b", 3, 5, "5.00", "invoice"),
        ("c", 4, 6, "8.00", "invoice"),
        ("a", 5, 7, "9.50", "invoice"),
    ]:
        await archive(
            number=number,
            issue_date=date(2026, 6, day),
            due_date=due and date(2026, 6, due),
            total_incl_vat=total,
            type=kind,
        )

    found = await pages(session, Reader("dl5"), Wanted(), limit, sort)

    assert "".join(number for page in found for number in page) == expected


async def test_a_document_published_meanwhile_moves_nobody_to_another_page(session, archive):
    for number in range(4):
        await archive(number=str(number))
    first = await listing.page(session, Reader("dl5"), Wanted(), NEWEST, None, 2)
    await archive(number="meanwhile")

    second = await listing.page(session, Reader("dl5"), Wanted(), NEWEST, first.next_cursor, 2)

    assert [each.number for each in (*first.documents, *second.documents)] == ["3", "2", "1", "0"]


async def test_only_the_documents_of_the_issuer_that_are_asked_for_are_found(session, archive):
    """D-10, D-16"""
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


async def test_amounts_count_with_vat_and_a_credit_note_is_less_than_nothing(session, archive):
    """D-09, D-10: by the total that is printed, VAT included, however little of it is due."""
    await archive(number="invoice", total_incl_vat="121.00", amount_due="0.00")
    await archive(number="credit", total_incl_vat="121.00", type="credit_note")
    await archive(number="corrected", total_incl_vat="-121.00")

    async def found(**wanted):
        return sorted((await pages(session, Reader("dl5"), Wanted(**wanted), 50))[0])

    assert await found(amount_min=100) == ["invoice"]
    assert await found(amount_max=0) == ["corrected", "credit"]
    assert await found(amount_min=121, amount_max=121) == ["invoice"]
    assert await found(amount_min=-121, amount_max=121, currency="EUR") == [
        "corrected",
        "credit",
        "invoice",
    ]
    assert await found(amount_min=-121, currency="USD") == []


async def test_days_of_a_range_are_in_it(session, archive):
    """D-10"""
    for day in (1, 2, 3, 4):
        await archive(number=str(day), issue_date=date(2026, 6, day))

    wanted = Wanted(issued_from=date(2026, 6, 2), issued_to=date(2026, 6, 3))

    assert await pages(session, Reader("dl5"), wanted, 50) == [["3", "2"]]


async def test_there_are_at_most_a_thousand_to_count(session, archive, monkeypatch):
    monkeypatch.setattr(listing, "MOST_COUNTED", 3)
    for expected in ((1, False), (2, False), (3, False), (3, True), (3, True)):
        await archive()

        found = await listing.count(session, Reader("dl5"), Wanted())

        assert (found.count, found.capped) == expected


async def test_what_readers_see_no_longer_its_issuer_still_sees(session, archive):
    """D-15, and Q2: how long it is shown is not how long it is kept."""
    person, today = new_id(), datetime.now(UTC).date()
    session.add(Claim(person_id=person, customer_number="DL5-1", issuer="dl5"))
    await archive(number="over", visible_until=today - timedelta(days=1))
    await archive(number="last day", visible_until=today)
    await archive(number="always")

    assert await pages(session, Reader(person_id=person), Wanted(), 50) == [["always", "last day"]]
    assert await pages(session, Reader("dl5"), Wanted(), 50) == [["always", "last day", "over"]]


async def test_a_machine_has_read_and_not_read_nothing(session, archive):
    await archive()
    page = await listing.page(session, Reader("dl5"), Wanted())

    assert page.unread is None
    for ask in (listing.page, listing.count):
        with pytest.raises(UnreadIsOfPeople):
            await ask(session, Reader("dl5"), Wanted(unread=True))


async def test_a_cursor_leads_on_in_its_own_list_only(session, archive):
    for number in range(3):
        await archive(number=str(number))
    reader, mine = Reader("dl5"), Wanted(type="invoice")
    cursor = (await listing.page(session, reader, mine, NEWEST, None, 2)).next_cursor

    on = await listing.page(session, reader, mine, NEWEST, cursor, 2)

    assert [each.number for each in on.documents] == ["0"]
    for wanted, sort in ((Wanted(), NEWEST), (mine, Sort.OLDEST), (mine, Sort.NUMBER)):
        with pytest.raises(CursorUnreadable):
            await listing.page(session, reader, wanted, sort, cursor, 2)


def cursor_of(place):
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def cursor_at(*values, sort=NEWEST, part=0):
    return cursor_of([fingerprint(Wanted(), sort), part, list(values)])


_ID, _AT = str(new_id()), "2026-06-01T12:00:00+00:00"


@pytest.mark.parametrize(
    ("cursor", "sort"),
    [
        ("?", NEWEST),
        ("é", NEWEST),
        ("AAAA", NEWEST),
        (cursor_of([]), NEWEST),
        (cursor_of({}), NEWEST),
        (cursor_of(5), NEWEST),
        (cursor_of(None), NEWEST),
        (cursor_of(["2026-06-01", _AT, _ID]), NEWEST),
        (cursor_at(), NEWEST),
        (cursor_at(1, 2, 3), NEWEST),
        (cursor_at("2026-06-01", _AT), NEWEST),
        (cursor_at("2026-06-01", _AT, "not-an-id"), NEWEST),
        (cursor_at("2026-06-01", "2026-06-01T12:00:00", _ID), NEWEST),
        (cursor_at("2026-06-01", "0001-01-01T00:00:00+14:00", _ID), NEWEST),
        (cursor_at("2026-06-01", "9999-12-31T23:59:59-14:00", _ID), NEWEST),
        (cursor_at("2026-06-01", _AT, 17), NEWEST),
        (cursor_at("2026-06-01", _AT, _ID, part=1), NEWEST),
        (cursor_at("2026-06-01", _AT, _ID, part=-1), NEWEST),
        (cursor_at("EUR", "NaN", _ID, sort=Sort.AMOUNT), Sort.AMOUNT),
        (cursor_at("EUR", "1e999999", _ID, sort=Sort.AMOUNT), Sort.AMOUNT),
        (cursor_at("E\x00R", "1.00", _ID, sort=Sort.AMOUNT), Sort.AMOUNT),
        (cursor_at("\ud800", _ID, sort=Sort.NUMBER), Sort.NUMBER),
        (cursor_at("9" * 301, _ID, sort=Sort.NUMBER), Sort.NUMBER),
        (cursor_at(None, _ID, sort=Sort.DUE), Sort.DUE),
        (base64.urlsafe_b64encode(b"[" * 200).decode(), NEWEST),
        (base64.urlsafe_b64encode(b"\xff\xfe").decode(), NEWEST),
    ],
    ids=range(26),
)
async def test_a_cursor_that_was_never_given_out_is_refused(session, cursor, sort):
    with pytest.raises(CursorUnreadable):
        await listing.page(session, Reader("dl5"), Wanted(), sort, cursor, 10)


async def test_own_numbers_say_how_far_their_history_is(session, archive, monkeypatch):
    """D-07, D-14"""
    monkeypatch.setattr(listing, "MOST_COUNTED", 2)
    person = new_id()
    for number, version in (("DL5-1", 3), ("DL5-2", 7), ("DL6-1", 1)):
        session.add(Claim(person_id=person, customer_number=number, issuer=number[:3].lower()))
        session.add(CustomerNumber(customer_number=number, version=version))
    for day in (2, 1, 3):
        await archive(issue_date=date(2020, 1, day))
    await archive(issue_date=date(2010, 1, 1), visible_until=date(2017, 1, 1))
    await archive(customer_number="DL6-1", issuer="dl6")

    async def numbers(reader, after=None, limit=50):
        found = await listing.own_numbers(session, reader, after, limit)
        return [
            (each.customer_number, each.version, each.first_issue_date, each.documents)
            for each in found
        ]

    assert await numbers(Reader(person_id=person)) == [
        ("DL5-1", 3, date(2020, 1, 1), 2),
        ("DL5-2", 7, None, 0),
        ("DL6-1", 1, date(2026, 6, 1), 1),
    ]
    assert await numbers(Reader(person_id=person), "DL5-1", 1) == [("DL5-2", 7, None, 0)]
    looking = Reader("dl6", person_id=person, only_looks=True)
    assert [each[0] for each in await numbers(looking)] == ["DL6-1"]
