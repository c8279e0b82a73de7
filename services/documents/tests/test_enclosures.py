"""Proves what is made of documents that come inside an invoice."""

import base64

import pytest

from documents.enclosures import enclosure


def enclosed(**said):
    known = {
        "reference": "Doc1",
        "filename": "annex.pdf",
        "media_type": "application/pdf",
        "encoded": base64.b64encode(b"%PDF-1.7").decode(),
        "description": None,
        "url": None,
    }
    return enclosure(**known | said)


def test_an_attachment_has_its_bytes_its_name_and_its_media_type():
    found = enclosed(description="The annex")

    assert (found.name, found.media_type) == ("annex.pdf", "application/pdf")
    assert (found.content, found.description) == (b"%PDF-1.7", "The annex")


def test_base64_may_be_broken_into_lines():
    assert enclosed(encoded="\n  JVBE\r\n Ri0x\t Ljc=\n").content == b"%PDF-1.7"


@pytest.mark.parametrize("encoded", ["JVBERi0x*", "JVBERi0xLjc", "=", "é", "JVBE Ri0x Ljc= x"])
def test_what_is_no_base64_is_an_attachment_that_cannot_be_had(encoded):
    found = enclosed(encoded=encoded)

    assert (found.name, found.content) == ("annex.pdf", None)


@pytest.mark.parametrize(
    ("filename", "reference", "name"),
    [
        (None, "Doc1", "Doc1"),
        ("../../etc/passwd", None, "passwd"),
        ("C:\\Windows\\evil.exe", None, "evil.exe"),
        ("invoice\u202efdp.exe", None, "invoicefdp.exe"),
        ("a\x00b.pdf", None, "ab.pdf"),
        ("..", None, "file"),
        (None, None, "file"),
        (f"{'n' * 300}.pdf", None, f"{'n' * 196}.pdf"),
    ],
)
def test_a_name_is_a_name_and_no_path(filename, reference, name):
    assert enclosed(filename=filename, reference=reference).name == name


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://example.com/annex", "https://example.com/annex"),
        ("HTTP://example.com/annex", "HTTP://example.com/annex"),
        ("www.example.com/annex", "www.example.com/annex"),
        ("javascript:alert(1)", None),
        ("JavaScript:alert(1)", None),
        ("file:///etc/passwd", None),
        ("data:text/html,x", None),
    ],
)
def test_a_link_leads_to_the_web_or_is_left_out(url, kept):
    assert enclosed(encoded="", url=url).url == kept


def test_what_holds_nothing_and_points_to_nothing_is_no_enclosure():
    assert enclosed(encoded=" \n") is None


def test_a_media_type_that_is_none_is_unknown():
    assert enclosed(media_type="application/PDF").media_type == "application/pdf"
    assert enclosed(media_type='x" onload="').media_type is None
    assert enclosed(media_type=None).media_type is None
