"""Turns what is known into pages: templates, words, amounts and dates as the reader writes them."""

from datetime import date
from decimal import Decimal
from typing import Any

from babel.dates import format_date
from babel.numbers import format_currency
from jinja2 import Environment, PackageLoader, StrictUndefined

from portal.words import LANGUAGES, WORDS, locale_of

_MINUS, _HYPHEN = "\u2212", "-"


class Pages:
    """The templates, loaded once."""

    def __init__(self) -> None:
        """Load them."""
        self._environment = Environment(
            loader=PackageLoader("portal"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def page(self, name: str, language: str, **facts: Any) -> str:
        """Return a page in a language."""
        locale = locale_of(language)

        def day(value: date) -> str:
            return format_date(value, "long", locale=locale)

        def money(amount: Decimal, currency: str) -> str:
            return format_currency(amount, currency, locale=locale).replace(_HYPHEN, _MINUS)

        template = self._environment.get_template(name)
        return template.render(
            language=language,
            languages=LANGUAGES,
            words=WORDS[language],
            day=day,
            money=money,
            **facts,
        )
