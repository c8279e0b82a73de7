"""Proves that an event that was changed, added or taken away is found, by the chain alone."""

import dataclasses
from datetime import UTC, date, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as some

from documents import seals
from documents.seals import Head

DOCUMENT = UUID("0198c7a3-7f42-7d84-80af-8e4c3b9d5f41")
AT = datetime(2024, 2, 29, 23, 59, 59, 999999, tzinfo=UTC)


def chain(*acts):
    """Return a chain of events."""
    events = []
    for number, act in enumerate(acts or ("received", "published", "held", "released")):
        before = events[-1] if events else None
        at = AT + timedelta(seconds=number)
        events.append(seals.following(before, DOCUMENT, "dl5", at, act, {"number": number}))
    return events


def wrong(events, *, forgotten=False):
    return [each.sequence for each in seals.wrong(events, forgotten=forgotten)]


def changed(event, **fields):
    return dataclasses.replace(event, **fields)


def written_anew(events, at, **fields):
    """Return a chain of which an event was changed, and its own hash with it."""
    before = events[at - 1].sha256 if at else seals.FIRST
    event = changed(events[at], **fields)
    if event.facts is not None:
        event = changed(event, facts_sha256=seals.digest(event.facts))
    return [*events[:at], changed(event, sha256=seals.hash_of(before, event)), *events[at + 1 :]]


def test_a_chain_as_it_was_written_is_whole():
    assert wrong(chain()) == []
    assert wrong([]) == []


@pytest.mark.parametrize("at", range(4))
@pytest.mark.parametrize(
    "fields",
    [
        {"act": "imported"},
        {"facts": {"number": 99}},
        {"facts": {}},
        {"facts": None},
        {"facts_sha256": b"\1" * 32},
        {"at": AT + timedelta(days=1)},
        {"issuer": "dl6"},
        {"document_id": UUID(int=1)},
        {"sha256": b"\1" * 32},
    ],
)
def test_a_changed_event_is_named(fields, at):
    events = chain()
    events[at] = changed(events[at], **fields)

    assert wrong(events)[0] == at + 1


@pytest.mark.parametrize("at", range(3))
def test_an_event_with_a_new_hash_of_its_own_breaks_the_next(at):
    assert wrong(written_anew(chain(), at, facts={"number": 99})) == [at + 2]


@pytest.mark.parametrize("gone", range(3))
def test_an_event_that_was_taken_away_is_missed(gone):
    events = chain()
    del events[gone]

    assert wrong(events) == [gone + 1]


def test_events_of_another_order_are_found():
    one, two, three, four = chain()

    assert wrong([one, three, two, four]) == [2]


def test_an_event_that_was_added_between_is_found():
    one, two, three, four = chain()
    added = seals.following(one, DOCUMENT, "dl5", AT, "released", {})

    assert wrong([one, added, two, three, four]) == [3]
    assert wrong([one, added, three, four]) == [3]


def test_facts_may_be_forgotten_with_their_document_and_the_chain_still_holds():
    events = [changed(each, facts=None) for each in chain()]

    assert wrong(events, forgotten=True) == []
    assert wrong(events) == [1, 2, 3, 4]


def test_forgotten_facts_do_not_hide_another_change():
    events = [changed(each, facts=None) for each in chain()]
    events[1] = changed(events[1], act="imported")

    assert wrong(events, forgotten=True) == [2]


def test_a_moment_is_the_same_in_every_zone():
    there = AT.astimezone(timezone(timedelta(hours=14)))

    assert seals.moment(there) == seals.moment(AT) == "2024-02-29T23:59:59.999999+00:00"


texts = some.text(max_size=6)
facts = some.dictionaries(texts, texts | some.integers() | some.booleans() | some.none())


@given(facts, facts)
def test_different_facts_have_different_hashes(one, other):
    same = seals.canonical(one) == seals.canonical(other)

    assert same == (seals.digest(one) == seals.digest(other))
    assert seals.digest(one) == seals.digest(dict(reversed(one.items())))


def head(events, before=seals.FIRST, issuer="dl5", day=date(2024, 2, 29)):
    made = Head(before, issuer, day)
    for each in events:
        made.add((each.document_id, each.sequence, each.sha256))
    return made.sha256()


def test_a_head_is_of_these_events_in_this_order_on_this_day():
    events = chain()
    other = events[::-1]
    same = head(events)

    assert head(events) == same
    different = [
        head(other),
        head(events[:-1]),
        head(events[1:]),
        head([]),
        head(events, before=same),
        head(events, issuer="dl6"),
        head(events, day=date(2024, 3, 1)),
        head(written_anew(events, 3, act="received")),
    ]
    assert len({same, *different}) == len(different) + 1
