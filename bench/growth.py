"""Whether a series of measurements grows: by how much, and how sure that is."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean

TEN_MINUTES = 600.0
_LONG_ENOUGH = 300.0
"""Seconds: what is watched for less may still be warming up."""

_FEWEST = 8
_NOTHING_KNOWN = 1.0
_ERRORS = 2.0
"""How many standard errors a slope may be off: in 19 of 20 cases it is less."""


@dataclass(frozen=True)
class Trend:
    """The growth of a series in ten minutes, as a share of its mean, and its margin of error."""

    share: float
    margin: float
    seconds: float = 0.0
    """For how long it was watched."""

    def judged(self, bar: float) -> str:
        """Say whether it is flat, grows, or was watched for too short a time to tell."""
        if self.share + self.margin <= bar:
            return "flat"
        sure = self.share - self.margin > bar and self.seconds >= _LONG_ENOUGH
        return "GROWS" if sure else "too short to tell"


def trend(times: Sequence[float], values: Sequence[float]) -> Trend:
    """Fit a line through the second half of a series: the first is warming up."""
    half = len(times) // 2
    at, found = times[half:], values[half:]
    mean, middle = fmean(found or (0,)), fmean(at or (0,))
    spread = sum((each - middle) ** 2 for each in at)
    if len(at) < _FEWEST or not spread or not mean:
        return Trend(0.0, 0.0 if found and not mean else _NOTHING_KNOWN)
    slope = sum((t - middle) * (v - mean) for t, v in zip(at, found, strict=True)) / spread
    off = sum((v - mean - slope * (t - middle)) ** 2 for t, v in zip(at, found, strict=True))
    error = sqrt(off / (len(at) - 2) / spread)
    scale = TEN_MINUTES / mean
    return Trend(slope * scale, _ERRORS * error * scale, at[-1] - at[0])


def leaks(counts: Sequence[int]) -> bool:
    """Say whether a count never came down again: its last quarter lies above all of its second."""
    quarter = len(counts) // 4
    if not quarter:
        return False
    return min(counts[-quarter:]) > max(counts[quarter : 2 * quarter])
