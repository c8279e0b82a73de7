"""A page of a PDF as a picture."""

import io

import pypdfium2
import pytest
from PIL import Image
from services.documents.tests import make

from documents.errors import PageUnknown
from documents.picturing import WIDEST, page
from documents.rendering import render


@pytest.fixture(scope="module")
def pdf():
    """Return a PDF of two pages."""
    return render(make.invoice(), "nl", source=make.SOURCE).pdf


def blank(wide, high):
    """Return a PDF of one empty page, its sides in points."""
    document = pypdfium2.PdfDocument.new()
    document.new_page(wide, high)
    written = io.BytesIO()
    document.save(written)
    document.close()
    return written.getvalue()


def picture(png):
    return Image.open(io.BytesIO(png))


def test_a_page_is_a_png_of_the_width_asked_for(pdf):
    first, second = picture(page(pdf, 1, 600)), picture(page(pdf, 2, 300))

    assert (first.format, first.width) == ("PNG", 600)
    assert first.height == pytest.approx(600 * 297 / 210, abs=1)
    assert second.width == 300
    assert first.convert("L").getextrema()[0] < 80


def test_two_pages_are_two_pictures(pdf):
    assert page(pdf, 1, 300) != page(pdf, 2, 300)


@pytest.mark.parametrize("number", [0, -1, 3, 10**9])
def test_a_page_that_is_not_there_is_said_so(pdf, number):
    with pytest.raises(PageUnknown):
        page(pdf, number, 600)


@pytest.mark.parametrize("cut", [0, 8, 3_000])
def test_what_cannot_be_opened_has_no_pages(pdf, cut):
    with pytest.raises(PageUnknown):
        page(pdf[:cut], 1, 600)


def test_a_pdf_with_a_password_has_no_pages_for_us(pdf):
    import pypdf  # noqa: PLC0415

    writer = pypdf.PdfWriter(io.BytesIO(pdf))
    writer.encrypt("secret")
    locked = io.BytesIO()
    writer.write(locked)

    with pytest.raises(PageUnknown):
        page(locked.getvalue(), 1, 600)


def test_no_picture_is_wider_than_the_widest(pdf):
    assert picture(page(pdf, 1, 100_000)).width == WIDEST


@pytest.mark.parametrize(("wide", "high"), [(10, 14_400), (14_400, 10), (14_400, 14_400)])
def test_an_odd_page_makes_no_monster(wide, high):
    made = picture(page(blank(wide, high), 1, WIDEST))

    assert 0 < made.width * made.height < 12_100_000


@pytest.mark.parametrize("width", [1, 0, -5])
def test_a_picture_is_at_least_a_pixel_wide(pdf, width):
    assert picture(page(pdf, 1, width)).width == 1
