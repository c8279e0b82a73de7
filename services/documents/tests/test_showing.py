"""Proves that people are shown what a document says: as JSON, as a PDF, as pictures of pages."""

import asyncio
import hashlib
import os
import time
from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image
from pypdf import PdfReader
from services.documents.tests import hostile

from chassis.testing import problems
from contracts.documents import DocumentFile
from documents import showing
from documents.crew import Answer
from documents.errors import TooHard, WorkersAway
from documents.workshop import Workshop

TOO_HARD = ("xml_not_understood", "too_hard_to_read")


class Counting:
    """Hands that count the jobs they are given, and do each as slowly as they are told."""

    def __init__(self, hands):
        self.hands = hands
        self.jobs = []
        self.fails = None

    async def do(self, job, *parts):
        self.jobs.append(job["job"])
        await asyncio.sleep(0.05)
        if self.fails:
            raise self.fails
        return await self.hands.do(job, *parts)

    async def hello(self):
        return {"version": "of-a-test"}


@pytest.fixture
def hands(workshop):
    return Counting(workshop._readers)


@pytest.fixture
def gateways(gateways, hands):
    object.__setattr__(gateways, "workshop", Workshop(hands, hands, hands))
    return gateways


@pytest.fixture
def ask(web_door):
    """Return a function that asks as an issuer's machine."""

    async def ask(document, path, **params):
        headers = web_door.bearer("documents:read", issuer="dl5")
        url = f"/v1/documents/{document.id}/{path}"
        return await web_door.http.get(url, params=params, headers=headers)

    return ask


@pytest.fixture
def published(database, publish, command):
    """Return a function that publishes files as a document, and returns it."""

    async def published(*given, **told):
        async with database.transaction() as session:
            return (await publish(session, command(files=given, **told)))[0]

    return published


def original(content, role="original_pdf", media_type="application/pdf"):
    return DocumentFile(role=role, name="a.pdf", media_type=media_type, content=content)


async def test_an_invoice_is_told_whole_and_without_what_it_encloses(
    ask, published, xml_file, ubl, enclosing
):
    document = await published(xml_file(ubl(extra=enclosing(b"secret", "a.txt", "text/plain"))))

    answer = await ask(document, "invoice")

    invoice = answer.json()
    assert answer.headers["Content-Type"] == "application/json"
    assert (invoice["syntax"], invoice["number"]) == ("ubl", "F2600017")
    assert (invoice["issue_date"], invoice["totals"]["incl_vat"]) == ("2026-06-01", "498.94")
    assert invoice["seller"]["name"] is None
    (enclosure,) = invoice["enclosures"]
    assert (enclosure["name"], enclosure["media_type"]) == ("a.txt", "text/plain")
    assert "content" not in enclosure


@pytest.mark.parametrize("path", ["invoice", "rendition"])
async def test_the_xml_in_a_pdf_is_one_too(ask, published, factur_x, ubl, path):
    document = await published(original(factur_x(ubl())))

    assert (await ask(document, path)).status_code == 200


@pytest.mark.parametrize("path", ["invoice", "rendition"])
async def test_where_the_given_xml_is_none_the_one_in_the_pdf_is_shown(
    ask, published, factur_x, ubl, xml_file, path
):
    document = await published(xml_file(b"<a/>"), original(factur_x(ubl())))

    assert (await ask(document, path)).status_code == 200


@pytest.mark.parametrize("content", [None, b"<a/>", b"<a"])
async def test_without_an_xml_that_is_understood_there_is_no_invoice(
    ask, published, xml_file, pdf, content
):
    document = await published(xml_file(content) if content else original(pdf()))

    answer = await ask(document, "invoice")

    assert (answer.status_code, problems(answer)) == (404, [("", "no_invoice")])


async def test_a_pdf_that_can_be_read_is_the_one_to_read(ask, published, pdf):
    """Q10, D-02"""
    answer = await ask(await published(original(pdf())), "rendition")

    assert (answer.status_code, problems(answer)) == (404, [("", "no_rendition")])


WHY = {
    "nl": "kan niet als pagina worden getoond",
    "fr": "ne peut pas être affiché sous forme de page",
    "de": "lässt sich nicht als Seite darstellen",
    "en": "cannot be shown as a page",
}
UNREADABLE = {
    "another kind of XML": ("original_xml", b"<a/>"),
    "half an XML": ("original_xml", b"<a"),
    "an XML with a doctype": ("original_xml", b"<!DOCTYPE Invoice><Invoice/>"),
    "nothing of a PDF": ("original_pdf", b"%PDF-1.7 and no more"),
    "a PDF with a password": ("original_pdf", hostile.PDF["a password to open it"].make()),
    "a PDF that is none": ("original_pdf", b"PK\x03\x04"),
    "zeros": ("original_xml", bytes(1_000)),
    "an attachment only": ("attachment", b"a,b\n1,2\n"),
}


@pytest.mark.parametrize("language", WHY)
@pytest.mark.parametrize("kind", UNREADABLE)
async def test_no_document_leaves_a_reader_with_nothing(ask, published, kind, language):
    """D-02, D-18"""
    role, content = UNREADABLE[kind]
    document = await published(original(content, role))

    answer = await ask(document, "rendition", language=language)

    assert (answer.status_code, answer.headers["Content-Language"]) == (200, language)
    (page,) = PdfReader(BytesIO(answer.content)).pages
    text = " ".join(page.extract_text().split())
    for said in (WHY[language], "F2600017", "DL5-104233", "498", "a.pdf"):
        assert said in text
    assert (await ask(document, f"files/{document.files[0].sha256}")).content == content


async def test_what_stands_in_for_a_document_says_which_one_it_is(ask, published):
    tags = set()
    for number in ("F1", "F2", "F2"):
        document = await published(original(b"<a/>", "original_xml"), number=number)
        tags.add((await ask(document, "rendition")).headers["ETag"])

    assert len(tags) == 2


async def test_the_customer_number_of_the_archive_stands_on_every_rendition(
    ask, published, xml_file, ubl
):
    """D-18: whatever the XML calls the customer, and the same XML may come for another."""
    buyer = (
        "<cac:AccountingCustomerParty><cac:Party><cac:PartyIdentification><cbc:ID>KL-77</cbc:ID>"
        "</cac:PartyIdentification></cac:Party></cac:AccountingCustomerParty>"
    )
    texts = []
    for customer_number, number in (("DL5-104233", "F1"), ("DL5-7", "F2")):
        xml = ubl(extra=buyer, number=f"<cbc:ID>{number}</cbc:ID>")
        document = await published(xml_file(xml), customer_number=customer_number)
        answer = await ask(document, "rendition", language="nl")
        texts.append(PdfReader(BytesIO(answer.content)).pages[0].extract_text())
    same = await published(xml_file(ubl()), customer_number="DL5-8")
    text = PdfReader(BytesIO((await ask(same, "rendition")).content)).pages[0].extract_text()

    for said, other in zip(texts, ("DL5-104233", "DL5-7"), strict=True):
        assert other in said
        assert "Klantnummer in de xml" in said
        assert "KL-77" in said
    assert "DL5-8" in text
    assert "Customer number in the xml" not in text


async def test_what_was_too_hard_once_is_not_tried_again(
    ask, database, published, xml_file, ubl, hands
):
    document = await published(xml_file(ubl()))
    async with database.transaction() as session:
        kept = await session.merge(document)
        for flag in TOO_HARD:
            kept.flag(flag)

    assert (await ask(document, "invoice")).status_code == 404
    assert (await ask(document, "rendition")).status_code == 200

    assert hands.jobs == ["cover"]


@pytest.mark.parametrize("language", ["nl", "fr", "de", "en"])
async def test_a_rendition_is_a_pdf_in_the_language_asked_for(
    ask, published, xml_file, ubl, language
):
    document = await published(xml_file(ubl()))

    answer = await ask(document, "rendition", language=language)

    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Language"] == language
    name = f"invoice-F2600017-{language}.pdf"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    version = "of-a-test-DL5-104233"
    assert answer.headers["ETag"] == f'"{document.content_sha256}-{version}-{language}"'
    assert "F2600017" in PdfReader(BytesIO(answer.content)).pages[0].extract_text()


async def test_a_rendition_is_in_english_unless_asked_otherwise(ask, published, xml_file, ubl):
    document = await published(xml_file(ubl()))

    assert (await ask(document, "rendition")).headers["Content-Language"] == "en"


async def test_a_number_cannot_leave_the_name_of_its_file(ask, published, xml_file, ubl):
    number = '<cbc:ID>2026/"17"; ../é 😀</cbc:ID>'
    document = await published(xml_file(ubl(number=number)))

    disposition = (await ask(document, "rendition")).headers["Content-Disposition"]

    assert disposition == 'attachment; filename="invoice-2026-17-e-en.pdf"'


async def test_a_rendition_is_made_once_and_kept(ask, published, xml_file, ubl, hands, files):
    document = await published(xml_file(ubl()))

    at_once = await asyncio.gather(*(ask(document, "rendition") for _ in range(8)))
    later = await ask(document, "rendition")

    assert hands.jobs == ["render"]
    assert {each.content for each in (*at_once, later)} == {later.content}
    version = "of-a-test-DL5-104233"
    kept = await files.rendition("dl5", document.content_sha256, version, "en")
    assert kept == later.content
    assert hashlib.sha256(later.content).hexdigest() not in {each.sha256 for each in document.files}


async def test_each_language_is_a_rendition_of_its_own(ask, published, xml_file, ubl, hands):
    document = await published(xml_file(ubl()))

    pdfs = {(await ask(document, "rendition", language=each)).content for each in ("nl", "fr")}

    assert (len(pdfs), hands.jobs) == (2, ["render", "render"])


async def test_what_failed_once_is_tried_again_by_the_next_who_asks(
    ask, published, xml_file, ubl, hands
):
    document = await published(xml_file(ubl()))
    hands.fails = WorkersAway("busy")
    assert (await ask(document, "rendition")).status_code == 503
    hands.fails = TooHard("it took more than 60 s")
    assert (await ask(document, "rendition")).status_code == 404

    hands.fails = None

    assert (await ask(document, "rendition")).status_code == 200


async def test_no_connection_is_held_while_a_rendition_is_made(
    ask, published, xml_file, ubl, hands, database
):
    document = await published(xml_file(ubl()))
    held = []

    class Watching(Counting):
        async def do(self, job, *parts):
            held.append(database.engine.pool.checkedout())
            return await super().do(job, *parts)

    watching = Watching(hands.hands)
    hands.do = watching.do

    for path in ("invoice", "rendition", "pages/1"):
        await ask(document, path)

    assert held == [0, 0]


async def test_a_page_of_a_pdf_is_a_picture(ask, published, pdf):
    document = await published(original(pdf()))

    answer = await ask(document, "pages/1")

    assert answer.headers["Content-Type"] == "image/png"
    assert Image.open(BytesIO(answer.content)).width == 1240


@pytest.mark.parametrize(
    ("path", "params", "pointer"),
    [
        ("rendition", {"language": "es"}, "/language"),
        ("rendition", {"language": "../en"}, "/language"),
        ("pages/0", {}, "/number"),
        ("pages/one", {}, "/number"),
    ],
)
async def test_what_breaks_a_rule_is_named_by_its_place(ask, published, pdf, path, params, pointer):
    answer = await ask(await published(original(pdf())), path, **params)

    assert (answer.status_code, [where for where, _ in problems(answer)]) == (422, [pointer])


@pytest.mark.parametrize("number", [2, 100_000])
async def test_there_are_no_pages_beyond_the_last(ask, published, pdf, number):
    document = await published(original(pdf()))

    answer = await ask(document, f"pages/{number}")

    assert (answer.status_code, problems(answer)) == (404, [("", "no_page")])


async def test_what_is_no_pdf_has_no_pages(ask, published, xml_file, ubl):
    for given in (xml_file(ubl()), original(b"PK\x03\x04")):
        document = await published(given, number=f"F{hash(given)}")

        assert (await ask(document, "pages/1")).status_code == 404


async def test_a_pdf_that_shows_nothing_has_one_page_of_what_is_known(ask, published, hands):
    document = await published(original(b"%PDF-1.7 and no more"))

    first = await ask(document, "pages/1", language="nl")
    second = await ask(document, "pages/2", language="nl")

    assert first.status_code == 200
    assert Image.open(BytesIO(first.content)).size == (1240, 1754)
    assert (second.status_code, problems(second)) == (404, [("", "no_page")])
    assert hands.jobs == ["picture", "cover", "picture", "picture"]


async def test_an_answer_nobody_understands_is_as_good_as_none():
    class Raving:
        def __init__(self, *answer):
            self.answer = Answer(*answer)

        async def do(self, _job, *_parts):
            return self.answer

    told = {"answer": "done", "pages": None, "flags": [], "inside": []}
    garbled = [
        (told, [b"{}", b""]),
        (told, [b"not json", b""]),
        (told, []),
        (told, [b"null"]),
        (told, [b"null", b"\xff"]),
        (told, [b"null", b"words", b"one more"]),
        (told | {"inside": [["only"]]}, [b"null", b"words", b"content"]),
        ({"answer": "done"}, [b"null", b"words"]),
        ({"answer": "what"}, []),
        ({}, []),
        ({"answer": "done", "pages": None, "flags": None, "inside": []}, [b"null", b""]),
    ]

    for header, parts in garbled:
        with pytest.raises(TooHard):
            await Workshop(Raving(header, parts), Raving({}, []), Raving({}, [])).read(b"")


async def test_renditions_of_long_ago_are_swept_and_nothing_else(files, tmp_path):
    sha256 = await files.keep("dl5", b"<xml/>")
    for issuer, version in (("dl5", "old"), ("dl6", "old"), ("dl5", "new")):
        await files.keep_rendition(issuer, sha256, version, "nl", b"%PDF")
    for path in (tmp_path / "kept").rglob("*/old/nl.pdf"):
        long_ago = time.time() - timedelta(days=91).total_seconds()
        os.utime(path, (long_ago, long_ago))

    await showing.sweep(files)

    assert await files.rendition("dl5", sha256, "old", "nl") is None
    assert await files.rendition("dl6", sha256, "old", "nl") is None
    assert await files.rendition("dl5", sha256, "new", "nl") == b"%PDF"
    assert await files.read("dl5", sha256) == b"<xml/>"
