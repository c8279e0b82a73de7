"""Renditions look as they did when somebody last looked at them.

Our own invoices are kept page by page, in every language, in grey. The others are not ours to copy:
of each, thumbnails too small to read are kept, on a sheet a language. After a change that is meant,
run
``.venv/bin/python -m services.documents.tests.test_pictures`` and look at what changed.
"""

import hashlib
import io
from contextlib import closing
from functools import cache
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image, ImageChops
from services.documents.tests import make

from documents.picturing import page
from documents.rendering import render
from documents.understanding import understand

HERE = Path(__file__).parent
OWN = sorted((HERE / "invoices").glob("*.xml"))
PICTURES = HERE / "pictures"
SAMPLES = HERE.parents[3] / "shared/data/invoices"

WIDTH = 420
THUMB = (64, 91)
IN_A_ROW = 10
GREYS = 16

# How far a picture may be off, for another build of the same libraries smooths edges otherwise:
# on average, in greys of 255; and in pixels that are another colour altogether.
MOST_ON_AVERAGE = 0.3
MOST_STRONGLY = 0.00005
STRONGLY = 96
MOST_OF_A_THUMB_ON_AVERAGE = 1.5


def pictures_of(content, language):
    """Return the pages of a rendition, in a few greys."""
    invoice = understand(content).invoice
    pdf = render(invoice, language, source=hashlib.sha256(content).hexdigest()).pdf
    with closing(pypdfium2.PdfDocument(pdf)) as document:
        pages = [page(pdf, number, WIDTH) for number in range(1, len(document) + 1)]
    return [in_greys(Image.open(io.BytesIO(each))) for each in pages]


def in_greys(picture):
    return picture.convert("L").point(
        [grey * GREYS // 256 * 255 // (GREYS - 1) for grey in range(256)]
    )


def off_by(one, other):
    """Return by how much two pictures differ: on average, and in the share of strong pixels."""
    histogram = ImageChops.difference(one, other).histogram()
    pixels = one.width * one.height
    average = sum(grey * count for grey, count in enumerate(histogram)) / pixels
    return average, sum(histogram[STRONGLY:]) / pixels


def kept(path, language, number):
    return PICTURES / f"{path.stem}.{language}.{number}.png"


@cache
def others():
    """Return the samples that are not ours and hold an invoice."""
    return sorted(
        each
        for each in SAMPLES.rglob("*.*")
        if each.suffix in {".xml", ".pdf"} and each.parent.name != "be"
        if each.name != "plain-no-xml.pdf"
    )


def thumb(path, language):
    first = pictures_of(path.read_bytes(), language)[0]
    return first.resize(THUMB, Image.Resampling.BOX)


def place(at):
    left, top = at % IN_A_ROW * THUMB[0], at // IN_A_ROW * THUMB[1]
    return left, top, left + THUMB[0], top + THUMB[1]


def sheet(language):
    return PICTURES / f"others.{language}.png"


@cache
def kept_sheet(language):
    return Image.open(sheet(language)).convert("L")


def test_there_are_pictures_of_our_own_invoices():
    assert len(OWN) == 9
    assert sum(each.stat().st_size for each in PICTURES.iterdir()) < 1_200_000


@pytest.mark.parametrize("language", make.LANGUAGES)
@pytest.mark.parametrize("path", OWN, ids=lambda path: path.stem)
def test_our_own_invoices_look_as_they_did(path, language):
    pages = pictures_of(path.read_bytes(), language)

    assert not kept(path, language, len(pages) + 1).exists()
    for number, now in enumerate(pages, start=1):
        then = Image.open(kept(path, language, number)).convert("L")
        assert now.size == then.size
        average, strongly = off_by(now, then)
        assert average <= MOST_ON_AVERAGE, (number, average)
        assert strongly <= MOST_STRONGLY, (number, strongly)


def looks_as_it_did(at, language):
    if not SAMPLES.is_dir():
        pytest.skip("the samples lie beside the repository, and are not there")
    path = others()[at]

    average, _ = off_by(thumb(path, language), kept_sheet(language).crop(place(at)))

    assert average <= MOST_OF_A_THUMB_ON_AVERAGE, (path.name, language, average)


@pytest.mark.parametrize("at", range(63))
def test_other_invoices_look_as_they_did(at):
    """D-02"""
    looks_as_it_did(at, make.LANGUAGES[at % 4])


@pytest.mark.long
@pytest.mark.parametrize("further", [1, 2, 3])
@pytest.mark.parametrize("at", range(63))
def test_other_invoices_look_as_they_did_in_every_language(at, further):
    """D-02"""
    looks_as_it_did(at, make.LANGUAGES[(at + further) % 4])


def test_another_picture_is_seen_to_be_another():
    content = OWN[0].read_bytes()
    dutch, french = (pictures_of(content, language)[0] for language in ("nl", "fr"))

    average, strongly = off_by(dutch, french)

    assert average > MOST_ON_AVERAGE
    assert strongly > MOST_STRONGLY


def write_anew():
    """Replace every picture by what is rendered now."""
    for each in PICTURES.glob("*.png"):
        each.unlink()
    for path in OWN:
        for language in make.LANGUAGES:
            for number, picture in enumerate(pictures_of(path.read_bytes(), language), start=1):
                picture.quantize(GREYS).save(kept(path, language, number), optimize=True)
    every = others()
    rows = -(-len(every) // IN_A_ROW)
    for language in make.LANGUAGES:
        all_of_them = Image.new("L", (IN_A_ROW * THUMB[0], rows * THUMB[1]), 255)
        for at, path in enumerate(every):
            all_of_them.paste(thumb(path, language), place(at)[:2])
        all_of_them.save(sheet(language), optimize=True)


if __name__ == "__main__":
    write_anew()
