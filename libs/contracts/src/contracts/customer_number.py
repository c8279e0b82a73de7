"""The key by which an issuer knows a customer, and the issuer it belongs to."""

from typing import Annotated

from pydantic import StringConstraints

CustomerNumber = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]{1,14}-[0-9]{1,20}$")]
"""The issuer's prefix, a dash, digits: ``DL5-104233``."""

Issuer = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]{1,14}$")]
"""The short name of an issuer, in lower case: ``dl5``. In capitals it is the prefix."""


def issuer_of(customer_number: str) -> str:
    """Return the issuer whose prefix a customer number carries: ``DL5-104233`` is of ``dl5``."""
    return customer_number.partition("-")[0].lower()
