"""Proves the routes of custody: the proof, for its issuer; what concerns them, for readers."""

from datetime import timedelta
from zipfile import ZipFile

import pytest
import sqlalchemy as sa

from chassis.identifiers import new_id, now
from documents import chain, checking, deleting, heading, unpacking
from documents.custody import Deletion
from documents.models import Claim

READ, ARCHIVE = "documents:read", "documents:archive"
DAY = timedelta(days=1)


@pytest.fixture
def an(web_door):
    """Return the headers of somebody who may look after the archive of dl5."""
    return web_door.bearer(READ, ARCHIVE, issuer="dl5", sub="an")


@pytest.fixture
def bo(web_door):
    """Return the headers of somebody else who may."""
    return web_door.bearer(READ, ARCHIVE, issuer="dl5", sub="bo")


@pytest.fixture
async def document(database, publish, command):
    async with database.transaction() as session:
        document, _ = await publish(session, command(issue_date="2012-02-29"))
    return document


async def all_of(web_door, path, headers, **params):
    """Return the items of all pages of a list."""
    items, cursor = [], None
    while True:
        asked = params | ({"cursor": cursor} if cursor else {})
        answer = await web_door.http.get(path, headers=headers, params=asked)
        assert answer.status_code == 200, answer.text
        items += answer.json()["items"]
        cursor = answer.json()["next_cursor"]
        if cursor is None:
            return items


async def test_an_issuer_sees_all_that_happened_to_a_document(web_door, an, document, database):
    async with database.transaction() as session:
        await chain.note(session, document.id, "held", reason="a lawsuit", by="bo")

    items = await all_of(web_door, f"/v1/documents/{document.id}/events", an, limit=1)

    assert [each["act"] for each in items] == ["received", "published", "held"]
    assert items[2]["facts"]["reason"] == "a lawsuit"
    assert all(len(each["hash"]) == 64 for each in items)


async def test_a_reader_sees_what_concerns_them_and_nobody_elses_doings(
    web_door, document, database
):
    reader = new_id()
    async with database.transaction() as session:
        session.add(Claim(person_id=reader, customer_number="DL5-104233", issuer="dl5"))
        await chain.note(session, document.id, "held", reason="a lawsuit", by="bo")
        await chain.note(session, document.id, "duplicate_made", by="somebody else")

    path, signed_in = f"/v1/documents/{document.id}/events", web_door.signed_in(reader)
    items = await all_of(web_door, path, signed_in, limit=2)

    assert [each["act"] for each in items] == ["received", "published", "duplicate_made"]
    assert items[0]["facts"]["document"]["number"] == "F2600017"
    assert items[2]["facts"] is None
    stranger = web_door.signed_in(new_id())
    assert (await web_door.http.get(path, headers=stranger)).status_code == 404


ISSUERS = (
    ("GET", "/v1/heads"),
    ("GET", "/v1/checks"),
    ("GET", "/v1/breaks"),
    ("GET", "/v1/retention"),
    ("GET", "/v1/tombstones"),
)
ARCHIVISTS = (
    ("PUT", "/v1/retention"),
    ("GET", "/v1/holds"),
    ("PUT", f"/v1/documents/{new_id()}/hold"),
    ("DELETE", f"/v1/documents/{new_id()}/hold"),
    ("GET", "/v1/deletions"),
    ("POST", "/v1/deletions"),
    ("GET", f"/v1/deletions/{new_id()}"),
    ("GET", f"/v1/deletions/{new_id()}/documents"),
    ("POST", f"/v1/deletions/{new_id()}/approve"),
    ("DELETE", f"/v1/deletions/{new_id()}"),
    ("POST", "/v1/packs"),
)


async def test_the_proof_is_its_issuers_and_deciding_takes_more(web_door):
    anybody = [web_door.signed_in(new_id()), web_door.bearer("documents:newest", issuer="dl5")]
    reader = web_door.bearer(READ, issuer="dl5")

    for method, path in ISSUERS + ARCHIVISTS:
        refused = [*anybody, reader] if (method, path) in ARCHIVISTS else anybody
        for headers in refused:
            answer = await web_door.http.request(method, path, headers=headers, json={})
            assert answer.status_code == 403, (method, path)
        answer = await web_door.http.request(method, path, json={})
        assert answer.status_code == 401, (method, path)


@pytest.mark.usefixtures("document")
async def test_heads_are_given_by_day(web_door, an, database):
    today = now().date()
    for days in (1, 2, 3):
        async with database.transaction() as session:
            await heading.make_heads(session, today + days * DAY)

    items = await all_of(web_door, "/v1/heads", an, limit=1)
    assert [(each["day"], each["events"]) for each in items] == [
        (today.isoformat(), 2),
        ((today + DAY).isoformat(), 0),
        ((today + 2 * DAY).isoformat(), 0),
    ]
    bounds = {"from": (today + DAY).isoformat(), "to": (today + DAY).isoformat()}
    assert await all_of(web_door, "/v1/heads", an, **bounds) == items[1:2]
    other = web_door.bearer(READ, issuer="dl6")
    assert await all_of(web_door, "/v1/heads", other) == []


async def test_what_was_looked_at_and_what_is_broken_is_told_to_its_issuer(
    web_door, an, document, database, files, tmp_path
):
    (path,) = (tmp_path / "kept").rglob(document.files[0].sha256)
    path.chmod(0o644)
    path.write_bytes(b"other")
    for _ in range(2):
        async with database.transaction() as session:
            await checking.go_on(session, files, 100)

    (walk,) = await all_of(web_door, "/v1/checks", an)
    (found,) = await all_of(web_door, "/v1/breaks", an)

    assert (walk["documents"], walk["files"], walk["bytes"]) == (1, 1, 5)
    assert walk["ended_at"]
    assert (found["about"], found["kind"]) == (str(document.id), "file")
    assert found["expected"] == document.files[0].sha256 != found["found"]
    assert await all_of(web_door, "/v1/breaks", an, gone=True) == []
    other = web_door.bearer(READ, issuer="dl6")
    assert await all_of(web_door, "/v1/breaks", other) == []
    ((seen),) = await all_of(web_door, "/v1/checks", other)
    assert (seen["documents"], seen["bytes"]) == (0, 0)


async def test_how_long_documents_are_kept_is_said_and_read(web_door, an):
    said = {"default_years": 12, "by_country": {"BE": 10, "NL": 7}, "visible_years": 7}
    before = await web_door.http.get("/v1/retention", headers=an)
    assert before.json() == {"default_years": 10, "by_country": {}, "visible_years": None}

    assert (await web_door.http.put("/v1/retention", headers=an, json=said)).json() == said

    assert (await web_door.http.get("/v1/retention", headers=an)).json() == said
    other = web_door.bearer(READ, issuer="dl6")
    assert (await web_door.http.get("/v1/retention", headers=other)).json()["default_years"] == 10


NO_TIMES = (
    {"default_years": 0},
    {"default_years": 101},
    {"default_years": -10},
    {"by_country": {"be": 10}},
    {"by_country": {"BEL": 10}},
    {"by_country": {"BE": 0}},
    {"visible_years": 0},
)


async def test_what_is_no_time_is_refused(web_door, an):
    for said in NO_TIMES:
        answer = await web_door.http.put("/v1/retention", headers=an, json=said)
        assert answer.status_code == 422, said


async def test_a_document_is_held_and_let_go(web_door, an, bo, document):
    path = f"/v1/documents/{document.id}/hold"

    held = await web_door.http.put(path, headers=an, json={"reason": "a lawsuit"})
    (item,) = await all_of(web_door, "/v1/holds", bo)
    assert held.status_code == 204
    assert (item["document_id"], item["reason"], item["held_by"]) == (
        str(document.id),
        "a lawsuit",
        "an",
    )
    other = web_door.bearer(ARCHIVE, issuer="dl6")
    assert await all_of(web_door, "/v1/holds", other) == []
    for method in ("PUT", "DELETE"):
        answer = await web_door.http.request(
            method, path, headers=other, json={"reason": "x"}, params={"reason": "x"}
        )
        assert answer.status_code == 404

    reason = {"reason": "it is over"}
    assert (await web_door.http.delete(path, headers=bo, params=reason)).status_code == 204
    assert (await web_door.http.delete(path, headers=bo, params=reason)).status_code == 409
    assert await all_of(web_door, "/v1/holds", bo) == []


async def test_two_people_let_documents_go(web_door, an, bo, document):
    until = {"until": "2024-02-29"}
    proposed = await web_door.http.post("/v1/deletions", headers=an, json=until)
    said = proposed.json()
    assert proposed.status_code == 201
    assert (said["state"], said["documents"], said["proposed_by"]) == ("proposed", 1, "an")
    path = f"/v1/deletions/{said['deletion_id']}"
    (listed,) = await all_of(web_door, f"{path}/documents", bo)
    assert listed["document_id"] == str(document.id)

    digest = {"digest": said["digest"]}
    alone = await web_door.http.post(f"{path}/approve", headers=an, json=digest)
    wrong = await web_door.http.post(f"{path}/approve", headers=bo, json={"digest": "0" * 64})
    stranger = web_door.bearer(ARCHIVE, issuer="dl6", sub="cy")
    elsewhere = await web_door.http.post(f"{path}/approve", headers=stranger, json=digest)
    assert [each.status_code for each in (alone, wrong, elsewhere)] == [403, 409, 404]

    done = await web_door.http.post(f"{path}/approve", headers=bo, json=digest)
    assert (done.json()["state"], done.json()["approved_by"]) == ("approved", "bo")
    assert (await web_door.http.delete(path, headers=bo)).status_code == 409


@pytest.mark.usefixtures("document")
async def test_a_list_may_be_put_away(web_door, an, bo, database):
    until = {"until": "2024-02-29"}
    proposed = await web_door.http.post("/v1/deletions", headers=an, json=until)
    path = f"/v1/deletions/{proposed.json()['deletion_id']}"
    stranger = web_door.bearer(READ, ARCHIVE, issuer="dl6")
    for each in ("", "/documents"):
        assert (await web_door.http.get(path + each, headers=stranger)).status_code == 404

    assert (await web_door.http.delete(path, headers=bo)).status_code == 204

    assert (await web_door.http.get(path, headers=an)).json()["state"] == "withdrawn"
    (item,) = await all_of(web_door, "/v1/deletions", an)
    assert item["state"] == "withdrawn"
    async with database.transaction() as session:
        assert await session.scalar(sa.select(sa.func.count()).select_from(Deletion)) == 1


async def test_what_was_deleted_is_found_by_its_number(web_door, an, bo, document, database):
    until = {"until": "2024-02-29"}
    said = (await web_door.http.post("/v1/deletions", headers=an, json=until)).json()
    path = f"/v1/deletions/{said['deletion_id']}/approve"
    await web_door.http.post(path, headers=bo, json={"digest": said["digest"]})
    async with database.transaction() as session:
        await deleting.delete_some(session, said["deletion_id"])

    found = {"type": "invoice", "number": "F2600017"}
    (stone,) = await all_of(web_door, "/v1/tombstones", an, **found)
    assert (stone["document_id"], stone["content_sha256"]) == (
        str(document.id),
        document.content_sha256,
    )
    assert await all_of(web_door, "/v1/tombstones", an, type="invoice", number="F1") == []
    assert await all_of(web_door, "/v1/tombstones", an) == [stone]
    other = web_door.bearer(READ, issuer="dl6")
    assert await all_of(web_door, "/v1/tombstones", other) == []
    gone = await web_door.http.get(f"/v1/documents/{document.id}", headers=an)
    assert gone.status_code == 404


async def test_a_pack_is_given_and_is_whole(web_door, an, document, tmp_path):
    days = {"from": "2012-01-01", "to": "2012-12-31"}

    answer = await web_door.http.post("/v1/packs", headers=an, json=days)

    assert answer.headers["content-type"] == "application/zip"
    path = tmp_path / "pack.zip"
    path.write_bytes(answer.content)
    assert unpacking.verify(path).wrong == []
    with ZipFile(path) as pack:
        assert f"documents/{document.id}/events.json" in pack.namelist()
    other = web_door.bearer(ARCHIVE, issuer="dl6")
    nothing = await web_door.http.post("/v1/packs", headers=other, json=days)
    assert nothing.status_code == 404


async def test_a_cursor_that_is_none_of_ours_is_refused(web_door, an):
    for path in ("heads", "checks", "breaks", "holds", "deletions", "tombstones"):
        answer = await web_door.http.get(f"/v1/{path}", headers=an, params={"cursor": "x"})
        assert answer.status_code == 422, path
        assert answer.json()["problems"][0]["rule"] == "cursor"
