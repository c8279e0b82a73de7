"""An invoice as a PDF that people read."""

import hashlib
import io
import re
import subprocess
import sys
from contextlib import closing
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pypdf
import pypdfium2
import pytest
from services.documents.tests import make

from documents import rendering
from documents.invoice import Line, Party, Totals
from documents.rendering import GLYPHS_MISSING, render


def rendered(invoice, language="nl"):
    return render(invoice, language, source=make.SOURCE)


def pages(pdf):
    """Return the text of each page, its odd spaces as plain ones."""
    with closing(pypdfium2.PdfDocument(pdf)) as document:
        texts = [page.get_textpage().get_text_bounded() for page in document]
    return [re.sub(r"[\s\u200b]+", " ", text.replace("\u200b", "")) for text in texts]


def text_of(invoice, language="nl"):
    return " ".join(pages(rendered(invoice, language).pdf))


def in_a_process_of_its_own(program):
    """Run a program that may use what this file uses; return what it writes."""
    imports = (
        "import sys\n"
        "from services.documents.tests import make\n"
        "from documents.rendering import render\n"
    )
    return subprocess.run(  # noqa: S603 (it is our own program)
        [sys.executable, "-c", imports + program],
        cwd=Path(__file__).parents[3],
        env={"RAYON_NUM_THREADS": "2", "MALLOC_ARENA_MAX": "2"},
        stdout=subprocess.PIPE,
        check=True,
    ).stdout


@pytest.mark.parametrize(
    ("language", "title", "due", "mark", "page"),
    [
        ("nl", "Factuur", "€ 4.318,45", "Weergave van de elektronische factuur.", "Pagina 1 van 2"),
        ("fr", "Facture", "4 318,45 €", "Représentation de la facture électr", "Page 1 sur 2"),
        ("de", "Rechnung", "4.318,45 €", "Darstellung der elektronischen Re", "Seite 1 von 2"),
        ("en", "Invoice", "€4,318.45", "A readable copy of the electronic invo", "Page 1 of 2"),
    ],
)
def test_it_speaks_the_language_of_its_reader(language, title, due, mark, page):
    text = text_of(make.invoice(), language)

    for said in (title, due, mark, page):
        assert said in text


def test_every_page_says_that_the_xml_is_the_invoice():
    """Q10"""
    every = pages(rendered(make.invoice(lines=make.lines(60), line_count=60)).pdf)

    assert len(every) >= 3
    for at, text in enumerate(every, start=1):
        assert "De xml is de factuur. · SHA-256 3f2a9c41d0b7 " in text
        assert f"Pagina {at} van {len(every)}" in text


def test_all_that_the_invoice_says_stands_on_it():
    """D-18"""
    text = text_of(make.invoice())

    for said in (
        *("Voorbeeld Lease België NV", "Handelsnaam Voorbeeld Lease", "Stationsplein 1"),
        *("1000 Brussel", "Btw BE0040012302", "RPR-4411", "LEV-77", "Contact Facturatie"),
        *("+32 2 200 90 00", "facturen@voorbeeld.example", "'t Groene Loo B.V.", "De Groene"),
        *("Brink 7", "7311 AA Apeldoorn", "Nederland", "NL123456789B01", "12345678"),
        *("DL2-0004411", "t.a.v. Els Vandenbroucke", "els@groeneloo.example"),
        *("Inningsbureau Vlot", "0999.888.777", "Magazijn Zuid", "Kade 3", "4811 Breda"),
        *("F26000127", "31 januari 2026", "1 maart 2026", "20 januari 2026", "1 feb. 2026"),
        *("28 feb. 2026", "PO-2026-77", "B-1 van 2 jan. 2026", "C-22", "F25000990"),
        *("Operationele leasing Renault Kangoo", "12 maanden", "€ 340,00", "per 100 maanden"),
        *("Bestelwagen, elektrisch", "Inclusief winterbanden", "1-HKR-482", "KNG-22", "ONS-9"),
        *("Kleur: wit", "Deuren: 5", "Trouw: € −40,00", "Levering: € 5,00", "€ 4.080,00"),
        *("Volumekorting", "2,5 %", "€ −102,00", "Transport", "€ 25,00", "€ 4.003,00"),
        *("€ 3.883,00", "€ 815,43", "Vrijgesteld van btw", "Art. 44 WBTW", "€ 4.818,43"),
        *("€ −500,00", "€ 0,02", "€ 4.318,45", "Btw in USD USD 951,08"),
        *("BE71 0961 2345 6769", "GKCCBEBB", "+++090/9337/99953+++", "30 dagen netto"),
        *("Dank voor uw vertrouwen.", "Kantoor gesloten op 2 maart."),
        *("urenstaat.pdf · Urenstaat", "https://voorbeeld.example/reglement"),
    ):
        assert said in text, said


@pytest.mark.parametrize(
    "markup",
    [
        '#read("/etc/passwd")',
        "#sys.inputs",
        "$x^2$",
        "*bold* _slanted_ `code`",
        "= Heading",
        "[link](x) <label> @label",
        "\\ \" ' {{ }} \\u{41}",
        '"}, "title": "other',
        "// not a comment /* nor this */",
        "https://example.com/a?b=c&d",
    ],
)
def test_markup_in_data_stays_text(markup):
    text = text_of(make.invoice(notes=(markup,), lines=(make.line(name=markup),)))

    assert text.count(markup) == 2


def test_the_same_invoice_gives_the_same_bytes():
    first = rendered(make.invoice())
    again = in_a_process_of_its_own(
        "sys.stdout.buffer.write(render(make.invoice(), 'nl', source=make.SOURCE).pdf)"
    )

    assert rendered(make.invoice()) == first
    assert again == first.pdf
    assert rendered(make.invoice(), "fr").pdf != first.pdf


def test_a_version_is_the_same_until_something_that_decides_changes():
    assert re.fullmatch(r"[0-9a-f]{16}", rendering.VERSION)
    assert rendering._version() == rendering.VERSION


def test_it_is_pdf_a_3b_and_says_what_and_whose_it_is():
    read = pypdf.PdfReader(io.BytesIO(rendered(make.invoice(), "de").pdf))
    xmp = read.trailer["/Root"]["/Metadata"].get_data().decode()

    assert "<pdfaid:part>3</pdfaid:part>" in xmp
    assert "<pdfaid:conformance>B</pdfaid:conformance>" in xmp
    assert read.metadata.title == "Rechnung F26000127"
    assert read.metadata.author == "Voorbeeld Lease België NV"
    assert read.metadata.creation_date == datetime(2026, 1, 31, tzinfo=UTC)
    assert read.trailer["/Root"]["/Lang"] == "de"


def test_it_can_be_read_aloud_but_for_the_very_long():
    def tagged(lines):
        invoice = make.invoice(lines=make.lines(lines), line_count=lines)
        return "/StructTreeRoot" in pypdf.PdfReader(io.BytesIO(rendered(invoice).pdf)).root_object

    assert tagged(200)
    assert not tagged(201)


@pytest.mark.parametrize("name", ["中文公司", "Blij 😀", "ก", "\U000f0000", "\ufffe", "\u0378"])
def test_a_character_without_a_glyph_is_flagged_and_the_rest_is_set(name):
    done = rendered(make.invoice(seller=Party(name=name)))

    assert done.flags == (GLYPHS_MISSING,)
    assert "Operationele leasing" in " ".join(pages(done.pdf))


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("Ελλάς ΑΕ", "Ελλάς ΑΕ"),
        ("Łódź Țară Ğ", "Łódź Țară Ğ"),
        ("Украина", "Украина"),
        ("☃ ✓ → ½", "☃ ✓ → ½"),
        ("العربية", ""),
        ("e\u0301\u0302\u0323", ""),
        ("\ue000", ""),
        ("100\u202e001", "100 001"),
        ("nul\x00nul\x07.", "nul nul ."),
        ("zero\u200bwidth", "zero width"),
        ("join\u200ded", ""),
        ("\ud800.", "."),
        ("line\u2028end", "line end"),
    ],
)
def test_other_writing_is_set_and_what_cannot_be_seen_is_not(name, seen):
    done = rendered(make.invoice(lines=(make.line(name=name),)))

    assert done.flags == ()
    assert seen in " ".join(pages(done.pdf))


@pytest.mark.parametrize("language", make.LANGUAGES)
def test_an_invoice_that_says_nothing_is_a_page(language):
    assert len(pages(rendered(make.bare(), language).pdf)) == 1
    assert len(pages(rendered(make.bare(type="credit_note"), language).pdf)) == 1


def test_a_line_is_never_torn_from_its_amount():
    details = "Nummerplaat en verdere omschrijving van de wagen " * 4
    lines = tuple(
        make.line(number=str(at), name=f"begin{at:03}", description=f"{details}einde{at:03}")
        for at in range(80)
    )
    every = pages(rendered(make.invoice(lines=lines, line_count=80)).pdf)

    assert len(every) > 5
    for at in range(80):
        (page,) = [text for text in every if f"begin{at:03}" in text]
        assert f"einde{at:03}" in page


@pytest.mark.parametrize("count", [300, 1_001])
def test_every_page_of_lines_repeats_what_the_columns_are(count):
    invoice = make.invoice(lines=make.lines(count), line_count=count)
    every = pages(rendered(invoice).pdf)

    of_lines = [text for text in every if "Voertuig" in text]
    assert len(of_lines) > 5
    for text in of_lines:
        assert "Bedrag excl. btw" in text
    for line in invoice.lines:
        amount = f"{line.net:.2f}".replace(".", ",")
        amount = re.sub(r"^(\d)(\d{3},)", r"\1.\2", amount)
        assert sum(line.name in text and f"€ {amount}" in text for text in every) == 1


@pytest.mark.long
def test_the_longest_there_may_be_says_what_it_leaves_out():
    every = pages(rendered(make.invoice(lines=make.lines(10_000), line_count=12_000)).pdf)

    assert any("Voertuig 10000" in text for text in every)
    assert any("Hier staan de eerste 10.000 van 12.000 regels." in text for text in every)


@pytest.mark.long
def test_long_invoices_one_after_another_stay_within_the_memory_of_a_worker():
    """The limit is the worker's own (``rendering_memory_mib``), on all it may address."""
    said = in_a_process_of_its_own(
        "import resource; resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))\n"
        "for count in (10_000, *[2_000] * 9):\n"
        "    long = make.invoice(lines=make.lines(count), line_count=count)\n"
        "    print(len(render(long, 'nl', source=make.SOURCE).pdf) > 100_000)\n"
    )

    assert said.split() == [b"True"] * 10


def test_what_is_too_long_for_its_place_goes_on_and_is_not_cut():
    word, many = "W" * 200, Decimal("-123456789012345.1234567891")
    invoice = make.invoice(
        number=word,
        buyer_reference="1234567890" * 4,
        seller=Party(name=word, address=(word,) * 5),
        lines=(
            make.line(name=word, quantity=many, unit_price=many, net=many, unit=word),
            make.line(number="N" * 40, description="veel woorden " * 3_000 + "slot van de regel"),
        ),
        totals=Totals(lines=many, excl_vat=many, vat=many, incl_vat=many, due=many),
        payment_terms="voorwaarde " * 1_500 + "slot van de voorwaarden",
        notes=("opmerking " * 5_000 + "slot van de opmerking",),
    )
    text = text_of(invoice)

    squeezed = text.replace(" ", "")
    assert squeezed.count(word) >= 3 + 5
    assert "1234567890" * 4 in squeezed
    assert squeezed.count("123.456.789.012.345,1234567891") >= 3 + 5
    for end in ("slot van de regel", "slot van de voorwaarden", "slot van de opmerking"):
        assert end in text


def test_nothing_stands_outside_the_paper():
    many = Decimal("-123456789012345.1234567891")
    line = make.line(quantity=many, unit_price=many, net=many, unit="U" * 30, price_quantity=many)
    invoice = make.invoice(
        lines=(line,), totals=Totals(due=many, excl_vat=many), payment_reference="R" * 140
    )

    with closing(pypdfium2.PdfDocument(rendered(invoice).pdf)) as document:
        for page in document:
            text = page.get_textpage()
            for at in range(text.count_chars()):
                left, _, right, _ = text.get_charbox(at)
                assert left >= 56
                assert right <= 595.3 - 56


def test_a_negative_invoice_has_true_minus_signs():
    line = Line(name="Terug", quantity=Decimal(-4), net=Decimal(-200))
    text = text_of(make.invoice(lines=(line,), totals=Totals(due=Decimal("-242.00"))))

    assert "−4" in text
    assert "€ −200,00" in text
    assert "Een negatief bedrag is in uw voordeel." in text


@pytest.mark.parametrize("issued", [date(1, 1, 1), date(9999, 12, 31), None])
def test_any_day_of_issue_will_do(issued):
    assert rendered(make.invoice(issue_date=issued)).flags == ()


def test_the_hash_named_is_that_of_the_original():
    source = hashlib.sha256(b"<Invoice/>").hexdigest()

    pdf = render(make.bare(), "en", source=source).pdf

    assert source[:12] in pages(pdf)[0]
