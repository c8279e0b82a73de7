"""What a payer must say so that the payment is recognised: structured where it can be."""

import re
from dataclasses import dataclass
from typing import Literal

from portal import iban

_BELGIAN = re.compile(r"([+*]{3})?\s*(\d{3})[/ .-]?(\d{4})[/ .-]?(\d{5})\s*([+*]{3})?")
_CREDITOR = re.compile(r"RF\d{2}[A-Z0-9]{1,21}")
_MODULUS = 97


@dataclass(frozen=True)
class PaymentReference:
    """A reference as people read it, and as a bank's app takes it.

    ``belgian`` is the +++…+++ of Belgian banks, ``creditor`` is ISO 11649 (RF…), and ``plain``
    anything else.
    """

    kind: Literal["belgian", "creditor", "plain"]
    shown: str
    sent: str


def recognise(text: str, *, to_belgium: bool) -> PaymentReference:
    """Tell what kind of reference a text is; its check digits must be right to be structured.

    Twelve bare digits are a Belgian reference only where a Belgian account is paid: elsewhere one
    number in 97 would look like one.
    """
    if found := _BELGIAN.fullmatch(text.strip()):
        before, first, second, third, after = found.groups()
        marked = before is not None and before == after
        if (marked or (to_belgium and before == after)) and _checks(first + second + third):
            written = f"+++{first}/{second}/{third}+++"
            return PaymentReference("belgian", written, written)
    bare = re.sub(r"\s", "", text).upper()
    if _CREDITOR.fullmatch(bare) and iban.remainder(bare) == 1:
        return PaymentReference("creditor", iban.grouped(bare), bare)
    return PaymentReference("plain", text, text)


def _checks(digits: str) -> bool:
    """Check the last two of twelve digits: the first ten modulo 97, where 0 is written 97."""
    return (int(digits[:10]) % _MODULUS or _MODULUS) == int(digits[10:])
