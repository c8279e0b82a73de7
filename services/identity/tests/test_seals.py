"""Proves that no entry below a seal can be changed, added or taken away unseen."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from identity import seals
from identity.seals import Break, Entry

AT = datetime(2026, 11, 22, 9, 0, 0, 123456, tzinfo=UTC)


def entry(number, **told):
    known = {
        "at": AT,
        "act": "signed_in",
        "actor": "a",
        "subject": None,
        "issuer": "dl5",
        "facts": {"by": "password", "browser": 1},
        "correlation_id": "c",
    }
    return Entry(id=number, **known | told)


THREE = [entry(3), entry(5), entry(6)]


def test_what_was_sealed_is_found_as_it_was():
    assert seals.first_break(seals.digests_of(THREE), THREE) is None


@pytest.mark.parametrize(
    "change",
    [
        {"at": AT + timedelta(microseconds=1)},
        {"act": "signed_out"},
        {"actor": "b"},
        {"subject": "s"},
        {"issuer": None},
        {"facts": {"by": "password", "browser": "1"}},
        {"facts": {}},
        {"correlation_id": ""},
    ],
)
def test_a_changed_entry_is_named(change):
    tampered = [THREE[0], replace(THREE[1], **change), THREE[2]]

    assert seals.first_break(seals.digests_of(THREE), tampered) == Break(
        5, "was changed after the seal"
    )


def test_a_missing_entry_is_named():
    assert seals.first_break(seals.digests_of(THREE), THREE[1:]) == Break(3, "is gone")


def test_an_added_entry_is_named():
    added = [THREE[0], entry(4), *THREE[1:]]

    assert seals.first_break(seals.digests_of(THREE), added) == Break(4, "was added after the seal")


def test_two_that_changed_places_are_named():
    told = [replace(each, actor=str(each.id)) for each in THREE]
    swapped = [told[0], replace(told[2], id=5), replace(told[1], id=6)]

    assert seals.first_break(seals.digests_of(told), swapped) == Break(
        5, "was changed after the seal"
    )


def test_the_first_of_several_is_named():
    tampered = [THREE[0], replace(THREE[1], act="x"), replace(THREE[2], act="y")]

    found = seals.first_break(seals.digests_of(THREE), tampered)
    assert found is not None
    assert found.entry == 5


def test_the_order_of_facts_and_the_zone_of_a_moment_do_not_matter():
    turned = replace(THREE[0], facts={"browser": 1, "by": "password"})
    elsewhere = replace(turned, at=AT.astimezone(timezone(timedelta(hours=2))))

    assert seals.digest_of(elsewhere) == seals.digest_of(THREE[0])


@pytest.mark.parametrize(
    "change",
    [
        {"before": b"\1" * 32},
        {"last_entry": 7},
        {"entries": 2},
        {"sealed_at": AT + timedelta(seconds=1)},
        {"digests": seals.digests_of(THREE[1:])},
    ],
)
def test_a_seal_is_over_all_that_it_says_and_the_one_before_it(change):
    told = {
        "before": seals.FIRST,
        "last_entry": 6,
        "entries": 3,
        "sealed_at": AT,
        "digests": seals.digests_of(THREE),
    }

    assert seals.seal_of(**told | change) != seals.seal_of(**told)


def test_the_first_entry_under_a_seal_is_known():
    assert seals.first_sealed(seals.digests_of(THREE)) == 3
    assert seals.first_sealed(b"") is None
