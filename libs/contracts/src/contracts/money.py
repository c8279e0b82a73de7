"""Money on the wire: a decimal as text, and its currency. Fields only, no arithmetic."""

import re
from decimal import Decimal
from typing import Annotated, Any

from pydantic import (
    BeforeValidator,
    PlainSerializer,
    StringConstraints,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
)
from pydantic_core import PydanticCustomError

from contracts.message import Shape

_AMOUNT = r"^-?[0-9]{1,15}(\.[0-9]{1,10})?$"
_MINOR_UNITS_OTHER_THAN_2 = (
    dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF"), 0)
    | dict.fromkeys(("UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"), 0)
    | dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3)
)
"""ISO 4217: how many decimals a currency has, where that is not 2."""


def minor_units(currency: str) -> int:
    """Return how many decimals an amount in a currency has at most (ISO 4217)."""
    return _MINOR_UNITS_OTHER_THAN_2.get(currency, 2)


def _plainly_written(value: Any) -> Any:
    if isinstance(value, Decimal):
        return value
    if not isinstance(value, str):
        raise PydanticCustomError("text", 'an amount is text, such as "498.94", not a number')
    if not re.fullmatch(_AMOUNT, value):
        raise PydanticCustomError(
            "amount", "an amount is plainly written, such as 498.94 or -12.00"
        )
    return value


def _decimals_of(amount: Decimal) -> int:
    return -int(amount.as_tuple().exponent)


Amount = Annotated[
    Decimal,
    BeforeValidator(_plainly_written),
    PlainSerializer(lambda amount: f"{amount:f}", return_type=str),
    WithJsonSchema({"type": "string", "pattern": _AMOUNT}),
]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
"""An ISO 4217 code, such as EUR."""


class Money(Shape):
    """An amount of one currency, with no more decimals than the currency has."""

    currency: Currency
    amount: Amount

    @field_validator("amount")
    @classmethod
    def _has_the_decimals_of_its_currency(cls, amount: Decimal, info: ValidationInfo) -> Decimal:
        currency = info.data.get("currency")
        if currency is None:
            return amount
        decimals = minor_units(currency)
        if _decimals_of(amount) > decimals:
            raise PydanticCustomError(
                "decimal_places",
                "an amount in {currency} has at most {decimals} decimals",
                {"currency": currency, "decimals": decimals},
            )
        return amount
