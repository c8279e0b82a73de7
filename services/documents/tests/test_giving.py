"""Proves that documents and uploads are taken over HTTP as they are from the queue, and bounded."""

import asyncio
import hashlib
import json
from datetime import timedelta

import pytest
import sqlalchemy as sa

from chassis.testing import problems, said
from contracts.documents import DocumentPublished
from documents import uploading
from documents.models import Document

MOST = 2 * 1024 * 1024


@pytest.fixture
def give(web_door):
    """Return a function that posts as an issuer's machine."""

    async def give(path, content, *scopes, issuer="dl5", **headers):
        headers |= web_door.bearer(*(scopes or ("documents:write",)), issuer=issuer)
        return await web_door.http.post(path, content=content, headers=headers)

    return give


async def published(database):
    async with database.transaction() as session:
        count = await session.scalar(sa.select(sa.func.count()).select_from(Document))
        return count, len(await said(session, DocumentPublished))


async def test_without_the_scope_nothing_is_taken(web_door, give, command):
    for path, body in (("/v1/documents", command().body()), ("/v1/uploads", b"a")):
        assert (await web_door.http.post(path, content=body)).status_code == 401
        assert (await give(path, body, "documents:read")).status_code == 403
        assert (await give(path, body, issuer=None)).status_code == 404


async def test_a_document_is_archived_and_told_once(give, database, command):
    """D-20"""
    first = await give("/v1/documents", command().body())
    again = await give("/v1/documents", command().body())

    assert (first.status_code, again.status_code) == (201, 200)
    document_id = first.json()["document_id"]
    assert first.json() == {"document_id": document_id, "already_published": False, "flags": []}
    assert again.json() == {"document_id": document_id, "already_published": True, "flags": []}
    assert await published(database) == (1, 1)


async def test_a_document_given_twice_under_one_key_is_answered_alike(give, database, command):
    """D-20"""
    key = {"Idempotency-Key": "run-17"}

    answers = [await give("/v1/documents", command().body(), **key) for _ in range(2)]
    other = await give("/v1/documents", command(b"another").body(), **key)

    assert [each.status_code for each in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert problems(other) == [("/Idempotency-Key", "idempotency_key_reused")]
    assert await published(database) == (1, 1)


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ({"customer_number": "DL6-1"}, [("/customer_number", "issuer_prefix")]),
        ({"number": None, "type": None}, [("/number", "missing"), ("/type", "missing")]),
        (
            {"amount_due": {"amount": "1.00", "currency": "USD"}},
            [("/amount_due/currency", "one_currency")],
        ),
    ],
)
async def test_what_is_refused_is_refused_as_from_the_queue(give, database, command, told, found):
    answer = await give("/v1/documents", command(**told).body())

    assert (answer.status_code, problems(answer)) == (422, found)
    assert await published(database) == (0, 0)


@pytest.mark.parametrize(
    ("body", "status", "found"),
    [
        (b"", 400, [("", "json_invalid")]),
        (b"not json", 400, [("", "json_invalid")]),
        (b"\xff\xfe", 400, [("", "json_invalid")]),
        (b"[" * 100_000, 400, [("", "json_invalid")]),
        (b"[]", 422, [("", "model_type")]),
        (
            b'{"customer_number": "DL5-1", "total_incl_vat": {"amount": 1, "currency": "EUR"}}',
            422,
            [("/total_incl_vat/amount", "text"), ("/files", "missing")],
        ),
    ],
)
async def test_what_cannot_be_read_is_told_by_its_place(give, body, status, found):
    answer = await give("/v1/documents", body)

    assert answer.headers["Content-Type"] == "application/problem+json"
    assert (answer.status_code, problems(answer)) == (status, found)
    assert "EUR" not in answer.text


async def test_files_too_large_for_a_message_are_told_to_be_uploaded(give, command):
    large = json.loads(command().body())
    large["files"][0]["content"] = "A" * (4 * 1024 * 1024)

    answer = await give("/v1/documents", json.dumps(large))

    assert (answer.status_code, problems(answer)) == (422, [("", "files_too_large")])


async def test_an_upload_is_answered_with_what_came(give, files):
    content = bytes(range(256)) * 100

    answer = await give("/v1/uploads", content)

    uploaded = answer.json()
    assert answer.status_code == 201
    assert (uploaded["size"], uploaded["sha256"]) == (
        len(content),
        hashlib.sha256(content).hexdigest(),
    )
    assert await files.upload("dl5", uploaded["upload_id"]) == content


async def test_an_upload_becomes_a_file_of_a_document(give, database, command, pdf, files):
    uploaded = (await give("/v1/uploads", pdf())).json()
    body = json.loads(command().body())
    del body["files"][0]["content"]
    body["files"][0]["upload_id"] = uploaded["upload_id"]

    answers = [await give("/v1/documents", json.dumps(body), issuer="dl5") for _ in range(2)]
    stolen = await give(
        "/v1/documents", json.dumps(body | {"customer_number": "DL6-1"}), issuer="dl6"
    )

    assert [each.status_code for each in answers] == [201, 200]
    assert problems(stolen) == [("/files/0/upload_id", "upload_unknown")]
    assert await files.read("dl5", uploaded["sha256"]) == pdf()
    assert await published(database) == (1, 1)


async def test_nothing_is_no_upload(give):
    answer = await give("/v1/uploads", b"")

    assert (answer.status_code, problems(answer)) == (422, [("", "empty")])


@pytest.mark.parametrize("keys", [({}, {}), ({"Idempotency-Key": "1"}, {"Idempotency-Key": "2"})])
async def test_an_upload_may_be_this_large_and_no_larger(give, tmp_path, keys):
    assert (await give("/v1/uploads", b"x" * MOST, **keys[0])).status_code == 201
    answer = await give("/v1/uploads", b"x" * (MOST + 1), **keys[1])

    assert answer.status_code == 413
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert str(MOST) in answer.json()["detail"]
    kept = [each for each in (tmp_path / "kept").rglob("*") if each.is_file()]
    assert len(kept) == 1


@pytest.mark.parametrize(("path", "at_most"), [("/v1/uploads", MOST), ("/v1/documents", 16 << 20)])
async def test_what_is_too_large_is_not_read_to_its_end(give, path, at_most):
    read = 0

    async def endless():
        nonlocal read
        while read < 10 * at_most:
            read += 65536
            yield b"x" * 65536

    answer = await give(path, endless())

    assert answer.status_code == 413
    assert read <= at_most + 2 * 65536


async def test_an_upload_asked_twice_under_one_key_is_one(give):
    answers = await asyncio.gather(
        *(give("/v1/uploads", b"content", **{"Idempotency-Key": "run-19"}) for _ in range(2))
    )
    again = await give("/v1/uploads", b"content", **{"Idempotency-Key": "run-19"})

    assert len({each.json()["upload_id"] for each in (*answers, again)}) == 1


async def test_old_uploads_are_swept_and_nothing_else(files, made_ago):
    days = {"young": 0, "a day old": 24, "still being read": 24.9, "old": 25.1, "very old": 1000}
    uploads = {name: made_ago(timedelta(hours=hours)) for name, hours in days.items()}
    for upload_id in uploads.values():
        await files.keep_upload("dl5", upload_id, b"content")
    await files.keep_upload("dl6", uploads["old"], b"content")
    sha256 = await files.keep("dl5", b"content")

    await uploading.sweep(files)
    await uploading.sweep(files)

    left = {upload_id for _, upload_id in await files.uploads()}
    assert left == {uploads[name] for name in ("young", "a day old", "still being read")}
    assert await files.read("dl5", sha256) == b"content"
