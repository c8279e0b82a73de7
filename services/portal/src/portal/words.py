"""The words of the pages in the four languages that readers have, and which of them they prefer."""

import re
from importlib import import_module

LANGUAGES = ("nl", "fr", "de", "en")

NAMES = {"nl": "Nederlands", "fr": "Français", "de": "Deutsch", "en": "English"}
"""What each language calls itself."""

_BEFORE_SIGNS = re.compile(r" (?=[:;?])")
_NO_BREAK = "\N{NO-BREAK SPACE}"

TOPICS = ("viewing", "frame", "entering", "account", "archive", "sharing", "desk", "help")
"""A package of the vocabulary each, with a module per language."""


def _read(language: str) -> dict[str, str]:
    words: dict[str, str] = {}
    for topic in TOPICS:
        more: dict[str, str] = import_module(f"portal.vocabulary.{topic}.{language}").WORDS
        words |= more
    if language == "fr":
        # In French a line never breaks before a sign of two parts.
        return {key: _BEFORE_SIGNS.sub(_NO_BREAK, text) for key, text in words.items()}
    return words


WORDS: dict[str, dict[str, str]] = {language: _read(language) for language in LANGUAGES}

# UN/ECE Recommendation 20 has several codes for one piece of something.
_PIECES = {"EA", "PCE", "XPP", "NAR"}
_SYMBOLS = {
    "GRM": "g", "KGM": "kg", "MTR": "m", "KMT": "km", "MTK": "m²", "MTQ": "m³",
    "KWH": "kWh", "MWH": "MWh", "KWT": "kW", "MLT": "ml", "P1": "%",
}  # fmt: skip


def preferred(accept_language: str) -> str:
    """Return the first of our languages that a browser asks for."""
    for part in accept_language.split(","):
        language = part.partition(";")[0].strip().partition("-")[0].lower()
        if language in LANGUAGES:
            return language
    return "en"


def unit(code: str | None, words: dict[str, str], *, several: bool) -> str:
    """Return the word for a unit (UN/ECE Recommendation 20); nothing for "one" and the unknown."""
    code = "H87" if code in _PIECES else code or ""
    if code in _SYMBOLS:
        return _SYMBOLS[code]
    one, _, more = words.get(f"unit_{code}", "").partition("|")
    return more if several else one


def facts_that_differ(flags: list[str], words: dict[str, str]) -> list[str]:
    """Return the names of what differs between a document's XML and what came with it."""
    names = {
        "number_differs": "reference",
        "issue_date_differs": "issue_date",
        "due_date_differs": "due_date",
        "total_incl_vat_differs": "incl_vat",
        "amount_due_differs": "amount_due",
        "payment_reference_differs": "plain_reference",
    }
    return [words[name] for flag, name in names.items() if flag in flags and name in words]
