"""Which files go with a mail, and what they are called there."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from notifications import attachments
from notifications.attachments import LEFT_OUT, NOTHING, ArchivedFile, Enclosure, WithIt


def a_file(role, media_type, name="a", size=10):
    return ArchivedFile(role, name, media_type, f"{role} {media_type}", size)


PDF = a_file("original_pdf", "application/pdf")
XML = a_file("original_xml", "application/xml")
INSIDE = a_file("embedded_xml", "text/xml")
OTHER = a_file("attachment", "application/pdf")


def test_only_kinds_we_know_are_attached_and_always_in_one_order():
    """D-03"""
    assert attachments.kinds(["xml", "pdf", "exe", "original_pdf"]) == ("pdf", "xml")
    assert attachments.kinds([]) == ()


def test_the_pdf_is_the_one_that_was_received_and_no_other_attachment():
    """N-07"""
    assert attachments.chosen([OTHER, XML, PDF], "pdf") is PDF
    assert attachments.chosen([OTHER, XML], "pdf") is None


def test_the_xml_is_the_one_that_was_received_else_the_one_inside_the_pdf():
    """N-07"""
    assert attachments.chosen([INSIDE, PDF, XML], "xml") is XML
    assert attachments.chosen([PDF, INSIDE], "xml") is INSIDE


@pytest.mark.parametrize(
    ("role", "kind", "found_to_be", "goes"),
    [
        ("original_pdf", "pdf", "application/pdf", True),
        ("original_pdf", "pdf", "Application/PDF; charset=x", True),
        ("original_pdf", "pdf", "application/octet-stream", False),
        ("original_pdf", "pdf", "text/html", False),
        ("original_xml", "xml", "application/ubl+xml", True),
        ("original_xml", "xml", "image/svg+xmlx", False),
        ("original_xml", "xml", "text/html", False),
    ],
)
def test_what_its_bytes_do_not_make_it_is_not_attached_as_it(role, kind, found_to_be, goes):
    assert (attachments.chosen([a_file(role, found_to_be)], kind) is not None) is goes


def test_files_fit_together_or_not_at_all():
    mib = 1024 * 1024
    assert attachments.fits([4 * mib, 3 * mib], 7)
    assert not attachments.fits([4 * mib, 3 * mib + 1], 7)
    assert attachments.fits([], 0)


HOSTILE = [
    ("invoice.pdf", "pdf", "invoice.pdf"),
    ("Invoice.PDF", "pdf", "Invoice.pdf"),
    ("invoice.pdf.exe", "pdf", "invoice_pdf_exe.pdf"),
    ("invoice.pdf", "xml", "invoice_pdf.xml"),
    ("../../etc/passwd", "pdf", "passwd.pdf"),
    ("C:\\fakepath\\2026.001.xml", "xml", "2026_001.xml"),
    ("invoice\u202efdp.exe", "pdf", "invoicefdp_exe.pdf"),
    ("in\r\nBcc: x@y.example\r\n\r\nvoice.pdf", "pdf", "inBcc_ x@y_examplevoice.pdf"),
    ('a"; filename=b.exe; x="', "pdf", "a__ filename=b_exe_ x=.pdf"),
    ("$(reboot)`id`&|<script>.pdf", "pdf", "(reboot)_id____script.pdf"),
    ("con.pdf", "pdf", "_con.pdf"),
    ("CON.aux.pdf", "pdf", "_CON_aux.pdf"),
    (".htaccess", "xml", "htaccess.xml"),
    ("...", "pdf", "F-2026_1.pdf"),
    ("\u200b\u2066.pdf", "pdf", "F-2026_1.pdf"),
    ("", "xml", "F-2026_1.xml"),
    ("facture n\u00ba 12 \u00e9t\u00e9.pdf", "pdf", "facture n\u00ba 12 \u00e9t\u00e9.pdf"),
    ("\u8acb\u6c42\u66f8.pdf", "pdf", "\u8acb\u6c42\u66f8.pdf"),
    ("a" * 300 + ".pdf", "pdf", "a" * 80 + ".pdf"),
]


@pytest.mark.parametrize(("given_name", "kind", "name"), HOSTILE)
def test_a_hostile_name_is_inert(given_name, kind, name):
    """N-07: no path, no second ending, no trick with direction, no way out of a header."""
    assert attachments.name_of(given_name, kind, otherwise="F-2026.1") == name


@given(st.text(max_size=120), st.text(max_size=40))
@example("\ud800.pdf", "\ud800")
@example("a.pdf.pdf", "..")
def test_every_name_is_one_plain_name_with_one_ending(given_name, otherwise):
    name = attachments.name_of(given_name, "pdf", otherwise=otherwise)

    assert name.endswith(".pdf")
    assert name.count(".") == 1
    assert 5 <= len(name) <= 85
    assert name.isprintable()
    assert not re.search(r"[/\\:*?\"<>|;\r\n]", name)
    assert not name.startswith((" ", "-"))
    assert name.encode()


def test_a_letter_notes_what_went_with_it():
    with_both = WithIt((Enclosure("pdf", "a.pdf", b""), Enclosure("xml", "a.xml", b"")))

    assert with_both.note == "pdf xml"
    assert attachments.kinds_of(with_both.note) == ("pdf", "xml")
    assert (NOTHING.note, LEFT_OUT.note) == (None, "too_large")
    assert attachments.kinds_of(LEFT_OUT.note) == attachments.kinds_of(None) == ()
