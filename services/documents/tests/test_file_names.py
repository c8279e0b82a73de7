"""Proves that a file name is only a name, whoever made it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents import file_names


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("invoice.pdf", "invoice.pdf"),
        ("Factuur 2026-000871 – é €.pdf", "Factuur 2026-000871 – é €.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\noor\\invoice.pdf", "invoice.pdf"),
        ("/", "file"),
        ("..", "file"),
        ("...", "file"),
        ("", "file"),
        (" \u202e ", "file"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("a\u2066b\u2069\u200f.pdf", "ab.pdf"),
        ("a\r\nSet-Cookie: b.pdf", "aSet-Cookie_ b.pdf"),
        ("a\0b\x7f\x85.pdf", "ab.pdf"),
        ("a\ud800.pdf", "a.pdf"),
        (" a.pdf ", "a.pdf"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
        ("x" * 300, "x" * 200),
        ("." + "x" * 300, "." + "x" * 199),
        ("é" * 200 + ".pdf", "é" * 118 + ".pdf"),
        ("発" * 100, "発" * 80),
        ("🧾" * 100 + ".pdf", "🧾" * 59 + ".pdf"),
        ("CON", "_CON"),
        ("con.pdf", "_con.pdf"),
        ("Aux .pdf", "_Aux .pdf"),
        ("nul.tar.gz", "_nul.tar.gz"),
        ("COM1", "_COM1"),
        ("lpt¹.txt", "_lpt¹.txt"),
        ("CONOUT$", "_CONOUT$"),
        ("CON\u202e.pdf", "_CON.pdf"),
        ("../CON.", "_CON"),
        ("console.pdf", "console.pdf"),
        ("COM10.pdf", "COM10.pdf"),
        ("invoice.pdf:evil.exe", "invoice.pdf_evil.exe"),
        ('a<b>c"d|e?f*.pdf', "a_b_c_d_e_f_.pdf"),
        ("a.pdf. . ", "a.pdf"),
        ("x" * 199 + ". .pdf", "x" * 196 + ".pdf"),
        (".hidden", ".hidden"),
    ],
)
def test_a_name_is_the_last_part_of_a_path_without_what_is_not_seen(given_name, kept):
    assert file_names.safe(given_name) == kept


@given(st.text())
def test_whatever_comes_is_a_name_that_stays_as_it_is(text):
    name = file_names.safe(text)

    assert 0 < len(name) <= file_names.LONGEST
    assert len(name.encode()) <= 240
    assert name == name.strip().rstrip(".")
    assert not set(name) & set('/\\\0\r\n<>:"|?*')
    assert name.strip(".")
    assert not any(unicodedata.category(each) in {"Cc", "Cf", "Cs"} for each in name)
    assert file_names.safe(name) == name


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("F2600017", "F2600017"),
        ("2026/17", "2026-17"),
        ("Rechnung Nr. 17 ä", "Rechnung-Nr-17-a"),
        ('"; rm -rf / ;"', "rm-rf"),
        ("発票", "file"),
        ("9" * 100, "9" * 60),
    ],
)
def test_a_number_becomes_letters_digits_and_dashes(text, plain):
    assert file_names.plain(text) == plain
