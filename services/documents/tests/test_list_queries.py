"""Proves that a page of a list is what looking through everything gives, however it is asked."""

import json
import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

import pytest
import sqlalchemy as sa

from chassis.identifiers import new_id, now
from documents import list_queries, readership_queries, search_words
from documents.models import Claim, Document
from documents.orders import place_of
from documents.reader import Reader
from documents.readership import DocumentText, Unread
from documents.wanted import Sort, Wanted

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
JUNE = date(2026, 6, 1)
WORDS = ["lease", "leasing", "kangoo", "électrique", "bestelwagen", "onderhoud"]
YEARS_AGO = date(2016, 1, 1)
SORTS = list(Sort)


def a_document(chance, number):
    return {
        "id": new_id(),
        "issuer": number.partition("-")[0].lower(),
        "customer_number": number,
        "number": f"F{chance.choice(['', '0', '20'])}{chance.randrange(30)}/{chance.choice('ab')}",
        "type": chance.choice(["invoice", "invoice", "credit_note"]),
        "content_sha256": new_id().hex,
        "issue_date": JUNE + timedelta(days=chance.randrange(6)),
        "due_date": chance.choice([None, JUNE + timedelta(days=chance.randrange(40))]),
        "currency": chance.choice(["EUR", "EUR", "EUR", "USD"]),
        "total_incl_vat": Decimal(chance.randrange(-200, 2_000)) / 100,
        "amount_due": 100,
        "published_at": NOON + timedelta(seconds=chance.randrange(3)),
        "imported": False,
        "flags": [],
        "retain_until": date(2036, 12, 31),
        "visible_until": chance.choice([None] * 8 + [now().date(), YEARS_AGO]),
    }


class World(NamedTuple):
    """An archive, and a person who reads some of it."""

    person: object
    own: list
    everything: list
    """Rows of documents, each with its ``words`` and whether it is ``unread`` by the person."""

    def seen_by(self, reader):
        """Return what a reader may see, save by what they look for."""
        if reader.person_id is None:
            return [each for each in self.everything if each["issuer"] == reader.issuer]
        return [
            each
            for each in self.everything
            if each["customer_number"] in self.own
            and reader.issuer in {"", each["issuer"]}
            and (each["visible_until"] is None or each["visible_until"] >= now().date())
        ]


@pytest.fixture
def world(session):
    """Return a function that fills an archive, with a person who reads some of its numbers."""

    async def world(chance, numbers, each):
        person, other = new_id(), new_id()
        names = [f"DL{chance.choice('56')}-{100_000 + at}" for at in range(numbers * 2)]
        own = names[:numbers]
        # A few numbers have most of the documents, and some have none.
        weights = [1.0, *(chance.random() ** 6 for _ in names[1:])]
        drawn = chance.choices(names, weights, k=len(names) * each)
        rows = [a_document(chance, name) for name in drawn]
        await session.execute(sa.insert(Document), rows)
        claims = [(person, name) for name in own] + [(other, name) for name in names]
        await session.execute(
            sa.insert(Claim),
            [
                {
                    "person_id": who,
                    "customer_number": name,
                    "issuer": name.partition("-")[0].lower(),
                }
                for who, name in claims
            ],
        )
        words = [" ".join(chance.sample(WORDS, 3)) for _ in rows]
        await session.execute(
            sa.insert(DocumentText),
            [
                {
                    "document_id": row["id"],
                    "words": search_words.lexemes(
                        text, row["number"], (row["issuer"], row["customer_number"])
                    ),
                }
                for row, text in zip(rows, words, strict=True)
            ],
        )
        unread = [chance.random() < 0.3 for _ in rows]
        marks = [
            {
                "person_id": who,
                "customer_number": row["customer_number"],
                "document_id": row["id"],
                "issue_date": row["issue_date"],
                "published_at": row["published_at"],
            }
            for row, is_unread in zip(rows, unread, strict=True)
            # The other person's marks are the opposite: they never show.
            for who in [person if is_unread else other]
        ]
        await session.execute(sa.insert(Unread), marks)
        signed = [
            -row["total_incl_vat"] if row["type"] == "credit_note" else row["total_incl_vat"]
            for row in rows
        ]
        told = zip(rows, words, unread, signed, strict=True)
        everything = [
            row | {"words": text, "unread": is_unread, "signed_total": amount}
            for row, text, is_unread, amount in told
        ]
        return World(person, own, everything)

    return world


def natural(number):
    """Return a number as people order them: by its letters, and by its digits as what they are."""
    key, digits = [], ""
    for each in number.lower() + "\0":
        if each.isdigit():
            digits += each
            continue
        if digits:
            key.append((0, int(digits)))
            digits = ""
        key.append((1, ord(each)))
    return key


def newest(row):
    return row["issue_date"], row["published_at"], row["id"]


def in_order(rows, sort):
    """Return rows in an order, by nothing but sorting them."""
    down = sort.value.startswith("-")
    ordered = sorted(rows, key=newest, reverse=True)
    match sort.value.removeprefix("-"):
        case "issue_date":
            return ordered if down else ordered[::-1]
        case "number":
            return sorted(rows, key=lambda row: (natural(row["number"]), row["id"]), reverse=down)
        case "amount":
            return sorted(
                rows,
                key=lambda row: (row["currency"], row["signed_total"], row["id"]),
                reverse=down,
            )
        case "due_date":
            due = [row for row in rows if row["due_date"] is not None]
            rest = [row for row in rows if row["due_date"] is None]
            due.sort(key=lambda row: (row["due_date"], row["id"]), reverse=down)
            return due + sorted(rest, key=lambda row: row["id"], reverse=True)
        case name:
            return sorted(ordered, key=lambda row: row[name], reverse=down)


def is_wanted(row, wanted):
    """Say whether a row is what is looked for, by nothing but looking at it."""
    plain = [search_words.words_in(word)[0] for word in row["words"].split()]
    asked = search_words.words_in(wanted.text) if wanted.text is not None else []
    return all(
        (
            wanted.customer_number in (None, row["customer_number"]),
            wanted.number in (None, row["number"]),
            wanted.type in (None, row["type"]),
            wanted.currency in (None, row["currency"]),
            (wanted.number_contains or "").lower() in row["number"].lower(),
            wanted.issued_from is None or row["issue_date"] >= wanted.issued_from,
            wanted.issued_to is None or row["issue_date"] <= wanted.issued_to,
            wanted.amount_min is None or row["signed_total"] >= wanted.amount_min,
            wanted.amount_max is None or row["signed_total"] <= wanted.amount_max,
            row["unread"] or not wanted.unread,
            wanted.text is None or bool(asked),
            all(word in plain for word in asked[:-1]),
            not asked or any(word.startswith(asked[-1]) for word in plain),
        )
    )


def filters(chance, world, *, marks):
    """Return what may be looked for: each by itself, and some together."""
    some = chance.choice(world.everything)
    amounts = sorted(row["signed_total"] for row in chance.sample(world.everything, 2))
    alone = [
        {},
        {"customer_number": chance.choice(world.own)},
        {"customer_number": "DL5-999999"},
        {"number": some["number"]},
        {"type": chance.choice(["invoice", "credit_note"])},
        {"number_contains": some["number"][-4:].upper()},
        {"number_contains": chance.choice(["/a", "%", "F_", "20", "\\"])},
        {"text": chance.choice(["LEASI", "electrique kan", "onderhoud", "lease leasing", "niets"])},
        {"text": "?!"},
        {"issued_from": JUNE + timedelta(days=2), "issued_to": JUNE + timedelta(days=3)},
        {"issued_from": some["issue_date"]},
        {"amount_min": amounts[0], "amount_max": amounts[1]},
        {"amount_min": amounts[1], "currency": "EUR"},
        {"amount_max": some["signed_total"], "amount_min": some["signed_total"]},
        {"currency": "USD"},
        *([{"unread": True}] if marks else []),
    ]
    together = [
        {key: value for told in chance.sample(alone[1:], 3) for key, value in told.items()}
        for _ in range(4)
    ]
    return [Wanted(**told) for told in (*alone, *together)]


def readers(world):
    return [
        Reader(person_id=world.person),
        Reader("dl5", person_id=world.person, only_looks=True),
        Reader("dl5"),
    ]


# How many numbers and documents of each, and how long a page is; then which way is taken: what may
# be sorted by itself, and which words count as rare and as common.
WORLDS = [
    (1, 25, 7, (2_000, 5_000, 0.02)),
    (5, 8, 11, (0, -1, 2)),
    (40, 2, 5, (0, -1, 0)),
    (12, 3, 21, (20, 5_000, 0)),
]


@pytest.fixture
def compare(session, world, monkeypatch):
    """Return a function that asks in every way, and says how many documents were found in all.

    Each filter meets as many orders as are said for each kind of reader.
    """

    async def page_of(archive, chance, reader, wanted, sort, limit):
        rows = [row for row in archive.seen_by(reader) if is_wanted(row, wanted)]
        expected = [row["id"] for row in in_order(rows, sort)]
        after, begin = None, 0
        if expected and chance.random() < 0.7:
            begin = chance.randrange(len(expected)) + 1
            after = place_of(await session.get_one(Document, expected[begin - 1]), sort)

        page = await list_queries.documents_page(session, reader, wanted, sort, after, limit)

        found = [each.id for each in page]
        assert found == expected[begin : begin + limit], (reader, wanted, sort, after)
        return len(page)

    async def compare(turn, orders):
        numbers, each, limit, way = WORLDS[turn % len(WORLDS)]
        for name, value in zip(("FEW", "RARE", "COMMON"), way, strict=True):
            monkeypatch.setattr(list_queries, name, value)
        chance = random.Random(turn)  # noqa: S311 (a seed)
        archive = await world(chance, numbers, each)
        found = 0
        for which, reader in enumerate(readers(archive)):
            asked = filters(chance, archive, marks=reader.person_id is not None)
            for at, wanted in enumerate(asked):
                for order in range(orders):
                    sort = SORTS[(at + turn + 4 * which + order) % len(SORTS)]
                    found += await page_of(archive, chance, reader, wanted, sort, limit)
                count = await list_queries.documents_count(session, reader, wanted, limit)
                rows = [row for row in archive.seen_by(reader) if is_wanted(row, wanted)]
                assert count == min(len(rows), limit), (reader, wanted)
        return found

    return compare


@pytest.mark.parametrize("turn", range(len(WORLDS)))
async def test_a_page_is_what_looking_through_everything_gives(compare, turn):
    """D-01, D-05, D-09, D-10, D-11, D-12, D-13, D-14, D-15: each filter with each order."""
    assert await compare(turn, orders=1) > 40


@pytest.mark.long
@pytest.mark.parametrize("turn", range(4, 8))
async def test_so_it_is_for_every_reader_with_each_filter_and_each_order(compare, turn):
    """D-01, D-10, D-12"""
    assert await compare(turn, orders=len(SORTS)) > 400


@pytest.mark.parametrize("sort", SORTS)
async def test_pages_after_each_other_hold_everything_once(session, world, sort):
    """D-11, D-12"""
    chance = random.Random(7)  # noqa: S311 (a seed)
    archive = await world(chance, 6, 9)
    reader = Reader(person_id=archive.person)

    after, found = None, []
    while page := await list_queries.documents_page(session, reader, Wanted(), sort, after, 7):
        found += [each.id for each in page]
        after = place_of(page[-1], sort)

    assert found == [row["id"] for row in in_order(archive.seen_by(reader), sort)]
    assert len(found) > 21


async def test_the_issuer_pages_through_all_its_numbers(session, world):
    """D-12, D-16"""
    archive = await world(random.Random(3), 30, 3)  # noqa: S311 (a seed)
    rows = archive.seen_by(Reader("dl6"))
    for sort in (Sort.CUSTOMER_NUMBER, Sort.CUSTOMER_NUMBER_DOWN):
        after, found = None, []
        while page := await list_queries.documents_page(
            session, Reader("dl6"), Wanted(type="credit_note"), sort, after, 3
        ):
            found += [each.id for each in page]
            after = place_of(page[-1], sort)

        wanted = [row for row in rows if row["type"] == "credit_note"]
        assert found == [row["id"] for row in in_order(wanted, sort)]
        assert len(found) > 9


async def test_who_has_no_claim_reads_nothing(session, world):
    """D-15"""
    archive = await world(random.Random(1), 3, 5)  # noqa: S311 (a seed)
    stranger = Reader(person_id=new_id())
    asked = filters(random.Random(2), archive, marks=True)  # noqa: S311 (a seed)

    for at, wanted in enumerate(asked):
        for sort in SORTS[at % 4 :: 4]:
            page = await list_queries.documents_page(session, stranger, wanted, sort, None, 50)
            assert list(page) == []
        assert await list_queries.documents_count(session, stranger, wanted, 50) == 0


async def test_a_claim_on_a_number_is_good_for_documents_of_its_own_issuer_only(session):
    """A number is of one issuer; should two ever have one of the same name, neither is shown."""
    person, chance = new_id(), random.Random(1)  # noqa: S311 (a seed)
    row = a_document(chance, "DL5-1") | {"issuer": "dl6", "visible_until": None}
    await session.execute(sa.insert(Document), [row])
    claim = {"person_id": person, "customer_number": "DL5-1", "issuer": "dl5"}
    await session.execute(sa.insert(Claim), [claim])

    for told in ({}, {"number": row["number"]}, {"customer_number": "DL5-1"}):
        for sort in Sort:
            reader = Reader(person_id=person)
            page = await list_queries.documents_page(
                session, reader, Wanted(**told), sort, None, 50
            )
            assert list(page) == []


@pytest.mark.parametrize(
    "numbers",
    [
        ["F9", "F10", "F100", "f101"],
        ["1234/78/9", "1234/78/901", "1234/079/1"],
        ["2025-99999999999999999999", "2026-1", "A1", "A1B2", "A1B10"],
    ],
)
async def test_numbers_stand_as_people_count(session, numbers):
    """D-12"""
    chance = random.Random(1)  # noqa: S311 (a seed)
    rows = [a_document(chance, "DL5-1") | {"number": number} for number in numbers]
    chance.shuffle(rows)
    await session.execute(sa.insert(Document), rows)

    page = await list_queries.documents_page(
        session, Reader("dl5"), Wanted(), Sort.NUMBER, None, 50
    )

    assert [each.number for each in page] == numbers


@pytest.fixture
def buffers(session):
    """Return a function that says how many buffers of the database a question touches."""

    async def buffers(ask):
        connection = await session.connection()
        asked = []

        def note(_connection, _cursor, statement, parameters, _context, _many):
            asked.append((statement, parameters))

        sa.event.listen(connection.sync_connection, "before_cursor_execute", note)
        await ask()
        sa.event.remove(connection.sync_connection, "before_cursor_execute", note)
        touched = 0
        for statement, parameters in asked:
            explain = f"explain (analyze, buffers, format json) {statement}"
            plan = (await connection.exec_driver_sql(explain, tuple(parameters))).scalar_one()
            top = (json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]
            touched += top["Shared Hit Blocks"] + top["Shared Read Blocks"]
        return touched

    return buffers


ADDED = sa.text("""
    insert into documents (id, issuer, customer_number, number, type, content_sha256, issue_date,
        currency, total_incl_vat, amount_due, published_at, flags)
    select gen_random_uuid(), 'dl5', :name, 'F' || (random() * 1e9)::int,
        case when at % 9 = 0 then 'credit_note' else 'invoice' end, md5(:name || at),
        date '2016-01-01' + at * 3650 / :count, 'EUR', (random() * 1e4)::int, 1, now(), '{}'
    from generate_series(1, cast(:count as int)) at
""")


async def test_what_a_page_costs_does_not_grow_with_the_documents_of_a_number(session, buffers):
    """D-01: beside the plain query, which reads them all."""
    person = new_id()
    names = [f"DL5-{at}" for at in range(30)]
    claims = [{"person_id": person, "customer_number": each, "issuer": "dl5"} for each in names]
    await session.execute(sa.insert(Claim), claims)

    async def add(name, count):
        await session.execute(ADDED, {"name": name, "count": count})
        await session.execute(sa.text("analyze documents, claims"))

    async def costs():
        reader = Reader(person_id=person)
        return {
            (sort, wanted): await buffers(
                lambda sort=sort, wanted=wanted: list_queries.documents_page(
                    session, reader, wanted, sort, None, 10
                )
            )
            for sort in (Sort.NEWEST, Sort.NUMBER, Sort.AMOUNT_DOWN, Sort.CUSTOMER_NUMBER)
            for wanted in (Wanted(), Wanted(type="invoice"))
        }

    async def plain():
        mine = sa.select(Claim.customer_number).filter_by(person_id=person)
        found = sa.select(Document.__table__).where(Document.customer_number.in_(mine))
        await session.execute(found.order_by(Document.issue_date.desc()).limit(10))

    # The index is as high before as it is after.
    for name, count in [("DL5-999", 8_000), *((name, 30) for name in names)]:
        await add(name, count)
    before, plain_before = await costs(), await buffers(plain)
    await add(names[0], 8_000)
    after, plain_after = await costs(), await buffers(plain)

    grown = {asked: after[asked] - before[asked] for asked in before}
    assert all(grown[asked] < 0.6 * before[asked] for asked in before), grown
    assert 2 * max(grown.values()) < plain_after - plain_before, grown


async def test_vacuum_comes_by_what_is_added(session):
    """Lists are read from indexes alone where it has passed; hardly anything is ever deleted."""
    options = {
        name: dict(each.split("=") for each in given or [])
        for name, given in await session.execute(
            sa.text("select relname, reloptions from pg_class where relkind = 'r'")
        )
    }

    for table in ("documents", "document_texts"):
        assert float(options[table]["autovacuum_vacuum_insert_scale_factor"]) <= 0.01
        assert float(options[table]["autovacuum_analyze_scale_factor"]) <= 0.02
    assert float(options["unread"]["autovacuum_vacuum_scale_factor"]) <= 0.02


async def test_words_of_an_old_document_can_be_added(session):
    """D-01"""
    chance = random.Random(1)  # noqa: S311 (a seed)
    row = a_document(chance, "DL5-1") | {"number": "F26/00417"}
    await session.execute(sa.insert(Document), [row])
    document = await session.get_one(Document, row["id"])

    async def is_found(**told):
        page = await list_queries.documents_page(
            session, Reader("dl5"), Wanted(**told), Sort.NEWEST, None, 5
        )
        return [each.id for each in page] == [document.id]

    assert not await is_found(text="kangoo")
    await readership_queries.keep_words(session, document, "Renault Kangoo")
    await readership_queries.keep_words(session, document, "Onderhoud; O'Brien \\ (x)")

    assert await is_found(text="kango")
    assert await is_found(text="renault onderhoud")
    assert await is_found(text="o'brien")
    assert await is_found(number_contains="0041")
    assert not await is_found(text="peugeot")


async def test_what_the_index_of_words_gives_has_room(session):
    """D-01: where it has none, whole pages are kept, and all that is on them is read again."""
    room = sa.select(sa.func.current_setting("work_mem"))
    before = await session.scalar(room)

    for asked in (Wanted(), Wanted(text="kangoo")):
        await list_queries.documents_page(session, Reader("dl5"), asked, Sort.NEWEST, None, 5)
        await list_queries.documents_count(session, Reader("dl5"), asked, 5)
        if asked == Wanted():
            assert await session.scalar(room) == before != list_queries.ROOM

    assert await session.scalar(room) == list_queries.ROOM
