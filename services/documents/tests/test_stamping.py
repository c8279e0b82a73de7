"""Proves that every page of a duplicate says so, whatever the page, and nothing else is left."""

import io
from decimal import Decimal
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from pikepdf import Array, Dictionary, Name, Pdf

from documents import stamping
from documents.errors import NotStamped

SAMPLES = sorted((Path(__file__).parents[4] / "shared/data/invoices/pdf").glob("*.pdf"))
WORDS = {"nl": "DUPLICAAT", "fr": "DUPLICATA", "de": "DUPLIKAT", "en": "DUPLICATE"}


def texts(pdf):
    """Return the text of each page, without its white space."""
    with pypdfium2.PdfDocument(pdf) as read:
        pages = [page.get_textpage().get_text_bounded() for page in read]
    return ["".join(text.split()) for text in pages]


def red(pdf, page=0):
    """Return the part of a page that the stamp has coloured, and where that is: 0 to 1."""
    with pypdfium2.PdfDocument(pdf) as read:
        picture = read[page].render(scale=150 / max(read[page].get_size())).to_pil().convert("RGB")
    points = [
        (x / picture.width, y / picture.height)
        for x in range(picture.width)
        for y in range(picture.height)
        if (rgb := picture.getpixel((x, y)))[0] > 12 + max(rgb[1], rgb[2])
    ]
    return len(points) / (picture.width * picture.height), points


def shape(pdf):
    """Return how wide and how high the first page is shown."""
    with pypdfium2.PdfDocument(pdf) as read:
        return read[0].get_size()


def written(pdf, **how):
    file = io.BytesIO()
    pdf.save(file, **how)
    return file.getvalue()


@pytest.fixture
def page():
    """Return a function that makes a PDF of one page."""

    def page(content=b"0.9 g 10 10 50 50 re f", **said):
        pdf = Pdf.new()
        known = {"Type": Name.Page, "MediaBox": Array([0, 0, 595, 842])} | said
        made = pikepdf.Page(Dictionary(**known, Contents=pdf.make_stream(content)))
        pdf.pages.append(made)
        return pdf

    return page


@pytest.mark.parametrize("language", WORDS)
def test_every_page_says_duplicate_in_the_readers_language(page, language):
    """D-06"""
    pdf = page()
    for _ in range(4):
        pdf.pages.append(pdf.pages[0])

    stamped = stamping.stamp(written(pdf), language)

    assert texts(stamped) == [WORDS[language]] * 5


@pytest.mark.skipif(not SAMPLES, reason="the sample invoices are not here")
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_a_real_invoice_is_stamped_and_says_what_it_said(sample):
    """D-06"""
    original = sample.read_bytes()

    stamped = stamping.stamp(original, "fr")

    before, after = texts(original), texts(stamped)
    assert len(before) == len(after)
    for one, other in zip(before, after, strict=True):
        assert sorted(other) == sorted(one + "DUPLICATA")
    share, _ = red(stamped)
    assert share - red(original)[0] > 0.03
    assert len(stamped) < len(original) + 20_000


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"Rotate": 90},
        {"Rotate": 180},
        {"Rotate": 270},
        {"Rotate": -90},
        {"Rotate": 450},
        {"Rotate": 45},
        {"Rotate": Name.Wrong},
        {"MediaBox": Array([0, 0, 842, 595])},
        {"MediaBox": Array([-300, -400, 295, 442])},
        {"MediaBox": Array([595, 842, 0, 0])},
        {"MediaBox": Array([0, 0, 200, 20])},
        {"MediaBox": Array([0, 0, 14_400, 14_400])},
        {"MediaBox": Array([0, 0, Decimal("0.1"), Decimal("0.1")])},
        {"MediaBox": Array([])},
        {"MediaBox": Name.Wrong},
        {"CropBox": Array([100, 100, 300, 200])},
        {"CropBox": Array([100, 100, 100, 100])},
        {"TrimBox": Array([10, 10, 11, 11])},
        {"UserUnit": 4},
    ],
    ids=str,
)
def test_the_stamp_covers_a_page_of_any_shape_turned_any_way(page, said):
    stamped = stamping.stamp(written(page(**said)), "en")

    share, points = red(stamped)
    assert texts(stamped) == ["DUPLICATE"]
    assert share > 0.02
    for place in zip(*points, strict=True):
        if max(place) - min(place) > 0.6:
            break
    else:
        pytest.fail("it is small")


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_the_stamp_rises_as_the_page_is_shown(page, turned):
    original = written(page(Rotate=turned))

    stamped = stamping.stamp(original, "en")

    _, points = red(stamped)
    assert shape(stamped) == shape(original)
    left = [y for x, y in points if x < 0.35]
    right = [y for x, y in points if x > 0.65]
    assert sum(left) / len(left) > sum(right) / len(right) + 0.2


def test_a_page_that_is_turned_as_all_of_its_document_stays_turned(page):
    pdf = page()
    pdf.Root.Pages.Rotate = 90
    original = written(pdf)

    assert shape(stamping.stamp(original, "en")) == shape(original) == (842, 595)


@pytest.mark.parametrize(
    "content",
    [
        b"q 0.01 0 0 0.01 0 0 cm",
        b"1 0 0 1 9000 9000 cm q q q",
        b"q 0 0 1 1 re W n",
        b"0 0 1 1 re W n Q Q Q Q",
        b"BT 3 Tr 1 1 1 rg",
        b"1 1 1 rg 1 1 1 RG /Gone gs BI ID EI",
        b"\xff\x00 not a content stream at all",
        b"",
    ],
)
def test_nothing_a_page_leaves_behind_moves_or_hides_the_stamp(page, content):
    stamped = stamping.stamp(written(page(content)), "en")

    assert "DUPLICATE" in texts(stamped)[0]
    assert red(stamped)[0] > 0.03


def test_what_is_laid_over_a_page_does_not_lie_over_the_stamp(page):
    """A white note over all of the page."""
    pdf = page()
    white = pdf.make_stream(b"1 g 0 0 595 842 re f")
    white.Type, white.Subtype = Name.XObject, Name.Form
    white.BBox = Array([0, 0, 595, 842])
    note = Dictionary(
        Type=Name.Annot,
        Subtype=Name.Stamp,
        Rect=Array([0, 0, 595, 842]),
        F=4,
        AP=Dictionary(N=white),
    )
    pdf.pages[0].Annots = Array([pdf.make_indirect(note)])

    assert red(stamping.stamp(written(pdf), "en"))[0] > 0.03


def test_what_was_filled_in_stays_and_can_be_filled_in_no_more(page):
    pdf = page()
    look = pdf.make_stream(b"BT /F 12 Tf 5 5 Td (FILLED) Tj ET")
    look.Type, look.Subtype, look.BBox = Name.XObject, Name.Form, Array([0, 0, 200, 20])
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    look.Resources = Dictionary(Font=Dictionary(F=font))
    field = pdf.make_indirect(
        Dictionary(
            Type=Name.Annot,
            Subtype=Name.Widget,
            FT=Name.Tx,
            T="amount",
            V="FILLED",
            Rect=Array([50, 50, 250, 70]),
            F=4,
            AP=Dictionary(N=look),
        )
    )
    pdf.pages[0].Annots = Array([field])
    pdf.Root.AcroForm = Dictionary(Fields=Array([field]))

    stamped = stamping.stamp(written(pdf), "en")

    assert sorted(texts(stamped)[0]) == sorted("FILLEDDUPLICATE")
    with Pdf.open(io.BytesIO(stamped)) as read:
        assert Name.AcroForm not in read.Root
        assert Name.Annots not in read.pages[0]


def test_a_duplicate_has_pages_and_nothing_else(page):
    """No XML that an accounting program would book, no script, no claim to be an original."""
    pdf = page()
    pdf.attachments["factur-x.xml"] = b"<invoice>secret</invoice>"
    spec = pdf.attachments["factur-x.xml"].obj
    pdf.Root.AF = Array([spec])
    pdf.pages[0].AF = Array([spec])
    script = pdf.make_indirect(Dictionary(S=Name.JavaScript, JS="app.alert(1)"))
    pdf.Root.OpenAction, pdf.Root.AA = script, Dictionary(WC=script)
    pdf.Root.Names.JavaScript = Dictionary(Names=Array(["a", script]))
    pdf.pages[0].AA = Dictionary(O=script)
    with pdf.open_metadata() as said:
        said["pdfaid:part"], said["dc:title"] = "3", "F1"
    pdf.Root.Perms = Dictionary(DocMDP=Dictionary(Type=Name.Sig))
    form = pdf.make_stream(b"", Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 1, 1]))
    pdf.pages[0].Resources = Dictionary(XObject=Dictionary(Fx=form))

    stamped = stamping.stamp(written(pdf), "en")

    with Pdf.open(io.BytesIO(stamped)) as read:
        assert {*read.Root.keys()} == {"/Type", "/Pages"}
        assert {*read.pages[0].obj.keys()} <= {
            *("/Type", "/Parent", "/MediaBox", "/Rotate", "/Resources", "/Contents"),
        }
        assert len(read.attachments) == 0
        kinds = [each for each in read.objects if isinstance(each, pikepdf.Dictionary)]
        assert not [each for each in kinds if Name.JS in each or Name.EF in each]
    assert b"secret" not in written(Pdf.open(io.BytesIO(stamped)), stream_decode_level=all_of_it())


def all_of_it():
    return pikepdf.StreamDecodeLevel.all


def test_layers_that_are_off_stay_off(page):
    pdf = page(b"/OC /Hidden BDC 0 1 0 rg 0 0 595 842 re f EMC")
    layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name="hidden"))
    pdf.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=Dictionary(OFF=Array([layer])))
    pdf.pages[0].Resources = Dictionary(Properties=Dictionary(Hidden=layer))

    stamped = stamping.stamp(written(pdf), "en")

    with pypdfium2.PdfDocument(stamped) as read:
        picture = read[0].render(scale=0.1).to_pil().convert("RGB")
    assert picture.getpixel((1, 1)) == (255, 255, 255)


def test_one_that_only_its_owner_may_change_is_stamped(page):
    locked = written(page(), encryption=pikepdf.Encryption(owner="owner", user=""))

    stamped = stamping.stamp(locked, "en")

    assert texts(stamped) == ["DUPLICATE"]
    with Pdf.open(io.BytesIO(stamped)) as read:
        assert not read.is_encrypted


def test_the_same_pdf_gives_the_same_duplicate(page):
    original = written(page())

    assert stamping.stamp(original, "nl") == stamping.stamp(original, "nl")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (lambda pdf: written(pdf, encryption=pikepdf.Encryption(owner="o", user="u")), "locked"),
        (lambda _pdf: written(Pdf.new()), "no pages"),
        (lambda _pdf: b"", "damaged"),
        (lambda _pdf: b"%PDF-1.7 and nothing more", "damaged"),
        (lambda _pdf: b"<Invoice/>", "damaged"),
    ],
)
def test_what_cannot_be_stamped_is_said_without_its_words(page, content, why):
    with pytest.raises(NotStamped, match=why):
        stamping.stamp(content(page()), "en")


def test_more_pages_than_any_invoice_has_are_not_stamped(page, monkeypatch):
    monkeypatch.setattr(stamping, "_MOST_PAGES", 3)
    pdf = page()
    for _ in range(3):
        pdf.pages.append(pdf.pages[0])

    with pytest.raises(NotStamped, match="pages"):
        stamping.stamp(written(pdf), "en")
