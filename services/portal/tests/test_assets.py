"""Stylesheet, mark and faces: addresses that change when they do."""

import pytest

from portal.assets import Assets

FACE = '@font-face {\n  src: url("fonts/a.woff2") format("woff2");\n}\n'


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "fonts").mkdir()
    (tmp_path / "portal.css").write_text(FACE + "body { color: red; }\n")
    (tmp_path / "fonts" / "made-of.txt").write_text("not for browsers")
    return tmp_path


def test_a_face_that_was_cut_is_named_with_its_version(folder):
    (folder / "fonts" / "a.woff2").write_bytes(b"face")

    assets = Assets(folder)

    version = assets["fonts/a.woff2"].version
    assert f'url("fonts/a.woff2?v={version}")' in assets["portal.css"].content.decode()


def test_a_face_that_was_not_cut_is_not_asked_for(folder):
    css = Assets(folder)["portal.css"].content.decode()

    assert css == "body { color: red; }\n"


def test_another_face_is_another_stylesheet(folder):
    addresses = set()
    for face in (b"one", b"two"):
        (folder / "fonts" / "a.woff2").write_bytes(face)
        addresses.add(Assets(folder).address("portal.css"))

    assert len(addresses) == 2


@pytest.mark.parametrize("name", ["fonts/made-of.txt", "../assets.py", "", "portal"])
def test_nothing_else_is_handed_out(folder, name):
    assert Assets(folder)[name] is None
