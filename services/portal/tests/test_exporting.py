"""All that is kept of a person, packed: whole as JSON, and as tables a spreadsheet opens safely."""

import csv
import io
import json
import zipfile
from datetime import UTC, datetime

import pytest

from portal import exporting

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
KEPT = {
    "person": {"email": "an@example.com", "issuer": {"name": "Café Lease"}},
    "sessions": [
        {"browser": "Firefox on Windows", "seen_at": "2026-11-21T08:02:00Z"},
        {"browser": "=HYPERLINK(1)", "more": ["a", {"b": 1}], "none": None},
    ],
    "tickets": [],
}


@pytest.fixture
def archive():
    return zipfile.ZipFile(io.BytesIO(exporting.zipped(KEPT, AT)))


def table(archive, name):
    text = archive.read(name).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def test_everything_is_there_for_a_machine(archive):
    assert json.loads(archive.read("all.json")) == KEPT


def test_each_list_is_a_table_and_the_rest_stands_together(archive):
    assert set(archive.namelist()) == {"all.json", "about-you.csv", "sessions.csv", "tickets.csv"}
    assert ["person.issuer.name", "Café Lease"] in table(archive, "about-you.csv")
    first = table(archive, "sessions.csv")
    assert first[0] == ["browser", "seen_at", "more", "none"]
    assert first[1] == ["Firefox on Windows", "2026-11-21T08:02:00Z", "", ""]


def test_a_spreadsheet_obeys_nothing_that_others_wrote(archive):
    assert table(archive, "sessions.csv")[2][0] == "'=HYPERLINK(1)"
    assert table(archive, "sessions.csv")[2][2] == 'a; {"b": 1}'


def test_the_same_is_packed_the_same():
    assert exporting.zipped(KEPT, AT) == exporting.zipped(KEPT, AT)
