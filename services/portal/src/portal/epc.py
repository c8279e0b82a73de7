"""The text inside the QR code that European banking apps read (EPC069-12, version 002)."""

import re
from decimal import Decimal

from portal import iban as ibans
from portal.payment_reference import PaymentReference

_LEAST, _MOST = Decimal("0.01"), Decimal("999999999.99")
_LONGEST_NAME, _LONGEST_TEXT, _LARGEST_BYTES = 70, 140, 331
_BIC = re.compile(r"[A-Z]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?")


def payload(
    *,
    name: str,
    iban: str,
    amount: Decimal,
    currency: str,
    reference: PaymentReference,
    bic: str | None = None,
) -> str | None:
    """Return the text, or None where the rules allow none.

    Only euros, an amount from 0.01 to 999 999 999.99, an account with right check digits, and the
    name of who is paid. An ISO 11649 reference stands in the structured field, any other in the
    free one; never both.
    """
    bank = bic if bic and _BIC.fullmatch(bic) else ""
    possible = (
        currency == "EUR"
        and _LEAST <= amount <= _MOST
        and amount == amount.quantize(_LEAST)
        and name
        and ibans.is_valid(iban)
        and (bank or not ibans.needs_bic(iban))
    )
    if not possible:
        return None
    structured = reference.sent if reference.kind == "creditor" else ""
    free = "" if structured else reference.sent[:_LONGEST_TEXT]
    lines = (
        "BCD",
        "002",
        "1",  # UTF-8
        "SCT",
        bank,
        name[:_LONGEST_NAME].strip(),
        iban,
        f"EUR{amount:.2f}",
        "",  # the purpose's code
        structured,
        free,
    )
    text = "\n".join(lines).rstrip("\n")
    return text if len(text.encode()) <= _LARGEST_BYTES else None
