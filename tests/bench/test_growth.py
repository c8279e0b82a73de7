"""What a soak says of a series: flat, growing, or watched for too short a time."""

import math

from bench import growth

EVERY_15_S = [turn * 15.0 for turn in range(120)]
TWO_PERCENT = 0.02


def noise(turn):
    """A tenth of a megabyte to either side, the same on every run."""
    return 0.1 * math.sin(turn * 2.4)


def test_noise_alone_is_flat():
    trend = growth.trend(EVERY_15_S, [100 + noise(turn) for turn in range(120)])

    assert trend.judged(TWO_PERCENT) == "flat"


def test_five_percent_in_ten_minutes_grows():
    values = [100 + at * 5 / 600 + noise(turn) for turn, at in enumerate(EVERY_15_S)]

    trend = growth.trend(EVERY_15_S, values)

    assert trend.judged(TWO_PERCENT) == "GROWS"
    assert math.isclose(trend.share, 0.05, rel_tol=0.15)


def test_what_grows_only_while_it_warms_up_is_flat():
    values = [min(100, 40 + turn) + noise(turn) for turn in range(120)]

    assert growth.trend(EVERY_15_S, values).judged(TWO_PERCENT) == "flat"


def test_two_minutes_of_noise_prove_nothing():
    values = [100 + 20 * noise(turn) for turn in range(24)]

    assert growth.trend(EVERY_15_S[:24], values).judged(TWO_PERCENT) == "too short to tell"
    assert growth.trend([0, 15], [100, 100]).judged(TWO_PERCENT) == "too short to tell"


def test_what_may_still_be_warming_up_is_not_said_to_grow():
    trend = growth.trend(EVERY_15_S[:40], [100 + at for at in EVERY_15_S[:40]])

    assert trend.judged(TWO_PERCENT) == "too short to tell"


def test_what_uses_nothing_does_not_grow():
    assert growth.trend(EVERY_15_S, [0.0] * 120).judged(TWO_PERCENT) == "flat"


def test_a_count_that_never_comes_down_again_leaks():
    assert growth.leaks([5 + turn // 10 for turn in range(120)])
    assert not growth.leaks([5 + turn % 7 for turn in range(120)])
    assert not growth.leaks([5] * 60 + [9, 5] * 30)
    assert not growth.leaks([5, 6])
