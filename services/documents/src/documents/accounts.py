"""Where money goes: whether an IBAN can be one, and what a code for a way to pay stands for."""

import re

from documents.invoice import Means

_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_BIC = re.compile(r"[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")
_MEANS: dict[str, Means] = {
    **dict.fromkeys(("30", "31", "42", "58"), "credit_transfer"),
    **dict.fromkeys(("49", "59"), "direct_debit"),
    **dict.fromkeys(("48", "54", "55"), "card"),
}
"""UNCL4461."""


def iban(written: str | None) -> str | None:
    """Return an IBAN without its spaces; None where its check digits (ISO 7064) do not hold."""
    value = (written or "").replace(" ", "").upper()
    if not _IBAN.fullmatch(value):
        return None
    digits = "".join(str(int(character, 36)) for character in value[4:] + value[:4])
    return value if int(digits) % 97 == 1 else None


def bic(written: str | None) -> str | None:
    """Return what can be a BIC (ISO 9362) without its spaces."""
    value = (written or "").replace(" ", "").upper()
    return value if _BIC.fullmatch(value) else None


def means(code: str | None) -> Means:
    """Return the way to pay that a UNCL4461 code stands for."""
    return _MEANS.get(code or "", "other")
