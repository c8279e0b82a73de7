"""Amounts, numbers and dates as a reader of each language writes them.

Belgian Dutch and French, German as in Germany and English as in Britain. Nothing breaks over a
line, and a minus is a true minus sign.
"""

from calendar import monthrange
from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal

_LOCALES = {name[:2]: Locale.parse(name) for name in ("nl_BE", "fr_BE", "de_DE", "en_GB")}
_NO_BREAK = "\N{NO-BREAK SPACE}"
_MINUS = "\N{MINUS SIGN}"
_DASH = "\N{EN DASH}"
# Other currencies than the euro go by their code; "$" alone names a dozen of them.
_WITH_CODE = {
    "nl": f"¤¤{_NO_BREAK}#,##0.00;¤¤{_NO_BREAK}-#,##0.00",
    "fr": f"#,##0.00{_NO_BREAK}¤¤",
    "de": f"#,##0.00{_NO_BREAK}¤¤",
    "en": f"¤¤{_NO_BREAK}#,##0.00",
}
_TIMES = {"nl": "%H.%M uur", "fr": "%H h %M", "de": "%H:%M Uhr", "en": "%H:%M"}
# Where another time follows at once.
_TIMES_BEFORE = _TIMES | {"nl": "%H.%M", "de": "%H:%M"}
_CLOCK = ZoneInfo("Europe/Brussels")
_KILO, _BELGIAN_LENGTH = 1000, 12


def money(amount: Decimal, currency: str, language: str, *, exact: bool = False) -> str:
    """Write an amount of a currency (ISO 4217), such as "€ 1.284,17" in Dutch.

    ``exact`` keeps the decimals of a price beyond cents, up to six.
    """
    locale = _LOCALES[language]
    pattern = _WITH_CODE[language]
    if currency == "EUR":
        pattern = locale.currency_formats["standard"].pattern
    if exact:
        pattern = pattern.replace("0.00", "0.00####")
    written = format_currency(amount, currency, pattern, locale, currency_digits=not exact)
    return _kept_together(written)


def number(amount: Decimal, language: str) -> str:
    """Write a quantity, with the decimals it has."""
    return _kept_together(format_decimal(amount, "#,##0.######", _LOCALES[language]))


def percent(rate: Decimal, language: str) -> str:
    """Write a rate such as 21 as "21 %"; in English as "21%"."""
    return number(rate, language) + ("%" if language == "en" else f"{_NO_BREAK}%")


def day(of: date, language: str, *, short: bool = False) -> str:
    """Write a date with its month in words: "12 december 2026", or short "12 dec. 2026"."""
    if short:
        text = format_date(of, "d. MMM y" if language == "de" else "d MMM y", _LOCALES[language])
        if language == "nl" and of.month != 5:  # noqa: PLR2004 (mei is a whole word)
            text = text.replace(f" {of.year}", f". {of.year}")
    else:
        text = format_date(of, "long", _LOCALES[language])
    if language == "fr" and of.day == 1:
        text = text.replace("1", "1er", 1)
    return text.replace(" ", _NO_BREAK)


def today() -> date:
    """Return the day it is, by the clock of Belgium."""
    return datetime.now(_CLOCK).date()


def moment(of: datetime, language: str, words: dict[str, str]) -> str:
    """Write when something was, by the clock of Belgium: "12 december 2026 om 14.30 uur"."""
    here = of.astimezone(_CLOCK)
    time = here.strftime(_TIMES[language]).replace(" ", _NO_BREAK)
    return words["at_time"].format(day=day(here.date(), language), time=time)


def time_of_day(of: time, language: str, *, before_another: bool = False) -> str:
    """Write a time: "14.30 uur"; in "08.30 tot 17.00 uur" the first stands before another."""
    pattern = (_TIMES_BEFORE if before_another else _TIMES)[language]
    return of.strftime(pattern).replace(" ", _NO_BREAK)


def weekday(number: int, language: str) -> str:
    """Return what a day of the week is called; Monday is 1."""
    return str(_LOCALES[language].days["format"]["wide"][number - 1])


def period(start: date | None, end: date | None, language: str, words: dict[str, str]) -> str:
    """Write a period: a whole month by its name, else its days; "" for none at all."""
    if start and end:
        whole = start.day == 1 and end == start.replace(day=monthrange(start.year, start.month)[1])
        if whole:
            text = format_date(start, "LLLL y", _LOCALES[language])
            return text.replace(" ", _NO_BREAK)
        if start == end:
            return day(start, language)
        dash = f" {_DASH} "
        return day(start, language, short=True) + dash + day(end, language, short=True)
    if start:
        return f"{words['from']} {day(start, language)}"
    return f"{words['until']} {day(end, language)}" if end else ""


def counted(count: int, language: str, words: dict[str, str], *, capped: bool) -> str:
    """Write how many documents there are: "1.284 documenten", or that there are more than so."""
    word = "documents_counted" if count != 1 else "document_counted"
    written = number(Decimal(count), language)
    return words["more_documents_than" if capped else word].format(count=written)


def size(octets: int, language: str, words: dict[str, str]) -> str:
    """Write how large a file is, in thousands or millions of bytes."""
    thousands = Decimal(octets) / _KILO
    if thousands < _KILO:
        whole = max(thousands.quantize(Decimal(1)), Decimal(1))
        return f"{number(whole, language)}{_NO_BREAK}{words['kilobytes']}"
    millions = (thousands / _KILO).quantize(Decimal("0.1"))
    return f"{number(millions, language)}{_NO_BREAK}{words['megabytes']}"


def country(code: str, language: str) -> str:
    """Return a country's name (ISO 3166-1 alpha-2), or the code when there is none."""
    return str(_LOCALES[language].territories.get(code, code))


def vat_number(written: str) -> str:
    """Write a Belgian VAT number as Belgians do, "BE 0731.552.026"; others as they are."""
    bare = "".join(filter(str.isalnum, written)).upper()
    if bare.startswith("BE") and len(bare) == _BELGIAN_LENGTH and bare[2:].isdigit():
        return f"BE{_NO_BREAK}{bare[2:6]}.{bare[6:9]}.{bare[9:]}"
    return written


def _kept_together(text: str) -> str:
    return text.replace("-", _MINUS).replace(" ", _NO_BREAK)
