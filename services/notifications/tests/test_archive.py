"""The archive is asked over HTTP with our own client, and what it gives is checked."""

import httpx
import pytest
from services.notifications.tests.archive import PDF, XML, FakeArchive

from chassis.identifiers import new_id
from notifications import archive as the_gateway
from notifications.errors import ArchiveAway, FileTooLarge


@pytest.fixture
def there():
    return FakeArchive()


@pytest.fixture
def document(there):
    document_id = new_id()
    there.keep(document_id, original_pdf=PDF, original_xml=XML)
    return document_id


async def test_files_are_listed_and_given_as_they_were_received(there, document):
    """N-07"""
    archive = there.archive()

    pdf, xml = await archive.files(document)

    assert (pdf.role, pdf.media_type, pdf.size) == ("original_pdf", "application/pdf", len(PDF))
    assert await archive.content(document, pdf) == PDF
    assert await archive.content(document, xml) == XML


async def test_one_token_does_for_many_questions_and_is_for_files_alone(there, document):
    archive = there.archive()

    for _ in range(3):
        await archive.files(document)

    assert (there.tokens, there.scopes) == (1, {"documents:parts"})


async def test_a_token_that_is_good_no_more_is_replaced_once(there, document):
    archive = there.archive()
    await archive.files(document)

    there.good_tokens = {"token 2"}
    assert await archive.files(document)

    there.good_tokens = set()
    with pytest.raises(ArchiveAway, match="401"):
        await archive.files(document)
    assert there.tokens == 3


async def test_what_is_not_there_is_nothing_and_not_a_failure(there, document):
    archive = there.archive()

    assert await archive.files(new_id()) is None
    assert await archive.rendition(document, "fr", at_most=100) is None


async def test_a_rendition_is_in_the_language_that_is_asked_for(there, document):
    there.rendered(document, "fr", b"%PDF en fran\xe7ais")

    assert await there.archive().rendition(document, "fr", at_most=100) == b"%PDF en fran\xe7ais"


async def test_a_file_that_is_named_and_not_given_is_no_file_less(there, document):
    """It must not go missing silently."""
    archive = there.archive()
    pdf, _ = await archive.files(document)
    del there.contents[pdf.sha256]

    with pytest.raises(ArchiveAway):
        await archive.content(document, pdf)


@pytest.mark.parametrize("given", [PDF[:-1], PDF[:-1] + b"!"])
async def test_other_bytes_than_were_received_are_not_sent(there, document, given):
    archive = there.archive()
    pdf, _ = await archive.files(document)
    there.contents[pdf.sha256] = given

    with pytest.raises(ArchiveAway, match="other bytes"):
        await archive.content(document, pdf)


async def test_more_bytes_than_were_named_are_not_even_read(there, document):
    archive = there.archive()
    pdf, _ = await archive.files(document)
    there.contents[pdf.sha256] = PDF + b"!"

    with pytest.raises(ArchiveAway, match="other bytes"):
        await archive.content(document, pdf)
    there.rendered(document, "nl", b"x" * 11)
    with pytest.raises(FileTooLarge):
        await archive.rendition(document, "nl", at_most=10)


@pytest.mark.parametrize(
    "said",
    [
        httpx.ConnectError("refused"),
        httpx.ReadTimeout("slow"),
        httpx.Response(200, content=b"<html>"),
        httpx.Response(200, json={"files": [{"role": "original_pdf"}]}),
        httpx.Response(500),
        httpx.Response(403),
    ],
)
async def test_whatever_else_it_says_is_an_archive_away(there, document, said):
    there.says["/v1/documents"] = said

    with pytest.raises(ArchiveAway) as away:
        await there.archive().files(document)

    assert "test" not in str(away.value)


async def test_who_could_not_be_reached_is_left_alone_for_a_moment(there, document, monkeypatch):
    archive = there.archive()
    there.away()
    for _ in range(5):
        with pytest.raises(ArchiveAway):
            await archive.files(document)
    assert there.asked.total() == 1

    there.says.clear()
    monkeypatch.setattr(archive, "_away_until", 0.0)

    assert await archive.files(document)


async def test_one_document_that_fails_keeps_no_other_waiting(there, document):
    archive, other = there.archive(), new_id()
    there.keep(other, original_pdf=PDF)
    there.says[str(document)] = httpx.Response(500)

    with pytest.raises(ArchiveAway):
        await archive.files(document)

    assert await archive.files(other)


def test_the_moment_is_short():
    assert the_gateway._PAUSE_SECONDS <= 10
