"""A table as XLSX, row by row through a file, so that its length costs no memory."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import BinaryIO

import xlsxwriter

from documents import cells

_FIRST_DAY = date(1900, 3, 1)
"""Before it, spreadsheets count a day that never was."""

_EXACT = 15
"""Digits of a figure that a spreadsheet keeps."""

_A_DAY_AS_THE_READER_WRITES_IT = 14
_WIDTHS = (15, 13, 20, 12, 12, 17, 17, 9, 24, 38)


class Spreadsheet:
    """A workbook of one table. Nothing that stands in it is a formula or a link."""

    def __init__(self, file: BinaryIO, name: str, titles: Sequence[str]) -> None:
        """Begin one in a file, under its row of titles."""
        self._book = xlsxwriter.Workbook(
            file,
            {
                "constant_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "nan_inf_to_errors": False,
            },
        )
        self._sheet = self._book.add_worksheet(name)
        bold = self._book.add_format({"bold": True, "bottom": 1})
        self._day = self._book.add_format({"num_format": _A_DAY_AS_THE_READER_WRITES_IT})
        figures = ("#,##0", *(f"#,##0.{'0' * decimals}" for decimals in range(1, 5)))
        self._money = [self._book.add_format({"num_format": each}) for each in figures]
        self._text = self._book.add_format({"num_format": "@"})
        self._rows = 1
        self._columns = len(titles)
        for column, width in enumerate(_WIDTHS[: self._columns]):
            self._sheet.set_column(column, column, width)
        self._sheet.freeze_panes(1, 0)
        for column, title in enumerate(titles):
            self._sheet.write_string(0, column, title, bold)

    def add(self, rows: Iterable[Sequence[str | date | Decimal | None]]) -> None:
        """Add rows."""
        for row in rows:
            for column, value in enumerate(row):
                self._write(column, value)
            self._rows += 1

    def _write(self, column: int, value: str | date | Decimal | None) -> None:
        place = self._rows, column
        if isinstance(value, Decimal) and len(value.as_tuple().digits) <= _EXACT:
            self._sheet.write_number(*place, float(value), self._money[_decimals(value)])
        elif isinstance(value, date) and value >= _FIRST_DAY:
            self._sheet.write_datetime(*place, value, self._day)
        elif value is not None:
            text = f"{value:f}" if isinstance(value, Decimal) else str(value)
            self._sheet.write_string(*place, cells.shown(text), self._text)

    def close(self) -> None:
        """Write what is still to be written into the file."""
        self._sheet.autofilter(0, 0, self._rows - 1, self._columns - 1)
        self._book.close()


def _decimals(value: Decimal) -> int:
    """Return how many decimals to show."""
    exponent = value.as_tuple().exponent
    return min(max(-int(exponent), 0), 4)
