"""Proves which XML files are found inside a PDF, and what becomes of a PDF made to do harm."""

import pytest

from documents.errors import XmlNotUnderstood
from documents.pdf import look_inside

from . import hostile

_PAGES = b"<< /Type /Pages /Kids [3 0 R 3 0 R] /Count 2 >>"
_PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>"
_XML = b"<< /Type /EmbeddedFile /Length 4 >>\nstream\n<a/>\nendstream"
_TEXT = b"<< /Type /EmbeddedFile /Subtype /text#2Fxml /Length 4 >>\nstream\n<b/>\nendstream"


def found_in(content):
    return [(file.name, file.content) for file in look_inside(content).xml_files]


def test_pages_are_counted_and_a_plain_pdf_holds_nothing():
    inside = look_inside(hostile.pdf(b"<< /Type /Catalog /Pages 2 0 R >>", _PAGES, _PAGE))

    assert (inside.pages, inside.xml_files) == (2, ())


@pytest.mark.parametrize(
    "name", ["factur-x.xml", "xrechnung.xml", "zugferd-invoice.xml", "ZUGFeRD-invoice.xml"]
)
def test_what_the_standards_call_the_invoice_comes_first(name):
    inside = look_inside(hostile.pdf_with(("a.xml", b"<a/>"), (name, b"<b/>"), ("c.xml", b"<c/>")))

    assert [file.name for file in inside.xml_files] == [name, "a.xml", "c.xml"]
    assert [file.is_called_invoice for file in inside.xml_files] == [True, False, False]


def test_files_that_are_no_xml_are_left_alone():
    files = ("annex.pdf", b"%PDF-1.7"), ("order-x.xml", b"<o/>"), ("bomb.zip", bytes(50_000_000))

    assert found_in(hostile.pdf_with(*files)) == [("order-x.xml", b"<o/>")]


def test_an_xml_is_known_by_its_type_where_its_name_does_not_say_so():
    spec = b"<< /Type /Filespec /F (data) /EF << /F 5 0 R >> >>"
    catalog = b"<< /Pages 2 0 R /Names << /EmbeddedFiles << /Names [(d) 4 0 R] >> >> >>"

    assert found_in(hostile.pdf(catalog, _PAGES, _PAGE, spec, _TEXT)) == [("data", b"<b/>")]


def test_files_are_found_at_any_depth_of_the_names():
    spec = b"<< /Type /Filespec /F (factur-x.xml) /EF << /F 5 0 R >> >>"
    catalog = b"<< /Pages 2 0 R /Names << /EmbeddedFiles 6 0 R >> >>"
    content = hostile.pdf(
        catalog,
        _PAGES,
        _PAGE,
        spec,
        _XML,
        b"<< /Kids [7 0 R] >>",
        b"<< /Kids [8 0 R] >>",
        b"<< /Names [(factur-x.xml) 4 0 R] >>",
    )

    assert found_in(content) == [("factur-x.xml", b"<a/>")]


def test_files_that_are_only_associated_are_found_too():
    """PDF/A-4f and some makers of PDF/A-3 name no files."""
    spec = b"<< /Type /Filespec /UF (factur-x.xml) /EF << /UF 5 0 R >> >>"
    catalog = b"<< /Pages 2 0 R /AF [4 0 R] >>"

    assert found_in(hostile.pdf(catalog, _PAGES, _PAGE, spec, _XML)) == [("factur-x.xml", b"<a/>")]


def test_a_file_that_is_named_and_associated_is_one_file():
    spec = b"<< /Type /Filespec /F (factur-x.xml) /EF << /F 5 0 R >> >>"
    names = b"/Names << /EmbeddedFiles << /Names [(factur-x.xml) 4 0 R] >> >>"
    catalog = b"<< /Pages 2 0 R /AF [4 0 R] %s >>" % names

    assert found_in(hostile.pdf(catalog, _PAGES, _PAGE, spec, _XML)) == [("factur-x.xml", b"<a/>")]


@pytest.mark.parametrize(
    "names",
    [
        b"/Names (none)",
        b"/Names << /EmbeddedFiles [1 2] >>",
        b"/Names << /EmbeddedFiles << /Names [(a)] >> >>",
        b"/Names << /EmbeddedFiles << /Names [(a) 99 0 R] >> >>",
        b"/Names << /EmbeddedFiles << /Names [(a) << /F (a.xml) /EF 3 >>] >> >>",
        b"/Names << /EmbeddedFiles << /Names [(a) << /F 5 /EF << /F 3 0 R >> >>] >> >>",
        b"/Names << /EmbeddedFiles << /Kids [null 3 (a)] >> >>",
        b"/AF 5",
        b"/AF [5 null (a)]",
    ],
)
def test_names_that_make_no_sense_name_nothing(names):
    catalog = b"<< /Pages 2 0 R %s >>" % names

    inside = look_inside(hostile.pdf(catalog, _PAGES, _PAGE))

    assert (inside.pages, inside.xml_files) == (2, ())


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("noise after its first line", "the PDF is damaged"),
        ("half a PDF", "the PDF is damaged"),
        ("pages in a circle", "the PDF is damaged"),
        ("pages by the billion", "the PDF is larger inside than any invoice"),
        ("a password to open it", "the PDF is encrypted"),
    ],
)
def test_a_pdf_that_cannot_be_looked_into_is_not_understood(name, why):
    """All of the corpus is understood, or not, in ``test_understanding.py``."""
    with pytest.raises(XmlNotUnderstood, match=why):
        look_inside(hostile.PDF[name].make())


@pytest.mark.parametrize("name", ["names in a circle", "tables in a circle"])
def test_a_pdf_that_runs_in_circles_is_looked_into_for_a_while(name):
    assert look_inside(hostile.PDF[name].make()).pages == 1


def test_the_sum_of_what_is_inside_is_limited_too():
    files = [(f"{nth}.xml", bytes([nth]) * 7_000_000) for nth in range(3)]

    with pytest.raises(XmlNotUnderstood, match="larger inside"):
        look_inside(hostile.pdf_with(*files))
