"""Proves that everybody who may read a document gets a duplicate of it, and that it is not kept."""

import io
import json
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
import sqlalchemy as sa
from services.documents.tests import hostile

from chassis.identifiers import new_id
from contracts.documents import DocumentFile
from documents.crew import Crew, Limits
from documents.custody import DocumentEvent
from documents.errors import NotStamped, TooHard
from documents.workshop import Workshop

SAMPLES = Path(__file__).parents[4] / "shared/data/invoices"
WORDS = {"nl": "DUPLICAAT", "fr": "DUPLICATA", "de": "DUPLIKAT", "en": "DUPLICATE"}


@pytest.fixture
def published(database, publish, command):
    """Return a function that publishes a document and returns it."""

    async def published(content=None, role="original_pdf", **told):
        media_type = "application/pdf" if role == "original_pdf" else "application/xml"
        file = {"role": role, "name": "a", "media_type": media_type}
        files = None if content is None else (DocumentFile(**file, content=content),)
        async with database.transaction() as session:
            return (await publish(session, command(files=files, **told), "dl5"))[0]

    return published


@pytest.fixture
def duplicate(web_door):
    """Return a function that asks for a duplicate, as the issuer's machine or as somebody."""

    async def duplicate(document, language="nl", headers=None):
        return await web_door.http.post(
            f"/v1/documents/{document.id}/duplicate",
            params={"language": language},
            headers=headers or web_door.bearer("documents:read", issuer="dl5", sub="billing"),
        )

    return duplicate


def pages(answer):
    """Return the text of each page of a duplicate."""
    assert answer.status_code == 200, answer.text
    with pypdfium2.PdfDocument(answer.content) as read:
        return ["".join(page.get_textpage().get_text_bounded().split()) for page in read]


def locked(pdf):
    made = io.BytesIO()
    with pikepdf.Pdf.open(io.BytesIO(pdf)) as read:
        read.save(made, encryption=pikepdf.Encryption(owner="owner", user="user"))
    return made.getvalue()


@pytest.mark.parametrize("language", WORDS)
async def test_a_duplicate_is_the_pdf_with_the_word_over_it(published, duplicate, language):
    """D-06"""
    answer = await duplicate(await published(), language)

    assert pages(answer) == [WORDS[language]]
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Language"] == language
    assert WORDS[language].lower() in answer.headers["Content-Disposition"]


async def test_that_it_was_made_is_kept_and_it_is_not(
    published, duplicate, database, tmp_path, web_door, hear, snapshot
):
    """D-06"""
    document, main = await published(), new_id()
    await hear(snapshot(main))
    before = sorted(tmp_path.rglob("*"))

    await duplicate(document, "fr", web_door.signed_in(main))

    assert sorted(tmp_path.rglob("*")) == before
    made = sa.select(DocumentEvent).filter_by(document_id=document.id, act="duplicate_made")
    async with database.transaction() as session:
        (event,) = await session.scalars(made)
    told = {key: event.facts[key] for key in ("language", "of", "by")}
    assert told == {"language": "fr", "of": "pdf", "by": str(main)}


@pytest.mark.parametrize("language", WORDS)
async def test_an_xml_has_a_duplicate_of_its_rendition(published, duplicate, ubl, language):
    """D-06"""
    (page,) = pages(await duplicate(await published(ubl(), "original_xml"), language))

    assert WORDS[language] in page
    assert "F2600017" in page


async def test_what_was_inside_a_pdf_is_not_inside_its_duplicate(
    published, duplicate, factur_x, ubl
):
    """D-06"""
    answer = await duplicate(await published(factur_x(ubl())))

    assert pages(answer) == ["DUPLICAAT"]
    with pikepdf.Pdf.open(io.BytesIO(answer.content)) as read:
        assert len(read.attachments) == 0
        assert "/AF" not in read.Root


@pytest.mark.parametrize(
    ("content", "role"),
    [
        (b"%PDF-1.7 and nothing more", "original_pdf"),
        (b"not a PDF at all", "original_pdf"),
        (b"<a>not an invoice</a>", "original_xml"),
        (b"<a", "original_xml"),
    ],
)
async def test_what_cannot_be_stamped_is_a_stamped_page_of_what_is_known(
    published, duplicate, content, role
):
    """D-06"""
    (page,) = pages(await duplicate(await published(content, role)))

    assert "DUPLICAAT" in page
    assert "F2600017" in page
    assert "DL5-104233" in page
    assert "498,94" in page


async def test_a_pdf_that_is_locked_is_a_stamped_page_of_what_is_known(published, duplicate, pdf):
    """D-06"""
    (page,) = pages(await duplicate(await published(locked(pdf()))))

    assert "DUPLICAAT" in page
    assert "498,94" in page


async def test_a_pdf_that_shows_but_cannot_be_stamped_is_a_page_of_what_is_known(
    published, duplicate, workshop, monkeypatch
):
    document, stamp, tried = await published(), workshop.stamp, []

    async def once_it_is_too_hard(content, language):
        tried.append(content)
        if len(tried) == 1:
            raise TooHard("it took too long")
        return await stamp(content, language)

    monkeypatch.setattr(type(workshop), "stamp", staticmethod(once_it_is_too_hard))
    (page,) = pages(await duplicate(document))

    assert "DUPLICAAT" in page
    assert "F2600017" in page


async def test_bytes_that_are_gone_leave_a_page_of_what_is_known(published, duplicate, tmp_path):
    document = await published()
    for path in (tmp_path / "kept" / "dl5" / "sha256").rglob("*"):
        if path.is_file():
            path.unlink()

    (page,) = pages(await duplicate(document))

    assert "DUPLICAAT" in page
    assert "F2600017" in page


async def test_who_may_not_read_it_gets_no_duplicate_and_nothing_is_written(
    published, duplicate, database, web_door, hear, snapshot
):
    """D-15, I-20"""
    document = await published()
    await hear(snapshot(new_id()))

    for headers in (
        web_door.signed_in(new_id()),
        web_door.bearer("documents:read", issuer="dl6"),
        web_door.at_work("dl6", "documents:read"),
    ):
        assert (await duplicate(document, headers=headers)).status_code == 404
    async with database.transaction() as session:
        made = sa.select(sa.func.count()).select_from(DocumentEvent)
        assert await session.scalar(made.filter_by(act="duplicate_made")) == 0


@pytest.fixture
async def real_workshop():
    limits = Limits(children=1, seconds=3, memory_mib=512, jobs=1000)
    workshop = Workshop(*(Crew(kind, limits) for kind in ("reading", "rendering", "studying")))
    workshop._renderers.start()
    yield workshop
    await workshop.close()


@pytest.mark.long
async def test_a_hostile_pdf_is_stamped_or_not_within_limits_and_the_next_is_stamped(
    real_workshop, pdf
):
    outcomes = {}
    for name, each in hostile.PDF.items():
        try:
            stamped = await real_workshop.stamp(each.make(), "en")
        except (NotStamped, TooHard) as reason:
            outcomes[name] = type(reason).__name__
        else:
            with pypdfium2.PdfDocument(stamped) as read:
                assert "DUPLICATE" in read[0].get_textpage().get_text_bounded(), name
            outcomes[name] = "stamped"

    assert len(outcomes) == len(hostile.PDF)
    assert "stamped" in outcomes.values(), json.dumps(outcomes)
    assert await real_workshop.stamp(pdf(), "en")


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample invoices are not here")
async def test_every_real_invoice_has_a_duplicate(published, duplicate):
    """D-06. One of each kind of XML; every PDF."""
    files = sorted((SAMPLES / "pdf").glob("*.pdf"))
    for kind in ("ubl/be", "ubl/peppol", "ubl/xrechnung", "cii/en16931"):
        files += sorted((SAMPLES / kind).glob("*.xml"))[:1]
    assert len(files) > 15
    for at, file in enumerate(files):
        role = "original_pdf" if file.suffix == ".pdf" else "original_xml"
        told = {"number": f"F{at}", "customer_number": "DL5-104233"}
        document = await published(file.read_bytes(), role, **told)

        assert all("DUPLICAAT" in page for page in pages(await duplicate(document))), file
