"""When somebody helps, as a reader of each language writes it: the days, the hours, and now."""

from datetime import datetime

from portal import figures
from portal.support import Support


def written(support: Support, language: str, words: dict[str, str]) -> str:
    """Write the days and hours: "Monday to Friday, 08:30 to 17:00"."""
    days = [_days(run, language, words) for run in support.runs()]
    if len(days) > 1:
        days = [words["support_and"].format(first=", ".join(days[:-1]), last=days[-1])]
    said = words["support_hours"].format(
        days="".join(days),
        opens=figures.time_of_day(support.opens, language, before_another=True),
        closes=figures.time_of_day(support.closes, language),
    )
    return said[:1].upper() + said[1:]


def at(support: Support, moment: datetime, language: str, words: dict[str, str]) -> str:
    """Write whether somebody answers at a moment, and if not when they do."""
    if support.is_open(moment):
        return words["support_open"]
    soon = support.opens_next(moment)
    if soon is None:
        return words["support_closed"]
    ahead, day = soon
    opens = figures.time_of_day(support.opens, language)
    if ahead == 0:
        return words["support_opens_today"].format(time=opens)
    return words["support_opens"].format(day=figures.weekday(day, language), time=opens)


def _days(run: list[int], language: str, words: dict[str, str]) -> str:
    first, last = (figures.weekday(each, language) for each in (run[0], run[-1]))
    return words["support_days"].format(first=first, last=last) if len(run) > 1 else first
