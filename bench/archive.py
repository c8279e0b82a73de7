"""Lists of an archive of millions: beside the plain query, and as the archive grows tenfold.

Readers with 1, 5 and 500 customer numbers, three of them big, ask for pages in every order and with
every filter. Ours is ``documents.listing``; plain is what one would write: all numbers in one
``= any``, sorted, and OFFSET for a page far down. Both give the same documents, which is checked.
Times are of the whole call; buffers are what PostgreSQL says that its statements touched.

    python bench/archive.py [--full]
"""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID

import archive_filling
import asyncpg
import loaded_suite
import sqlalchemy as sa
from archive_filling import KINDS, Kind
from loaded_suite import quantile, say, verdict
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession

from chassis import migrating
from chassis.database import Database
from documents import list_queries, listing
from documents.models import Claim, Document, metadata
from documents.orders import PARTS
from documents.reader import Reader
from documents.readership import DocumentText, Unread
from documents.wanted import Sort, Wanted
from localrun.testing import running

RUN = Path(__file__).parents[1] / ".run"
PAGE = 50
FAR_DOWN = 10_000
GROWS_AT_MOST = 1.2
_FEWEST = 5
_PATIENCE_MS = 5_000
"""A reader whom the plain query keeps waiting for so long in all is asked no more often."""

_FLAT_MS = 1.0
"""Below this many milliseconds more, growth is the noise of the machine."""


@dataclass(frozen=True)
class Size:
    """How many documents, before and after growing, of how many customer numbers; and readers."""

    documents: tuple[int, int]
    customers: int
    readers: int
    times: int


SMALL = Size((50_000, 500_000), customers=20_000, readers=4, times=5)
FULL = Size((1_000_000, 10_000_000), customers=200_000, readers=4, times=10)


@dataclass(frozen=True)
class Case:
    """A list that somebody asks for."""

    name: str
    wanted: Wanted = field(default_factory=Wanted)
    sort: Sort = Sort.NEWEST
    far_down: bool = False


_ORDERS = [Case(f"by {sort.value}", sort=sort) for sort in Sort]
_FILTERS = [
    Case("credit notes", Wanted(type="credit_note")),
    Case("one year", Wanted(issued_from=date(2024, 1, 1), issued_to=date(2024, 12, 31))),
    Case("from 1,000", Wanted(amount_min=Decimal(1000))),
    Case("120.00 to 120.50", Wanted(amount_min=Decimal(120), amount_max=Decimal("120.5"))),
    Case("part of a number", Wanted(number_contains="25-1234")),
    Case("a rare word", Wanted(text="word17")),
    Case("a common word", Wanted(text="lease")),
    Case("unread", Wanted(unread=True)),
    Case(
        "a year's invoices, dearest first",
        Wanted(
            type="invoice",
            currency="EUR",
            issued_from=date(2024, 1, 1),
            issued_to=date(2024, 12, 31),
        ),
        Sort.AMOUNT_DOWN,
    ),
    Case(f"after {FAR_DOWN:,}", far_down=True),
]
CASES = (*_ORDERS, *_FILTERS)


@dataclass
class Figures:
    """What a kind of reader waited for a case, in ms, and the buffers of one question."""

    ours: list[float] = field(default_factory=list)
    plain: list[float] = field(default_factory=list)
    our_buffers: list[int] = field(default_factory=list)
    plain_buffers: list[int] = field(default_factory=list)

    @property
    def p95(self) -> float:
        """Return what all but a twentieth waited at most."""
        return quantile(self.ours, 0.95)

    @property
    def plain_p95(self) -> float:
        """Return the same of the plain query."""
        return quantile(self.plain, 0.95)


Measured = dict[tuple[str, str], Figures]


class ListsDiffer(Exception):
    """Ours is not the list that the plain query gives."""


def plain(reader: Reader, wanted: Wanted, sort: Sort) -> sa.Select[Any]:
    """Write the query that comes to mind first."""
    numbers = sa.select(Claim.customer_number).where(Claim.person_id == reader.person_id)
    held = sa.func.array(numbers.scalar_subquery(), type_=sa.ARRAY(sa.Text()))
    found = sa.select(Document.id).where(Document.customer_number == sa.any_(held))
    found = found.where(
        sa.or_(Document.visible_until.is_(None), Document.visible_until >= sa.func.current_date())
    )
    for column, least, most in (
        (Document.type, wanted.type, wanted.type),
        (Document.currency, wanted.currency, wanted.currency),
        (Document.issue_date, wanted.issued_from, wanted.issued_to),
        (Document.signed_total, wanted.amount_min, wanted.amount_max),
    ):
        if least is not None:
            found = found.where(column >= least)
        if most is not None:
            found = found.where(column <= most)
    if wanted.number_contains is not None:
        found = found.where(Document.number.ilike(f"%{wanted.number_contains}%"))
    if wanted.text is not None:
        text = DocumentText.words.op("@@")(
            sa.cast(f"'{wanted.text}':*", sa.dialects.postgresql.TSQUERY)
        )
        found = found.join(DocumentText, DocumentText.document_id == Document.id).where(text)
    if wanted.unread:
        mark = sa.and_(Unread.document_id == Document.id, Unread.person_id == reader.person_id)
        found = found.join(Unread, mark)
    return found.order_by(*_whole_order(sort))


def _whole_order(sort: Sort) -> list[Any]:
    """Return the order of all parts of a list as one."""
    first = PARTS[sort][0]
    if sort in {Sort.DUE, Sort.DUE_DOWN}:
        return [Document.due_date.is_(None), *_due(sort)]
    if sort in {Sort.TYPE, Sort.TYPE_DOWN}:
        kind = Document.type.desc() if sort is Sort.TYPE_DOWN else Document.type.asc()
        return [kind, *first.order()]
    return first.order()


def _due(sort: Sort) -> list[Any]:
    if sort is Sort.DUE:
        return [
            Document.due_date.asc(),
            sa.case((Document.due_date.is_(None), None), else_=Document.id).asc(),
            Document.id.desc(),
        ]
    return [Document.due_date.desc(), Document.id.desc()]


async def ask_ours(
    session: AsyncSession, reader: Reader, case: Case, cursor: str | None
) -> list[UUID]:
    """Return a page as the archive gives it."""
    page = await listing.page(session, reader, case.wanted, case.sort, cursor, PAGE)
    return [each.id for each in page.documents]


async def ask_plainly(session: AsyncSession, reader: Reader, case: Case) -> list[UUID]:
    """Return the same page by the plain query, with files and marks as ours has them."""
    query = plain(reader, case.wanted, case.sort).limit(PAGE + 1)
    if case.far_down:
        query = query.offset(FAR_DOWN)
    ids = list(await session.scalars(query))
    documents = await list_queries.documents_of(session, ids[:PAGE])
    await listing.unread_among(session, reader, documents)
    return [each.id for each in documents]


async def cursor_to(session: AsyncSession, reader: Reader, case: Case) -> str | None:
    """Return the cursor that leads far down, or None where there is not so much."""
    above = await listing.page(session, reader, case.wanted, case.sort, limit=FAR_DOWN)
    return above.next_cursor


class Watch:
    """Notes the statements of a connection, to ask what they touched."""

    def __init__(self, database: Database) -> None:
        self.noted: list[tuple[str, Any]] | None = None
        event.listen(database.engine.sync_engine, "before_cursor_execute", self._note)

    def _note(self, _c: Any, _u: Any, statement: str, given: Any, _x: Any, _m: Any) -> None:
        if self.noted is not None and statement.lstrip().lower().startswith(("select", "with")):
            self.noted.append((statement, given))

    async def buffers(self, session: AsyncSession, ask: Callable[[], Awaitable[Any]]) -> int:
        """Return how many buffers the statements of a question touch."""
        self.noted = []
        await ask()
        noted, self.noted = self.noted, None
        connection = await session.connection()
        touched = 0
        for statement, given in noted:
            explained = await connection.exec_driver_sql(
                f"explain (analyze, buffers, format json) {statement}", given
            )
            found = explained.scalar_one()
            (plan,) = json.loads(found) if isinstance(found, str) else found
            touched += plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"]
        return touched


async def measure_case(
    database: Database, watch: Watch, people: Sequence[UUID], case: Case, times: int
) -> Figures:
    """Ask a case of each reader, both ways in turn. Raises ``ListsDiffer``."""
    figures = Figures()
    for person in people:
        reader = Reader(person_id=person)
        async with database.transaction() as session:
            cursor = await cursor_to(session, reader, case) if case.far_down else None
        if case.far_down and cursor is None:
            continue

        async def ours(
            session: AsyncSession, reader: Reader = reader, cursor: str | None = cursor
        ) -> Any:
            return await ask_ours(session, reader, case, cursor)

        async def plainly(session: AsyncSession, reader: Reader = reader) -> Any:
            return await ask_plainly(session, reader, case)

        for turn in range(times + 1):
            answers = []
            for ask, into in ((ours, figures.ours), (plainly, figures.plain)):
                async with database.transaction() as session:
                    began = time.perf_counter()
                    answers.append(await ask(session))
                    if turn:  # the first warms up
                        into.append((time.perf_counter() - began) * 1000)
            if answers[0] != answers[1]:
                raise ListsDiffer(case.name)
            if turn >= _FEWEST and sum(figures.plain[-turn:]) > _PATIENCE_MS:
                break
        async with database.transaction() as session:
            figures.our_buffers.append(await watch.buffers(session, lambda: ours(session)))
            figures.plain_buffers.append(await watch.buffers(session, lambda: plainly(session)))
    return figures


@asynccontextmanager
async def archive(
    server: str, documents: int, size: Size
) -> AsyncIterator[tuple[Database, dict[Kind, Sequence[UUID]]]]:
    """Make an archive of so many documents for a while."""
    async with migrating.scratch_database(server) as url:
        await migrating.upgrade(url, "documents", metadata)
        began = time.monotonic()
        connection = await asyncpg.connect(re.sub(r"\+asyncpg", "", url))
        await connection.execute(
            "set maintenance_work_mem = '512MB'; set work_mem = '256MB';"
            " set synchronous_commit = off"
        )
        people = await archive_filling.fill(connection, documents, size.customers, size.readers)
        count = await connection.fetchval("select count(*) from documents")
        await connection.close()
        say(f"{count:,} documents are there, after {time.monotonic() - began:.0f} s")
        database = Database(url)
        try:
            yield database, people
        finally:
            await database.close()


async def measure(size: Size) -> None:
    """Measure before and after growing, print, keep."""
    measured: list[Measured] = []
    with running(RUN) as suite:
        for documents in size.documents:
            async with archive(suite.addresses.postgres, documents, size) as (database, people):
                watch, found = Watch(database), Measured()
                for case in CASES:
                    for kind in KINDS:
                        found[case.name, kind.name] = await measure_case(
                            database, watch, people[kind], case, size.times
                        )
                    say(f"{case.name}")
                measured.append(found)
    report(size, *measured)


def report(size: Size, before: Measured, after: Measured) -> None:
    """Print both beside each other, and keep them."""
    heads = (
        "p95, ms (plain: times as much)",
        *(kind.name for kind in KINDS),
        "grew at most",
    )
    rows, grown, kept = [], [], {}
    for case in CASES:
        cells, growths = [], []
        for kind in KINDS:
            then, now = before[case.name, kind.name], after[case.name, kind.name]
            if not now.ours:
                cells.append("-")
                continue
            cells.append(f"{now.p95:.1f} ({now.plain_p95 / now.p95:.1f})")
            kept[f"{case.name} / {kind.name}"] = asdict(now) | {"before": asdict(then)}
            if then.ours:
                growths.append((now.p95 / then.p95, now.p95 - then.p95))
        worst = max(growths, default=(1.0, 0.0))
        grown += growths
        rows.append((case.name, *cells, f"{worst[0]:.2f}"))
    loaded_suite.table(heads, rows)
    rows = []
    for case in CASES:
        cells = []
        for kind in KINDS:
            now = after[case.name, kind.name]
            cells.append(
                f"{median(now.our_buffers):.0f} / {median(now.plain_buffers):.0f}"
                if now.our_buffers
                else "-"
            )
        rows.append((case.name, *cells))
    loaded_suite.table(("buffers, ours / plain", *(kind.name for kind in KINDS)), rows)
    flat = sum(times <= GROWS_AT_MOST or more <= _FLAT_MS for times, more in grown)
    print(
        f"from {size.documents[0]:,} to {size.documents[1]:,} documents, {flat} of {len(grown)}"
        f" lists grow by at most {GROWS_AT_MOST} times or {_FLAT_MS:g} ms:"
        f" {verdict(holds=flat == len(grown))}"
    )
    loaded_suite.keep(
        "archive", {"documents": size.documents, "customers": size.customers, "cases": kept}
    )


if __name__ == "__main__":
    asyncio.run(measure(FULL if loaded_suite.wants_full(__doc__) else SMALL))
