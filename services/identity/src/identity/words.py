"""Words that passwords are made of too often; read once, from lists that come with the package."""

import gzip
import unicodedata
from functools import cache
from importlib import resources

LONGEST = 30
"""No word of the lists is longer."""

SHORTEST = 4

_OF_OUR_TRADE = (
    "factuur", "facturen", "facture", "factures", "rechnung", "rechnungen", "invoice", "invoices",
    "lease", "leasing", "klant", "klanten", "kunde", "kunden", "client", "klantnummer", "postkamer",
    "portaal", "portail", "portal", "welkom", "bienvenue", "willkommen", "welcome",
    "wachtwoord", "motdepasse", "passwort", "kennwort", "password", "geheim", "betaling",
)  # fmt: skip

_ROWS_OF_KEYS = ("azerty", "azertyuiop", "qsdfghjklm", "wxcvbn", "qwertzuiop", "yxcvbnm")
"""Of Belgian, French and German keyboards: the estimator knows others."""


@cache
def ranks() -> dict[str, int]:
    """Return words and names of Dutch, French and German, by how common they are (1 is most).

    English is in the estimator itself. A word with accents is there without them too.
    """
    ranked = dict.fromkeys((*_OF_OUR_TRADE, *_ROWS_OF_KEYS), 1)
    for rank, word in enumerate(_lines("words"), 1):
        for spelt in (word, _without_accents(word)):
            if len(spelt) >= SHORTEST:
                ranked.setdefault(spelt, rank)
    return ranked


@cache
def common_passwords() -> frozenset[str]:
    """Return the passwords that are tried first, in small letters."""
    return frozenset(_lines("passwords"))


def _lines(name: str) -> list[str]:
    packed = resources.files("identity").joinpath("word_lists", f"{name}.txt.gz").read_bytes()
    return gzip.decompress(packed).decode().splitlines()


def _without_accents(word: str) -> str:
    letters = unicodedata.normalize("NFKD", word)
    return "".join(each for each in letters if not unicodedata.combining(each))
