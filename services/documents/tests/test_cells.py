"""Proves that text of strangers is text in every cell, whatever program opens the table."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents import cells


@pytest.mark.parametrize(
    ("text", "inert"),
    [
        ("F2600017", "F2600017"),
        ("1234/78/901", "1234/78/901"),
        ("018304 / 28865", "018304 / 28865"),
        ("061828591|01/10/2020|0", "061828591|01/10/2020|0"),
        ("Ελλάδα 7", "Ελλάδα 7"),
        ("=1+1", "'=1+1"),
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
        ("+++090/9337/55493+++", "'+++090/9337/55493+++"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1:A9)", "'@SUM(A1:A9)"),
        (" =1", " '=1"),
        ("\t=1", " '=1"),
        ("\r=1", " '=1"),
        ("\n=1", " '=1"),
        ("\u200b=1", "'=1"),
        ("\ufeff=1", "'=1"),
        ("\u202e=1", "'=1"),
        ("\xa0=1", " '=1"),
        ("＝1", "'＝1"),
        ("＋1", "'＋1"),
        ("－1", "'－1"),
        ("＠A1", "'＠A1"),
        ("a;=1", "a;'=1"),
        ("a,=1", "a,'=1"),
        ("a\t=1", "a =1"),
        ('a";=1;"', 'a";\'=1;"'),
        ('a"=1', "a\"'=1"),
    ],
)
def test_what_would_begin_a_formula_has_an_apostrophe_before_it(text, inert):
    assert cells.inert(text) == inert


@given(st.text())
def test_no_cell_begins_a_formula_however_its_line_is_taken_apart(text):
    for separator in (";", ",", "|", "\t"):
        for cell in cells.inert(text).split(separator):
            assert not cell.lstrip(" \"'").startswith(("=", "+", "@", "＝", "＋", "＠")) or (
                "'" in cell[: len(cell) - len(cell.lstrip(" \"'"))]
            )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("F\u202e71000062", "F71000062"),
        ("a\r\nb\tc", "a  b c"),
        ("a\x00b\x1bc\x7f", "abc"),
        ("a\u2028b", "a b"),
        ("a\ufffeb\uffff", "ab"),
        ("é € 発票 🧾", "é € 発票 🧾"),
        ("x" * 40_000, "x" * 32_000),
    ],
)
def test_a_cell_is_one_line_that_is_seen(text, shown):
    assert cells.shown(text) == shown


@given(st.text())
def test_nothing_in_a_cell_is_a_control_or_turns_the_text_round(text):
    assert {unicodedata.category(each) for each in cells.shown(text)}.isdisjoint(
        {"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"}
    )
    assert cells.shown(cells.shown(text)) == cells.shown(text)
