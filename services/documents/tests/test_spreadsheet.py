"""Proves that a spreadsheet holds text, figures and days, and nothing that computes or leads away.

It is read again by two programs that share nothing with what wrote it.
"""

import io
import zipfile
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from lxml import etree
from python_calamine import CalamineWorkbook

from documents.spreadsheet import Spreadsheet

HOSTILE = [
    "=1+1",
    '=HYPERLINK("https://win.example","F1")',
    "=cmd|' /C calc'!A0",
    "+++090/9337/55493+++",
    "-2+3",
    "@SUM(A1:A9)",
    "https://win.example/prize",
    "mailto:you@win.example",
    "internal:Sheet1!A1",
    "{=SUM(A1:A2)}",
    "00012345",
    "1E10",
    "TRUE",
    "_x0041_",
    "<script>alert(1)</script>&amp;]]>",
]
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def made(*rows, titles=("One", "Two")):
    file = io.BytesIO()
    sheet = Spreadsheet(file, "Documents", titles)
    sheet.add(rows)
    sheet.close()
    return file.getvalue()


def read(content):
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


def cells_of(content):
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert not [name for name in parts.namelist() if "vba" in name.lower()]
        relations = [name for name in parts.namelist() if name.endswith("sheet1.xml.rels")]
        assert relations == []
        return list(etree.fromstring(parts.read("xl/worksheets/sheet1.xml")).iter(f"{_MAIN}c"))


@pytest.mark.parametrize("text", HOSTILE)
def test_what_looks_like_a_formula_a_link_or_a_figure_is_text(text):
    content = made((text, text))

    assert read(content)[1] == [text, text]
    for cell in cells_of(content):
        assert cell.find(f"{_MAIN}f") is None
        assert cell.get("t") in {"inlineStr", "s"}


@pytest.mark.parametrize("text", HOSTILE)
def test_another_reader_sees_no_formula_either(text):
    book = openpyxl.load_workbook(io.BytesIO(made((text, None))))
    cell = book.active["A2"]

    assert cell.hyperlink is None
    if not text.startswith(("=", "_x")):  # of the one it thinks so itself, the other it leaves
        assert (cell.data_type, cell.value) == ("s", text)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a\x00\x01\x1bb", "ab"),
        ("F\u202e71000062", "F71000062"),
        ("\ufffe\uffff", ""),
        ("a\r\nb", "a  b"),
        ("x" * 40_000, "x" * 32_000),
        ("発票 é 🧾", "発票 é 🧾"),
    ],
)
def test_what_no_workbook_may_hold_is_left_out(text, kept):
    assert read(made((text, "end")))[1] == [kept, "end"]


def test_figures_and_days_are_what_one_can_compute_with():
    rows = read(made((Decimal("-498.94"), date(2026, 6, 1)), (Decimal(5), None)))

    assert rows[1] == [-498.94, date(2026, 6, 1)]
    assert rows[2] == [5.0, ""]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("12345678901234567.89"), "12345678901234567.89"),
        (Decimal(-1234567890123456), "-1234567890123456"),
        (date(1900, 2, 28), "1900-02-28"),
        (date(1, 1, 1), "0001-01-01"),
    ],
)
def test_what_a_spreadsheet_would_round_or_cannot_count_is_text(value, text):
    assert read(made((value, "")))[1][0] == text
