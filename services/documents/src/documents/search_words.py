"""Words as they are found again: without accents, in small letters, and nothing else in them.

What is kept of a document and what is asked for go through the same rules, so they meet. Whose a
document is stands among its words, and so do the parts of its number, each with a sign before it
that no word has: so one index leads to the documents of some customers that have a word.
"""

import re
import unicodedata
from collections.abc import Iterable

MOST_WORDS = 20_000
"""Of one document."""

_LONGEST_WORD = 100
_MOST_ASKED = 12
_WORD = re.compile(r"[^\W_]+")
_PART = 3


def words_in(text: str) -> list[str]:
    """Return the words of a text, in their order, however often they stand there."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(each for each in plain if not unicodedata.combining(each))
    return [word[:_LONGEST_WORD] for word in _WORD.findall(plain)]


def lexemes(text: str, number: str, owners: Iterable[str]) -> str:
    """Return what is kept of a document, a space between: whose it is, its number, its words."""
    words = list(dict.fromkeys(words_in(text)))[:MOST_WORDS]
    return " ".join([*map(mark, owners), *_parts(number), *words])


def mark(owner: str) -> str:
    """Return what stands among the words of a document for whose it is."""
    return f"={owner}"


def asked(text: str) -> str | None:
    """Return what is asked for, as PostgreSQL reads it: every word, and the last one's beginning.

    None where there is no word in it, which nothing can be found by.
    """
    words = words_in(text)[:_MOST_ASKED]
    return " & ".join(f"'{word}'" for word in words) + ":*" if words else None


def asked_part(part: str) -> str | None:
    """Return what must stand in a document whose number has this in it.

    More numbers have that than have the part itself. None where the part is too short to tell.
    """
    return " & ".join(f"'{each}'" for each in _parts(part)) or None


def _parts(number: str) -> list[str]:
    """Return every three letters or digits in a row."""
    found = (
        word[at : at + _PART]
        for word in _WORD.findall(number.casefold())
        for at in range(len(word) - _PART + 1)
    )
    return list(dict.fromkeys(f"#{each}" for each in found))
