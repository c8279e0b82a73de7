"""Amounts, numbers and dates as a reader of each language writes them.

Belgian Dutch and French, German and British English. Every digit that the XML gives is kept, no
figure breaks over a line, and a minus is a true minus sign.
"""

from datetime import date
from decimal import Decimal

from contracts.money import minor_units

_NO_BREAK = "\N{NO-BREAK SPACE}"
_NARROW = "\N{NARROW NO-BREAK SPACE}"
_MINUS = "\N{MINUS SIGN}"
_MARKS = {"nl": (".", ","), "fr": (_NARROW, ","), "de": (".", ","), "en": (",", ".")}
_SIGN_LAST = frozenset({"fr", "de"})
_BEFORE_PERCENT = {"nl": _NO_BREAK, "fr": _NARROW, "de": _NO_BREAK, "en": ""}


def money(amount: Decimal, currency: str | None, language: str) -> str:
    """Write an amount of a currency (ISO 4217), such as "€ 1.284,17" in Dutch.

    Without a currency it is the figure alone. Other currencies than the euro go by their code.
    """
    figure = _figure(abs(amount), minor_units(currency or ""), language)
    minus = _MINUS if amount < 0 else ""
    if currency is None:
        return f"{minus}{figure}"
    sign = "€" if currency == "EUR" else currency
    if language in _SIGN_LAST:
        return f"{minus}{figure}{_NO_BREAK}{sign}"
    if language == "en":
        return f"{minus}{sign}{figure}" if sign == "€" else f"{sign}{_NO_BREAK}{minus}{figure}"
    return f"{sign}{_NO_BREAK}{minus}{figure}"


def number(value: Decimal, language: str) -> str:
    """Write a quantity, without zeros that say nothing: "1.250,5" in Dutch."""
    return f"{_MINUS if value < 0 else ''}{_figure(abs(value), 0, language)}"


def percent(value: Decimal, language: str) -> str:
    """Write a percentage: "21 %" in Dutch."""
    return f"{number(value, language)}{_BEFORE_PERCENT[language]}%"


def day(of: date, language: str, months: list[str]) -> str:
    """Write a date with its month in words, such as "12 december 2026"."""
    if language == "de":
        which = f"{of.day}."
    elif language == "fr" and of.day == 1:
        which = "1er"
    else:
        which = str(of.day)
    return _NO_BREAK.join((which, months[of.month - 1], f"{of.year:04}"))


def _figure(value: Decimal, least: int, language: str) -> str:
    """Write a positive figure in groups of three, with at least so many decimals."""
    whole, _, decimals = f"{value:,f}".partition(".")
    thousands, point = _MARKS[language]
    whole = whole.replace(",", thousands)
    decimals = decimals.rstrip("0").ljust(least, "0")
    return f"{whole}{point}{decimals}" if decimals else whole
