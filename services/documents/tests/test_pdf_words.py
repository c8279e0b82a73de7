"""Proves that the words of a PDF are found, as many as are reasonable, where there are any."""

import io

import pytest
from pypdf import PdfReader, PdfWriter
from services.documents.tests import hostile, make

from documents import pdf_words
from documents.rendering import render


@pytest.fixture(scope="module")
def rendition():
    lines = make.lines(400)
    return render(make.invoice(lines=lines, line_count=400), "nl", source=make.SOURCE).pdf


def test_what_stands_on_every_page_is_among_the_words(rendition):
    lines = pdf_words.words(rendition)

    text = " ".join(lines)
    for said in ("F26000127", "Voorbeeld Lease", "Voertuig 00001", "Voertuig 00400", "1-HKR-482"):
        assert said in text
    assert all(line == " ".join(line.split()) for line in lines)


def test_pages_beyond_the_first_fifty_are_left_out():
    writer = PdfWriter()
    for number in range(60):
        page = hostile_page(f"bladzijde {number}")
        writer.append(PdfReader(io.BytesIO(page)))
    whole = io.BytesIO()
    writer.write(whole)

    lines = pdf_words.words(whole.getvalue())

    assert lines == [f"bladzijde {number}" for number in range(pdf_words.MOST_PAGES)]


def hostile_page(text):
    content = b"BT /F1 9 Tf 9 700 Td (%s) Tj ET" % text.encode()
    return hostile.pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources 5 0 R >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>",
    )


def test_more_words_than_are_reasonable_are_left_out():
    long = hostile_page("a long word " * 20_000)

    assert 0 < sum(map(len, pdf_words.words(long))) <= pdf_words.LONGEST


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.7",
        b"<Invoice/>",
        hostile.PDF["a password to open it"].make(),
        hostile.PDF["pages in a circle"].make(),
        hostile.pdf_with(),
    ],
)
def test_what_shows_no_words_has_none(content):
    assert pdf_words.words(content) == []
