"""Proves that a file is called what it is, and that only a wrong word is called wrong."""

import pytest

from documents import media_types

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ODS = "application/vnd.oasis.opendocument.spreadsheet"


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("application/pdf", "application/pdf"),
        ("text/xml", "application/xml"),
        ("application/vnd.example+xml", "application/xml"),
        (DOCX, "application/zip"),
        (ODS, "application/zip"),
        ("application/epub+zip", "application/zip"),
        ("text/csv", None),
        ("image/webp", None),
        ("application/octet-stream", None),
    ],
)
def test_who_says_what_it_is_or_what_nobody_can_tell_is_believed(said, found):
    assert media_types.settled(said, found) == (said, False)


@pytest.mark.parametrize(
    ("said", "found", "kept"),
    [
        ("application/pdf", "text/html", "text/html"),
        ("application/pdf", "application/zip", "application/zip"),
        ("image/png", "application/pdf", "application/pdf"),
        ("application/xml", "application/pdf", "application/pdf"),
        (DOCX, "application/pdf", "application/pdf"),
        ("application/pdf", None, "application/octet-stream"),
        ("application/xml", None, "application/octet-stream"),
        ("text/xml", None, "application/octet-stream"),
        ("image/svg+xml", None, "application/octet-stream"),
    ],
)
def test_who_is_wrong_is_corrected(said, found, kept):
    assert media_types.settled(said, found) == (kept, True)


@pytest.mark.parametrize("said", ["application/octet-stream", "binary/octet-stream"])
def test_who_says_nothing_is_not_wrong(said):
    assert media_types.settled(said, "application/pdf") == ("application/pdf", False)
