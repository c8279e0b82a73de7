"""Amounts, dates and payment references as a reader of each language writes them.

Belgian Dutch and French, German as in Germany and English as in Britain: the four that Babel
writes the way the house does. Nothing breaks over a line, and a minus is a true minus sign.
"""

import re
from datetime import date
from decimal import Decimal
from functools import lru_cache

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
