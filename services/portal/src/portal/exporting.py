"""Packs all that is kept of a person: as JSON for machines, and as CSV for a spreadsheet."""

import csv
import io
import json
import zipfile
from collections.abc import Mapping
from datetime import datetime
from typing import Any

_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def zipped(kept: Mapping[str, Any], at: datetime) -> bytes:
    """Return a zip with everything in one JSON file, and each list in a CSV file of its own."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:

        def add(name: str, text: str) -> None:
            entry = zipfile.ZipInfo(name, at.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, text)

        add("all.json", json.dumps(kept, indent=2, ensure_ascii=False, default=str))
        single = {name: value for name, value in kept.items() if not _is_rows(value)}
        if single:
            # The mark in front tells spreadsheets that this is UTF-8.
            add("about-you.csv", "\ufeff" + _facts(single))
        for name, rows in kept.items():
            if _is_rows(rows):
                add(f"{name.replace('_', '-')}.csv", "\ufeff" + _table(rows))
    return packed.getvalue()


def _is_rows(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(row, Mapping) for row in value)


def _table(rows: list[Mapping[str, Any]]) -> str:
    flat = [_flat(row) for row in rows]
    columns = list(dict.fromkeys(name for row in flat for name in row))
    written = io.StringIO()
    table = csv.DictWriter(written, columns, restval="", lineterminator="\r\n")
    table.writeheader()
    table.writerows(flat)
    return written.getvalue()


def _facts(single: Mapping[str, Any]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerows(_flat(single).items())
    return written.getvalue()


def _flat(row: Mapping[str, Any], before: str = "") -> dict[str, str]:
    """Return a row without depth: ``{"issuer": {"name": …}}`` is a column "issuer.name"."""
    flat: dict[str, str] = {}
    for name, value in row.items():
        if isinstance(value, Mapping):
            flat |= _flat(value, f"{before}{name}.")
        else:
            flat[f"{before}{name}"] = _cell(value)
    return flat


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return "; ".join(
            json.dumps(each, ensure_ascii=False, default=str)
            if isinstance(each, Mapping | list)
            else str(each)
            for each in value
        )
    text = str(value)
    # What someone else wrote must not be obeyed by a spreadsheet.
    return f"'{text}" if isinstance(value, str) and text.startswith(_BEGINS_A_FORMULA) else text
