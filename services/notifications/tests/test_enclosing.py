"""What goes with mails is fetched and encoded once, and kept within a bound."""

import asyncio
from base64 import b64decode

import httpx
import pytest
from services.notifications.tests.archive import PDF, XML, FakeArchive

from chassis.identifiers import new_id
from notifications import enclosing
from notifications.attachments import LEFT_OUT, NOTHING
from notifications.enclosing import Enclosures, Wanted
from notifications.errors import ArchiveAway

MIB = 1024 * 1024


@pytest.fixture
def there():
    return FakeArchive()


@pytest.fixture
def enclose(there):
    """Return a function that finds what goes with a letter."""
    kept = {}

    def made(**limits):
        name = tuple(sorted(limits.items()))
        known = {"most_mib": 7, "kept_mib": 64, "in_hand": 4} | limits
        return kept.setdefault(name, Enclosures(there.archive(), **known))

    async def of(document_id, *kinds, language="nl", number="2026/0042", **limits):
        wanted = Wanted(document_id, number, language, kinds)
        async with made(**limits).of(wanted) as with_it:
            return with_it

    return of


def contents(with_it):
    return {each.name: b64decode(each.content) for each in with_it.files}


async def test_pdf_and_xml_are_those_that_were_received(there, enclose):
    """D-03 N-07"""
    document = new_id()
    there.keep(document, original_pdf=PDF, original_xml=XML, attachment=b"terms")

    assert contents(await enclose(document, "pdf", "xml")) == {
        "original_pdf.pdf": PDF,
        "original_xml.xml": XML,
    }
    assert contents(await enclose(document, "xml")) == {"original_xml.xml": XML}


async def test_without_a_pdf_there_is_a_rendition_in_the_readers_language(there, enclose):
    """N-07"""
    document = new_id()
    there.keep(document, original_xml=XML)
    there.rendered(document, "nl", b"%PDF nl")
    there.rendered(document, "fr", b"%PDF fr")

    assert contents(await enclose(document, "pdf")) == {"2026_0042.pdf": b"%PDF nl"}
    assert contents(await enclose(document, "pdf", language="fr")) == {"2026_0042.pdf": b"%PDF fr"}


async def test_many_readers_at_once_and_later_cost_one_fetch_and_one_encoding(
    there, enclose, monkeypatch
):
    document = new_id()
    there.keep(document, original_pdf=PDF, original_xml=XML)
    encoded, encode = [], enclosing.encodebytes
    monkeypatch.setattr(
        enclosing, "encodebytes", lambda content: encoded.append(1) or encode(content)
    )

    found = await asyncio.gather(*(enclose(document, "pdf", "xml") for _ in range(20)))
    found.append(await enclose(document, "pdf"))

    assert set(there.asked.values()) == {1}
    assert len(encoded) == 2
    assert len({id(each.files[0].content) for each in found}) == 1


async def test_the_same_bytes_of_two_documents_are_kept_once(there, enclose):
    one, two = new_id(), new_id()
    there.keep(one, original_pdf=PDF)
    there.keep(two, original_pdf=PDF)

    first, second = await enclose(one, "pdf"), await enclose(two, "pdf")

    assert first.files[0].content is second.files[0].content


async def test_what_is_kept_is_bounded_and_the_longest_unused_goes_first(there, enclose):
    kept = {"kept_mib": 3 * 1.4}
    documents = [new_id() for _ in range(4)]
    for turn, each in enumerate(documents):
        there.keep(each, original_pdf=bytes([turn]) * MIB)

    for each in documents:
        await enclose(each, "pdf", **kept)
    asked = there.asked.total()
    await enclose(documents[3], "pdf", **kept)
    assert there.asked.total() == asked
    await enclose(documents[0], "pdf", **kept)

    assert there.asked.total() == asked + 1


async def test_what_is_larger_than_all_that_is_kept_goes_all_the_same(there, enclose):
    document = new_id()
    there.keep(document, original_pdf=b"x" * MIB)

    for _ in range(2):
        assert (await enclose(document, "pdf", kept_mib=1)).note == "pdf"


async def test_files_too_large_together_are_left_out_unfetched(there, enclose):
    """N-07: a link only, and the mail says so."""
    document = new_id()
    there.keep(document, original_pdf=b"x" * MIB, original_xml=b"y" * MIB)

    assert await enclose(document, "pdf", "xml", most_mib=1.5) == LEFT_OUT
    assert there.asked.total() == 1
    assert (await enclose(document, "pdf", most_mib=1.5)).note == "pdf"


@pytest.mark.parametrize("size", [MIB + 1, MIB // 2 + 1])
async def test_a_rendition_too_large_alone_or_with_the_xml_is_left_out(there, enclose, size):
    document = new_id()
    there.keep(document, original_xml=b"y" * (MIB // 2))
    there.rendered(document, "nl", b"x" * size)

    assert await enclose(document, "pdf", "xml", most_mib=1) == LEFT_OUT


async def test_what_a_document_has_not_is_said(there, enclose):
    only_pdf, only_odd, gone = new_id(), new_id(), new_id()
    there.keep(only_pdf, original_pdf=PDF)
    there.keep(only_odd, other=b"?")

    found = await enclose(only_pdf, "pdf", "xml")
    assert ([each.kind for each in found.files], found.missing) == (["pdf"], ("xml",))
    assert (await enclose(only_odd, "pdf")).missing == ("pdf",)
    assert (await enclose(gone, "xml")).missing == ("xml",)
    assert await enclose(gone) == NOTHING


async def test_that_a_document_is_not_there_is_not_kept(there, enclose):
    document = new_id()
    assert (await enclose(document, "pdf")).missing == ("pdf",)

    there.keep(document, original_pdf=PDF)

    assert (await enclose(document, "pdf")).note == "pdf"


async def test_an_archive_that_is_away_leaves_nothing_behind(there, enclose):
    document = new_id()
    there.keep(document, original_pdf=PDF)
    there.says["/files/"] = httpx.Response(503)

    for _ in range(2):
        with pytest.raises(ArchiveAway):
            await enclose(document, "pdf")
    there.says.clear()

    assert (await enclose(document, "pdf")).note == "pdf"


async def test_only_so_many_letters_have_files_in_hand(there):
    document, most = new_id(), 0
    there.keep(document, original_pdf=PDF)
    enclosures = Enclosures(there.archive(), most_mib=7, kept_mib=64, in_hand=3)
    in_hand = 0

    async def send():
        nonlocal in_hand, most
        async with enclosures.of(Wanted(document, "1", "nl", ("pdf",))):
            in_hand += 1
            most = max(most, in_hand)
            await asyncio.sleep(0.01)
            in_hand -= 1

    await asyncio.gather(*(send() for _ in range(12)))

    assert most == 3
