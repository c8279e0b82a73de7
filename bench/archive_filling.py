"""Fills an archive with documents, made by the database itself: millions take minutes.

How many each customer number has is skewed as in life: half of them have few, one in a hundred has
twenty times as many, and twelve have far more. Documents lie in the order of their dates, as they
would have arrived.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid5

import asyncpg

ISSUERS = 20
BIG = 12
"""Customer numbers that have a share of all documents each, from 2 in 1,000 to 5.6 in 1,000."""
_NAMES = UUID("0195c0de-0000-7000-8000-000000000000")
_BACKGROUND_MARKS = 10
"""One in so many documents is unread by some reader beside those who are measured."""

_COUNTS = """
create unlogged table filling as
select c, 'dl' || (c % {issuers}) as issuer, 'DL' || (c % {issuers}) || '-' || (1000000 + c)
       as customer_number,
       case when c < {big} then ({documents} * (0.002 + 0.0003 * c))::integer
            else greatest(1, round({documents} * {rest} * weight / sum(case when c >= {big}
                 then weight else 0 end) over ()))::integer end as count
from (select c, exp(sqrt(-2 * ln(0.0000001 + 0.9999998 * hash1)) * cos(2 * pi() * hash2) * 1.25)
             as weight
      from (select c, (hashint4(c)::bigint & 1048575) / 1048576.0 as hash1,
                   (hashint4(c + 7000001)::bigint & 1048575) / 1048576.0 as hash2
            from generate_series(0, {customers} - 1) c) hashes) weights
"""
_DOCUMENTS = """
insert into documents (id, issuer, customer_number, number, type, content_sha256, issue_date,
    due_date, currency, total_incl_vat, amount_due, payment_reference, published_at, imported,
    flags, retain_until)
select (lpad(to_hex(floor(extract(epoch from arrived) * 1000)::bigint), 12, '0') || '7'
        || substr(hash, 1, 3) || '8' || substr(hash, 4, 15))::uuid,
       issuer, customer_number,
       'F' || to_char(arrived, 'YY') || '-' || (hashed % 9999999) || '-' || n,
       case when hashed % 23 = 0 then 'credit_note' else 'invoice' end, hash || hash, arrived::date,
       case when hashed % 23 = 0 then null else arrived::date + 30 end,
       case when hashed % 101 = 0 then 'USD' else 'EUR' end, total, total, null, arrived, false,
       '{}',
       make_date(extract(year from arrived)::integer + 10, 12, 31)
from (select f.*, n, md5(f.c || ' ' || n) as hash, h as hashed,
             (1 + (h % 500000) * 1.0 / 100)::numeric(18, 2) as total,
             timestamptz '2016-12-01' + interval '1 second' * (h::bigint * 315360000 / 2147483647)
             as arrived
      from filling f cross join lateral generate_series(1, f.count) n
      cross join lateral (select hashint4(((n::bigint * 200003 + f.c) % 2147483647)::integer)
                                & 2147483647 as h) hashes) drawn
order by drawn.arrived
"""
_TEXTS = """
insert into document_texts (document_id, words)
select id, array_to_tsvector(array(select distinct word from unnest(array[
    '=' || customer_number, '=' || issuer, lower(split_part(number, '-', 1)),
    split_part(number, '-', 2), 'lease', 'word' || (hashtext(number) & 1023),
    'rare' || (hashtext(number) & 1048575)]
    || array(select '#' || substr(part, at, 3) from regexp_split_to_table(lower(number), '-') part,
             generate_series(1, length(part) - 2) at)) word))
from documents
"""
_PEOPLE = """
insert into claims (person_id, customer_number, issuer)
select given.person_id, f.customer_number, f.issuer
from unnest($1::uuid[], $2::integer[]) as given(person_id, c) join filling f using (c)
"""
_MARKS = """
insert into unread (person_id, customer_number, document_id, issue_date, published_at)
select claims.person_id, d.customer_number, d.id, d.issue_date, d.published_at
from claims join documents d using (customer_number, issuer)
where hashtext(d.number) % 19 = 0
"""
_OTHERS_MARKS = """
insert into unread (person_id, customer_number, document_id, issue_date, published_at)
select md5(customer_number)::uuid, customer_number, id, issue_date, published_at
from documents where hashtext(number) % {one_in} = 0
"""
_FILES = """
insert into document_files (document_id, position, role, name, media_type, sha256, size)
select d.id, 0, 'original_xml', 'invoice.xml', 'application/xml', d.content_sha256, 12000
from documents d where exists (select from claims c where c.customer_number = d.customer_number)
"""
_INDEXES = """
select c.relname, pg_get_indexdef(i.indexrelid) from pg_index i
join pg_class c on c.oid = i.indexrelid
left join pg_constraint k on k.conindid = i.indexrelid
where i.indrelid = any(array['documents', 'document_texts']::regclass[]) and k.oid is null
"""


@dataclass(frozen=True)
class Kind:
    """A kind of reader: how many customer numbers they have, and how many of those are big."""

    name: str
    numbers: int
    big: int = 0


KINDS = (
    Kind("1", 1),
    Kind("1 big", 1, big=1),
    Kind("5", 5),
    Kind("500", 500),
    Kind("500, 3 big", 500, big=3),
)


def readers(kind: Kind, customers: int, count: int) -> dict[UUID, list[int]]:
    """Return readers of a kind, and which customer numbers each has."""
    found = {}
    for reader in range(count):
        big = [(reader + each) % BIG for each in range(kind.big)]
        step = max(1, (customers - BIG) // (kind.numbers * count + 1))
        first = BIG + reader * kind.numbers * step
        small = [first + each * step for each in range(kind.numbers - kind.big)]
        found[uuid5(_NAMES, f"{kind.name} {reader}")] = big + small
    return found


async def fill(
    database: asyncpg.Connection, documents: int, customers: int, count: int
) -> dict[Kind, Sequence[UUID]]:
    """Fill an empty archive; return ``count`` readers of each kind."""
    rest = 1 - sum(0.002 + 0.0003 * each for each in range(BIG))
    await database.execute(
        _COUNTS.format(
            issuers=ISSUERS, big=BIG, documents=documents, customers=customers, rest=rest
        )
    )
    # An index is made of what is there in a tenth of the time that each row in turn takes.
    indexes = await database.fetch(_INDEXES)
    for name, _ in indexes:
        await database.execute(f"drop index {name}")
    await database.execute(_DOCUMENTS)
    await database.execute(_TEXTS)
    for _, definition in indexes:
        await database.execute(definition)
    people = {kind: readers(kind, customers, count) for kind in KINDS}
    pairs = [
        (person, number)
        for each in people.values()
        for person, numbers in each.items()
        for number in numbers
    ]
    await database.execute(_PEOPLE, [each for each, _ in pairs], [each for _, each in pairs])
    await database.execute(_MARKS)
    await database.execute(_OTHERS_MARKS.format(one_in=_BACKGROUND_MARKS))
    await database.execute(_FILES)
    await database.execute("vacuum analyze")
    return {kind: list(each) for kind, each in people.items()}
