"""Proves who may read what of the archive over HTTP, and that what is read is safe to open."""

import hashlib
from urllib.parse import unquote

import pytest

from chassis.identifiers import new_id
from chassis.testing import problems
from contracts.documents import DocumentFile

CONTENT = bytes(range(256))
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def published(database, publish, command):
    """Return a function that publishes a document and returns it."""

    async def published(mark=b"", *, issuer="dl5", **told):
        known = {"customer_number": f"{issuer.upper()}-104233"}
        async with database.transaction() as session:
            return (await publish(session, command(mark, **known | told), issuer))[0]

    return published


@pytest.fixture
def ask(web_door):
    """Return a function that asks as an issuer's machine."""

    async def ask(path, *scopes, issuer="dl5", **params):
        headers = web_door.bearer(*(scopes or ("documents:read",)), issuer=issuer)
        return await web_door.http.get(path, params=params, headers=headers)

    return ask


@pytest.fixture
def visit(web_door):
    """Return a function that asks as a guest who may see the newest of one number."""

    async def visit(path, customer_number="DL5-104233"):
        claims = {"issuer": "dl5", "customer_number": customer_number}
        headers = web_door.bearer("documents:newest", **claims)
        return await web_door.http.get(path, headers=headers)

    return visit


def paths_of(document):
    one = f"/v1/documents/{document.id}"
    own = ("", f"/files/{document.files[0].sha256}", "/invoice", "/rendition", "/pages/1")
    return ["/v1/documents", "/v1/newest", *(one + each for each in own)]


@pytest.fixture
def hybrid(xml_file, ubl, pdf):
    """Return the files of a document that every route can show."""
    file = {"role": "original_pdf", "name": "a.pdf", "media_type": "application/pdf"}
    return (xml_file(ubl()), DocumentFile(**file, content=pdf()))


async def test_without_a_valid_token_nothing_is_read(web_door, published):
    for path in paths_of(await published()):
        for headers in ({}, {"Authorization": "Bearer forged"}):
            answer = await web_door.http.get(path, headers=headers)

            assert answer.status_code == 401
            assert answer.headers["WWW-Authenticate"] == "Bearer"


async def test_another_scope_reads_nothing(ask, published):
    for path in paths_of(await published()):
        answer = await ask(path, "documents:write", "identity:read", "documents:parts")

        assert answer.status_code == 403


async def test_each_scope_has_its_own_lists(ask, visit, published):
    await published()

    assert (await ask("/v1/newest")).status_code == 403
    assert (await visit("/v1/documents")).status_code == 403


async def test_another_issuer_or_none_finds_nothing(ask, published, hybrid):
    document = await published(files=hybrid)

    for path in paths_of(document)[2:]:
        assert (await ask(path)).status_code == 200, path
        for issuer in ("dl6", None):
            assert (await ask(path, issuer=issuer)).status_code == 404, path
    assert (await ask("/v1/documents", issuer="dl6")).json()["items"] == []
    assert (await ask("/v1/documents", issuer=None)).status_code == 404


@pytest.mark.parametrize(
    ("path", "params", "pointer"),
    [
        ("/v1/documents", {"customer_number": "104233"}, "/customer_number"),
        ("/v1/documents", {"type": "letter"}, "/type"),
        ("/v1/documents", {"limit": "0"}, "/limit"),
        ("/v1/documents", {"limit": "201"}, "/limit"),
        ("/v1/documents", {"number": "\0"}, "/number"),
        ("/v1/documents", {"cursor": "garbage"}, "/cursor"),
        ("/v1/documents", {"cursor": "x" * 301}, "/cursor"),
        ("/v1/documents/17", {}, "/document_id"),
        (f"/v1/documents/{new_id()}/files/..%2f..%2fetc", {}, None),
        (f"/v1/documents/{new_id()}/files/{'F' * 64}", {}, "/sha256"),
    ],
)
async def test_what_breaks_a_rule_is_named_by_its_place(ask, path, params, pointer):
    answer = await ask(path, **params)

    assert answer.status_code == (422 if pointer else 404)
    assert [where for where, _ in problems(answer)] == ([pointer] if pointer else [])


async def test_a_document_is_shown_with_its_files(ask, published):
    document = await published(payment_reference="RF18")

    shown = (await ask(f"/v1/documents/{document.id}")).json()

    (file,) = shown.pop("files")
    published_at = shown.pop("published_at")
    assert published_at == document.published_at.isoformat().replace("+00:00", "Z")
    assert shown == {
        "document_id": str(document.id),
        "issuer": "dl5",
        "customer_number": "DL5-104233",
        "number": "F2600017",
        "type": "invoice",
        "issue_date": "2026-06-01",
        "due_date": None,
        "total_incl_vat": {"currency": "EUR", "amount": "498.94"},
        "signed_total": {"currency": "EUR", "amount": "498.94"},
        "amount_due": {"currency": "EUR", "amount": "498.94"},
        "payment_reference": "RF18",
        "media_types": ["application/pdf"],
        "imported": False,
        "flags": [],
        "retain_until": "2036-12-31",
        "unread": None,
    }
    sha256 = document.files[0].sha256
    assert file == {
        "role": "original_pdf",
        "name": "invoice.pdf",
        "media_type": "application/pdf",
        "sha256": sha256,
        "size": document.files[0].size,
        "pages": 1,
        "href": f"/v1/documents/{document.id}/files/{sha256}",
    }


async def test_a_list_is_read_page_by_page(ask, published):
    for number in range(5):
        await published(b"%d" % number, number=str(number), issue_date=f"2026-06-0{number + 1}")

    first = (await ask("/v1/documents", limit=3)).json()
    second = (await ask("/v1/documents", limit=3, cursor=first["next_cursor"])).json()

    assert [each["number"] for each in first["items"]] == ["4", "3", "2"]
    assert [each["number"] for each in second["items"]] == ["1", "0"]
    assert second["next_cursor"] is None
    one = (await ask("/v1/documents", number="3", type="invoice")).json()
    assert [each["number"] for each in one["items"]] == ["3"]


async def test_a_file_comes_as_it_was_received_and_opens_nothing_by_itself(ask, published, pdf):
    document = await published(b"hello")
    sha256 = hashlib.sha256(pdf(b"hello")).hexdigest()

    answer = await ask(f"/v1/documents/{document.id}/files/{sha256}")

    assert answer.content == pdf(b"hello")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Length"] == str(len(pdf(b"hello")))
    assert answer.headers["ETag"] == f'"{sha256}"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    assert answer.headers["Content-Disposition"].startswith("attachment;")


@pytest.mark.parametrize(
    ("said", "content", "shown"),
    [
        ("application/pdf", b"%PDF-1.7", "application/pdf"),
        ("application/xml", b"<?xml version='1.0'?><a/>", "application/xml"),
        ("text/xml", b"<a/>", "text/xml"),
        ("text/html", CONTENT, "application/octet-stream"),
        ("text/html", b"<html>", "application/octet-stream"),
        ("application/pdf", b"<html>", "application/octet-stream"),
        ("application/pdf", CONTENT, "application/octet-stream"),
        ("image/svg+xml", b"<svg/>", "application/octet-stream"),
        ("application/javascript", CONTENT, "application/octet-stream"),
        ("application/xhtml+xml", b"<a/>", "application/octet-stream"),
    ],
)
async def test_only_what_is_safe_is_shown_as_what_it_is(ask, published, said, content, shown):
    file = DocumentFile(role="attachment", name="a", media_type=said, content=content)
    document = await published(files=(file,))

    answer = await ask(f"/v1/documents/{document.id}/files/{document.files[0].sha256}")

    assert answer.headers["Content-Type"] == shown
    assert answer.content == content


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ('a".pdf', "a_.pdf"),
        ("a';b.pdf", "a';b.pdf"),
        ("../../a.pdf", "a.pdf"),
        ("factuur é € 😀.pdf", "factuur é € 😀.pdf"),
        ("a\u202efdp.exe", "afdp.exe"),
        ("%0d%0a", "%0d%0a"),
    ],
)
async def test_a_file_name_cannot_leave_its_header(ask, published, name, kept):
    file = DocumentFile(role="attachment", name=name, media_type="application/pdf", content=CONTENT)
    document = await published(files=(file,))

    answer = await ask(f"/v1/documents/{document.id}/files/{SHA256}")

    disposition = answer.headers["Content-Disposition"]
    kind, _, encoded = disposition.partition("; filename*=UTF-8''")
    assert kind == "attachment"
    assert not set(encoded) & set("\"'; /\\\r\n")
    assert unquote(encoded) == kept


async def test_a_file_the_document_has_not_is_not_found(ask, published):
    document = await published()

    answer = await ask(f"/v1/documents/{document.id}/files/{'0' * 64}")

    assert answer.status_code == 404


async def test_a_guest_reads_the_newest_document_and_its_file_and_nothing_else(
    visit, published, hybrid
):
    old = await published(b"old", number="F1", issue_date="2026-05-01")
    newest = await published(files=hybrid)
    elsewhere = await published(b"other", number="F3", customer_number="DL5-2")

    assert (await visit("/v1/newest")).json()["document_id"] == str(newest.id)
    for path in paths_of(newest)[2:]:
        assert (await visit(path)).status_code == 200
    for document in (old, elsewhere):
        for path in paths_of(document)[2:]:
            assert (await visit(path)).status_code == 404
    assert (await visit("/v1/newest", customer_number="DL5-3")).status_code == 404


async def test_a_token_that_names_no_number_sees_no_newest(web_door, published):
    await published()
    headers = web_door.bearer("documents:newest", issuer="dl5")

    answer = await web_door.http.get("/v1/newest", headers=headers)

    assert answer.status_code == 403
