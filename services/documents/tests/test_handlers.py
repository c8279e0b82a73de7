"""Proves what becomes of each message that documents hears."""

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa

from chassis.identifiers import new_id
from chassis.inbox import MessageIdReused
from chassis.testing import said
from contracts.documents import (
    DocumentAccepted,
    DocumentPublished,
    ImportDocument,
    ImportDocumentRefused,
    PublishDocument,
    PublishDocumentRefused,
    SweepUploads,
)
from documents.errors import WorkersAway
from documents.models import NUMBER_REUSED, Document
from documents.workshop import Workshop


async def answers(database, kind):
    async with database.transaction() as session:
        return [(each, each.read(kind)) for each in await said(session, kind)]


async def count(database):
    async with database.transaction() as session:
        return await session.scalar(sa.select(sa.func.count()).select_from(Document))


async def test_a_document_is_archived_told_and_answered(hear, database, command):
    delivered = await hear(command(), correlation_id="run-17")

    ((event_sent, event),) = await answers(database, DocumentPublished)
    ((sent, outcome),) = await answers(database, DocumentAccepted)
    assert (event_sent.exchange, event_sent.headers["cloudEvents:subject"]) == (
        "events",
        str(event.document_id),
    )
    assert (sent.exchange, sent.routing_key, sent.correlation_id) == ("outcomes", "dl5", "run-17")
    assert event_sent.correlation_id == "run-17"
    assert str(outcome.command_id) == delivered.message_id
    assert (outcome.document_id, outcome.already_published) == (event.document_id, False)
    assert outcome.flags == ()


async def test_the_same_message_heard_again_is_one(hear, database, command):
    """D-20"""
    message_id = new_id()

    for _ in range(3):
        await hear(command(), message_id=message_id)

    assert await count(database) == 1
    assert len(await answers(database, DocumentPublished)) == 1
    assert len(await answers(database, DocumentAccepted)) == 1


async def test_the_same_document_in_three_messages_is_told_once_and_answered_thrice(
    hear, database, command
):
    """D-20"""
    for _ in range(3):
        await hear(command())

    outcomes = [outcome for _, outcome in await answers(database, DocumentAccepted)]
    assert [each.already_published for each in outcomes] == [False, True, True]
    assert len({each.document_id for each in outcomes}) == 1
    assert len(await answers(database, DocumentPublished)) == 1


async def test_other_content_under_a_used_number_is_answered_with_its_flag(hear, database, command):
    """D-20"""
    await hear(command(b"first"))
    await hear(command(b"second"))

    outcomes = [outcome.flags for _, outcome in await answers(database, DocumentAccepted)]
    assert outcomes == [(), (NUMBER_REUSED,)]


async def test_a_refused_document_is_answered_parked_and_leaves_nothing(hear, database, command):
    delivered = await hear(command(customer_number="DL6-1"))

    ((sent, refused),) = await answers(database, PublishDocumentRefused)
    assert (sent.routing_key, str(refused.command_id)) == ("dl5", delivered.message_id)
    assert [(each.pointer, each.rule) for each in refused.problems] == [
        ("/customer_number", "issuer_prefix")
    ]
    assert len(hear.fates.parked) == 1
    assert await count(database) == 0


async def test_everything_that_is_missing_is_answered_at_once(hear, database, command):
    await hear(command(number=None, total_incl_vat=None))

    ((_, refused),) = await answers(database, PublishDocumentRefused)
    assert [each.pointer for each in refused.problems] == ["/number", "/total_incl_vat"]


async def test_a_message_id_used_for_another_document_is_refused(hear, database, command):
    message_id = new_id()
    await hear(command(b"one"), message_id=message_id)

    await hear(command(b"two"), message_id=message_id)

    assert isinstance(hear.fates.parked[0], MessageIdReused)
    assert await count(database) == 1


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (b"not json", ""),
        (b"\xff\xfe", ""),
        (b"{" * 5000, ""),
        (json.dumps({"customer_number": "DL5-1", "files": []}).encode(), "/files"),
        (
            json.dumps(
                {
                    "customer_number": "DL5-1",
                    "total_incl_vat": {"amount": 498.94, "currency": "EUR"},
                    "files": [
                        {"role": "attachment", "name": "a", "media_type": "a/b", "content": "aa=="}
                    ],
                }
            ).encode(),
            "/total_incl_vat/amount",
        ),
        (
            json.dumps(
                {
                    "customer_number": "DL5-1",
                    "files": [
                        {"role": "attachment", "name": "a", "media_type": "a/b", "content": "$"}
                    ],
                }
            ).encode(),
            "/files/0/content",
        ),
    ],
    ids=range(6),
)
async def test_what_cannot_be_read_is_answered_with_its_place(hear, database, body, pointer):
    await hear(body, of=PublishDocument)

    ((_, refused),) = await answers(database, PublishDocumentRefused)
    assert pointer in [each.pointer for each in refused.problems]
    assert len(hear.fates.parked) == 1
    assert hear.fates.retried == []


@pytest.mark.parametrize("xml", [b"<a", b'<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>', b"\x00"])
async def test_a_document_with_an_xml_nobody_reads_is_archived_and_flagged(
    hear, database, command, xml_file, xml
):
    await hear(command(files=(xml_file(xml),)))

    ((_, outcome),) = await answers(database, DocumentAccepted)
    assert "xml_not_understood" in outcome.flags


async def test_bytes_that_cannot_be_kept_are_tried_again_later(hear, database, command, tmp_path):
    (tmp_path / "kept").rmdir()
    (tmp_path / "kept").write_text("a file where the store should be")

    await hear(command())

    assert len(hear.fates.retried) == 1
    assert hear.fates.parked == []
    assert await count(database) == 0
    assert await answers(database, PublishDocumentRefused) == []


@pytest.fixture
def history(command):
    """Return a function that builds the command by which a billing system gives an old PDF."""
    return lambda *given, **told: ImportDocument(**command(*given, **told).model_dump())


async def test_a_document_of_the_past_is_archived_and_answered_and_nobody_is_told(
    hear, database, history
):
    delivered = await hear(history(issue_date="2019-06-01"))

    ((_, outcome),) = await answers(database, DocumentAccepted)
    assert str(outcome.command_id) == delivered.message_id
    assert not outcome.already_published
    assert await answers(database, DocumentPublished) == []
    async with database.transaction() as session:
        document = await session.get(Document, outcome.document_id)
        assert (document.imported, document.flags) == (True, [])


async def test_what_was_imported_is_not_told_when_it_is_published_later(
    hear, database, history, command
):
    await hear(history())
    await hear(command())

    outcomes = [outcome for _, outcome in await answers(database, DocumentAccepted)]
    assert [each.already_published for each in outcomes] == [False, True]
    assert await answers(database, DocumentPublished) == []
    assert await count(database) == 1


async def test_what_was_published_stays_published_when_it_is_imported(
    hear, database, history, command
):
    await hear(command())
    await hear(history())

    async with database.transaction() as session:
        assert (await session.scalars(sa.select(Document.imported))).all() == [False]
    assert len(await answers(database, DocumentPublished)) == 1


async def test_other_content_of_the_past_under_a_used_number_is_flagged_on_both(
    hear, database, history, command
):
    """D-20"""
    await hear(command(b"first"))
    await hear(history(b"second"))

    async with database.transaction() as session:
        flags = (await session.scalars(sa.select(Document.flags))).all()
    assert flags == [[NUMBER_REUSED], [NUMBER_REUSED]]


async def test_a_document_of_the_past_that_is_refused_is_answered_and_parked(
    hear, database, history
):
    await hear(history(number=None))

    ((sent, refused),) = await answers(database, ImportDocumentRefused)
    assert (sent.routing_key, [each.pointer for each in refused.problems]) == ("dl5", ["/number"])
    assert await answers(database, PublishDocumentRefused) == []
    assert len(hear.fates.parked) == 1


def test_history_waits_behind_todays_work(service):
    prefetch = {each.message: each.prefetch for each in service.handlers.all}

    assert prefetch[ImportDocument] == 1 < prefetch[PublishDocument]


async def test_old_uploads_are_swept_at_every_hour(hear, service, files, made_ago):
    old = made_ago(timedelta(hours=26))
    await files.keep_upload("dl5", old, b"content")
    (uploads,) = (each for each in service.schedule if isinstance(each.task, SweepUploads))

    await hear(uploads.task)

    assert uploads.interval == timedelta(hours=1)
    assert await files.uploads() == []


async def test_a_document_is_not_refused_because_no_worker_is_there(hear, database, command):
    class Away:
        async def do(self, _job, *_parts):
            raise WorkersAway("every worker is busy")

    object.__setattr__(hear._gateways, "workshop", Workshop(Away(), Away(), Away()))

    await hear(command())

    assert len(hear.fates.retried) == 1
    assert await answers(database, PublishDocumentRefused) == []
