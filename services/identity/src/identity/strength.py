"""Is this password good enough? Long, and not to be guessed from words or from who someone is.

There is no rule about kinds of characters: they make passwords harder to remember, not to guess.
"""

import re
from collections.abc import Iterable, Sequence

from zxcvbn_rs_py import zxcvbn

from identity import words as lists
from identity.errors import PasswordTooCommon, PasswordTooEasy, PasswordTooLong, PasswordTooShort

AT_LEAST = 15
AT_LEAST_WITH_A_SECOND_FACTOR = 8
AT_MOST = 256
GUESSES, GUESSES_WITH_A_SECOND_FACTOR = 10**9, 10**8
"""How many it must take. The estimator calls 10**8 safe; but any word, year and mark are that."""

_SCORED = 100
"""The estimator's time grows with the square of what it looks at."""

_FARTHEST = 500
"""Words less common than this one count as this one: three of them make a good password."""

_TELLING = 4
"""Parts of names shorter than this tell nothing."""

_WORD = re.compile(r"[^\W_]+")
_LOOKALIKES = (
    str.maketrans("4@30157$8!|", "aaeolstsbil"),
    str.maketrans("4@30157$8!|", "aaeoistsbll"),
)


def check(password: str, *, second_factor: bool, words: Sequence[str]) -> None:
    """Refuse a password that will not keep an account.

    ``words`` are what is known of the person: names, address, customer numbers, issuers. They
    count for nothing: what is left without them must be long enough by itself.
    """
    at_least = AT_LEAST_WITH_A_SECOND_FACTOR if second_factor else AT_LEAST
    if len(password) < at_least:
        raise PasswordTooShort(at_least)
    if len(password) > AT_MOST:
        raise PasswordTooLong(AT_MOST)
    if password.lower() in lists.common_passwords():
        raise PasswordTooCommon
    known = _parts(words)
    if len(_without(password.lower(), known)) < at_least:
        raise PasswordTooEasy
    scored = password[:_SCORED]
    guesses = zxcvbn(scored, _ranked(known, _found_in(scored.lower()))).guesses
    if guesses < (GUESSES_WITH_A_SECOND_FACTOR if second_factor else GUESSES):
        raise PasswordTooEasy


def _parts(words: Iterable[str]) -> list[str]:
    """Return names whole and in parts, in small letters, the longest first."""
    whole = {word.lower() for word in words}
    parts = {part for word in whole for part in _WORD.findall(word)}
    return sorted((each for each in whole | parts if len(each) >= _TELLING), key=_longest_first)


def _longest_first(word: str) -> tuple[int, str]:
    return -len(word), word


def _without(password: str, known: Sequence[str]) -> str:
    for each in known:
        password = password.replace(each, "")
    return password


def _found_in(password: str) -> dict[str, int]:
    """Return the words of the lists that a password holds, as typed, backwards or in disguise."""
    ranks = lists.ranks()
    plain = {password, *(password.translate(each) for each in _LOOKALIKES)}
    found = {}
    for text in plain | {each[::-1] for each in plain}:
        for start in range(len(text)):
            for end in range(start + lists.SHORTEST, min(start + lists.LONGEST, len(text)) + 1):
                word = text[start:end]
                if rank := ranks.get(word):
                    found[word] = rank
    return found


def _ranked(known: Sequence[str], found: dict[str, int]) -> list[str]:
    """Return words for the estimator, each in the place of its rank, as far as it matters."""
    ranked = list(known)
    for word, rank in sorted(found.items(), key=lambda each: each[1]):
        place = min(rank, _FARTHEST)
        ranked += ["\0"] * (place - 1 - len(ranked))
        ranked.append(word)
    return ranked
