"""Turns what is known into pages: templates, words, amounts and dates as the reader writes them."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from portal import contact, figures, iban, look, opening_hours, qr
from portal.assets import Assets
from portal.invoice import Period
from portal.readership import Count
from portal.words import LANGUAGES, NAMES, WORDS, facts_that_differ, unit


class Pages:
    """The templates, loaded once."""

    def __init__(self, assets: Assets) -> None:
        """Load them."""
        self._environment = Environment(
            loader=PackageLoader("portal"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals |= {
            "asset": assets.address,
            "languages": NAMES,
            "initials": look.initials,
            "theme_address": look.theme_address,
            "mail_address": contact.mail_address,
            "phone_address": contact.phone_address,
            "qr": qr.draw,
            "today": figures.today,
            "vat_number": figures.vat_number,
        }
        self._environment.filters["groups"] = iban.grouped
        self._speaking = {language: _speaking(language) for language in LANGUAGES}

    def page(self, name: str, language: str, /, **facts: Any) -> str:
        """Return a page in a language."""
        template = self._environment.get_template(name)
        return template.render(**self._speaking[language], **facts)


def _speaking(language: str) -> dict[str, Any]:
    """Return what speaks a language in a template."""
    words = WORDS[language]

    def written_period(of: Period) -> str:
        return figures.period(of.start, of.end, language, words)

    def unit_of(quantity: Decimal, code: str | None) -> str:
        return unit(code, words, several=abs(quantity) > 1)

    def money(amount: Decimal, currency: str, *, exact: bool = False) -> str:
        return figures.money(amount, currency, language, exact=exact)

    def day(of: date, *, short: bool = False) -> str:
        return figures.day(of, language, short=short)

    def moment(of: datetime) -> str:
        return figures.moment(of, language, words)

    def counted(of: Count) -> str:
        return figures.counted(of.count, language, words, capped=of.capped)

    spoken: dict[str, Callable[..., Any]] = {
        "counted": counted,
        "country": lambda code: figures.country(code, language),
        "day": day,
        "differing": lambda flags: facts_that_differ(flags, words),
        "moment": moment,
        "money": money,
        "hours": lambda support: opening_hours.written(support, language, words),
        "open_now": lambda support: opening_hours.at(support, datetime.now(UTC), language, words),
        "number": lambda amount: figures.number(amount, language),
        "percent": lambda rate: figures.percent(rate, language),
        "period": written_period,
        "size": lambda octets: figures.size(octets, language, words),
        "unit_of": unit_of,
    }
    return {"language": language, "words": words, **spoken}
