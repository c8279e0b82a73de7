"""The languages mails are written in, and which one a reader gets."""

from typing import get_args

from contracts.people import Language

LANGUAGES: tuple[Language, ...] = get_args(Language)
"""Those there are words in."""


def first_of(*preferred: str | None) -> Language:
    """Return the first of these languages that there are words in (N-03, Q4)."""
    for language in preferred:
        if language in LANGUAGES:
            return language
    return "en"
