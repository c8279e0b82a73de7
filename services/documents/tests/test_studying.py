"""Proves that documents are studied after they are archived: judged once, and found by their words.

What judges say is proved in ``test_judging``; here they mostly say what they are told to.
"""

import asyncio
import json
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from chassis.identifiers import now
from chassis.working import Workers
from contracts.documents import DocumentFile
from documents import measures, study_queries, studying, worker
from documents.crew import Answer, Crew, Limits
from documents.gateways import Gateways
from documents.indexing import index_page
from documents.readership import DocumentText
from documents.settings import Settings
from documents.verdicts import STUDYING, Study, Verdict
from documents.work import work
from documents.workshop import Workshop

BE = Path(__file__).parent / "invoices"
GOOD = (BE / "invoice-reverse-charge.xml").read_bytes()
BAD = GOOD.replace(
    b'<cbc:PayableAmount currencyID="EUR">', b'<cbc:PayableAmount currencyID="EUR">9'
)


class Students:
    """Take words out in this process, and judge everything to be right."""

    def start(self):
        """Need nothing."""

    async def do(self, job, *parts):
        if job["job"] == "words":
            return Answer(*worker.do(job, parts))
        said = [{"judge": "en16931", "rules_version": "1", "passed": True, "problems": []}]
        return Answer({"answer": "done"}, [json.dumps(said).encode()])

    async def close(self):
        """Have nothing."""


@pytest.fixture
def studied_by(workshop):
    return Workshop(workshop._readers, workshop._renderers, Students())


@pytest.fixture
async def real_judges(workshop):
    students = Crew("studying", Limits(1, 60, 1024, 1000), at_need=True)
    students.start()
    yield Workshop(workshop._readers, workshop._renderers, students)
    await students.close()


@pytest.fixture
def a_pdf_that_says():
    """Return a function that writes a PDF of one page with a line of text."""

    def write(line):
        text = b"BT /F1 12 Tf 20 700 Td (%s) Tj ET" % line.encode("latin-1")
        objects = (
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources 6 0 R>>",
            b"<</Length %d>>stream\n%s\nendstream" % (len(text), text),
            b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
            b"<</Font<</F1 5 0 R>>>>",
        )
        pdf, places = b"%PDF-1.7\n", []
        for number, each in enumerate(objects, start=1):
            places.append(len(pdf))
            pdf += b"%d 0 obj%sendobj\n" % (number, each)
        table = b"".join(b"%010d 00000 n \n" % place for place in places)
        trailer = b"trailer<</Size 7/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(pdf)
        return pdf + b"xref\n0 7\n0000000000 65535 f \n" + table + trailer

    return write


@pytest.fixture
def study(session, files, studied_by):
    """Return a function that does what is due, as the service's own workers do."""

    async def study(by=studied_by):
        claimed = await studying.claim(session, 100)
        done = [(each, await studying.study(files, by, each)) for each in claimed]
        await session.flush()
        await studying.settle(session, done)
        return claimed

    return study


async def found_by(session, words):
    """Return the documents that are found by words."""
    rows = await session.execute(
        sa.text("select document_id from document_texts where words @@ to_tsquery('simple', :q)"),
        {"q": words},
    )
    return set(rows.scalars())


async def test_a_document_is_judged_once_it_is_archived(
    session, publish, command, xml_file, study, real_judges
):
    document, _ = await publish(session, command(files=(xml_file(BAD),), customer_number="DL5-1"))
    assert await study_queries.verdicts(session, document.id) == []

    await study(real_judges)

    by_schema, by_rules = await study_queries.verdicts(session, document.id)
    assert by_schema.file_sha256 == by_rules.file_sha256 == document.files[0].sha256
    assert (by_schema.judge, by_schema.rules_version, by_schema.passed) == ("xsd", "UBL 2.1", True)
    assert (by_rules.judge, by_rules.rules_version) == ("en16931", "CEN 1.3.16")
    assert by_rules.passed is False
    assert [(each["rule"], each["where"], each["fatal"]) for each in by_rules.problems] == [
        ("BR-CO-16", "/Invoice/LegalMonetaryTotal", True)
    ]
    assert not await study()


async def test_what_judges_say_keeps_nothing_out(session, publish, command, xml_file, study):
    document, already = await publish(session, command(files=(xml_file(BAD),)))

    await study()

    assert not already
    assert not [each for each in document.flags if "schema" in each or "rule" in each]


async def test_the_xml_inside_a_pdf_is_judged_too(session, publish, command, factur_x, study):
    pdf = DocumentFile(
        role="original_pdf", name="a.pdf", media_type="application/pdf", content=factur_x(GOOD)
    )
    document, _ = await publish(session, command(files=(pdf,)))

    await study()

    inside = next(each for each in document.files if each.role == "embedded_xml")
    said = await study_queries.verdicts(session, document.id)
    assert [(each.file_sha256, each.passed) for each in said] == [(inside.sha256, True)]


async def test_a_pdf_is_found_by_its_words(session, publish, command, a_pdf_that_says, study):
    """D-18"""
    content = a_pdf_that_says("Leasing Peugeot 1-ABC-234 für Müller")
    pdf = DocumentFile(
        role="original_pdf", name="a.pdf", media_type="application/pdf", content=content
    )
    document, _ = await publish(session, command(files=(pdf,)))
    assert await found_by(session, "f2600017 & dl5") == {document.id}
    assert await found_by(session, "peugeot") == set()

    await study()

    for words in ("peugeot", "muller", "1 & abc & 234", "f2600017", "dl5 & 104233"):
        assert await found_by(session, words) == {document.id}, words
    assert await study_queries.verdicts(session, document.id) == []


async def test_the_words_of_an_xml_are_known_at_once(session, publish, command, xml_file):
    document, _ = await publish(session, command(files=(xml_file(GOOD),)))

    name = (await session.get(Study, document.id)).words
    words = await session.scalar(
        sa.text("select words::text from document_texts where document_id = :id"),
        {"id": document.id},
    )

    assert name is False
    assert "'voorbeeld'" in words
    assert "'verlegging'" in words or "'btw'" in words


async def test_what_is_of_today_is_studied_before_what_is_of_the_past(
    session, publish, command, xml_file
):
    old, _ = await publish(session, command(files=(xml_file(BAD),)))
    new, _ = await publish(session, command(files=(xml_file(GOOD),)))
    (await session.get(Study, old.id)).imported = True
    await session.flush()

    (first,) = await studying.claim(session, 1)
    (second,) = await studying.claim(session, 1)

    assert [first.document.id, second.document.id] == [new.id, old.id]
    assert await studying.claim(session, 1) == ()


async def test_a_study_that_another_has_claimed_since_says_nothing(
    session, publish, command, xml_file
):
    document, _ = await publish(session, command(files=(xml_file(GOOD),)))
    late = await studying.claim(session, 1)
    await studying.renew(session, late, timedelta())
    (again,) = await studying.claim(session, 1)

    await studying.settle(session, [(late[0], studying.Studied("late words", ()))])

    assert await found_by(session, "late") == set()
    assert await session.get(Study, document.id) is not None
    await studying.settle(session, [(again, studying.Studied("new words", ()))])
    assert await found_by(session, "new") == {document.id}


async def test_each_try_leaves_more_time_until_the_next(session, publish, command, xml_file):
    document, _ = await publish(session, command(files=(xml_file(GOOD),)))
    study = await session.get(Study, document.id)
    waits = []
    for _ in range(12):
        study.due_at = now() - timedelta(seconds=1)
        await session.flush()
        await studying.claim(session, 1)
        waits.append(round((study.due_at - now()) / studying.LEASE))

    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, *[256] * 4]


async def test_a_verdict_is_not_asked_for_again(session, publish, command, xml_file, study):
    """A document that was right by the rules of its day stays so."""
    document, _ = await publish(session, command(files=(xml_file(GOOD),)))
    await study()
    await session.execute(sa.update(Verdict).values(rules_version="of its day"))
    await study_queries.ask(session, [document.id])

    await study()

    document_id = document.id
    session.expunge_all()
    (said,) = await study_queries.verdicts(session, document_id)
    assert said.rules_version == "of its day"


async def test_documents_of_before_are_studied_when_somebody_asks(
    session, publish, command, xml_file, study
):
    before, _ = await publish(session, command(files=(xml_file(BAD),), number="F1"))
    since, _ = await publish(session, command(files=(xml_file(GOOD),), number="F2"))
    await session.execute(sa.delete(Study))
    await session.execute(sa.delete(DocumentText).filter_by(document_id=before.id))

    assert await index_page(session, None, anew=False) == (1, None)
    assert await index_page(session, None, anew=False) == (1, None)
    (studied,) = await study()

    assert studied.document.id == before.id
    assert await found_by(session, "voorbeeld") == {before.id, since.id}
    assert await found_by(session, "dl5 & 104233") == {before.id, since.id}
    assert await index_page(session, None, anew=False) == (0, None)
    assert await index_page(session, None, anew=True) == (2, None)
    assert await index_page(session, since.id, anew=True) == (0, None)


async def test_a_document_too_hard_to_study_is_neither_right_nor_wrong(
    session, publish, command, xml_file, files
):
    document, _ = await publish(session, command(files=(xml_file(GOOD),)))
    (claimed,) = await studying.claim(session, 1)
    hasty = Crew("studying", Limits(1, 0.01, 1024, 1000), at_need=True)
    hasty.start()

    studied = await studying.study(files, Workshop(hasty, hasty, hasty), claimed)

    await hasty.close()
    await studying.settle(session, [(claimed, studied)])
    (verdict,) = await study_queries.verdicts(session, document.id)
    assert (verdict.judge, verdict.passed) == ("en16931", None)
    assert [each["rule"] for each in verdict.problems] == ["too_hard"]


async def test_what_is_studied_goes_with_its_document(session, publish, command, xml_file, study):
    document, _ = await publish(session, command(files=(xml_file(GOOD),)))
    await study()
    await study_queries.ask(session, [document.id])
    for table in ("document_texts", "document_files", "document_references", "document_events"):
        gone = sa.text(f"delete from {table} where document_id = :id")  # noqa: S608 (ours)
        await session.execute(gone, {"id": document.id})

    await session.execute(sa.text("delete from documents where id = :id"), {"id": document.id})

    left = (Study.__tablename__, Verdict.__tablename__)
    for table in left:
        count = sa.text(f"select count(*) from {table} where document_id = :id")  # noqa: S608
        assert await session.scalar(count, {"id": document.id}) == 0


async def test_the_workers_of_the_service_study_by_themselves(
    database, publish, command, xml_file, files, studied_by
):
    (kind,) = work(Settings.model_construct(studying_workers=1))
    workers = Workers(kind, database, Gateways(files, studied_by, 1))
    stopping = asyncio.Event()
    running = asyncio.create_task(workers.run(stopping))

    async with database.transaction() as session:
        document, _ = await publish(session, command(files=(xml_file(GOOD),)))
    async with asyncio.timeout(20):
        while True:
            async with database.transaction() as session:
                if said := await study_queries.verdicts(session, document.id):
                    break
            await asyncio.sleep(0.05)

    stopping.set()
    await running
    await workers.drain()
    assert kind.name == STUDYING
    assert [each.passed for each in said] == [True]
    async with database.transaction() as session:
        assert await session.get(Study, document.id) is None


async def test_what_waits_is_counted(session, publish, command, study):
    for number in ("F1", "F2"):
        await publish(session, command(number=number, mark=number.encode()))
    await studying.count_studies(session)
    assert measures.studies_waiting._value.get() == 2

    await study()
    await studying.count_studies(session)

    assert measures.studies_waiting._value.get() == 0


async def test_a_restart_forgets_no_study(database, publish, command, xml_file, files, studied_by):
    """Who dies leaves its claim, and another takes it when the lease ends."""
    async with database.transaction() as session:
        document, _ = await publish(session, command(files=(xml_file(GOOD),)))
    async with database.transaction() as session:
        await studying.claim(session, 1)
    async with database.transaction() as session:
        assert await studying.claim(session, 1) == ()
        await session.execute(sa.update(Study).values(due_at=now() - timedelta(seconds=1)))

    async with database.transaction() as session:
        (claimed,) = await studying.claim(session, 1)
        studied = await studying.study(files, studied_by, claimed)
        await studying.settle(session, [(claimed, studied)])
        assert len(await study_queries.verdicts(session, document.id)) == 1


async def test_verdicts_are_given_to_whoever_may_read_the_document(
    database, publish, command, xml_file, web_door, files, studied_by
):
    async with database.transaction() as session:
        document, _ = await publish(session, command(files=(xml_file(GOOD),)))
    url = f"/v1/documents/{document.id}/verdicts"
    mine, theirs = (web_door.bearer("documents:read", issuer=each) for each in ("dl5", "dl6"))

    before = await web_door.http.get(url, headers=mine)
    async with database.transaction() as session:
        (claimed,) = await studying.claim(session, 1)
        studied = await studying.study(files, studied_by, claimed)
        await studying.settle(session, [(claimed, studied)])
    after = await web_door.http.get(url, headers=mine)

    assert (before.status_code, before.json()) == (200, {"items": []})
    (verdict,) = after.json()["items"]
    assert (verdict["judge"], verdict["rules_version"], verdict["passed"]) == ("en16931", "1", True)
    assert verdict["file_sha256"] == document.files[0].sha256
    assert (await web_door.http.get(url, headers=theirs)).status_code == 404
    assert (await web_door.http.get(url)).status_code == 401
