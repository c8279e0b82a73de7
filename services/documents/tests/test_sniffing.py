"""Proves that bytes are known for what they are, whatever they are called."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.sniffing import media_type


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"%PDF-1.7\n", "application/pdf"),
        (b"GET / HTTP/1.1\r\n\r\n%PDF-1.4\n", "application/pdf"),
        (b" " * 1_024 + b"%PDF-1.4", "application/pdf"),
        (b" " * 1_025 + b"%PDF-1.4", None),
        (b"<?xml version='1.0'?><a/>", "application/xml"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><a/>", "application/xml"),
        (b"\n  <Invoice/>", "application/xml"),
        (b"<ubl:Invoice/>", "application/xml"),
        (b"<!-- a comment --><a/>", "application/xml"),
        (b"<?xml-stylesheet?><a/>", "application/xml"),
        (b"<!DOCTYPE Invoice><Invoice/>", "application/xml"),
        ("<?xml version='1.0'?><a/>".encode("utf-16"), "application/xml"),
        ("<?xml version='1.0'?><a/>".encode("utf-16-le"), "application/xml"),
        ("\ufeff<a/>".encode("utf-16-be"), "application/xml"),
        (b"<!-- %PDF-1.7 --><a/>", "application/xml"),
        (b"<!DOCTYPE html><html>", "text/html"),
        (b"\n<HTML lang='en'>", "text/html"),
        (b"<htmlish/>", "application/xml"),
        (b"\x89PNG\r\n\x1a\n....", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"II*\x00", "image/tiff"),
        (b"PK\x03\x04", "application/zip"),
        (b"PK\x03\x04 %PDF-1.7", "application/zip"),
        (b"", None),
        (b"< a", None),
        (b"a;b;c\n", None),
        (b"\x00" * 2_000, None),
    ],
)
def test_bytes_are_what_they_look_like(content, found):
    assert media_type(content) == found


@given(st.binary(max_size=200))
def test_bytes_of_any_kind_can_be_looked_at(content):
    assert media_type(content) is None or "/" in media_type(content)
