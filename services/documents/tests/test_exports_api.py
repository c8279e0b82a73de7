"""Proves who may take what away over HTTP, as archive and as table, and what becomes of it."""

import csv
import io
import zipfile
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from python_calamine import CalamineWorkbook

from chassis.identifiers import new_id, now
from chassis.testing import problems
from contracts.documents import DocumentFile, ForgetExports
from documents import exporting, exports_api, handing_out
from documents.export_queries import Taker
from documents.exports import Export, ExportPage
from documents.reader import Reader

READ = "documents:read"


@pytest.fixture
def published(database, publish, command):
    """Return a function that publishes a document and returns it."""

    async def published(customer_number="DL5-104233", **told):
        issuer = customer_number.partition("-")[0].lower()
        given = command(customer_number=customer_number, **told)
        async with database.transaction() as session:
            return (await publish(session, given, issuer))[0]

    return published


@pytest.fixture
def pdf_file(pdf):
    def pdf_file(mark=b"", name="a.pdf"):
        known = {"role": "original_pdf", "media_type": "application/pdf"}
        return DocumentFile(name=name, content=pdf(mark), **known)

    return pdf_file


@pytest.fixture
def hybrid(xml_file, ubl, pdf_file):
    """Return a function that makes the files of a document with XML and PDF."""

    def hybrid(number):
        xml = xml_file(ubl(number=f"<cbc:ID>{number}</cbc:ID>"))
        return (xml, pdf_file(number.encode()))

    return hybrid


@pytest.fixture
def choose(web_door):
    """Return a function that chooses what to take, as somebody."""

    async def choose(headers, **said):
        return await web_door.http.post(
            "/v1/exports", json={"format": "zip"} | said, headers=headers
        )

    return choose


@pytest.fixture
def take(web_door, choose):
    """Return a function that chooses and takes, as somebody."""

    async def take(headers, **said):
        chosen = await choose(headers, **said)
        assert chosen.status_code == 201, chosen.text
        return chosen.json(), await web_door.http.get(chosen.json()["href"], headers=headers)

    return take


@pytest.fixture
def state(web_door):
    async def state(headers, chosen):
        path = f"/v1/exports/{chosen['export_id']}"
        return (await web_door.http.get(path, headers=headers)).json()

    return state


@pytest.fixture
def machine(web_door):
    return web_door.bearer(READ, issuer="dl5")


@pytest.fixture
async def reader(hear, snapshot, web_door):
    """Return the header of somebody who may read DL5-104233."""
    person = new_id()
    await hear(snapshot(person))
    return web_door.signed_in(person)


def unpacked(answer):
    assert answer.status_code == 200, answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        return {each.filename: archive.read(each) for each in archive.infolist()}


def told(files):
    return files["problems.txt"].decode("utf-8-sig").split()


async def test_a_selection_is_an_archive_of_what_was_received_byte_for_byte(
    reader, published, hybrid, take, state
):
    """D-02"""
    one = await published(number="F1", files=hybrid("F1"))
    other = await published(number="F2", files=hybrid("F2"))
    await published(number="F3", files=hybrid("F3"))
    ids = [str(one.id), str(other.id)]

    chosen, taken = await take(reader, document_ids=ids, files=["pdf", "xml"], language="nl")

    files = unpacked(taken)
    assert {name[:26].rstrip("-") for name in files} == {
        "DL5-104233/F1-factuur-" + name.split("-")[3][:4] for name in files if "F1" in name
    } | {"DL5-104233/F2-factuur-" + name.split("-")[3][:4] for name in files if "F2" in name}
    given = [each.content for each in (*hybrid("F1"), *hybrid("F2"))]
    assert sorted(files.values()) == sorted(given)
    assert sorted(name.rpartition(".")[2] for name in files) == ["pdf", "pdf", "xml", "xml"]
    assert int(taken.headers["Content-Length"]) == len(taken.content) == chosen["bytes"]
    assert taken.headers["Content-Type"] == "application/zip"
    assert taken.headers["Content-Disposition"].endswith(".zip")
    after = await state(reader, chosen)
    assert (after["state"], after["documents"], after["done"]) == ("done", 2, 2)
    assert (after["failed"], after["bytes"]) == ([], len(taken.content))


async def test_all_that_a_list_shows_is_taken_and_nothing_else(
    hear, snapshot, web_door, published, take
):
    """D-02, D-15"""
    person = new_id()
    for number in ("DL5-1", "DL5-2"):
        await hear(snapshot(person, customer_number=number))
    for at in range(5):
        await published(f"DL5-{at % 2 + 1}", number=f"F{at}", issue_date=f"2026-0{at + 1}-01")
    await published("DL5-3", number="another's")
    await published("DL5-1", number="C1", type="credit_note")
    headers = web_door.signed_in(person)

    for query, numbers in (
        ({}, {"F0", "F1", "F2", "F3", "F4", "C1"}),
        ({"customer_number": "DL5-2"}, {"F1", "F3"}),
        ({"type": "credit_note"}, {"C1"}),
        ({"from": "2026-02-01", "to": "2026-03-31", "sort": "number"}, {"F1", "F2"}),
    ):
        chosen, taken = await take(headers, query=query)
        names = [name.split("/")[1].split("-")[0] for name in unpacked(taken)]
        assert set(names) == numbers, query
        assert chosen["documents"] == len(names)


async def test_more_than_a_page_comes_in_the_order_of_the_list(
    reader, published, take, monkeypatch
):
    for module in (exporting, exports_api):
        monkeypatch.setattr(module, "ON_A_PAGE", 2)
    for at in range(5):
        await published(number=f"F{at}", issue_date=f"2026-06-0{at + 1}")

    _, taken = await take(reader, query={"sort": "issue_date"}, format="csv")

    rows = list(csv.reader(io.StringIO(taken.content.decode("utf-8-sig"))))
    assert [row[2] for row in rows[1:]] == ["F0", "F1", "F2", "F3", "F4"]


@pytest.mark.parametrize(
    ("language", "kind", "credit"),
    [
        ("nl", "factuur", "creditnota"),
        ("fr", "facture", "note-de-credit"),
        ("de", "rechnung", "gutschrift"),
        ("en", "invoice", "credit-note"),
    ],
)
async def test_where_there_is_no_pdf_it_is_a_rendition_in_the_readers_language(
    reader, published, xml_file, ubl, take, language, kind, credit
):
    """D-02"""
    document = await published(files=(xml_file(ubl()),))
    paper = await published(number="C1", type="credit_note")

    chosen, taken = await take(
        reader, document_ids=[str(document.id), str(paper.id)], language=language
    )

    files = unpacked(taken)
    assert [name.split("/")[1].rpartition("-")[0] for name in files] == [
        f"F2600017-{kind}",
        f"C1-{credit}",
    ]
    assert all(content.startswith(b"%PDF-") for content in files.values())
    assert chosen["bytes"] is None
    assert "Content-Length" not in taken.headers


async def test_a_document_that_no_machine_reads_is_there_as_it_came_and_as_what_is_known(
    reader, published, xml_file, take, state
):
    odd = xml_file(b"<a>not an invoice</a>")
    document = await published(files=(odd,))

    chosen, taken = await take(reader, document_ids=[str(document.id)])

    files = unpacked(taken)
    assert str(document.id) in " ".join(told(files))
    kinds = {name.rpartition(".")[2]: content for name, content in files.items()}
    assert kinds["xml"] == odd.content
    assert kinds["pdf"].startswith(b"%PDF-")
    failed = [{"document_id": str(document.id), "reason": "no_pdf"}]
    assert (await state(reader, chosen))["failed"] == failed


async def test_who_wants_only_xml_gets_the_pdf_of_a_document_that_has_none(
    reader, published, hybrid, factur_x, ubl, take
):
    plain = await published(number="F1")
    both = await published(number="F2", files=hybrid("F2"))
    file = {"role": "original_pdf", "name": "a.pdf", "media_type": "application/pdf"}
    inside = await published(
        number="F2600017", files=(DocumentFile(**file, content=factur_x(ubl())),)
    )
    ids = [str(each.id) for each in (plain, both, inside)]

    _, taken = await take(reader, document_ids=ids, files=["xml"])

    files = unpacked(taken)
    by_number = {name.split("/")[-1].split("-")[0]: name for name in files}
    assert by_number["F1"].endswith(".pdf")
    assert files[by_number["F2"]] == hybrid("F2")[0].content
    assert files[by_number["F2600017"]] == ubl()
    assert str(plain.id) in " ".join(told(files))
    assert str(both.id) not in " ".join(told(files))


@pytest.fixture
def spoil(tmp_path):
    """Return a function that puts other bytes, or none, where those of a document's PDF lie."""

    def spoil(document, content):
        sha256 = document.files[-1].sha256
        path = tmp_path / "kept" / document.issuer / "sha256" / sha256[:2] / sha256[2:4] / sha256
        path.unlink()
        if content is not None:
            path.write_bytes(content)

    return spoil


@pytest.mark.parametrize(
    ("content", "reason", "language"),
    [
        (None, "missing", "nl"),
        (b"%PDF-1.7 other", "changed", "fr"),
        (b"", "changed", "de"),
        (None, "missing", "en"),
    ],
)
async def test_what_fails_inside_leaves_a_line_and_the_archive_is_whole_and_as_long_as_announced(
    reader, published, hybrid, take, state, spoil, content, reason, language
):
    """D-02"""
    good = await published(number="F1", files=hybrid("F1"))
    bad = await published(number="F2", files=hybrid("F2"))
    spoil(bad, content)
    ids = [str(good.id), str(bad.id)]

    chosen, taken = await take(reader, document_ids=ids, files=["pdf", "xml"], language=language)

    files_ = unpacked(taken)
    assert len(files_) == 4
    assert str(good.id) not in " ".join(told(files_))
    assert f"({bad.id}):" in told(files_)
    assert int(taken.headers["Content-Length"]) == len(taken.content) == chosen["bytes"]
    after = await state(reader, chosen)
    assert after["failed"] == [{"document_id": str(bad.id), "reason": reason}]
    assert (after["state"], after["done"]) == ("done", 2)


async def test_what_may_not_be_read_any_more_is_not_handed_out(
    hear, snapshot, web_door, published, choose, state
):
    """I-18, D-15"""
    person, number = new_id(), "DL5-1"
    await hear(snapshot(person, customer_number=number))
    await hear(snapshot(person, customer_number="DL5-2"))
    lost, kept = await published(number, number="F1"), await published("DL5-2", number="F2")
    headers = web_door.signed_in(person)
    chosen = (await choose(headers, query={})).json()
    await hear(snapshot(new_id(), customer_number=number, version=2))

    taken = await web_door.http.get(chosen["href"], headers=headers)

    files = unpacked(taken)
    assert {name.split("/")[0] for name in files} == {"DL5-2", "problems.txt"}
    assert f"{lost.id}:" in told(files)
    assert "F1" not in " ".join(told(files))
    assert (await state(headers, chosen))["failed"] == [
        {"document_id": str(lost.id), "reason": "not_yours"}
    ]
    assert "Content-Length" not in taken.headers
    assert kept.number == "F2"


async def test_who_may_read_none_of_it_any_more_gets_nothing(
    hear, snapshot, web_door, published, choose
):
    """I-18"""
    person = new_id()
    await hear(snapshot(person))
    await published()
    headers = web_door.signed_in(person)
    chosen = (await choose(headers, query={})).json()
    await hear(snapshot(new_id(), version=2))

    for format_ in ("zip", "csv", "xlsx"):
        chosen = chosen | {"format": format_}
        answer = await web_door.http.get(chosen["href"], headers=headers)
        assert (answer.status_code, problems(answer)) == (422, [("", "nothing_to_take")])


async def test_what_is_hidden_from_readers_is_left_out_and_its_issuer_gets_it(
    reader, machine, published, choose, take, database
):
    document = await published()
    async with database.transaction() as session:
        gone = sa.text("update documents set visible_until = current_date - 1")
        await session.execute(gone)
    ids = [str(document.id)]

    assert (await choose(reader, document_ids=ids)).status_code == 422
    assert len(unpacked((await take(machine, document_ids=ids))[1])) == 1


async def test_documents_of_others_are_left_out_of_what_is_chosen(
    reader, machine, published, choose, web_door
):
    """I-20, D-15"""
    own, others = await published(), await published("DL5-9", number="another's")
    elsewhere = await published("DL6-1", number="elsewhere")
    ids = [str(each.id) for each in (own, others, elsewhere)]

    assert (await choose(reader, document_ids=ids)).json()["documents"] == 1
    assert (await choose(machine, document_ids=ids)).json()["documents"] == 2
    none = await choose(reader, document_ids=[str(others.id), str(new_id())])
    assert (none.status_code, problems(none)) == (422, [("", "nothing_to_take")])
    nothing = await choose(web_door.signed_in(new_id()), query={})
    assert nothing.status_code == 422


async def test_an_export_is_there_for_nobody_but_who_chose_it(
    hear, snapshot, web_door, published, choose
):
    """I-20"""
    main, partner = new_id(), new_id()
    await hear(snapshot(main, shared=[partner]))
    await published()
    chosen = (await choose(web_door.signed_in(main), query={})).json()
    paths = [f"/v1/exports/{chosen['export_id']}", chosen["href"]]

    for headers in (
        web_door.signed_in(partner),
        web_door.bearer(READ, issuer="dl5"),
        web_door.bearer(READ, issuer="dl5", sub=str(main)),
        web_door.at_work("dl5", READ, sub=str(main)),
    ):
        for path in paths:
            answer = await web_door.http.get(path, headers=headers)
            assert (answer.status_code, problems(answer)) == (404, [("", "export_unknown")])
    machine = web_door.bearer(READ, issuer="dl5", sub="one")
    of_machine = (await choose(machine, query={})).json()
    for headers in (
        web_door.bearer(READ, issuer="dl6", sub="one"),
        web_door.bearer(READ, issuer="dl5", sub="two"),
    ):
        assert (await web_door.http.get(of_machine["href"], headers=headers)).status_code == 404
    assert (await web_door.http.get(of_machine["href"], headers=machine)).status_code == 200


async def test_who_only_looks_and_who_is_a_guest_take_nothing_away(
    hear, snapshot, web_door, published
):
    main = new_id()
    await hear(snapshot(main))
    document = await published()
    guest = {"issuer": "dl5", "customer_number": "DL5-104233"}
    for headers, status in (
        (web_door.viewing(main, "dl5"), 403),
        (web_door.bearer("documents:newest", **guest), 403),
        (web_door.bearer("documents:parts"), 403),
        (web_door.bearer("documents:write", issuer="dl5"), 403),
        ({}, 401),
    ):
        for method, path in (
            ("POST", "/v1/exports"),
            ("GET", f"/v1/exports/{new_id()}"),
            ("GET", f"/v1/exports/{new_id()}/content"),
            ("POST", f"/v1/documents/{document.id}/duplicate"),
        ):
            said = {"json": {"format": "zip", "query": {}}} if path == "/v1/exports" else {}
            answer = await web_door.http.request(method, path, headers=headers, **said)
            assert answer.status_code == status, (method, path, answer.text)


async def test_staff_take_away_what_is_their_issuers(web_door, published, take):
    await published("DL5-1", number="F1")
    await published("DL6-1", number="F2")

    _, taken = await take(web_door.at_work("dl5", READ), query={})

    assert [name.split("/")[0] for name in unpacked(taken)] == ["DL5-1"]


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"query": {}, "document_ids": [str(new_id())]},
        {"document_ids": []},
        {"document_ids": [str(new_id())] * 1_001},
        {"query": {"colour": "red"}},
        {"query": {}, "format": "exe"},
        {"query": {}, "files": []},
        {"query": {}, "files": ["attachment"]},
        {"query": {}, "language": "xx"},
        {"query": {}, "folder": "../../etc"},
    ],
)
async def test_what_is_asked_wrongly_is_refused(reader, published, choose, said):
    await published()

    assert (await choose(reader, **said)).status_code == 422


async def test_only_so_many_at_once_and_so_many_a_day(
    reader, published, choose, monkeypatch, database
):
    for at in range(3):
        await published(number=f"F{at}")
    monkeypatch.setattr(exporting, "MOST_DOCUMENTS", 2)
    too_many = await choose(reader, query={})
    assert problems(too_many) == [("/query", "too_many_documents")]

    monkeypatch.setattr(exporting, "MOST_DOCUMENTS", 3)
    monkeypatch.setattr(exporting, "_MOST_A_DAY", 1)
    assert (await choose(reader, query={})).status_code == 201
    answer = await choose(reader, query={})
    assert answer.status_code == 429
    async with database.transaction() as session:
        await session.execute(sa.update(Export).values(asked_at=now() - timedelta(hours=25)))
    assert (await choose(reader, query={})).status_code == 201


async def test_the_same_request_twice_is_one_export(reader, published, choose, database):
    await published()
    headers = reader | {"Idempotency-Key": "take-it"}

    one, other = await choose(headers, query={}), await choose(headers, query={})

    assert one.json() == other.json()
    async with database.transaction() as session:
        assert await session.scalar(sa.select(sa.func.count()).select_from(Export)) == 1


async def test_what_was_chosen_lives_a_day(reader, published, choose, web_door, database, hear):
    await published()
    chosen = (await choose(reader, query={})).json()
    async with database.transaction() as session:
        await session.execute(sa.update(Export).values(asked_at=now() - timedelta(hours=25)))

    for path in (f"/v1/exports/{chosen['export_id']}", chosen["href"]):
        assert (await web_door.http.get(path, headers=reader)).status_code == 404
    fresh = (await choose(reader, query={})).json()
    await hear(ForgetExports())
    async with database.transaction() as session:
        assert [str(each) for each in await session.scalars(sa.select(Export.id))] == [
            fresh["export_id"]
        ]
        assert [str(each) for each in await session.scalars(sa.select(ExportPage.export_id))] == [
            fresh["export_id"]
        ]


HOSTILE = ["=1+1", "+cmd", "-2+3", "@SUM(A1)", "\u202e=1", "a;=1", "F1", "'=1", '"=1', "<b>&amp;"]


async def test_a_table_has_a_row_for_each_and_nothing_that_computes(reader, published, take):
    """D-02"""
    for number in HOSTILE:
        await published(number=number, payment_reference="+++090/9337/55493+++")
    usd = {"amount": "1284.17", "currency": "USD"}
    await published(number="C1", type="credit_note", total_incl_vat=usd)

    titles = set()
    for language, separator, amount in (
        ("nl", ";", "-1284,17"),
        ("fr", ";", "-1284,17"),
        ("de", ";", "-1284,17"),
        ("en", ",", "-1284.17"),
    ):
        _, as_csv = await take(reader, query={}, format="csv", language=language)
        _, as_xlsx = await take(reader, query={}, format="xlsx", language=language)
        text = as_csv.content.decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text), delimiter=separator))
        book = CalamineWorkbook.from_filelike(io.BytesIO(as_xlsx.content))
        sheet = book.get_sheet_by_index(0).to_python()
        assert len(rows) == len(sheet) == len(HOSTILE) + 2
        assert sheet[0] == rows[0]
        assert len(set(rows[0])) == 10
        titles.add(rows[0][5])
        for row in rows[1:]:
            assert not any(each.startswith(("=", "+", "@", "\t")) for each in row), row
            assert row[8] == ("" if row[2] == "C1" else "'+++090/9337/55493+++")
        kept = {number.replace("\u202e", "") for number in HOSTILE}
        assert {row[2] for row in sheet[1:]} == kept | {"C1"}
        assert [row[5] for row in rows if row[2] == "C1"] == [amount]
        assert [row[5:8] for row in sheet if row[2] == "C1"] == [[-1284.17, -1284.17, "USD"]]
        assert as_csv.content.startswith(b"\xef\xbb\xbf")
        assert int(as_xlsx.headers["Content-Length"]) == len(as_xlsx.content)
    assert len(titles) == 4


async def test_who_goes_away_before_the_end_leaves_it_to_be_taken_again(
    reader, published, pdf_file, choose, web_door, database, gateways, state
):
    for at in range(4):
        await published(number=f"F{at}", files=(pdf_file(b"%d" % at),))
    chosen = (await choose(reader, query={})).json()
    async with database.transaction() as session:
        (export,) = await session.scalars(sa.select(Export))
    taker = Taker(export.owner, Reader(person_id=UUID(export.owner)))

    handed = await handing_out.begin(database.transaction, gateways.files, never, taker, export.id)
    assert (await state(reader, chosen))["state"] == "running"
    await anext(handed.content)
    await handed.content.aclose()

    assert (await state(reader, chosen))["state"] == "failed"
    assert len(unpacked(await web_door.http.get(chosen["href"], headers=reader))) == 4
    assert (await state(reader, chosen))["state"] == "done"


async def never(_document, _language):
    raise AssertionError


async def test_what_a_process_left_behind_when_it_died_is_said_to_have_failed(
    reader, published, choose, state, database
):
    await published()
    chosen = (await choose(reader, query={})).json()
    for minutes, seen in ((4, "running"), (6, "failed")):
        async with database.transaction() as session:
            stopped = now() - timedelta(minutes=minutes)
            await session.execute(sa.update(Export).values(state="running", moved_at=stopped))
        assert (await state(reader, chosen))["state"] == seen


async def test_an_archive_that_cannot_be_finished_does_not_look_finished(
    reader, published, choose, web_door, files, monkeypatch, state
):
    """The store is away: that is not the same as a file that is missing."""
    await published()
    chosen = (await choose(reader, query={})).json()

    async def away(*_):
        raise ConnectionError

    monkeypatch.setattr(files, "read", away)
    taken = await web_door.http.get(chosen["href"], headers=reader)

    assert taken.status_code != 200 or not zipfile.is_zipfile(io.BytesIO(taken.content))
    assert (await state(reader, chosen))["state"] == "failed"
