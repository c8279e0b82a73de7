"""Whether two samples of times tell two sorts of people apart: the Mann-Whitney U test."""

import math
from collections.abc import Sequence


def mann_whitney(these: Sequence[float], those: Sequence[float]) -> float:
    """Return how likely two samples differ so much or more when both are of one population.

    The U test, two-sided, by the normal approximation with its corrections for ties and continuity.
    """
    together = sorted([*((each, True) for each in these), *((each, False) for each in those)])
    total, ranks, ties = len(together), 0.0, 0.0
    start = 0
    while start < total:
        end = start
        while end < total and together[end][0] == together[start][0]:
            end += 1
        shared = (start + 1 + end) / 2
        ranks += shared * sum(is_this for _, is_this in together[start:end])
        ties += (end - start) ** 3 - (end - start)
        start = end
    product = len(these) * len(those)
    u = ranks - len(these) * (len(these) + 1) / 2
    spread = math.sqrt(product / 12 * (total + 1 - ties / (total * (total - 1))))
    if not spread:
        return 1.0
    z = max(0.0, abs(u - product / 2) - 0.5) / spread
    return math.erfc(z / math.sqrt(2))
