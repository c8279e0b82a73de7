"""The questions that lists ask: a page of what somebody may read, and how much of it there is.

A person may read many customer numbers, and a few of those have most of the documents. So a page
is found by the heads of the numbers, each of which an index gives at once: only as many numbers as
the page is long can have something on it, those whose heads come first. What that costs follows
the count of numbers and not that of documents. A filter that leaves little over is asked first
instead, and what it leaves is put in order.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from chassis.rows import as_arrays, rows_given
from documents import search_words
from documents.models import Claim, Document
from documents.orders import NEWEST, PARTS, Part, Place, Values
from documents.queries import shown_to
from documents.reader import Reader
from documents.readership import DocumentText, Unread
from documents.wanted import Sort, Wanted

FEW = 2_000
"""What a filter may leave over to be put in order by itself."""

Ids = list[UUID]

RARE = 5_000
"""Documents of all readers that have a word: so many are looked at one by one."""

COMMON = 0.02
"""Of all documents: a word that so many have is found by walking through them, in order."""

ROOM = "32MB"
"""For the places that an index gives: where they do not fit it keeps whole pages, and every row of
those is read again. At ten million documents that took ten times as long."""

_TYPES = ("invoice", "credit_note")
_MOST_NUMBERS = 2_000
"""Customer numbers that are looked at in one go, one after the other."""

_HEADS = rows_given("heads", customer_number=sa.Text(), issuer=sa.Text())


class _Marks:
    """What one person has not read: in an index of its own, in the order of the newest."""

    issue_date = Unread.issue_date
    published_at = Unread.published_at
    id = Unread.document_id


async def documents_page(
    session: AsyncSession,
    reader: Reader,
    wanted: Wanted,
    sort: Sort,
    after: Place | None,
    limit: int,
) -> Sequence[Document]:
    """Find a page of the documents that a reader may see, with their files, in an order."""
    question = _Question(reader, wanted)
    ids: Ids = []
    begin = after.part if after is not None else 0
    for at, part in enumerate(PARTS[sort][begin:], begin):
        place = after.values if after is not None and at == after.part else None
        ids += await _ids(session, question, part, place, limit - len(ids))
        if len(ids) >= limit:
            break
    return await documents_of(session, ids)


async def documents_of(session: AsyncSession, ids: Sequence[UUID]) -> Sequence[Document]:
    """Return documents with their files, in the order of their ids."""
    these = sa.any_(sa.bindparam("these", list(ids), sa.ARRAY(sa.Uuid())))
    found = sa.select(Document).where(Document.id == these).options(selectinload(Document.files))
    known = {each.id: each for each in await session.scalars(found)}
    return [known[each] for each in ids if each in known]


async def documents_count(
    session: AsyncSession, reader: Reader, wanted: Wanted, at_most: int
) -> int:
    """Count the documents that a reader may see, up to a limit."""
    question = _Question(reader, wanted)
    if question.finds_nothing:
        return 0
    found = question.matching(Document.id).where(*question.says())
    if question.indexed is not None and not await _is_few(session, question):
        by_words = await _by_words(session, question, question.indexed, [Document.id])
        found = found if by_words is None else by_words
    counted = sa.select(sa.func.count()).select_from(found.limit(at_most).subquery())
    return (await session.execute(counted)).scalar_one()


@dataclass(frozen=True)
class _Question:
    """What is asked for and by whom, in the words of the database."""

    reader: Reader
    wanted: Wanted

    @cached_property
    def asked(self) -> str | None:
        """Return the words that are asked for, as the database reads them."""
        return search_words.asked(self.wanted.text) if self.wanted.text is not None else None

    @cached_property
    def indexed(self) -> str | None:
        """Return what the index of words knows of what is asked for."""
        part = self.wanted.number_contains
        asked = [self.asked, search_words.asked_part(part) if part is not None else None]
        return " & ".join(each for each in asked if each is not None) or None

    @property
    def finds_nothing(self) -> bool:
        """Say whether nothing can be found: what was asked for has no words in it."""
        return self.wanted.text is not None and self.asked is None

    @property
    def of_many(self) -> bool:
        """Say whether it is about many customer numbers, each of which is looked at by itself."""
        return self.reader.person_id is not None and self.wanted.customer_number is None

    @property
    def of_one(self) -> bool:
        """Say whether it is about one customer number."""
        return self.wanted.customer_number is not None

    @cached_property
    def held(self) -> sa.FromClause:
        """Return the customer numbers that a person may read, and whose they are."""
        return self._claims().subquery("held")

    @property
    def fits(self) -> list[sa.ColumnElement[bool]]:
        """Say of a document whether it is what is asked for, save what it says and marks."""
        wanted, fits = self.wanted, shown_to(self.reader)
        if wanted.number is not None:
            # The type stands before the number in the index that finds it.
            types = _TYPES if wanted.type is None else (wanted.type,)
            fits += [Document.number == wanted.number, Document.type.in_(types)]
        for column, at_least, at_most in (
            (Document.type, wanted.type, wanted.type),
            (Document.currency, wanted.currency, wanted.currency),
            (Document.issue_date, wanted.issued_from, wanted.issued_to),
            (Document.signed_total, wanted.amount_min, wanted.amount_max),
        ):
            fits += _between(column, at_least, at_most)
        return fits

    def says(self, rows: Any = Document) -> list[sa.ColumnElement[bool]]:
        """Say of documents whether they say what is asked for: some words, a part of a number."""
        says: list[sa.ColumnElement[bool]] = []
        if self.wanted.number_contains is not None:
            part = _containing(self.wanted.number_contains)
            says.append(rows.number.ilike(part, escape="\\"))
        if self.asked is not None:
            of_it = sa.exists().where(DocumentText.document_id == rows.id)
            says.append(of_it.where(_stand_in(DocumentText, sa.literal(self.asked, sa.Text))))
        return says

    def own(self, part: Part) -> sa.Select[Any]:
        """Select what fits of customer numbers that are still to be said, in order."""
        names = dict.fromkeys(("id", *part.names))
        columns = (getattr(Document, name) for name in names)
        own = sa.select(*columns).where(*self.fits, *self.says(), part.within())
        return own.order_by(*part.order())

    def matching(self, *columns: Any) -> sa.Select[Any]:
        """Select what fits of all that may be read, whatever it says."""
        found = sa.select(*columns).where(*self.fits)
        number: Any = Document.customer_number
        if self.wanted.unread:
            # It begins with the marks, which are few: documents and claims are looked up for each.
            number = Unread.customer_number
            found = found.join(Unread, Unread.document_id == Document.id)
            found = found.where(Unread.person_id == self.reader.person_id)
        if self.wanted.customer_number is not None:
            found = found.where(number == self.wanted.customer_number)
        if self.reader.person_id is None:
            return found.where(Document.issuer == self.reader.issuer)
        if self.of_one:
            issuers = self._claims().with_only_columns(Claim.issuer).scalar_subquery()
            return found.where(Document.issuer == issuers)
        held = self.held
        mine = sa.and_(number == held.c.customer_number, Document.issuer == held.c.issuer)
        return found.join(held, mine)

    def by_words(self, *columns: Any, rare: bool) -> sa.Select[Any]:
        """Select what fits and says what is asked for, by the index of words.

        Of what is rare each document is looked at; else only those with a mark of the reader's.
        """
        texts = sa.select(DocumentText.document_id)
        texts = texts.where(_stand_in(DocumentText, sa.literal(self.indexed, sa.Text)))
        if not (rare and self.of_many):
            texts = texts.where(_stand_in(DocumentText, self._marks()))
        found = texts.cte("texts").prefix_with("materialized")
        by_words = self.matching(*columns).join(found, found.c.document_id == Document.id)
        return by_words.where(*self.says())

    def _marks(self) -> Any:
        """Return what stands among the words of documents that the reader may see."""
        if self.of_many:
            mark = sa.literal("'" + search_words.mark("")) + self.held.c.customer_number + "'"
            return sa.select(sa.func.string_agg(mark, " | ")).scalar_subquery()
        number = self.wanted.customer_number
        owner = number if number is not None else self.reader.issuer
        return sa.literal(f"'{search_words.mark(owner)}'", sa.Text)

    def _claims(self) -> sa.Select[str, str]:
        held = sa.select(Claim.customer_number, Claim.issuer)
        held = held.where(Claim.person_id == self.reader.person_id)
        if self.reader.issuer:
            held = held.where(Claim.issuer == self.reader.issuer)
        if self.wanted.customer_number is not None:
            held = held.where(Claim.customer_number == self.wanted.customer_number)
        return held


def _between(column: Any, at_least: Any, at_most: Any) -> list[sa.ColumnElement[bool]]:
    if at_least is not None and at_least == at_most:
        return [column == at_least]
    return [
        *([column >= at_least] if at_least is not None else []),
        *([column <= at_most] if at_most is not None else []),
    ]


def _stand_in(texts: Any, asked: Any) -> sa.ColumnElement[bool]:
    stand: sa.ColumnElement[bool] = texts.words.op("@@")(sa.cast(asked, TSQUERY))
    return stand


def _containing(part: str) -> str:
    for special in ("\\", "%", "_"):
        part = part.replace(special, f"\\{special}")
    return f"%{part}%"


def _is_of(held: sa.FromClause) -> sa.ColumnElement[bool]:
    return sa.and_(
        Document.customer_number == held.c.customer_number, Document.issuer == held.c.issuer
    )


def _leaves_little(question: _Question, part: Part) -> bool:
    """Say whether a filter may leave little over that the order of the list does not lead to."""
    wanted, first = question.wanted, part.columns[0]
    has_dates = wanted.issued_from is not None or wanted.issued_to is not None
    has_amounts = wanted.amount_min is not None or wanted.amount_max is not None
    return (
        question.indexed is not None
        or (has_dates and first != "issue_date")
        or (has_amounts and (first != "currency" or wanted.currency is None))
    )


async def _ids(
    session: AsyncSession, question: _Question, part: Part, place: Values | None, limit: int
) -> Ids:
    """Find a page of one part of a list, by the way that leads there soonest."""
    wanted = question.wanted
    if question.finds_nothing:
        return []
    if wanted.number is not None or wanted.unread:
        return await _in_order(session, question, part, place, limit)
    if _leaves_little(question, part):
        few = await _among_few(session, question, part, place, limit)
        if few is not None:
            return few
    if part.by_number:
        return await _number_by_number(session, question, part, place, limit)
    if question.of_many:
        return await _by_heads(session, question, part, place, limit)
    return await _in_order(session, question, part, place, limit)


async def _in_order(
    session: AsyncSession, question: _Question, part: Part, place: Values | None, limit: int
) -> Ids:
    """Find the page among all that matches, as one index gives it, or sorted."""
    found = question.matching(Document.id).where(*question.says(), part.within())
    # What somebody has not read stands in an index of its own, in the order of the newest.
    by_marks = question.wanted.unread and part.names == NEWEST and not part.by_number
    rows: Any = _Marks if by_marks else Document
    if place is not None:
        found = found.where(part.beyond(place, rows))
    return list(await session.scalars(found.order_by(*part.order(rows)).limit(limit)))


async def _among_few(
    session: AsyncSession, question: _Question, part: Part, place: Values | None, limit: int
) -> Ids | None:
    """Find the page among what the filters leave over; None where that is too much to sort."""
    also = [part.of[0]] if part.of is not None else []
    names = dict.fromkeys(("id", "number", *part.columns, *also))
    columns = [getattr(Document, name) for name in names]

    async def page(found: sa.Select[Any]) -> Ids | None:
        few = found.limit(FEW + 1).cte("few")
        ids = sa.select(few.c.id).where(part.within(few.c), *question.says(few.c))
        if place is not None:
            ids = ids.where(part.beyond(place, few.c))
        ids = ids.order_by(*part.order(few.c)).limit(limit)
        counted = sa.select(sa.func.count()).select_from(few).scalar_subquery()
        asked = sa.select(counted, sa.func.array(ids.scalar_subquery(), type_=sa.ARRAY(sa.Uuid())))
        count, found_ids = (await session.execute(asked)).one()
        return None if count > FEW else list(found_ids)

    if question.indexed is None or question.reader.person_id is not None or question.of_one:
        few = await page(question.matching(*columns))
        if few is not None or question.indexed is None:
            return few
    by_words = await _by_words(session, question, question.indexed, columns)
    return None if by_words is None else await page(by_words)


async def _is_few(session: AsyncSession, question: _Question) -> bool:
    """Say whether a reader has so few documents that each can be looked at."""
    if question.reader.person_id is None and not question.of_one:
        return False
    found = question.matching(Document.id).limit(FEW + 1)
    counted = sa.select(sa.func.count()).select_from(found.subquery())
    return (await session.execute(counted)).scalar_one() <= FEW


@dataclass(frozen=True)
class _Spread:
    """In about how many documents something stands."""

    documents: float
    of_all: float

    @property
    def is_rare(self) -> bool:
        return self.documents <= RARE

    @property
    def is_common(self) -> bool:
        return not self.is_rare and self.documents >= COMMON * self.of_all


async def _by_words(
    session: AsyncSession, question: _Question, indexed: str, columns: Sequence[Any]
) -> sa.Select[Any] | None:
    """Select what says what is asked for, by the index of words; None where too much says it.

    Until the end of the transaction there is room for what the index gives.
    """
    spread = await _spread(session, indexed)
    if spread.is_common:
        return None
    await session.execute(sa.text(f"set local work_mem = '{ROOM}'"))
    return question.by_words(*columns, rare=spread.is_rare)


async def _spread(session: AsyncSession, asked: str) -> _Spread:
    """Ask the planner, who keeps account of the common words, in how many documents words stand."""
    guess = sa.text(
        "explain (format json) select from document_texts where words @@ cast(:asked as tsquery)"
    ).columns(plan=sa.JSON())
    (plan,) = (await session.execute(guess, {"asked": asked})).scalar_one()
    all_of_them = sa.text("select reltuples from pg_class where oid = 'document_texts'::regclass")
    return _Spread(plan["Plan"]["Plan Rows"], (await session.execute(all_of_them)).scalar_one())


async def _by_heads(
    session: AsyncSession, question: _Question, part: Part, place: Values | None, limit: int
) -> Ids:
    """Find the page by the head of each customer number, then a few of those that come first."""
    own = question.own(part)
    if place is not None:
        own = own.where(part.beyond(place))
    held = question.held
    first = own.where(_is_of(held)).limit(1).lateral("first")
    values = (first.c[name] for name in part.names)
    found = sa.select(held.c.customer_number, held.c.issuer, *values)
    found = found.join(first, sa.true()).order_by(*part.order(first.c)).limit(limit)
    heads = (await session.execute(found)).all()
    if len(heads) == limit:
        # Nothing that comes after the last head is on the page: the heads alone would fill it.
        own = own.where(part.up_to(tuple(heads[-1])[2:]))
    return await _few_of_each(session, own, part, [tuple(each)[:2] for each in heads], limit)


async def _few_of_each(
    session: AsyncSession,
    own: sa.Select[Any],
    part: Part,
    numbers: Sequence[tuple[str, str]],
    limit: int,
) -> Ids:
    """Find the page among these customer numbers alone."""
    if not numbers:
        return []
    few = own.where(_is_of(_HEADS)).limit(limit).lateral("few")
    found = sa.select(few.c.id).select_from(_HEADS).join(few, sa.true())
    found = found.order_by(*part.order(few.c, _HEADS.c.customer_number)).limit(limit)
    given = as_arrays("heads", _HEADS.c.keys(), numbers)
    return list(await session.scalars(found, given))


async def _number_by_number(
    session: AsyncSession, question: _Question, part: Part, place: Values | None, limit: int
) -> Ids:
    """Find a page that has one customer number after the other."""
    ids: Ids = []
    beyond: str | None = None
    if place is not None:
        beyond = place[0]
        rest = replace(question, wanted=replace(question.wanted, customer_number=beyond))
        ids += await _in_order(session, rest, part.of_one, place[1:], limit)
    elif question.of_one:
        return await _in_order(session, question, part.of_one, None, limit)
    own, at_once = question.own(part), limit
    while len(ids) < limit and not question.of_one:
        numbers = await _next_numbers(session, question, part, beyond, at_once)
        ids += await _few_of_each(session, own, part, numbers, limit - len(ids))
        if len(numbers) < at_once:
            break
        beyond, at_once = numbers[-1][0], min(2 * at_once, _MOST_NUMBERS)
    return ids


async def _next_numbers(
    session: AsyncSession, question: _Question, part: Part, beyond: str | None, count: int
) -> list[tuple[str, str]]:
    """Find the customer numbers that come next, and whose they are."""
    if question.reader.person_id is None:
        return await _next_of_issuer(session, question.reader.issuer, part, beyond, count)
    held = question.held
    found = sa.select(held.c.customer_number, held.c.issuer)
    if beyond is not None:
        found = found.where(part.after_number(held.c.customer_number, beyond))
    found = found.order_by(part.order_of_numbers(held.c.customer_number)).limit(count)
    return [tuple(each) for each in await session.execute(found)]


async def _next_of_issuer(
    session: AsyncSession, issuer: str, part: Part, beyond: str | None, count: int
) -> list[tuple[str, str]]:
    """Find the next customer numbers of an issuer, each by one step in an index."""
    number = Document.customer_number

    def next_one(*after: sa.ColumnElement[bool]) -> sa.Select[Any]:
        found = sa.select(number).where(Document.issuer == issuer, *after)
        return found.order_by(part.order_of_numbers(number)).limit(1)

    first = next_one(*([part.after_number(number, beyond)] if beyond is not None else []))
    one = sa.select(first.scalar_subquery().label("number"), sa.literal(1).label("step"))
    walk = one.cte("walk", recursive=True)
    following = next_one(part.after_number(number, walk.c.number)).scalar_subquery()
    walk = walk.union_all(
        sa.select(following, walk.c.step + 1).where(walk.c.number.is_not(None), walk.c.step < count)
    )
    found = sa.select(walk.c.number).where(walk.c.number.is_not(None)).order_by(walk.c.step)
    return [(each, issuer) for each in await session.scalars(found)]
