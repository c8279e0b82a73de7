"""Documents as a table: CSV line by line, or XLSX by way of a file."""

import asyncio
import csv
import io
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator
from datetime import date
from decimal import Decimal
from typing import IO

from documents import cells, export_columns
from documents.export_columns import Value
from documents.export_words import ExportWords
from documents.outgoing import NOT_YOURS, Outgoing
from documents.spreadsheet import Spreadsheet

_CHUNK = 64 * 1024
# Without it, spreadsheets take the file for one in the code page of their country.
_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"


async def csv_of(going: Outgoing) -> AsyncGenerator[bytes, None]:
    """Return a CSV, with the separator and the decimal sign of who reads it."""
    lines = io.StringIO()
    writer = csv.writer(lines, delimiter=going.words.separator, quoting=csv.QUOTE_ALL)
    lines.write(_MARK)
    writer.writerow(export_columns.titles(going.words))
    async for rows in _rows(going):
        writer.writerows([_in_csv(value, going.words) for value in row] for row in rows)
        yield lines.getvalue().encode()
        lines.seek(0)
        lines.truncate()


def _in_csv(value: Value, words: ExportWords) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}".replace(".", words.decimal)
    return value.isoformat() if isinstance(value, date) else cells.inert(value)


async def xlsx_of(going: Outgoing) -> tuple[IO[bytes], int]:
    """Return an open file that is an XLSX, and how long it is."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 (who reads it closes it)
    try:
        sheet = Spreadsheet(file, going.words.sheet, export_columns.titles(going.words))
        async for rows in _rows(going):
            await asyncio.to_thread(sheet.add, rows)
        await asyncio.to_thread(sheet.close)
    except BaseException:
        file.close()
        raise
    length = file.seek(0, io.SEEK_END)
    file.seek(0)
    return file, length


async def read(file: IO[bytes]) -> AsyncGenerator[bytes, None]:
    """Return what is in an open file, and close it."""
    with file:
        while chunk := await asyncio.to_thread(file.read, _CHUNK):
            yield chunk


async def _rows(going: Outgoing) -> AsyncIterator[list[list[Value]]]:
    async for page in going.pages():
        rows = []
        for document_id, document in page:
            if document is None:
                going.fail(document_id, NOT_YOURS)
            else:
                rows.append(export_columns.row(document, going.words))
        yield rows
        await going.tell(more=len(page))
