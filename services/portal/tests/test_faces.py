"""Faces are cut small, and hold what invoices are written with."""

import pytest
from fontTools.ttLib import TTFont

from portal import faces

NEEDED = "Zoë Łukasz Ștefan € − – ’ “ 0123456789 ß Ÿ œ × \xa0\u202f"


@pytest.fixture(scope="module")
def cut(tmp_path_factory):
    folder = tmp_path_factory.mktemp("faces")
    faces.main(folder)
    return folder


def test_every_face_has_the_letters_and_the_figures_in_columns(cut):
    for name in faces.FACES:
        with TTFont(cut / name) as font:
            assert {ord(each) for each in NEEDED} <= font.getBestCmap().keys()
            assert _as_wide_as_each_other(font, "0123456789")
        assert (cut / name).stat().st_size < 40_000


def _as_wide_as_each_other(font, characters):
    glyphs = [font.getBestCmap()[ord(each)] for each in characters]
    return len({font["hmtx"][glyph][0] for glyph in glyphs}) == 1


def test_the_same_fonts_give_the_same_bytes(cut, tmp_path):
    faces.main(tmp_path)

    for name in faces.FACES:
        assert (tmp_path / name).read_bytes() == (cut / name).read_bytes()


def test_what_is_there_already_is_left_alone(cut):
    name = next(iter(faces.FACES))
    (cut / name).write_bytes(b"not cut again")

    faces.main(cut)

    assert (cut / name).read_bytes() == b"not cut again"


def test_what_was_made_of_something_else_is_cut_again(cut):
    name = next(iter(faces.FACES))
    (cut / name).write_bytes(b"old")
    (cut / "made-of.txt").write_text("another version")

    faces.main(cut)

    assert (cut / name).read_bytes() != b"old"
