"""Whether times tell two sorts of people apart: what is alike does not, what differs does."""

import math
import random

from bench import telling


def sample(seed, *, shift=0.0, size=300):
    chance = random.Random(seed)  # noqa: S311 (a seed)
    return [40 + shift + chance.gauss(0, 3) for _ in range(size)]


def test_the_textbooks_example():
    """Mann and Whitney's test on the tortoises and hares of Wikipedia's article: U is 11 of 36."""
    tortoises, hares = [1, 7, 8, 9, 10, 11], [2, 3, 4, 5, 6, 12]

    # By the normal approximation: z = (|11 - 18| - 0.5) / sqrt(39).
    assert math.isclose(telling.mann_whitney(tortoises, hares), 0.29795, abs_tol=0.0001)
    assert telling.mann_whitney(tortoises, hares) == telling.mann_whitney(hares, tortoises)


def test_two_samples_of_one_population_are_rarely_told_apart():
    found = [telling.mann_whitney(sample(seed), sample(seed + 1_000)) for seed in range(200)]

    assert sum(p < 0.01 for p in found) <= 8
    assert 0.4 < sum(found) / len(found) < 0.6


def test_a_millisecond_and_a_half_more_is_told():
    found = [
        telling.mann_whitney(sample(seed), sample(seed + 1_000, shift=1.5)) for seed in range(20)
    ]

    assert sum(p < 0.01 for p in found) >= 18


def test_ties_prove_nothing():
    assert telling.mann_whitney([5] * 10, [5] * 10) == 1.0
    assert telling.mann_whitney([1, 2, 2, 3], [1, 2, 2, 3]) == 1.0
