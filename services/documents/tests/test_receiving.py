"""Proves that the bytes of a document are safe, and its facts settled, before it is published."""

import hashlib

import pytest

from chassis.identifiers import new_id
from contracts.documents import DocumentFile
from documents import receiving
from documents.errors import FactMissing, UploadUnknown


def sha256(content):
    return hashlib.sha256(content).hexdigest()


async def test_every_file_is_kept_in_the_order_given(files, command, xml_file, ubl):
    pdf = DocumentFile(
        role="original_pdf", name="a.pdf", media_type="application/pdf", content=b"%PDF"
    )
    xml = ubl()

    received = await receiving.receive(files, "dl5", command(files=(pdf, xml_file(xml))))

    assert [(each.role, each.size, each.sha256) for each in received.files] == [
        ("original_pdf", 4, sha256(b"%PDF")),
        ("original_xml", len(xml), sha256(xml)),
    ]
    assert await files.read("dl5", sha256(xml)) == xml
    assert received.facts.due_date.isoformat() == "2026-07-01"


async def test_two_documents_are_the_same_when_their_xml_is(files, command, xml_file, ubl):
    xml = ubl()
    pdf = {"role": "original_pdf", "name": "a.pdf", "media_type": "application/pdf"}

    one, other = [
        await receiving.receive(
            files,
            "dl5",
            command(files=(DocumentFile(**pdf, content=content), xml_file(xml, name=name))),
        )
        for content, name in ((b"rendered", "one.xml"), (b"rendered again", "two.xml"))
    ]

    assert one.content_sha256 == other.content_sha256 == sha256(xml)


async def test_without_an_xml_all_files_count_in_whatever_order_and_by_whatever_name(
    files, command
):
    def pdf(content, name="a.pdf", role="attachment"):
        return DocumentFile(role=role, name=name, media_type="application/pdf", content=content)

    async def same(*given):
        return (await receiving.receive(files, "dl5", command(files=given))).content_sha256

    both = await same(pdf(b"1"), pdf(b"2"))
    assert both == await same(pdf(b"2", "b.pdf"), pdf(b"1", "c.pdf"))
    assert both != await same(pdf(b"1"))
    assert both != await same(pdf(b"1"), pdf(b"3"))
    assert both != await same(pdf(b"1", role="original_pdf"), pdf(b"2"))


async def test_an_xml_that_is_not_understood_is_kept_all_the_same(files, command, xml_file):
    received = await receiving.receive(files, "dl5", command(files=(xml_file(b"<not-ubl/>"),)))

    assert received.facts.flags == ("xml_not_understood",)
    assert await files.read("dl5", received.content_sha256) == b"<not-ubl/>"


async def test_an_upload_that_does_not_exist_is_refused_with_its_place(files, command, xml_file):
    upload = DocumentFile(
        role="attachment", name="a.zip", media_type="application/zip", upload_id=new_id()
    )

    with pytest.raises(UploadUnknown) as refused:
        await receiving.receive(files, "dl5", command(files=(xml_file(b"<a/>"), upload)))

    assert refused.value.problems[0].pointer == "/files/1/upload_id"


async def test_nothing_is_kept_of_a_document_that_says_too_little(files, command, tmp_path):
    with pytest.raises(FactMissing):
        await receiving.receive(files, "dl5", command(number=None))

    assert not [each for each in (tmp_path / "kept").rglob("*") if each.is_file()]
