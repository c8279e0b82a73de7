"""Proves that whatever is not as it was is named: which file, which field, which event."""

import copy
import dataclasses
from datetime import UTC, datetime
from uuid import UUID

import pytest

from documents import seals, wholeness
from documents.wholeness import Broken, Digest, Standing

DOCUMENT = UUID("0198c7a3-7f42-7d84-80af-8e4c3b9d5f41")
AT = datetime(2024, 2, 29, tzinfo=UTC)
XML, PDF, OTHER = "a" * 64, "b" * 64, "c" * 64


def facts():
    return {
        "issuer": "dl5",
        "number": "F2600017",
        "total_incl_vat": "498.94",
        "due_date": None,
        "imported": False,
        "references": [["contract", "C-22"], ["order", "B-1"]],
        "files": [
            {"position": 0, "role": "original_xml", "name": "f.xml", "sha256": XML, "size": 7},
            {"position": 1, "role": "original_pdf", "name": "f.pdf", "sha256": PDF, "size": 9},
        ],
    }


def events(*more, until="2034-12-31"):
    told = [("received", {"document": facts(), "retain_until": until}), ("published", {}), *more]
    made = []
    for act, each in told:
        before = made[-1] if made else None
        made.append(seals.following(before, DOCUMENT, "dl5", AT, act, each))
    return made


def broken(said=None, happened=None, *, until="2034-12-31", held=False, files=None):
    now = Standing(facts() if said is None else said, until, held)
    happened = events() if happened is None else happened
    there = {XML: Digest(XML, 7), PDF: Digest(PDF, 9)} | (files or {})
    wanted = wholeness.files_of(now, happened)
    return list(wholeness.broken(now, happened, {each: there.get(each) for each in wanted}))


def test_a_document_as_it_was_is_whole():
    assert broken() == []


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("total_incl_vat", "598.94", ("498.94", "598.94")),
        ("due_date", "2026-07-01", ("None", "2026-07-01")),
        ("imported", True, ("False", "True")),
        ("number", "F2600018", ("F2600017", "F2600018")),
    ],
)
def test_a_changed_field_is_named_with_what_it_was_and_is(field, value, told):
    assert broken(facts() | {field: value}) == [Broken("row", field, *told)]


def test_a_long_value_is_not_told_in_full():
    (found,) = broken(facts() | {"number": "F" * 5_000})

    assert len(found.found) == 200


def test_a_changed_row_of_a_file_is_named():
    said = facts()
    said["files"][1]["name"] = "other.pdf"

    assert broken(said) == [Broken("row", "files.1.name", "f.pdf", "other.pdf")]


def test_a_row_of_a_file_that_leads_to_other_bytes_is_named():
    said = facts()
    said["files"][0] |= {"sha256": OTHER}

    assert broken(said, files={OTHER: Digest(OTHER, 7)}) == [
        Broken("row", "files.0.sha256", XML, OTHER)
    ]


def test_a_file_whose_row_is_gone_is_still_looked_at():
    said = facts()
    said["files"].pop()

    found = broken(said, files={PDF: None})

    assert Broken("row", "files.1.sha256", PDF, "nothing") in found
    assert Broken("file", PDF, PDF, "nothing") in found


def test_a_reference_that_was_changed_is_named():
    said = facts() | {"references": [["contract", "C-23"], ["order", "B-1"]]}

    assert broken(said) == [
        Broken("row", "references.contract.C-22", "C-22", "nothing"),
        Broken("row", "references.contract.C-23", "nothing", "C-23"),
    ]


@pytest.mark.parametrize(
    ("there", "found"),
    [
        (None, "nothing"),
        (Digest(OTHER, 7), OTHER),
        (Digest("unreadable", 3), "unreadable"),
    ],
)
def test_bytes_that_are_not_as_they_were_are_named(there, found):
    assert broken(files={XML: there}) == [Broken("file", XML, XML, found)]


def test_no_events_at_all_is_a_break():
    assert broken(happened=[]) == [Broken("event", "1", "the first event", "nothing")]


def test_an_event_that_was_changed_is_named_and_not_believed():
    happened = events()
    lie = copy.deepcopy(happened[0].facts)
    lie["document"]["number"] = "F1"
    happened[0] = dataclasses.replace(happened[0], facts=lie)

    found = broken(happened=happened)

    assert [(each.kind, each.what) for each in found] == [("event", "1")]


def test_an_event_whose_facts_are_gone_while_the_document_is_here_is_named():
    happened = events()
    happened[0] = dataclasses.replace(happened[0], facts=None)

    (found,) = broken(happened=happened)

    assert (found.kind, found.what, found.found) == ("event", "1", "is without its facts")


@pytest.mark.parametrize(
    ("more", "until", "held", "told"),
    [
        ([], "2024-12-31", False, [("retain_until", "2034-12-31", "2024-12-31")]),
        ([], "2044-12-31", False, [("retain_until", "2034-12-31", "2044-12-31")]),
        ([("retention_set", {"retain_until": "2044-12-31"})], "2044-12-31", False, []),
        (
            [("retention_set", {"retain_until": "2044-12-31"})],
            "2034-12-31",
            False,
            [("retain_until", "2044-12-31", "2034-12-31")],
        ),
        ([("held", {})], "2034-12-31", True, []),
        ([("held", {})], "2034-12-31", False, [("held", "True", "False")]),
        ([("held", {}), ("duplicate_made", {})], "2034-12-31", True, []),
        ([("held", {}), ("released", {})], "2034-12-31", False, []),
        ([("held", {}), ("released", {})], "2034-12-31", True, [("held", "False", "True")]),
        ([], "2034-12-31", True, [("held", "False", "True")]),
    ],
)
def test_how_long_it_is_kept_and_whether_it_is_held_is_what_was_said_last(more, until, held, told):
    found = broken(happened=events(*more), until=until, held=held)

    assert [(each.what, each.expected, each.found) for each in found] == told
