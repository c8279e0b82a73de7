"""PublishDocument: what a document on the wire may be made of."""

import base64
import json

import pytest
from pydantic import ValidationError

from contracts.documents import MAX_CONTENT_BYTES, PublishDocument

UPLOAD = "0198c7a3-8a53-7e95-91ba-9f5d4cae6a51"


def file(**changes):
    made = {"role": "original_xml", "name": "1.xml", "media_type": "application/xml"} | changes
    return {name: value for name, value in made.items() if value is not None}


def containing(content):
    return file(content=base64.b64encode(content).decode())


def read(*files, **changes):
    body = {"customer_number": "DL5-104233", "files": files} | changes
    return PublishDocument.read(json.dumps(body).encode())


def refused_for(*files, **changes):
    with pytest.raises(ValidationError) as refused:
        read(*files, **changes)
    return [(each["loc"], each["type"]) for each in refused.value.errors()]


def test_the_bytes_of_a_file_arrive_as_they_were():
    every_byte = bytes(range(256))

    document = read(containing(every_byte))

    assert document.files[0].content == every_byte
    assert PublishDocument.read(document.body()) == document


@pytest.mark.parametrize(
    "content", ["YQ", "YQ=", "Y Q==", "YQ==\n", "YQ==YQ==", "_-_-", "é", "=", 7, [], {}]
)
def test_content_is_strictly_base64(content):
    assert refused_for(file(content=content)) == [(("files", 0, "content"), "base64")]


def test_an_empty_file_is_still_a_file():
    assert read(file(content="")).files[0].content == b""


def test_the_files_of_a_message_have_at_most_1_mib_together():
    half = bytes(MAX_CONTENT_BYTES // 2)

    document = read(containing(half), containing(half))

    assert MAX_CONTENT_BYTES == 1_048_576
    assert sum(len(each.content) for each in document.files) == MAX_CONTENT_BYTES
    assert refused_for(containing(half), containing(half + b"x")) == [((), "files_too_large")]


def test_what_was_uploaded_does_not_count():
    assert read(containing(bytes(MAX_CONTENT_BYTES)), file(upload_id=UPLOAD))


@pytest.mark.parametrize(
    "given", [{}, {"content": "YQ==", "upload_id": UPLOAD}, {"content": "", "upload_id": UPLOAD}]
)
def test_a_file_has_either_content_or_an_upload(given):
    assert refused_for(file(**given)) == [(("files", 0), "one_of")]


@pytest.mark.parametrize(("count", "rule"), [(0, "too_short"), (11, "too_long")])
def test_a_document_has_1_to_10_files(count, rule):
    assert len(read(*[containing(b"x")] * 10).files) == 10
    assert refused_for(*[containing(b"x")] * count) == [(("files",), rule)]


@pytest.mark.parametrize(
    "media_type",
    ["xml", "application/", "/xml", "Application/XML", "text/html; charset=utf-8", "a/b\r\nX: y"],
)
def test_a_media_type_is_a_bare_one(media_type):
    wrong = file(content="YQ==", media_type=media_type)

    assert refused_for(wrong) == [(("files", 0, "media_type"), "string_pattern_mismatch")]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("customer_number", "104233"),
        ("number", ""),
        ("number", "a\nb"),
        ("type", "proforma"),
        ("issue_date", "17/08/2026"),
        ("issue_date", "2026-02-30"),
        ("due_date", "soon"),
        ("total_incl_vat", "498.94"),
        ("total_incl_vat", {"amount": 498.94, "currency": "EUR"}),
        ("references", [{"kind": "Order", "value": "x"}]),
        ("references", [{"kind": "order", "value": "x"}] * 51),
    ],
)
def test_what_is_said_beside_the_files_is_checked(field, value):
    errors = refused_for(containing(b"x"), **{field: value})

    assert [location[0] for location, _ in errors] == [field]


def test_only_whose_it_is_and_its_files_must_be_said():
    assert refused_for(customer_number=None, files=None) == [
        (("customer_number",), "string_type"),
        (("files",), "tuple_type"),
    ]
    assert read(containing(b"x")).total_incl_vat is None
