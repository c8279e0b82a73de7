"""Amounts, moments and payment references as a reader of each language writes them.

Belgian Dutch and French, German as in Germany and English as in Britain: the four that Babel
writes the way the house does. Nothing breaks over a line, and a minus is a true minus sign.
"""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency

_LOCALES = {name[:2]: Locale.parse(name) for name in ("nl_BE", "fr_BE", "de_DE", "en_GB")}
_NO_BREAK = "\N{NO-BREAK SPACE}"
# A document is written about to several readers, often in one language.
_KEPT = 1_000
_MINUS = "\N{MINUS SIGN}"
# A Belgian structured reference, with or without its marks: the last two of its twelve digits are
# the ten before them modulo 97, where 97 stands for 0.
_BELGIAN = re.compile(r"[+*]{0,3}(\d{3})[ /]?(\d{4})[ /]?(\d{3})(\d{2})[+*]{0,3}", re.ASCII)
# Other currencies than the euro go by their code; "$" alone names a dozen of them.
_WITH_CODE = {
    "nl": f"¤¤{_NO_BREAK}#,##0.00;¤¤{_NO_BREAK}-#,##0.00",
    "fr": f"#,##0.00{_NO_BREAK}¤¤",
    "de": f"#,##0.00{_NO_BREAK}¤¤",
    "en": f"¤¤{_NO_BREAK}#,##0.00",
}


_AT = {
    "nl": f"{{}} om {{:%H.%M}}{_NO_BREAK}uur",
    "fr": f"{{}} à {{:%H{_NO_BREAK}h{_NO_BREAK}%M}}",
    "de": f"{{}} um {{:%H:%M}}{_NO_BREAK}Uhr",
    "en": "{} at {:%H:%M}",
}
# Up to here minutes say more than hours, and hours more than days.
_SPANS = (
    (timedelta(minutes=90), timedelta(minutes=1)),
    (timedelta(hours=47), timedelta(hours=1)),
    (timedelta.max, timedelta(days=1)),
)
_UNITS = {
    "nl": (("minuut", "minuten"), ("uur", "uur"), ("dag", "dagen")),
    "fr": (("minute", "minutes"), ("heure", "heures"), ("jour", "jours")),
    "de": (("Minute", "Minuten"), ("Stunde", "Stunden"), ("Tag", "Tage")),
    "en": (("minute", "minutes"), ("hour", "hours"), ("day", "days")),
}


@lru_cache(_KEPT)
def money(amount: Decimal, currency: str, language: str) -> str:
    """Write `amount` of `currency` (ISO 4217), such as "€ 1.284,17" in Dutch."""
    pattern = None if currency == "EUR" else _WITH_CODE[language]
    return format_currency(amount, currency, pattern, _LOCALES[language]).replace("-", _MINUS)


@lru_cache(_KEPT)
def day(of: date, language: str) -> str:
    """Write a date with its month in words, such as "12 december 2026"."""
    text = format_date(of, "long", _LOCALES[language])
    if language == "fr" and of.day == 1:
        text = text.replace("1", "1er", 1)
    return text.replace(" ", _NO_BREAK)


def moment(of: datetime, zone: str | None, language: str) -> str:
    """Write a day and a time, such as "12 december 2026 om 14.30 uur"; without a zone in UTC."""
    try:
        there = ZoneInfo(zone) if zone else None
    except (ZoneInfoNotFoundError, ValueError):
        there = None
    local = of.astimezone(there or ZoneInfo("UTC"))
    text = _AT[language].format(day(local.date(), language), local)
    return text if there else f"{text} (UTC)"


def duration(of: timedelta, language: str) -> str:
    """Write how long something is good, such as "10 minuten", "24 uur" or "3 dagen"."""
    which = next(place for place, (most, _) in enumerate(_SPANS) if of < most)
    many = max(1, round(of / _SPANS[which][1]))
    one, several = _UNITS[language][which]
    return f"{many}{_NO_BREAK}{one if many == 1 else several}"


@lru_cache(_KEPT)
def reference(text: str) -> str:
    """Write a Belgian payment reference as "+++202/6004/81758+++"; any other stays as it came."""
    found = _BELGIAN.fullmatch(text)
    if not found:
        return text
    three, four, five, check = found.groups()
    if int(check) != (int(three + four + five) % 97 or 97):
        return text
    return f"+++{three}/{four}/{five}{check}+++"
