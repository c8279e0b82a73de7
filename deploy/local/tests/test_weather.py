"""A forecast: the same seed brings the same faults, and every kind of them comes."""

from collections import Counter
from itertools import pairwise

from localrun.storm import SIZES
from localrun.weather import BASE, faults, forecast


def test_the_same_seed_brings_the_same_faults_and_another_seed_others() -> None:
    kinds = faults(2)

    drawn = [forecast(seed, kinds, seconds=60, mixed=12, apart=0) for seed in (7, 7, 8)]

    assert drawn[0] == drawn[1] != drawn[2]


def test_every_process_of_every_service_and_both_servers_are_struck() -> None:
    programs = Counter(fault.program for fault in faults(2))

    assert programs == {
        **dict.fromkeys(("identity", "documents", "notifications", "portal"), 1),
        **dict.fromkeys(("identity.2", "documents.2", "notifications.2", "portal.2"), 1),
        "rabbitmq": 2,
        "postgres": 2,
        "postbox": 5,
    }


def test_the_full_size_brings_every_fault_alone_and_then_all_at_random_fifty_at_least() -> None:
    size, kinds = SIZES["full"], faults(2)

    coming = forecast(3, kinds, seconds=size.seconds, mixed=size.mixed, apart=size.apart)

    alone, mixed = coming[: len(kinds)], coming[len(kinds) :]
    assert {each.fault.name for each in alone} == {each.fault.name for each in mixed}
    gaps = [after.at - before.at for before, after in pairwise(alone)]
    assert all(gap == size.apart for gap in gaps)
    assert all(each.lasts <= size.apart for each in alone if each.fault.strikes is None)
    assert alone[-1].at < min(each.at for each in mixed)
    assert max(each.at for each in mixed) < size.seconds
    assert len(coming) >= 50


def test_no_kind_comes_twice_before_all_have_come() -> None:
    kinds = faults(1)

    coming = forecast(5, kinds, seconds=60, mixed=len(kinds), apart=0)

    assert Counter(each.fault.name for each in coming) == Counter(kind.name for kind in kinds)


def test_the_modest_size_brings_every_fault_to_a_suite_with_replicas() -> None:
    assert SIZES["modest"].mixed == len(faults(2))


def test_the_relay_refuses_some_readers_for_good_in_any_weather() -> None:
    assert list(BASE["rcpt"].values()) == ["550 5.1.1 no such mailbox"]
