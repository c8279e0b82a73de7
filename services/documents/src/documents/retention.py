"""How long a document is kept, and how long its readers see it: two clocks, by its date.

Belgium keeps for 10 years from 1 January after the document's date, the Netherlands for 7 years
from the end of its year. Both end on a 31 December.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

_DECEMBER, _LAST = 12, 31
_LEAP_DAY = (2, 29)


@dataclass(frozen=True)
class Policy:
    """For how many years an issuer keeps documents, by the customer's country.

    Where nothing is said of a country, or the country is not known, the default counts. With
    ``visible_years`` readers see a document for so long only, whatever is kept.
    """

    default_years: int = 10
    by_country: Mapping[str, int] = field(default_factory=dict)
    visible_years: int | None = None

    def years(self, country: str | None) -> int:
        """Return for how many years documents of a country's customers are kept."""
        return self.by_country.get(country or "", self.default_years)


def retain_until(issue_date: date, country: str | None, policy: Policy) -> date:
    """Return the last day on which a document must be there."""
    year = issue_date.year + policy.years(country)
    return date.max if year > date.max.year else date(year, _DECEMBER, _LAST)


def visible_until(issue_date: date, policy: Policy) -> date | None:
    """Return the last day on which readers see a document; None where that never ends."""
    if policy.visible_years is None or issue_date.year + policy.visible_years > date.max.year:
        return None
    year = issue_date.year + policy.visible_years
    if (issue_date.month, issue_date.day) == _LEAP_DAY and not _is_leap(year):
        return date(year, 2, 28)
    return issue_date.replace(year=year)


def extended(until: date, issue_date: date, country: str | None, policy: Policy) -> date:
    """Return until when a document is kept from now on: what is promised is never shortened."""
    return max(until, retain_until(issue_date, country, policy))


def may_go(until: date, today: date, *, held: bool) -> bool:
    """Say whether a document may be deleted: it has had its last day, and nobody holds it."""
    return until < today and not held


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
