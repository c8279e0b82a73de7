"""Proves that a person's page of documents is what looking through all of them would give."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from chassis.identifiers import new_id
from documents import claim_queries
from documents.models import Claim, Document
from documents.queries import Wanted

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
JUNE = date(2026, 6, 1)


def a_document(chance, number):
    return {
        "id": new_id(),
        "issuer": number.partition("-")[0].lower(),
        "customer_number": number,
        "number": f"F{chance.randrange(20)}",
        "type": chance.choice(["invoice", "invoice", "credit_note"]),
        "content_sha256": new_id().hex,
        "issue_date": JUNE + timedelta(days=chance.randrange(6)),
        "currency": "EUR",
        "total_incl_vat": 100,
        "amount_due": 100,
        "published_at": NOON + timedelta(seconds=chance.randrange(3)),
        "imported": False,
        "flags": [],
    }


def place_of(document):
    return document["issue_date"], document["published_at"], document["id"]


@pytest.fixture
def world(session):
    """Return a function that fills an archive, with a person who reads some of its numbers."""

    async def world(chance, numbers, each):
        person, other = new_id(), new_id()
        names = [f"DL{chance.choice('56')}-{100_000 + at}" for at in range(numbers * 2)]
        own = names[:numbers]
        # A few numbers have most of the documents, and some have none.
        weights = [chance.random() ** 6 for _ in names]
        drawn = chance.choices(names, weights, k=len(names) * each)
        documents = [a_document(chance, name) for name in drawn]
        await session.execute(sa.insert(Document), documents)
        claims = [(person, name) for name in own] + [(other, name) for name in names]
        rows = [
            {
                "person_id": who,
                "customer_number": name,
                "issuer": name.partition("-")[0].lower(),
            }
            for who, name in claims
        ]
        await session.execute(sa.insert(Claim), rows)
        return person, own, [each for each in documents if each["customer_number"] in own]

    return world


def looked_through(documents, wanted, after):
    """Return the ids of what is wanted, newest first."""
    fields = ("customer_number", "number", "type")
    found = [
        place_of(each)
        for each in documents
        if all(getattr(wanted, field) in (None, each[field]) for field in fields)
        and (after is None or place_of(each) < after)
    ]
    return [place[2] for place in sorted(found, reverse=True)]


@pytest.mark.parametrize(
    ("numbers", "each", "limit"), [(1, 40, 7), (5, 20, 11), (60, 5, 11), (60, 5, 51), (12, 1, 51)]
)
@pytest.mark.parametrize("seed", range(3))
async def test_a_page_is_what_looking_through_everything_gives(
    session, world, numbers, each, limit, seed
):
    """D-01"""
    chance = random.Random(seed * 1000 + numbers)  # noqa: S311 (a seed)
    person, own, documents = await world(chance, numbers, each)
    some = chance.choice(documents)
    wanteds = [
        Wanted(),
        Wanted(type="credit_note"),
        Wanted(number=some["number"]),
        Wanted(number=some["number"], type=some["type"]),
        Wanted(customer_number=some["customer_number"]),
        Wanted(customer_number=chance.choice(own), type="invoice"),
        Wanted(customer_number="DL5-999999"),
    ]
    for wanted in wanteds:
        for after in (None, place_of(chance.choice(documents)), place_of(some)):
            page = await claim_queries.documents_of_person(session, person, wanted, after, limit)

            expected = looked_through(documents, wanted, after)[:limit]
            assert [found.id for found in page] == expected, (wanted, after)


async def test_who_has_no_claim_reads_nothing(session, world):
    _, _, documents = await world(random.Random(1), 3, 5)  # noqa: S311 (a seed)
    number = documents[0]["number"]

    for wanted in (Wanted(), Wanted(number=number)):
        assert await claim_queries.documents_of_person(session, new_id(), wanted, None, 50) == []


async def test_a_claim_on_a_number_is_good_for_documents_of_its_own_issuer_only(session):
    """A number is of one issuer; should two ever have one of the same name, neither is shown."""
    person, chance = new_id(), random.Random(1)  # noqa: S311 (a seed)
    document = a_document(chance, "DL5-1") | {"issuer": "dl6"}
    await session.execute(sa.insert(Document), [document])
    claim = {"person_id": person, "customer_number": "DL5-1", "issuer": "dl5"}
    await session.execute(sa.insert(Claim), [claim])
    held = await session.get_one(Document, document["id"])

    assert not await claim_queries.has_claim(session, person, held)
    for wanted in (Wanted(), Wanted(number=document["number"])):
        assert await claim_queries.documents_of_person(session, person, wanted, None, 50) == []
