"""How a person can be reached and addressed."""

from typing import Annotated, Literal

from pydantic import AfterValidator, StringConstraints
from pydantic_core import PydanticCustomError

EMAIL_MAX_LENGTH = 254
"""RFC 5321, 4.5.3.1.3, less the angle brackets."""

_LOCAL_PART_MAX_LENGTH = 64


def _has_two_parts_that_fit(address: str) -> str:
    local, _, domain = address.rpartition("@")
    if (
        len(local) > _LOCAL_PART_MAX_LENGTH
        or domain.startswith(".")
        or domain.endswith(".")
        or ".." in domain
    ):
        raise PydanticCustomError("email", "an e-mail address looks like name@example.com")
    return address


EmailAddress = Annotated[
    str,
    StringConstraints(
        max_length=EMAIL_MAX_LENGTH,
        pattern=r"^[^\x00-\x20\x7f\s@<>\"(),:;\[\\\]]+@[^\x00-\x20\x7f\s@<>\"(),:;\[\\\]]+$",
    ),
    AfterValidator(_has_two_parts_that_fit),
]
"""An address as people type it: one @, no spaces, no quoting; its domain may be non-ASCII."""

Language = Literal["nl", "fr", "de", "en"]
"""The languages that mails, pages and documents speak. Closed: only commands use it."""

Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
"""An ISO 3166-1 alpha-2 code, such as BE."""
