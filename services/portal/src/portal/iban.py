"""International bank account numbers (ISO 13616): are they right, and how people read them."""

import re

_SHAPE = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_EEA = {
    *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE"),
    *("IS", "IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK"),
}


def remainder(text: str) -> int:
    """Return what ISO 7064 MOD 97-10 leaves of letters and digits; 1 where they are right."""
    return int("".join(str(int(each, 36)) for each in text[4:] + text[:4])) % 97


def is_valid(iban: str) -> bool:
    """Tell whether this is an IBAN, without spaces, whose check digits are right."""
    return bool(_SHAPE.fullmatch(iban)) and remainder(iban) == 1


def needs_bic(iban: str) -> bool:
    """Tell whether a SEPA transfer there must name the bank: outside the European Economic Area."""
    return iban[:2] not in _EEA


def grouped(text: str) -> str:
    """Write it in groups of four, as it is printed and typed."""
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))
