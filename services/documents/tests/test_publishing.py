"""Proves that a document enters the archive once and is told once."""

import asyncio

import pytest
import sqlalchemy as sa

from chassis.testing import said
from contracts.documents import DocumentFile, DocumentPublished
from documents import queries
from documents.errors import CustomerOfAnotherIssuer
from documents.models import NUMBER_REUSED, Document, DocumentReference


async def test_a_document_is_told_as_it_is_kept(
    session, publish, command, ubl, xml_file, told, pdf
):
    file = {"name": "a.pdf", "media_type": "application/pdf", "content": pdf()}
    given = (
        xml_file(ubl()),
        DocumentFile(role="original_pdf", **file),
        DocumentFile(role="attachment", **file),
    )

    document, already = await publish(session, command(number="F9", files=given))

    session.expunge_all()
    kept = await queries.document(session, document.id)
    (event,) = await told(DocumentPublished)
    assert not already
    assert event.model_dump(mode="json") == {
        "document_id": str(kept.id),
        "issuer": kept.issuer,
        "customer_number": kept.customer_number,
        "number": kept.number,
        "type": kept.type,
        "issue_date": kept.issue_date.isoformat(),
        "due_date": kept.due_date.isoformat(),
        "total_incl_vat": {"currency": kept.currency, "amount": str(kept.total_incl_vat)},
        "amount_due": {"currency": kept.currency, "amount": str(kept.amount_due)},
        "payment_reference": kept.payment_reference,
        "media_types": ["application/xml", "application/pdf"],
        "published_at": kept.published_at.isoformat().replace("+00:00", "Z"),
        "flags": ["number_differs"],
    }
    assert (kept.issuer, kept.customer_number, kept.number) == ("dl5", "DL5-104233", "F2600017")
    assert (str(kept.total_incl_vat), str(kept.amount_due)) == ("498.94", "398.94")
    assert [each.role for each in kept.files] == ["original_xml", "original_pdf", "attachment"]


async def test_the_same_document_three_times_is_one(session, publish, command, told):
    """D-20"""
    outcomes = [await publish(session, command()) for _ in range(3)]

    assert [already for _, already in outcomes] == [False, True, True]
    assert len({document.id for document, _ in outcomes}) == 1
    assert len(await told(DocumentPublished)) == 1


async def test_other_content_under_a_used_number_is_flagged_on_both_and_told(
    session, publish, command, told
):
    """D-20"""
    first, _ = await publish(session, command(b"first"))
    second, already = await publish(session, command(b"second"))
    third, _ = await publish(session, command(b"third"))

    session.expunge_all()
    assert not already
    assert len({first.id, second.id, third.id}) == 3
    for each in (first, second, third):
        assert (await queries.document(session, each.id)).flags == [NUMBER_REUSED]
    assert [each.flags for each in await told(DocumentPublished)] == [
        (),
        (NUMBER_REUSED,),
        (NUMBER_REUSED,),
    ]


async def test_the_first_of_a_used_number_published_again_is_still_the_first(
    session, publish, command
):
    """D-20"""
    first, _ = await publish(session, command(b"first"))
    await publish(session, command(b"second"))

    again, already = await publish(session, command(b"first"))

    assert (again.id, already) == (first.id, True)


async def test_a_credit_note_may_have_the_number_of_an_invoice(session, publish, command):
    invoice, _ = await publish(session, command())
    credit_note, already = await publish(session, command(type="credit_note"))

    assert not already
    assert (invoice.flags, credit_note.flags) == ([], [])


async def test_two_issuers_may_use_one_number(session, publish, command):
    one, _ = await publish(session, command())
    other, already = await publish(session, command(customer_number="DL6-1"), issuer="dl6")

    assert not already
    assert (one.flags, other.flags) == ([], [])


async def test_a_customer_of_another_issuer_is_refused_with_its_place(
    session, publish, command, told
):
    with pytest.raises(CustomerOfAnotherIssuer) as refused:
        await publish(session, command(customer_number="DL6-1"))

    assert refused.value.problems[0].pointer == "/customer_number"
    assert await told(DocumentPublished) == []


async def test_references_are_kept(session, publish, command):
    references = [{"kind": "plate", "value": f"1-ABC-{turn}"} for turn in range(20)]

    document, _ = await publish(session, command(references=references))

    kept = await session.scalars(sa.select(DocumentReference).filter_by(document_id=document.id))
    assert {(each.kind, each.value) for each in kept} == {
        ("plate", f"1-ABC-{turn}") for turn in range(20)
    }


async def test_the_same_document_published_at_once_is_one(database, publish, command):
    """D-20"""

    async def once():
        async with database.transaction() as session:
            return await publish(session, command())

    outcomes = await asyncio.gather(*(once() for _ in range(20)))

    async with database.transaction() as session:
        assert sum(not already for _, already in outcomes) == 1
        assert await session.scalar(sa.select(sa.func.count()).select_from(Document)) == 1
        assert len(await said(session, DocumentPublished)) == 1


async def test_other_contents_under_one_number_at_once_are_all_kept_and_flagged(
    database, publish, command
):
    """D-20"""

    async def once(turn):
        async with database.transaction() as session:
            await publish(session, command(b"content %d" % turn))

    await asyncio.gather(*(once(turn) for turn in range(20)))

    async with database.transaction() as session:
        flags = (await session.scalars(sa.select(Document.flags))).all()
        told = [each.read(DocumentPublished) for each in await said(session, DocumentPublished)]
        assert flags == [[NUMBER_REUSED]] * 20
        assert sorted(each.flags for each in told) == [(), *[(NUMBER_REUSED,)] * 19]
