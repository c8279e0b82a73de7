"""The rule of support: how readers reach somebody at an issuer, and when (O-01)."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from portal.plain_text import Text

_A_WEEK = 7


class Support(BaseModel):
    """Where and when somebody helps, by the clock of ``time_zone``; Monday is 1."""

    phone: Text | None = None
    email: Text | None = None
    days: list[int] = [1, 2, 3, 4, 5]
    opens: time = time(8, 30)
    closes: time = time(17)
    time_zone: str = "Europe/Brussels"

    @property
    def is_reached(self) -> bool:
        """Tell whether there is a way to reach anybody."""
        return bool(self.phone or self.email)

    def is_open(self, at: datetime) -> bool:
        """Tell whether somebody answers at a moment."""
        here = self._here(at)
        return here.isoweekday() in self.days and self.opens <= here.time() < self.closes

    def opens_next(self, at: datetime) -> tuple[int, int] | None:
        """Return in how many days somebody answers again, and on which; None is never."""
        here = self._here(at)
        first = 0 if here.time() < self.opens else 1
        for ahead in range(first, first + _A_WEEK):
            day = (here + timedelta(days=ahead)).isoweekday()
            if day in self.days:
                return ahead, day
        return None

    def runs(self) -> list[list[int]]:
        """Return the days, those that follow each other together where they are three or more."""
        runs: list[list[int]] = []
        for day in sorted(set(self.days)):
            if runs and day == runs[-1][-1] + 1:
                runs[-1].append(day)
            else:
                runs.append([day])
        return [part for run in runs for part in _apart(run)]

    def _here(self, at: datetime) -> datetime:
        return at.astimezone(ZoneInfo(self.time_zone))


def _apart(run: list[int]) -> list[list[int]]:
    return [run] if len(run) > 2 else [[day] for day in run]  # noqa: PLR2004 (two are no run)
