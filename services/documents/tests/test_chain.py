"""Proves that what happens to a document is written down with it, each event over the last."""

import asyncio
from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import selectinload

from chassis.identifiers import new_id
from documents import chain, custody_queries, seals
from documents.custody import DocumentEvent
from documents.errors import DocumentUnknown
from documents.models import Document


@pytest.fixture
def events(session):
    """Return a function that reads what happened to a document."""

    async def events(document):
        return (await custody_queries.events_of(session, [document.id]))[document.id]

    return events


async def test_what_came_in_is_the_first_event_of_a_document(session, publish, command, events):
    document, _ = await publish(session, command(references=[{"kind": "order", "value": "B-1"}]))

    received, published = await events(document)

    told = received.facts["document"]
    assert (received.act, published.act) == ("received", "published")
    assert (received.sequence, published.sequence) == (1, 2)
    assert (told["number"], told["total_incl_vat"]) == ("F2600017", "498.94")
    assert told["references"] == [["order", "B-1"]]
    assert [each["sha256"] for each in told["files"]] == [document.files[0].sha256]
    assert received.facts["retain_until"] == document.retain_until.isoformat() == "2036-12-31"
    assert [*seals.wrong(map_of(received, published), forgotten=False)] == []


def map_of(*events):
    return [chain.event_of(each) for each in events]


async def test_what_is_read_back_is_what_was_written(session, publish, command, events):
    """Numbers and moments come back from the database in other clothes."""
    money = {"amount": "-1000.50", "currency": "EUR"}
    document, _ = await publish(session, command(total_incl_vat=money))
    told = (await events(document))[0].facts["document"]
    await session.flush()
    session.expunge_all()

    found = await session.get(Document, document.id, options=[selectinload(Document.files)])

    assert chain.facts_of(found, []) == told
    assert told["total_incl_vat"] == "-1000.50"


@pytest.mark.parametrize(
    ("amount", "plain"),
    [("-0.00", "0.00"), ("1E+2", "100"), ("-12.50", "-12.50"), ("0.0", "0.0")],
)
def test_an_amount_has_one_text(amount, plain):
    assert chain._plain(Decimal(amount)) == plain


async def test_the_same_again_is_no_event(session, publish, command, events):
    document, _ = await publish(session, command())

    await publish(session, command())

    assert len(await events(document)) == 2


async def test_a_number_used_again_is_an_event_of_the_one_that_had_it(
    session, publish, command, events
):
    first, _ = await publish(session, command(b"1"))
    second, _ = await publish(session, command(b"2"))

    *_, reused = await events(first)

    assert (reused.act, reused.facts["document_id"]) == ("number_reused", str(second.id))
    assert len(await events(second)) == 2


async def test_events_of_one_document_follow_each_other(session, publish, command, events):
    document, _ = await publish(session, command())
    for number in range(3):
        session.info.clear()  # as in another transaction
        await chain.note(
            session, document.id, "duplicate_made", number=number, on=date(2024, 2, 29)
        )
    await session.flush()

    found = await events(document)

    assert [each.sequence for each in found] == [1, 2, 3, 4, 5]
    assert found[-1].facts["on"] == "2024-02-29"
    assert [*seals.wrong(map_of(*found), forgotten=False)] == []


async def test_several_documents_have_chains_of_their_own(session, publish, command, events):
    one, _ = await publish(session, command(b"1"))
    other, _ = await publish(session, command(b"2", number="F2600018"))
    session.info.clear()

    await chain.note_each(session, "held", {one.id: {"reason": "a"}, other.id: {"reason": "b"}})
    await session.flush()

    assert [each.act for each in await events(one)] == ["received", "published", "held"]
    assert (await events(other))[-1].facts["reason"] == "b"


async def test_of_a_document_that_is_not_here_nothing_is_written_down(session):
    with pytest.raises(DocumentUnknown):
        await chain.note(session, new_id(), "held")


async def test_no_two_events_have_one_place(session, publish, command, events):
    document, _ = await publish(session, command())
    session.info.clear()
    last = (await events(document))[-1]
    twin = {
        each.key: getattr(last, each.key)
        for each in DocumentEvent.__mapper__.column_attrs
        if each.key != "id"
    }

    with pytest.raises(IntegrityError, match="document_events_document_id_sequence"):
        await session.execute(sa.insert(DocumentEvent).values(twin))


async def test_nobody_can_guess_what_is_forgotten(session, publish, command, events):
    """Facts are salted: the same facts never have the same hash."""
    document, _ = await publish(session, command())
    await chain.note(session, document.id, "held", reason="x")
    await chain.note(session, document.id, "held", reason="x")
    await session.flush()

    *_, one, other = await events(document)

    assert one.facts["salt"] != other.facts["salt"]
    assert one.facts_sha256 != other.facts_sha256


async def test_two_at_once_wait_for_each_other(database, publish, command):
    async with database.transaction() as session:
        document, _ = await publish(session, command())

    async def note(number):
        async with database.transaction() as session:
            await chain.note(session, document.id, "duplicate_made", number=number)

    await asyncio.gather(*(note(number) for number in range(4)))

    async with database.transaction() as session:
        found = (await custody_queries.events_of(session, [document.id]))[document.id]
    assert [each.sequence for each in found] == [1, 2, 3, 4, 5, 6]
    assert [*seals.wrong(map_of(*found), forgotten=False)] == []
