"""When a letter is tried again."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.replies import Fate
from notifications.schedule_of_tries import next_look, next_try

WEEKDAYS = [timedelta(minutes=m) for m in (1, 5, 15, 60, 240, 720, 1440, 1440)]
LOCAL = [timedelta(seconds=s) for s in (1, 5, 15, 60)]
ENDED = set(Fate) - {Fate.DEFERRED, Fate.DEFERRED_SLOW, Fate.MAILBOX_FULL}


def pauses(fate: Fate, schedule: list[timedelta]) -> list[timedelta | None]:
    """List the pauses after the first, second … try, with the first None."""
    found: list[timedelta | None] = []
    while not found or found[-1] is not None:
        found.append(next_try(fate, len(found) + 1, schedule, jitter=0))
    return found


def test_a_deferred_letter_follows_the_schedule_and_is_then_given_up() -> None:
    assert pauses(Fate.DEFERRED, WEEKDAYS) == [*WEEKDAYS, None]


def test_a_slow_letter_waits_at_least_a_quarter_of_an_hour() -> None:
    quarter = timedelta(minutes=15)

    assert pauses(Fate.DEFERRED_SLOW, WEEKDAYS) == [quarter, quarter, *WEEKDAYS[2:], None]


def test_a_slow_letter_of_a_local_run_waits_no_longer_than_its_longest_pause() -> None:
    assert pauses(Fate.DEFERRED_SLOW, LOCAL) == [timedelta(minutes=1)] * 4 + [None]


def test_a_full_mailbox_is_tried_daily_five_times() -> None:
    """N-09."""
    assert pauses(Fate.MAILBOX_FULL, WEEKDAYS) == [timedelta(days=1)] * 5 + [None]


def test_a_full_mailbox_of_a_local_run_is_tried_five_times_at_its_longest_pause() -> None:
    assert pauses(Fate.MAILBOX_FULL, LOCAL) == [timedelta(minutes=1)] * 5 + [None]


@pytest.mark.parametrize("fate", sorted(ENDED))
def test_what_is_decided_is_not_tried_again(fate: Fate) -> None:
    assert next_try(fate, 1, WEEKDAYS, jitter=0) is None


def test_without_a_schedule_a_deferred_letter_is_given_up() -> None:
    assert next_try(Fate.DEFERRED, 1, [], jitter=0) is None


@given(
    fate=st.sampled_from(sorted(set(Fate) - ENDED)),
    tries=st.integers(1, 5),
    jitter=st.floats(0, 1),
)
def test_jitter_only_lengthens_a_pause_and_by_a_fifth_at_most(
    fate: Fate, tries: int, jitter: float
) -> None:
    plain = next_try(fate, tries, WEEKDAYS, jitter=0)
    moved = next_try(fate, tries, WEEKDAYS, jitter=jitter)

    assert plain is not None
    assert moved is not None
    assert plain <= moved <= plain * 1.2


@pytest.mark.parametrize(
    ("waited", "pause"),
    [(0, 1), (1, 1), (40, 40), (600, 600), (86_400, 600)],
)
def test_a_letter_that_waits_for_news_is_looked_at_soon_and_then_ever_later(
    waited: int, pause: int
) -> None:
    at = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)

    looked_at = next_look(at - timedelta(seconds=waited), at)

    assert looked_at - at == timedelta(seconds=pause)
